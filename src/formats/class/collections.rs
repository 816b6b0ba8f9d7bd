//! Collections: lists, maps and tuples of a frame, whose items come out again as they went in.

use super::call_site::CallSite;
use super::frame::{Frame, Object};
use super::value::Value;
use std::rc::Rc;

/// Items of one collection that are followed.
const MAX_ITEMS: usize = 64;

/// What an object holds by position and by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Collection {
    items: Vec<Value>,
    entries: Vec<(Rc<str>, Value)>,
}

impl Collection {
    fn of(items: &[Value]) -> Self {
        Self { items: items.iter().take(MAX_ITEMS).cloned().collect(), entries: Vec::new() }
    }

    pub(super) fn items(&self) -> &[Value] {
        &self.items
    }

    /// All that it holds.
    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
        self.items.iter().chain(self.entries.iter().map(|(_, value)| value))
    }

    fn put(&mut self, key: &str, value: &Value) {
        match self.entries.iter().position(|(own, _)| &**own == key) {
            Some(index) => self.entries[index].1 = value.clone(),
            None if self.entries.len() < MAX_ITEMS => self.entries.push((key.into(), value.clone())),
            None => {}
        }
    }

    fn value_of(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(own, _)| &**own == key).map(|(_, value)| value)
    }

    /// What a collection may hold after two ways meet.
    pub(super) fn join(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        for (own, new) in joined.items.iter_mut().zip(&other.items) {
            *own = own.join(new);
        }
        joined.items.extend(other.items.iter().skip(self.items.len()).cloned());
        for (key, value) in &other.entries {
            let value = self.value_of(key).map_or_else(|| value.clone(), |own| own.join(value));
            joined.put(key, &value);
        }
        joined
    }
}

/// The result of a call that fills a collection or takes something out of it; `None` for any other.
pub(super) fn result(
    call: &CallSite<'_>,
    receiver: &Value,
    args: &[Value],
    frame: &mut Frame,
    at: u32,
) -> Option<Value> {
    if let Some(made) = made(call, args, frame) {
        return Some(match (receiver, call.is_constructor()) {
            (Value::Object(id), true) => frame.make(*id, Object::Collection(made)),
            _ => frame.make(at, Object::Collection(made)),
        });
    }
    let id = match receiver {
        Value::Object(id) if !call.is_constructor() => *id,
        _ => return None,
    };
    let mut held = match frame.object(id)? {
        Object::Collection(held) => held.clone(),
        Object::Plain => Collection::default(),
        _ => return None,
    };
    let text = |value: &Value| frame.as_texts(value).only_text().map(Rc::<str>::from);
    match (&*call.method, args) {
        ("add" | "addLast" | "push" | "offer" | "addElement" | "append", [item]) if held.items.len() < MAX_ITEMS => {
            held.items.push(item.clone());
        }
        ("put" | "set" | "setProperty" | "setString" | "putIfAbsent" | "update" | "addProperty", [key, value]) => {
            held.put(&text(key)?, value);
        }
        ("get" | "elementAt" | "apply", [Value::Int(index)]) => {
            return Some(held.items.get(usize::try_from(*index).ok()?)?.loaded());
        }
        ("get" | "getProperty" | "getString" | "getOrDefault" | "getRequired" | "getValue" | "apply", [key, ..]) => {
            return Some(held.value_of(&text(key)?)?.loaded());
        }
        (name, []) => return Some(held.items.get(component(name)?)?.loaded()),
        _ => return None,
    }
    frame.make(id, Object::Collection(held));
    None
}

/// The collection that a factory or constructor gives.
fn made(call: &CallSite<'_>, args: &[Value], frame: &Frame) -> Option<Collection> {
    let class = call.simple_class();
    let spread = |args: &[Value]| match args {
        [array] => frame.items(array).map_or_else(|| Collection::of(args), Collection::of),
        _ => Collection::of(args),
    };
    match (class, &*call.method) {
        (
            "List"
            | "Set"
            | "Arrays"
            | "Collections"
            | "ImmutableList"
            | "CollectionsKt"
            | "CollectionsKt__CollectionsKt",
            "of" | "asList" | "singletonList" | "listOf" | "mutableListOf" | "arrayListOf",
        ) => Some(spread(args)),
        // `head :: tail` of Scala.
        ("colon", "<init>") if args.len() == 2 => {
            let tail = frame.items(&args[1]).unwrap_or_default();
            Some(Collection::of(&[&args[..1], tail].concat()))
        }
        ("Map" | "ImmutableMap" | "Collections", "of" | "singletonMap") if args.len().is_multiple_of(2) => {
            let mut made = Collection::default();
            for pair in args.chunks_exact(2) {
                made.put(frame.as_texts(&pair[0]).only_text()?, &pair[1]);
            }
            Some(made)
        }
        (
            "Pair" | "ImmutablePair" | "MutablePair" | "Tuple" | "Tuple2" | "Tuple3" | "Map" | "TuplesKt",
            "of" | "entry" | "to",
        ) if args.len() >= 2 => Some(Collection::of(args)),
        (
            "Pair" | "Tuple2" | "Tuple3" | "Triple" | "SimpleEntry" | "SimpleImmutableEntry" | "ImmutablePair",
            "<init>",
        ) if args.len() >= 2 => Some(Collection::of(args)),
        _ => None,
    }
}

/// Which item of a tuple a getter gives.
fn component(method: &str) -> Option<usize> {
    match method {
        "getFirst" | "getLeft" | "getKey" | "component1" | "_1" | "getValue0" | "first" => Some(0),
        "getSecond" | "getRight" | "getValue" | "component2" | "_2" | "getValue1" | "last" => Some(1),
        "getThird" | "component3" | "_3" => Some(2),
        _ => None,
    }
}
