//! The machine: what one instruction does to a frame (JVMS 6.5).

use super::call_site::CallSite;
use super::class_file::ClassFile;
use super::collections;
use super::descriptor::{Descriptor, slots};
use super::flow::parameter_slots;
use super::frame::{ArrayOf, Frame, Object};
use super::instruction::{Instruction, op, plain_effect};
use super::moves::{load, pop_arguments, shuffle, store};
use super::observer::Observer;
use super::pool::{Entry, MemberRef};
use super::value::{Spot, Text, Thing, Value};
use super::{environment, strings};
use crate::formats::names::is_key;
use crate::meter::Meter;
use crate::rules::vocabulary::Vocabulary;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Bytes that a class may put into texts of its own, and into the descriptors of its calls: each call that
/// appends to a text copies it.
const MAX_MADE: usize = 512 << 20;

/// How often a call's arguments are looked at, item by item.
const LOOKS: usize = 4;

/// What the methods of a class share while they are interpreted.
pub(super) struct Machine<'c, 'a> {
    pub(super) class: &'c ClassFile<'a>,
    pub(super) vocabulary: &'c Vocabulary,
    pub(super) meter: &'c Meter,
    calls: FxHashMap<u16, Option<Rc<CallSite<'a>>>>,
    members: FxHashMap<u16, Option<Rc<MemberRef<'a>>>>,
    /// Constants by their Utf8 entries.
    texts: FxHashMap<u16, Rc<str>>,
    /// Of `MAX_MADE`, what is left.
    room: usize,
    /// What the class's own fields hold, as far as it is known.
    pub(super) fields: FxHashMap<String, Value>,
    /// What its own methods return, by their indices.
    pub(super) returns: FxHashMap<u16, Value>,
}

impl<'c, 'a> Machine<'c, 'a> {
    pub(super) fn new(class: &'c ClassFile<'a>, vocabulary: &'c Vocabulary, meter: &'c Meter) -> Self {
        let mut machine = Self {
            class,
            vocabulary,
            meter,
            calls: FxHashMap::default(),
            members: FxHashMap::default(),
            texts: FxHashMap::default(),
            room: MAX_MADE,
            fields: FxHashMap::default(),
            returns: FxHashMap::default(),
        };
        for (index, field) in (0u16..).zip(&class.fields) {
            if let Some(text) = field.constant_value().and_then(|value| machine.string(value)) {
                machine.fields.insert(field.name.to_string(), Value::text(Text::constant(text, Spot::Field(index))));
            }
        }
        machine
    }

    /// The text of a String entry, copied once.
    pub(super) fn string(&mut self, index: u16) -> Option<Rc<str>> {
        let Entry::String(utf8) = self.class.pool.get(index) else { return None };
        if let Some(known) = self.texts.get(&utf8) {
            return Some(known.clone());
        }
        let text: Rc<str> = self.class.pool.utf8(utf8)?.into();
        self.texts.insert(utf8, text.clone());
        Some(text)
    }

    /// Whether no more can be put together.
    pub(super) fn is_full(&self) -> bool {
        self.room == 0
    }

    /// Charges what a call put together of so many parts.
    fn charge(&mut self, value: &Value, parts: usize, frame: &Frame) {
        let text = match value {
            Value::Object(id) => match frame.object(*id) {
                Some(Object::Builder(text)) => text,
                _ => return,
            },
            text => text,
        };
        let made: usize = text.texts().iter().filter(|text| text.composed).map(|text| text.text.len()).sum();
        self.room = self.room.saturating_sub(made * parts);
        self.meter.charge_bytes(made * parts);
    }

    /// Charges what it takes to look at a call's texts, and at what its arrays and collections hold.
    fn charge_arguments(&self, receiver: &Value, args: &[Value], frame: &Frame) {
        for value in [receiver].into_iter().chain(args) {
            let bytes: usize = value.texts().iter().map(|text| text.text.len()).sum();
            self.meter.charge_bytes(bytes);
            self.meter.charge(frame.items(value).map_or(0, |items| LOOKS * items.len()));
        }
    }

    /// The call that a pool index stands for.
    pub(super) fn call_site(&mut self, index: u16) -> Option<Rc<CallSite<'a>>> {
        if let Some(known) = self.calls.get(&index) {
            return known.clone();
        }
        let member = if self.is_full() { None } else { self.class.pool.member(index) };
        let call = member.and_then(|member| CallSite::new(member, self.class)).map(Rc::new);
        self.room = self.room.saturating_sub(call.as_ref().map_or(0, |call| call.weight()));
        self.calls.insert(index, call.clone());
        call
    }

    /// The field that a pool index stands for.
    fn member(&mut self, index: u16) -> Option<Rc<MemberRef<'a>>> {
        let class = self.class;
        self.members.entry(index).or_insert_with(|| class.pool.member(index).map(Rc::new)).clone()
    }

    pub(super) fn step(
        &mut self,
        instruction: &Instruction,
        frame: &mut Frame,
        observer: Option<&mut dyn Observer>,
    ) -> Option<()> {
        let at = u32::try_from(instruction.at).ok()?;
        let opcode = instruction.opcode;
        match opcode {
            op::ACONST_NULL => frame.push(Value::Null),
            op::ICONST_M1..=op::ICONST_5 => frame.push(Value::Int(i32::from(opcode) - 3)),
            op::BIPUSH | op::SIPUSH => frame.push(Value::Int(instruction.operand)),
            op::LDC | op::LDC_W => {
                frame.push(self.constant(instruction.index(), Spot::Code { method: frame.method, at }))
            }
            op::ILOAD..=op::ALOAD_3 => load(opcode, instruction.operand, frame),
            op::IALOAD | op::AALOAD..=op::SALOAD => {
                let (index, array) = (frame.pop(), frame.pop());
                let item = match index {
                    Value::Int(i) => usize::try_from(i).ok().and_then(|i| frame.items(&array)?.get(i).cloned()),
                    _ => None,
                };
                frame.push(item.unwrap_or_default());
            }
            op::ISTORE..=op::ASTORE_3 => {
                let (slot, value) = store(opcode, instruction.operand, frame);
                if let Some(observer) = observer {
                    observer.local_stored(at, u16::try_from(slot).ok()?, instruction.next, &value, frame);
                }
            }
            op::IASTORE | 0x53..=op::SASTORE => {
                let (value, index, array) = (frame.pop(), frame.pop(), frame.pop());
                frame.store_item(&array, &index, value);
            }
            op::POP..=op::SWAP => shuffle(opcode, frame),
            op::IINC => {
                let slot = instruction.operand.unsigned_abs() as usize;
                let value = match frame.load(slot) {
                    Value::Int(n) => n.checked_add(instruction.second).map_or(Value::Unknown, Value::Int),
                    _ => Value::Unknown,
                };
                frame.store(slot, value);
            }
            // i2b, i2c, i2s: constants of arrays pass through them.
            op::I2B..=op::I2S => {}
            op::ARETURN => {
                let value = frame.pop();
                if let Some(observer) = observer {
                    observer.returned(at, &value, frame);
                }
            }
            op::GETSTATIC..=op::PUTFIELD => self.field(instruction, at, frame, observer)?,
            op::INVOKEVIRTUAL..=op::INVOKEINTERFACE => self.invoke(instruction, at, frame, observer)?,
            op::INVOKEDYNAMIC => self.invoke_dynamic(instruction.index(), at, frame, observer)?,
            op::NEW => {
                let value = frame.make(at, Object::Plain);
                frame.push(value);
            }
            op::NEWARRAY | op::ANEWARRAY => {
                let length = frame.pop();
                let of = if opcode == op::NEWARRAY { ArrayOf::of(instruction.operand) } else { ArrayOf::Other };
                let array = frame.make_array(at, &length, of);
                frame.push(array);
            }
            op::MULTIANEWARRAY => {
                frame.pop_many(instruction.second.unsigned_abs() as usize);
                frame.push(Value::Unknown);
            }
            op::CHECKCAST => {}
            _ => {
                let (pops, pushes) = plain_effect(opcode)?;
                frame.pop_many(pops);
                (0..pushes).for_each(|_| frame.push(Value::Unknown));
            }
        }
        Some(())
    }

    /// A loadable constant (JVMS 5.1).
    fn constant(&mut self, index: u16, spot: Spot) -> Value {
        match self.class.pool.get(index) {
            Entry::Integer(number) => Value::Int(number),
            _ => self.string(index).map_or(Value::Unknown, |text| Value::text(Text::constant(text, spot))),
        }
    }

    fn field(
        &mut self,
        instruction: &Instruction,
        at: u32,
        frame: &mut Frame,
        observer: Option<&mut dyn Observer>,
    ) -> Option<()> {
        let member = self.member(instruction.index())?;
        let is_own = member.class == self.class.slashed;
        let width = if matches!(&*member.descriptor, "J" | "D") { 2 } else { 1 };
        match instruction.opcode {
            op::GETSTATIC | op::GETFIELD => {
                if instruction.opcode == op::GETFIELD {
                    frame.pop();
                }
                let value = if width == 2 {
                    frame.push(Value::Unknown);
                    Value::Unknown
                } else if let Some(known) = self.fields.get(&*member.name).filter(|_| is_own) {
                    known.loaded()
                } else if let Some(key) = self.vocabulary.field(&member.class, &member.name) {
                    let spot = Spot::Code { method: frame.method, at };
                    Value::text(Text::constant(&**key, spot))
                } else if !is_own && member.descriptor == "Ljava/lang/String;" {
                    Value::Foreign(Rc::new(member.foreign(&member.name)))
                } else {
                    Value::Thing(Thing::Field(instruction.index()))
                };
                frame.push(value);
            }
            _ => {
                let value = frame.stack.len().checked_sub(width).and_then(|top| frame.stack.get(top)).cloned();
                frame.pop_many(width);
                let is_static = instruction.opcode == op::PUTSTATIC;
                let receiver = if is_static { Value::Unknown } else { frame.pop() };
                if let (Some(observer), Some(value)) = (observer, value) {
                    if is_own {
                        self.settle_field(&member.name, frame.as_texts(&value));
                    }
                    observer.field_stored(at, &member.name, &receiver, &value, frame);
                }
            }
        }
        Some(())
    }

    fn invoke(
        &mut self,
        instruction: &Instruction,
        at: u32,
        frame: &mut Frame,
        observer: Option<&mut dyn Observer>,
    ) -> Option<()> {
        let call = self.call_site(instruction.index())?;
        let args = pop_arguments(&call.descriptor, frame);
        let receiver = if instruction.opcode == op::INVOKESTATIC { Value::Unknown } else { frame.pop() };
        self.charge_arguments(&receiver, &args, frame);
        let mut observer = observer;
        if let Some(observer) = &mut observer {
            observer.called(at, &call, &receiver, &args, frame);
        }
        let result = self.result(&call, &receiver, &args, frame, at);
        let parts: usize = args.iter().map(|arg| 1 + frame.items(arg).map_or(0, <[Value]>::len)).sum();
        self.charge(&result, parts.min(strings::MAX_JOINED), frame);
        if let Some(observer) = observer
            && call.method != "append"
            && result.texts().iter().any(|text| text.composed)
        {
            observer.composed(at, &result);
        }
        push_result(&call, result, frame);
        Some(())
    }

    fn result(&self, call: &CallSite<'_>, receiver: &Value, args: &[Value], frame: &mut Frame, at: u32) -> Value {
        if self.is_full() {
            return Value::Unknown;
        }
        if let Some(value) = strings::result(call, receiver, args, frame, at) {
            return value;
        }
        if let Some(value) = collections::result(call, receiver, args, frame, at) {
            return value;
        }
        if let Some(value) = environment::result(call, receiver, args, frame, &|name| is_key(self.vocabulary, name)) {
            return value;
        }
        if let Some(own) = call.own
            && let Some(value) = self.returns.get(&own)
        {
            return self.handed_back(value, own, args).unwrap_or_else(|| value.loaded());
        }
        if let Some(held) = &call.held {
            return Value::Foreign(held.clone());
        }
        // A fluent call gives back what it was called on.
        let fluent = call.descriptor.result == call.simple_class();
        match receiver {
            Value::Object(_) | Value::Thing(_) if fluent => receiver.clone(),
            _ => Value::Thing(Thing::Result(at)),
        }
    }

    fn invoke_dynamic(
        &mut self,
        index: u16,
        at: u32,
        frame: &mut Frame,
        observer: Option<&mut dyn Observer>,
    ) -> Option<()> {
        let mut observer = observer;
        let Entry::Dynamic { bootstrap, name_and_type } = self.class.pool.get(index) else { return None };
        let (name, descriptor) = self.class.pool.name_and_type(name_and_type)?;
        let descriptor = Descriptor::of(&descriptor)?;
        let args = pop_arguments(&descriptor, frame);
        self.charge_arguments(&Value::Unknown, &args, frame);
        let spot = Spot::Code { method: frame.method, at };
        let class = self.class;
        let statics = class.bootstraps.get(usize::from(bootstrap)).map_or(&[][..], |b| &b.arguments);
        let value = match (&*name, statics.split_first()) {
            _ if self.is_full() => Value::Unknown,
            ("makeConcatWithConstants", Some((recipe, constants))) => {
                let recipe = self.string(*recipe).unwrap_or_default();
                if let Some(observer) = &mut observer {
                    for ((end, _), value) in recipe.match_indices('\u{1}').zip(&args) {
                        observer.joined(at, &recipe[..end], value, frame);
                    }
                }
                let mut constants = constants.iter().map(|c| self.constant(*c, spot));
                strings::concatenated(&recipe, &mut constants, &args, &descriptor.parameters, frame, spot)
            }
            ("makeConcat", _) => {
                let recipe = "\u{1}".repeat(args.len());
                strings::concatenated(&recipe, &mut std::iter::empty(), &args, &descriptor.parameters, frame, spot)
            }
            _ => self.lambda(statics, &args).unwrap_or(Value::Thing(Thing::Result(at))),
        };
        self.charge(&value, args.len() + 1, frame);
        if let Some(observer) = observer
            && value.texts().iter().any(|text| text.composed)
        {
            observer.composed(at, &value);
        }
        match slots(&descriptor.result) {
            0 => {}
            1 => frame.push(value),
            _ => (0..2).for_each(|_| frame.push(Value::Unknown)),
        }
        Some(())
    }
}

impl Machine<'_, '_> {
    /// What a field of the class's own is known to hold from here on.
    fn settle_field(&mut self, field: &str, value: Value) {
        if !value.texts().is_empty() {
            let known = self.fields.entry(field.to_owned()).or_insert_with(|| value.clone());
            *known = known.join(&value);
        }
    }

    /// The argument that a method of the class's own is known to give back.
    fn handed_back(&self, value: &Value, callee: u16, args: &[Value]) -> Option<Value> {
        let Value::Thing(Thing::Parameter(slot)) = value else { return None };
        let slots = parameter_slots(&self.class.methods[usize::from(callee)]);
        let skipped = slots.len().saturating_sub(args.len());
        args.get(slots.iter().position(|own| own == slot)?.checked_sub(skipped)?).cloned()
    }

    /// A lambda that captures nothing stands for what it returns: by-name arguments and suppliers
    /// (LambdaMetafactory's second static argument is the method that does it).
    fn lambda(&self, statics: &[u16], captured: &[Value]) -> Option<Value> {
        let [_, implementation, ..] = statics else { return None };
        let Entry::MethodHandle(member) = self.class.pool.get(*implementation) else { return None };
        let member = self.class.pool.member(member).filter(|member| member.class == self.class.slashed)?;
        let value = self.returns.get(&self.class.method(&member.name, &member.descriptor)?)?;
        captured.iter().all(|value| matches!(value, Value::Thing(_))).then(|| value.clone())
    }
}

fn push_result(call: &CallSite<'_>, result: Value, frame: &mut Frame) {
    match call.result_slots {
        0 => {}
        1 => frame.push(result),
        _ => (0..2).for_each(|_| frame.push(Value::Unknown)),
    }
}
