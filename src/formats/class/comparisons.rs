//! Comparisons: a text that is compared with what has a secret's name is the secret.

use super::call_site::CallSite;
use super::frame::Frame;
use super::recording::{Recording, Use};
use super::value::{Thing, Value};
use crate::formats::names::is_name;
use std::rc::Rc;

/// Whether a method of this name compares so many arguments, or one with what it is called on.
pub(super) fn compares(method: &str, arguments: usize) -> bool {
    match arguments {
        1 => matches!(method, "equals" | "equalsIgnoreCase" | "contentEquals" | "compareTo"),
        2 => matches!(method, "equals" | "equalsIgnoreCase" | "isEqual" | "areEqual" | "equal"),
        _ => false,
    }
}

impl Recording<'_, '_, '_> {
    /// `password.equals("…")`, `"…".equals(config.getPassword())`, `areEqual(token, "…")`.
    pub(super) fn compare(&mut self, at: u32, call: &CallSite<'_>, receiver: &Value, args: &[Value], frame: &Frame) {
        self.note_result(at, call, args);
        let (left, right) = match args {
            _ if !compares(&call.method, args.len()) => return,
            [other] => (receiver, other),
            [one, other] => (one, other),
            _ => return,
        };
        for (named, value) in [(left, right), (right, left)] {
            // Words are states and well-known defaults: `"none".equals(password)` asks, it does not tell.
            let texts = frame.as_texts(value);
            if frame.as_texts(named).texts().is_empty()
                && !texts.texts().is_empty()
                && !texts.texts().iter().any(|text| is_name(&text.text))
                && let Some(name) = self.name_of(named)
            {
                self.bind(at, value, frame, &Use { key: &name, role: None, sink: Some(call), owner: None });
            }
        }
    }

    /// What a getter gives is named for it.
    fn note_result(&mut self, at: u32, call: &CallSite<'_>, args: &[Value]) {
        let name = call.method.strip_prefix("get").unwrap_or(&call.method);
        if args.is_empty() && self.recorder.is_key(name) {
            self.results.insert(at, name.into());
        }
    }

    fn name_of(&self, value: &Value) -> Option<Rc<str>> {
        match value {
            Value::Environment(name) => Some(name.clone()),
            Value::Foreign(foreign) => {
                let member = foreign.member.split('(').next()?;
                Some(member.strip_prefix("get").unwrap_or(member).into())
            }
            Value::Thing(Thing::Parameter(slot)) => self.local(*slot, 0).as_deref().map(Into::into),
            Value::Thing(Thing::Field(index)) => {
                self.recorder.class.pool.member(*index).map(|field| (&*field.name).into())
            }
            Value::Thing(Thing::Result(at)) => self.results.get(at).cloned(),
            _ => None,
        }
    }
}
