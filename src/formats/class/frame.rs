//! A frame: local variables, operand stack and the objects made so far, at one point of a method.

use super::collections::Collection;
use super::value::{MAX_TEXT, Spot, Text, Texts, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Longer arrays are not followed.
const MAX_ARRAY: usize = 4096;
/// Objects a frame follows.
const MAX_OBJECTS: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Index of the method in its class.
    pub(super) method: u16,
    pub(super) locals: Vec<Value>,
    pub(super) stack: Vec<Value>,
    /// Shared by the frames of blocks that make no object.
    objects: Rc<BTreeMap<u32, Rc<Object>>>,
}

/// An object whose content is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// A `StringBuilder`, or a `String` made by its constructor, and the text in it.
    Builder(Value),
    Array {
        items: Vec<Value>,
        of: ArrayOf,
    },
    Collection(Collection),
    /// Any other object.
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArrayOf {
    Chars,
    Bytes,
    Other,
}

impl ArrayOf {
    /// By the operand of `newarray` (JVMS table 6.5.newarray-A).
    pub(super) fn of(code: i32) -> Self {
        match code {
            5 => Self::Chars,
            8 => Self::Bytes,
            _ => Self::Other,
        }
    }
}

impl Frame {
    pub(super) fn new(method: u16, locals: Vec<Value>) -> Self {
        Self { method, locals, stack: Vec::new(), objects: Rc::default() }
    }

    /// How many values and objects it holds.
    pub(super) fn size(&self) -> usize {
        self.locals.len() + self.stack.len() + self.objects.len()
    }

    pub(super) fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    /// The top value; broken code finds an unknown one.
    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or_default()
    }

    pub(super) fn pop_many(&mut self, slots: usize) {
        self.stack.truncate(self.stack.len().saturating_sub(slots));
    }

    pub(super) fn load(&self, slot: usize) -> Value {
        self.locals.get(slot).map(Value::loaded).unwrap_or_default()
    }

    pub(super) fn store(&mut self, slot: usize, value: Value) {
        if let Some(local) = self.locals.get_mut(slot) {
            *local = value;
        }
    }

    pub(super) fn object(&self, id: u32) -> Option<&Object> {
        self.objects.get(&id).map(|object| &**object)
    }

    pub(super) fn make(&mut self, id: u32, object: Object) -> Value {
        if self.objects.len() >= MAX_OBJECTS && !self.objects.contains_key(&id) {
            return Value::Unknown;
        }
        Rc::make_mut(&mut self.objects).insert(id, Rc::new(object));
        Value::Object(id)
    }

    pub(super) fn make_array(&mut self, id: u32, length: &Value, of: ArrayOf) -> Value {
        match *length {
            Value::Int(length) if usize::try_from(length).is_ok_and(|length| length <= MAX_ARRAY) => {
                let fresh = if of == ArrayOf::Other { Value::Null } else { Value::Int(0) };
                self.make(id, Object::Array { items: vec![fresh; length.unsigned_abs() as usize], of })
            }
            _ => self.make(id, Object::Plain),
        }
    }

    pub(super) fn store_item(&mut self, array: &Value, index: &Value, value: Value) {
        let (Value::Object(id), Value::Int(index)) = (array, index) else { return };
        if let Some(object) = Rc::make_mut(&mut self.objects).get_mut(id)
            && let Object::Array { items, .. } = Rc::make_mut(object)
            && let Some(item) = usize::try_from(*index).ok().and_then(|index| items.get_mut(index))
        {
            *item = value;
        }
    }

    /// What a collection or array holds, by whatever key.
    pub(super) fn elements(&self, collection: &Value) -> Vec<&Value> {
        match collection {
            Value::Object(id) => match self.object(*id) {
                Some(Object::Array { items, of: ArrayOf::Other }) => items.iter().collect(),
                Some(Object::Collection(held)) => held.values().collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    pub(super) fn items(&self, array: &Value) -> Option<&[Value]> {
        match array {
            Value::Object(id) => match self.object(*id)? {
                Object::Array { items, .. } => Some(items),
                Object::Collection(held) => Some(held.items()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value as texts: arrays of known characters or bytes and builders are texts too.
    pub(super) fn as_texts(&self, value: &Value) -> Value {
        let Value::Object(id) = value else { return value.clone() };
        match self.object(*id) {
            Some(Object::Builder(text)) => text.clone(),
            Some(Object::Array { items, of: of @ (ArrayOf::Chars | ArrayOf::Bytes) }) => {
                spell(items, *of).map_or(Value::Unknown, |text| {
                    let spot = Spot::Code { method: self.method, at: *id };
                    Value::text(Text { composed: true, ..Text::constant(text, spot) })
                })
            }
            _ => value.clone(),
        }
    }

    /// Joins another frame into this one; whether anything changed. Frames of different depth never
    /// meet in valid code.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        if self.stack.len() != other.stack.len() {
            return false;
        }
        let stack = join_values(&mut self.stack, &other.stack);
        join_values(&mut self.locals, &other.locals) | self.join_objects(other) | stack
    }

    /// Joins the frame of a place that may throw into this one of a handler, which starts with that
    /// place's locals and nothing but the exception on the stack (JVMS 2.10).
    pub(super) fn join_thrown(&mut self, other: &Self) -> bool {
        if self.stack.len() != 1 {
            return false;
        }
        let stack = join_values(&mut self.stack, &[Value::Unknown]);
        join_values(&mut self.locals, &other.locals) | self.join_objects(other) | stack
    }

    /// The frame with which a handler starts after this one.
    pub(super) fn thrown(&self) -> Self {
        Self {
            method: self.method,
            locals: self.locals.clone(),
            stack: vec![Value::Unknown],
            objects: self.objects.clone(),
        }
    }

    fn join_objects(&mut self, other: &Self) -> bool {
        if Rc::ptr_eq(&self.objects, &other.objects) {
            return false;
        }
        let mut changed = false;
        for (id, object) in &*other.objects {
            let joined = match self.objects.get(id) {
                None if self.objects.len() < MAX_OBJECTS => object.clone(),
                Some(own) if own != object => {
                    let joined = join_objects(own, object);
                    if joined == **own {
                        continue;
                    }
                    Rc::new(joined)
                }
                _ => continue,
            };
            Rc::make_mut(&mut self.objects).insert(*id, joined);
            changed = true;
        }
        changed
    }
}

/// Joins values one by one; whether any changed.
fn join_values(own: &mut [Value], new: &[Value]) -> bool {
    let mut changed = false;
    for (own, new) in own.iter_mut().zip(new).filter(|(own, new)| own != new) {
        let joined = own.join(new);
        if joined != *own {
            *own = joined;
            changed = true;
        }
    }
    changed
}

fn join_objects(a: &Object, b: &Object) -> Object {
    match (a, b) {
        (Object::Builder(a), Object::Builder(b)) => Object::Builder(a.join(b)),
        (Object::Array { items: a, of }, Object::Array { items: b, .. }) if a.len() == b.len() => {
            Object::Array { items: a.iter().zip(b).map(|(a, b)| a.join(b)).collect(), of: *of }
        }
        (Object::Collection(a), Object::Collection(b)) => Object::Collection(a.join(b)),
        (Object::Collection(held), Object::Plain) | (Object::Plain, Object::Collection(held)) => {
            Object::Collection(held.clone())
        }
        _ => Object::Plain,
    }
}

/// The text that an array of numbers spells; `None` if a part is unknown or not text at all.
fn spell(items: &[Value], of: ArrayOf) -> Option<String> {
    let numbers: Vec<i32> = items
        .iter()
        .map(|item| match item {
            Value::Int(number) => Some(*number),
            _ => None,
        })
        .collect::<Option<_>>()?;
    if numbers.len() > MAX_TEXT || numbers.iter().all(|number| *number == 0) {
        return None;
    }
    match of {
        ArrayOf::Chars => {
            let units: Vec<u16> = numbers.iter().map(|n| u16::try_from(*n).ok()).collect::<Option<_>>()?;
            String::from_utf16(&units).ok()
        }
        _ => {
            let bytes: Vec<u8> =
                numbers.iter().map(|n| i8::try_from(*n).ok().map(i8::cast_unsigned)).collect::<Option<_>>()?;
            String::from_utf8(bytes).ok()
        }
    }
}

impl Texts {
    /// The set, marked as standing in for an environment variable or property.
    pub(super) fn labelled(&self, label: &Rc<str>) -> Self {
        Self { label: Some(label.clone()), open: true, ..self.clone() }
    }
}
