//! Forwards: what the methods of a class do with their parameters, and so what a call of them does
//! with its arguments.

use super::class_file::{ClassFile, Member};
use super::code::Code;
use super::descriptor::Descriptor;
use super::flow::parameter_slots;
use super::mentions::{Mentions, says};
use super::naming::{holds_text, only_looks};
use super::recorder::{Draft, Owner, Recorder};
use super::value::Value;
use crate::formats::evidence::Take;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// JVMS table 4.6-A.
const ACC_PRIVATE: u16 = 0x0002;

/// What a method does with one of its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Forward {
    pub(super) method: u16,
    /// Local variable slot.
    pub(super) parameter: u16,
    pub(super) key: ForwardKey,
    pub(super) role: Option<Arc<str>>,
    pub(super) sink: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum ForwardKey {
    Fixed(String),
    /// Another parameter names the value.
    Parameter(u16),
}

/// A call of the class's own method with texts among its arguments.
#[derive(Debug)]
pub(super) struct OwnCall {
    pub(super) method: u16,
    pub(super) at: u32,
    /// Index of the method that is called.
    pub(super) callee: u16,
    pub(super) args: Vec<Value>,
}

/// Parameters with a secret's name take a secret, whatever becomes of it.
pub(super) fn named_parameters<'a>(
    recorder: &mut Recorder<'_, 'a>,
    mentions: &mut Mentions<'_, 'a>,
    codes: &[Option<Code<'a>>],
) {
    for (method, code) in (0u16..).zip(codes) {
        let Some(code) = code else { continue };
        let is_synthetic = || recorder.class.methods.get(usize::from(method)).is_some_and(is_synthetic);
        if code.local_names(&recorder.class.pool).any(|name| mentions.of(name) & says::NAMED != 0) || is_synthetic() {
            parameters_of(recorder, method, code);
        }
    }
}

fn parameters_of(recorder: &mut Recorder<'_, '_>, method: u16, code: &Code<'_>) {
    let class = recorder.class;
    let Some(member) = class.methods.get(usize::from(method)).filter(|member| !only_looks(&member.name)) else {
        return;
    };
    let Some(descriptor) = Descriptor::parse(&member.descriptor) else { return };
    let slots = parameter_slots(member);
    let receiver = slots.len().saturating_sub(descriptor.parameters.len());
    let declared = declaring(class, member);
    for (index, (parameter, of)) in slots.into_iter().skip(receiver).zip(&descriptor.parameters).enumerate() {
        let name = match &declared {
            Some((code, slots)) => slots.get(index).and_then(|slot| code.local(*slot, 0)),
            None => code.local(parameter, 0),
        };
        let name = name.and_then(|name| class.pool.name(name));
        if let Some(name) = name.filter(|name| holds_text(of) && recorder.is_key(name)) {
            let key = ForwardKey::Fixed(name.into_owned());
            recorder.note_forward(Forward { method, parameter, key, role: None, sink: None });
        }
    }
}

/// Whether a method may be one with which Kotlin fills in default arguments.
fn is_synthetic(member: &Member<'_>) -> bool {
    member.name.ends_with("$default") || member.descriptor.ends_with("DefaultConstructorMarker;)V")
}

/// Kotlin calls a method with default arguments through a synthetic one, which has no names: those of
/// its parameters are in the method that was declared. Its code, and the slots of its parameters.
fn declaring<'a>(class: &ClassFile<'a>, synthetic: &Member<'_>) -> Option<(Code<'a>, Vec<u16>)> {
    if !is_synthetic(synthetic) {
        return None;
    }
    let marked = synthetic.descriptor.split_once("ILkotlin/jvm/internal/DefaultConstructorMarker;)");
    let (name, head) = match (synthetic.name.strip_suffix("$default"), marked) {
        (Some(name), _) => (name, synthetic.descriptor.split_once("ILjava/lang/Object;)")?.0),
        (None, Some((head, _))) => ("<init>", head),
        (None, None) => return None,
    };
    let as_it_is = || class.taking(name, &format!("{head})"));
    // An instance method is called with its receiver first.
    let with_receiver = || {
        let (_, parameters) = head.split_once(';').filter(|_| head.starts_with("(L") && synthetic.is_static())?;
        class.taking(name, &format!("({parameters})")).filter(|member| !member.is_static())
    };
    let member = as_it_is().or_else(with_receiver)?;
    let slots = parameter_slots(member);
    let instance = usize::from(!member.is_static() && !synthetic.is_static());
    Some((member.code(&class.pool)?, slots.into_iter().skip(instance).collect()))
}

/// Notes what the class's own methods do with the texts that they are called with.
pub(super) fn follow_own_calls(recorder: &mut Recorder<'_, '_>) {
    // By method and parameter: those of what is given no text are not gone through.
    let mut forwards: FxHashMap<(u16, u16), Vec<Forward>> = FxHashMap::default();
    let mut known = FxHashSet::default();
    for forward in recorder.forwards.iter().filter(|forward| known.insert((*forward).clone())) {
        forwards.entry((forward.method, forward.parameter)).or_default().push(forward.clone());
    }
    let mut slots = Slots { class: recorder.class, known: FxHashMap::default() };
    for call in std::mem::take(&mut recorder.own_calls) {
        let slots = slots.of(call.callee);
        let skipped = slots.len().saturating_sub(call.args.len());
        let args: Vec<(u16, &Value)> = slots.iter().skip(skipped).copied().zip(&call.args).collect();
        let arg = |slot: u16| args.iter().find(|(own, _)| *own == slot).map(|(_, value)| *value);
        for (parameter, value) in args.iter().filter(|(_, value)| !value.texts().is_empty()) {
            for forward in forwards.get(&(call.callee, *parameter)).into_iter().flatten() {
                if recorder.full || !recorder.meter.charge(1 + args.len() / 8) {
                    return;
                }
                let key = match &forward.key {
                    ForwardKey::Fixed(key) => Some(key.clone()),
                    ForwardKey::Parameter(slot) => arg(*slot).and_then(|key| key.only_text().map(str::to_owned)),
                };
                let Some(key) = key.filter(|key| forward.role.is_some() || recorder.is_key(key)) else { continue };
                let many = value.texts().len() > 1;
                for (index, text) in value.texts().iter().enumerate() {
                    recorder.note_draft(Draft {
                        key: key.clone(),
                        role: forward.role.clone(),
                        sink: forward.sink.clone(),
                        text: text.clone(),
                        alternative: many.then_some(index),
                        method: call.method,
                        at: call.at,
                        owner: Some(Owner::Call(call.at)),
                    });
                }
            }
        }
    }
}

/// The slots of methods' parameters, each worked out once.
struct Slots<'c, 'a> {
    class: &'c ClassFile<'a>,
    known: FxHashMap<u16, Vec<u16>>,
}

impl Slots<'_, '_> {
    fn of(&mut self, method: u16) -> &[u16] {
        let class = self.class;
        let slots = || class.methods.get(usize::from(method)).map(parameter_slots).unwrap_or_default();
        self.known.entry(method).or_insert_with(slots)
    }
}

/// What the class's methods that others can call do with their arguments.
pub(super) fn takes(recorder: &Recorder<'_, '_>) -> Vec<Take> {
    let mut takes: Vec<Take> = Vec::new();
    let mut known = FxHashSet::default();
    let mut slots = Slots { class: recorder.class, known: FxHashMap::default() };
    for forward in &recorder.forwards {
        let ForwardKey::Fixed(key) = &forward.key else { continue };
        let Some(method) = recorder.class.methods.get(usize::from(forward.method)) else { continue };
        if method.access & ACC_PRIVATE != 0 || method.name == "<clinit>" {
            continue;
        }
        let Some(position) = slots.of(forward.method).iter().position(|own| *own == forward.parameter) else {
            continue;
        };
        // The receiver is no argument.
        let Some(argument) = position.checked_sub(usize::from(!method.is_static())) else { continue };
        let take = Take {
            class: recorder.class.name.clone(),
            method: method.name.to_string(),
            descriptor: method.descriptor.to_string(),
            argument,
            key: key.clone(),
            role: forward.role.clone(),
        };
        if known.insert(take.clone()) {
            takes.push(take);
        }
    }
    takes
}
