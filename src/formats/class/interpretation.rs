//! Interpretation: the methods of a class that matter, one after the other, so that what one gives is known to the next.

use super::class_file::ClassFile;
use super::code::Code;
use super::flow::{self, Body};
use super::forwards::follow_own_calls;
use super::instruction::op;
use super::machine::Machine;
use super::recorder::Recorder;
use super::recording::Recording;
use super::value::{Spot, Text, Thing, Value};
use rustc_hash::FxHashMap;

/// Instructions of one class that are interpreted. Of real classes none has a tenth of them.
const MOST_INSTRUCTIONS: usize = 1 << 20;

/// Interprets the chosen methods, those that fill fields first; the cause if one could not be interpreted in full.
pub(super) fn interpret<'a>(
    class: &ClassFile<'a>,
    codes: &[Option<Code<'a>>],
    chosen: &[bool],
    machine: &mut Machine<'_, 'a>,
    recorder: &mut Recorder<'_, 'a>,
) -> Option<&'static str> {
    let mut order: Vec<usize> = (0..codes.len()).filter(|&index| chosen[index]).collect();
    order.sort_by_key(|&index| match &*class.methods[index].name {
        "<clinit>" => 0,
        "<init>" => 1,
        // What they give back is known before others ask for it.
        name if name.starts_with("lambda$") || class.methods[index].descriptor.ends_with(")Ljava/lang/String;") => 2,
        _ => 3,
    });
    for (method, code) in (0u16..).zip(codes) {
        if let Some(value) = code.as_ref().and_then(|code| getter(machine, code, method)) {
            machine.returns.insert(method, value);
        }
    }
    let mut trouble = None;
    let mut left = MOST_INSTRUCTIONS;
    for index in order {
        let (Some(code), Ok(method)) = (&codes[index], u16::try_from(index)) else { continue };
        let body = Body::new(code, left);
        left -= body.len();
        if left == 0 {
            trouble = Some("a class has more code than is interpreted");
            break;
        }
        let mut recording = Recording { recorder, method, code, results: FxHashMap::default() };
        if let Err(cause) = flow::run(&body, method, machine, &mut recording) {
            trouble = Some(cause);
        }
        if let Some(value) = recorder.returned.take() {
            machine.returns.insert(method, value);
        }
    }
    follow_own_calls(recorder);
    trouble
}

/// A method that does nothing but return a constant, or what it is given: known before its callers are interpreted.
fn getter(machine: &mut Machine<'_, '_>, code: &Code<'_>, method: u16) -> Option<Value> {
    let mut operations = code.operations();
    let load = operations.next()?;
    if operations.next()?.opcode != op::ARETURN || !operations.is_done() {
        return None;
    }
    match load.opcode {
        op::LDC | op::LDC_W => {
            let text = machine.string(load.operand)?;
            Some(Value::text(Text::constant(text, Spot::Code { method, at: 0 })))
        }
        op::ALOAD_0..=op::ALOAD_3 => Some(Value::Thing(Thing::Parameter(u16::from(load.opcode - op::ALOAD_0)))),
        _ => None,
    }
}
