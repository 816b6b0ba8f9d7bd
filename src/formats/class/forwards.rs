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
#[derive(Clone, Debug)]
pub(super) struct Forward {
    pub(super) method: u16,
    /// Local variable slot.
    pub(super) parameter: u16,
    pub(super) key: ForwardKey,
    pub(super) role: Option<Arc<str>>,
    pub(super) sink: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
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
    let is_declared = |member: &&Member<'_>| {
        member.descriptor.split_once(')').is_some_and(|(parameters, _)| {
            // An instance method is called with its receiver first.
            let own = parameters.get(1..).is_some_and(|own| head.ends_with(own));
            parameters == head || own && synthetic.is_static() && !member.is_static()
        })
    };
    let member = class.overloads(name).map(|index| &class.methods[usize::from(index)]).find(is_declared)?;
    let slots = parameter_slots(member);
    let instance = usize::from(!member.is_static() && !synthetic.is_static());
    Some((member.code(&class.pool)?, slots.into_iter().skip(instance).collect()))
}

/// Notes what the class's own methods do with the texts that they are called with.
pub(super) fn follow_own_calls(recorder: &mut Recorder<'_, '_>) {
    let mut forwards: FxHashMap<u16, Vec<Forward>> = FxHashMap::default();
    for forward in &recorder.forwards {
        forwards.entry(forward.method).or_default().push(forward.clone());
    }
    let class = recorder.class;
    for call in std::mem::take(&mut recorder.own_calls) {
        let Some(forwards) = forwards.get(&call.callee) else { continue };
        let slots = parameter_slots(&class.methods[usize::from(call.callee)]);
        let skipped = slots.len().saturating_sub(call.args.len());
        let arg = |slot: u16| {
            let position = slots.iter().position(|own| *own == slot)?.checked_sub(skipped)?;
            call.args.get(position)
        };
        for forward in forwards {
            if recorder.full {
                return;
            }
            let Some(value) = arg(forward.parameter) else { continue };
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

/// What the class's methods that others can call do with their arguments.
pub(super) fn takes(recorder: &Recorder<'_, '_>) -> Vec<Take> {
    let mut takes: Vec<Take> = Vec::new();
    let mut known = FxHashSet::default();
    for forward in &recorder.forwards {
        let ForwardKey::Fixed(key) = &forward.key else { continue };
        let Some(method) = recorder.class.methods.get(usize::from(forward.method)) else { continue };
        if method.access & ACC_PRIVATE != 0 || method.name == "<clinit>" {
            continue;
        }
        let Some(argument) = argument_of(method, forward.parameter) else { continue };
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

/// Which argument lies in a local variable slot; the receiver is none.
fn argument_of(method: &Member<'_>, slot: u16) -> Option<usize> {
    let position = parameter_slots(method).iter().position(|own| *own == slot)?;
    if method.is_static() { Some(position) } else { position.checked_sub(1) }
}
