//! The machine: goes once through the instructions of a code object, from the first to the last, and
//! tells the recorder what becomes of the texts.
//!
//! Nothing is gone round: where ways meet, the stack holds what either may have left there.

use super::code::Code;
use super::effects::CallShape;
use super::frame::{DEEPEST_STACK, Frame};
use super::marshal::{Object, ObjectId, Objects};
use super::opcode::{Op, Opcodes};
use super::recorder::Recorder;
use super::value::Value;
use super::version::Version;
use crate::meter::Meter;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Constants that are looked at for constructors.
const MOST_CONSTANTS: usize = 1 << 20;

pub(super) struct Machine<'m, 'a> {
    pub(super) objects: &'m Objects<'a>,
    pub(super) recorder: Recorder<'m>,
    pub(super) opcodes: Opcodes,
    pub(super) version: Version,
    /// Variables of the module.
    pub(super) globals: FxHashMap<&'m str, Value>,
    /// Texts of constants, shared by all that load them.
    pub(super) shared: FxHashMap<ObjectId, Rc<str>>,
    /// Functions by their names, constructors by those of their classes.
    pub(super) functions: FxHashMap<&'m str, u32>,
    /// A step moves one value, or sixteen bytes of a text.
    meter: &'m Meter,
}

impl<'m, 'a> Machine<'m, 'a> {
    pub(super) fn new(objects: &'m Objects<'a>, version: Version, recorder: Recorder<'m>, meter: &'m Meter) -> Self {
        let opcodes = Opcodes::of(version);
        Self {
            objects,
            recorder,
            opcodes,
            version,
            globals: FxHashMap::default(),
            shared: FxHashMap::default(),
            functions: functions(objects),
            meter,
        }
    }

    /// Whether so many more steps may be taken.
    pub(super) fn spend(&self, steps: usize) -> bool {
        self.meter.charge(steps)
    }

    /// Walks a code object; `is_module` for the outermost.
    pub(super) fn run(&mut self, index: u32, is_module: bool) {
        let objects = self.objects;
        let Some(code) = objects.codes.get(index as usize) else { return };
        let mut frame = Frame {
            code: index,
            at: 0,
            stack: Vec::new(),
            variables: FxHashMap::default(),
            entries: FxHashMap::default(),
            conditional_until: 0,
            keywords: Value::Unknown,
            loaded: None,
        };
        let words = code.instructions.as_chunks::<2>().0;
        let has_caches = self.version >= Version(11);
        let (mut extended, mut is_reached) = (0u32, true);
        for (word, &[opcode, low]) in words.iter().enumerate() {
            let op = self.opcodes.get(opcode);
            let argument = extended << 8 | u32::from(low);
            if !self.spend(1 + weight(op, argument)) {
                break;
            }
            if has_caches && opcode == 0 {
                continue;
            }
            frame.at = word as u32 * 2;
            if let Some(entry) = frame.entries.remove(&frame.at) {
                if !is_reached || frame.stack.len() < entry.len() {
                    frame.stack = entry;
                } else {
                    for (own, other) in frame.stack.iter_mut().rev().zip(entry.iter().rev()) {
                        *own = own.join(other);
                    }
                }
            } else if !is_reached && extended == 0 {
                // A handler, or the start of a loop: where its stack comes from is not followed.
                frame.stack.clear();
            }
            extended = if op == Op::ExtendedArg { argument } else { 0 };
            // Jumps count from behind the inline caches (opcode 0 from 3.11 on).
            let caches = if has_caches && matches!(op, Op::JumpForward | Op::PopJump | Op::JumpOrPop | Op::ForIter) {
                words[word + 1..].iter().take(16).take_while(|next| next[0] == 0).count()
            } else {
                0
            };
            let next = (word + 1 + caches) as u32 * 2;
            is_reached = self.step(op, argument, next, &mut frame, index);
        }
        if is_module {
            self.globals = frame.variables;
        }
    }

    /// One instruction; false if the next is not reached from it.
    fn step(&mut self, op: Op, argument: u32, next: u32, frame: &mut Frame<'m>, index: u32) -> bool {
        let objects = self.objects;
        let Some(code) = objects.codes.get(index as usize) else { return false };
        let count = argument as usize;
        match op {
            Op::Skip | Op::ExtendedArg => {}
            Op::Drop(count) => drop(frame.pop_many(usize::from(count))),
            Op::Push => frame.push(Value::Unknown),
            Op::Take(count) => {
                frame.pop_many(usize::from(count));
                frame.push(Value::Unknown);
            }
            Op::TakeMany => {
                frame.pop_many(count);
                frame.push(Value::Unknown);
            }
            Op::BuildInterpolation => {
                frame.pop_many(2 + (count & 1));
                frame.push(Value::Unknown);
            }
            Op::LoadConst => {
                let value = self.constant(nth(objects, code.constants, count), frame.spot());
                frame.push(value);
            }
            Op::LoadName => self.load(code.name_at(objects, argument), frame),
            Op::LoadGlobal => self.load_global(
                code.name_at(objects, if self.version >= Version(11) { argument >> 1 } else { argument }),
                argument,
                frame,
            ),
            Op::LoadFast => self.load(code.local_at(objects, argument), frame),
            Op::LoadFastPair => {
                self.load(code.local_at(objects, argument >> 4), frame);
                self.load(code.local_at(objects, argument & 15), frame);
            }
            Op::LoadDeref => self.load(code.cell_at(objects, argument), frame),
            Op::LoadFromDict(is_cell) => {
                frame.pop();
                let name = if is_cell { code.cell_at(objects, argument) } else { code.name_at(objects, argument) };
                self.load(name, frame);
            }
            Op::LoadAttr if self.version < Version(12) => self.attribute(code.name_at(objects, argument), false, frame),
            Op::LoadAttr => self.attribute(code.name_at(objects, argument >> 1), argument & 1 == 1, frame),
            Op::LoadMethod => self.attribute(code.name_at(objects, argument), true, frame),
            Op::LoadSuperAttr => {
                frame.pop_many(3);
                frame.push(Value::named("super"));
                self.attribute(code.name_at(objects, argument >> 2), argument & 1 == 1, frame);
            }
            Op::StoreName => self.store(code.name_at(objects, argument), frame),
            Op::StoreFast => self.store(code.local_at(objects, argument), frame),
            Op::StoreFastPair => {
                self.store(code.local_at(objects, argument >> 4), frame);
                self.store(code.local_at(objects, argument & 15), frame);
            }
            Op::StoreFastLoadFast => {
                self.store(code.local_at(objects, argument >> 4), frame);
                self.load(code.local_at(objects, argument & 15), frame);
            }
            Op::StoreDeref => self.store(code.cell_at(objects, argument), frame),
            Op::StoreAttr => {
                let owner = frame.pop();
                let value = frame.pop();
                self.spend(value.weight());
                if let Some(name) = code.name_at(objects, argument) {
                    let owner = owner.identity().filter(|path| path != "self");
                    self.recorder.stored(name, &value, owner.as_deref(), frame.spot());
                }
            }
            Op::StoreSubscr => self.store_subscript(frame),
            Op::Compare => self.compare(argument, frame),
            Op::Subscript => self.subscript(frame),
            // NB_ADD, NB_INPLACE_ADD and from 3.14 on NB_SUBSCR (`Include/opcode.h`).
            Op::Binary if argument == 26 => self.subscript(frame),
            // NB_REMAINDER, NB_INPLACE_REMAINDER.
            Op::Binary if matches!(argument, 6 | 19) => self.remainder(frame),
            Op::Remainder => self.remainder(frame),
            Op::Binary if !matches!(argument, 0 | 13) => {
                frame.pop_many(2);
                frame.push(Value::Unknown);
            }
            Op::Add | Op::Binary => {
                let right = frame.pop();
                let left = frame.pop();
                // An empty text is what a variable starts with: what is in it by now is unknown.
                let known = |value: Value| if value.only_text() == Some("") { Value::Unknown } else { value };
                let sum = self.concatenated(&[known(left), known(right)], frame.spot());
                frame.push(sum);
            }
            Op::BuildString => {
                let parts = frame.pop_many(count);
                let text = self.concatenated(&parts, frame.spot());
                frame.push(text);
            }
            Op::FormatSimple => self.formatted(frame),
            Op::FormatValue => {
                // FVS_HAVE_SPEC: the specification lies on top.
                if argument & 4 == 4 {
                    frame.pop();
                    frame.pop();
                    frame.push(Value::Unknown);
                }
                self.formatted(frame);
            }
            Op::BuildRow => {
                let mut items = frame.pop_many(count);
                self.spend(items.iter().map(|item| 1 + item.row().len()).sum());
                items.iter_mut().for_each(|item| *item = item.flat());
                self.recorder.row(&items, frame.spot());
                frame.push(Value::Row(items.into()));
            }
            Op::ExtendRow => self.extend_row(count, frame),
            Op::BuildMap => {
                let items = frame.pop_many(count.saturating_mul(2));
                self.map(items.chunks_exact(2).map(|pair| (&pair[0], &pair[1])), frame);
            }
            Op::BuildConstKeyMap => {
                let keys = frame.pop();
                let values = frame.pop_many(count);
                self.map(keys.row().iter().zip(&values), frame);
            }
            Op::MapAdd => {
                let (top, below) = (frame.pop(), frame.pop());
                let (key, value) = if self.version >= Version(8) { (below, top) } else { (top, below) };
                self.map_add(&key, &value, count, frame);
            }
            Op::CallFunction => self.call(CallShape { names_on_top: false, is_beside: false }, count, frame),
            Op::CallMethod | Op::Call => self.call(CallShape { names_on_top: false, is_beside: true }, count, frame),
            Op::CallFunctionKw => self.call(CallShape { names_on_top: true, is_beside: false }, count, frame),
            Op::CallKw => self.call(CallShape { names_on_top: true, is_beside: true }, count, frame),
            Op::KwNames => frame.keywords = self.constant(nth(objects, code.constants, count), frame.spot()),
            Op::CallFunctionEx => {
                let extra = match self.version.0 {
                    14.. => 4,
                    11.. => 3 + (count & 1),
                    _ => 2 + (count & 1),
                };
                frame.pop_many(extra);
                frame.push(Value::Unknown);
            }
            Op::PushNull => frame.push(Value::Absent),
            Op::MakeFunction => self.make_function(argument, frame),
            Op::SetFunctionAttribute => {
                let function = frame.pop();
                let attribute = frame.pop();
                if argument == 1 {
                    self.defaults(&function, &attribute, frame);
                }
                frame.push(function);
            }
            Op::ReturnValue => {
                let value = frame.pop();
                self.spend(value.weight());
                self.recorder.returned(function_name(code, objects), &value, frame.spot());
                return false;
            }
            Op::ReturnConst => {
                let value = self.constant(nth(objects, code.constants, count), frame.spot());
                self.recorder.returned(function_name(code, objects), &value, frame.spot());
                return false;
            }
            Op::Unpack => {
                let row = frame.pop();
                let items = row.row();
                for position in (0..count.min(DEEPEST_STACK)).rev() {
                    frame.push(items.get(position).filter(|_| items.len() == count).cloned().unwrap_or_default());
                }
            }
            Op::UnpackEx => {
                frame.pop();
                for _ in 0..=(count & 0xFF) + (count >> 8 & 0xFF) {
                    frame.push(Value::Unknown);
                }
            }
            Op::RotTwo => frame.rotate(2),
            Op::RotThree => frame.rotate(3),
            Op::RotFour => frame.rotate(4),
            Op::RotN => frame.rotate(count),
            Op::DupTop => frame.push(frame.peek(1)),
            Op::DupTopTwo => {
                frame.push(frame.peek(2));
                frame.push(frame.peek(2));
            }
            Op::Copy => frame.push(frame.peek(count)),
            Op::Swap => {
                // No compiler swaps with the nothing above the top, but bytes can ask for it.
                if let (Some(other), Some(top)) =
                    (frame.stack.len().checked_sub(count.max(1)), frame.stack.len().checked_sub(1))
                {
                    frame.stack.swap(other, top.max(other));
                }
            }
            Op::JumpForward => {
                self.jump(self.ahead(argument, next), frame);
                return false;
            }
            Op::Leave => return false,
            Op::PopJump => {
                frame.pop();
                self.jump(self.target(argument, next), frame);
            }
            Op::JumpOrPop => {
                self.jump(self.target(argument, next), frame);
                frame.pop();
            }
            Op::ForIter => self.enter_loop(self.ahead(argument, next), frame),
        }
        true
    }
}

/// Functions that have a name for themselves, and what makes objects of the module's classes.
fn functions<'m>(objects: &'m Objects<'_>) -> FxHashMap<&'m str, u32> {
    let mut found: FxHashMap<&str, u32> = FxHashMap::default();
    let mut constants = MOST_CONSTANTS;
    for (index, code) in (0..).zip(&objects.codes) {
        let Some(name) = objects.text(code.name) else { continue };
        if code.is_function() {
            found.entry(name).or_insert(index);
            continue;
        }
        let row = objects.row(code.constants);
        let row = &row[..row.len().min(constants)];
        constants -= row.len();
        let is_constructor = |child: &u32| {
            objects.codes.get(*child as usize).and_then(|code| objects.text(code.name)) == Some("__init__")
        };
        let children =
            row.iter().filter_map(|id| if let Object::Code(child) = objects.get(*id) { Some(*child) } else { None });
        if let Some(constructor) = children.into_iter().find(is_constructor) {
            found.insert(name, constructor);
        }
    }
    found
}

/// How many values an instruction moves, takes off the stack or puts there, if it can be any number. A row is
/// paid for where it is built.
fn weight(op: Op, argument: u32) -> usize {
    match op {
        Op::TakeMany
        | Op::BuildMap
        | Op::BuildConstKeyMap
        | Op::BuildString
        | Op::CallFunction
        | Op::CallMethod
        | Op::Call
        | Op::CallFunctionKw
        | Op::CallKw
        | Op::Unpack
        | Op::UnpackEx
        | Op::RotN => (argument as usize).min(DEEPEST_STACK),
        _ => 0,
    }
}

/// The name of a function, which tells what it returns: none of a lambda or a module.
fn function_name<'o>(code: &Code<'_>, objects: &'o Objects<'_>) -> Option<&'o str> {
    objects.text(code.name).filter(|name| code.is_function() && !name.starts_with('<'))
}

fn nth(objects: &Objects<'_>, row: ObjectId, index: usize) -> ObjectId {
    objects.row(row).get(index).copied().unwrap_or_default()
}
