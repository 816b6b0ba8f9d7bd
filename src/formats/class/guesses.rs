//! Guesses: what calls that no table knows do with their arguments, told by names and neighbours.

use super::call_site::CallSite;
use super::frame::Frame;
use super::naming::{gives_text, holds_text, only_looks};
use super::recorder::{Owner, Recording, Use};
use super::value::{Thing, Value};
use crate::formats::names::{is_name, key_of_constant, logs_in};
use crate::formats::peer::is_peer_value;
use std::rc::Rc;

impl Recording<'_, '_, '_> {
    /// The names that a key stands for: its texts, what an option was made with, or the name of the
    /// constant that holds an option.
    pub(super) fn names_of(&self, key: &Value, frame: &Frame) -> Vec<Rc<str>> {
        match key {
            Value::Thing(Thing::Field(index)) => {
                let name = self.recorder.class.pool.member(*index).map(|field| field.name.into_owned());
                let named = |name: &String| match key_of_constant(name) {
                    key if !self.recorder.is_key(name) => Rc::from(key),
                    _ => Rc::from(name.as_str()),
                };
                name.iter().map(named).collect()
            }
            _ => match key.label() {
                Some(label) => vec![label.clone()],
                None => frame.as_texts(key).texts().iter().map(|text| text.text.clone()).collect(),
            },
        }
    }

    /// Items of an array that are key and value: `{"password", "x"}`, `{"--db.password", "x", …}`, and the
    /// pairs of a variable number of arguments.
    pub(super) fn bind_items(&mut self, at: u32, array: &Value, frame: &Frame, depth: usize) {
        let Some(items) = frame.items(array).filter(|items| items.len() < 256 && depth < 3) else { return };
        let pair = items.len() == 2;
        let pairs = items.len().is_multiple_of(2);
        for (index, item) in items.iter().enumerate() {
            self.bind_items(at, item, frame, depth + 1);
            let (Some(name), Some(value)) = (frame.as_texts(item).only_text().map(str::to_owned), items.get(index + 1))
            else {
                continue;
            };
            // A list of names has words where pairs have values.
            let is_pair = || {
                pair || pairs
                    && index.is_multiple_of(2)
                    && frame.as_texts(value).only_text().is_some_and(|text| !is_name(text))
            };
            let option = name.strip_prefix("--").or_else(|| name.strip_prefix('-'));
            let key = option.or_else(|| is_pair().then_some(name.as_str()));
            if let Some(key) = key.filter(|key| self.recorder.is_key(key)) {
                self.bind(at, value, frame, &Use { key, role: None, sink: None, owner: Some(Owner::Call(at)) });
            }
        }
    }

    pub(super) fn note_peers(&mut self, call: &CallSite, args: &[Value], owner: Owner, frame: &Frame) {
        for arg in args {
            for text in frame.as_texts(arg).texts() {
                let names_system = text.text.len() <= 512
                    && (text.text.contains("://")
                        || text.text.starts_with("jdbc:")
                        || args.len() == 1 && is_peer_value(&call.method, &text.text));
                if names_system {
                    self.recorder.peers.entry((self.method, owner)).or_insert_with(|| (&*text.text).into());
                }
            }
        }
    }

    /// Calls that no table knows: what their names and neighbours say.
    pub(super) fn guess(&mut self, at: u32, call: &CallSite, args: &[Value], owner: Owner, frame: &Frame) {
        let types = &call.descriptor.parameters;
        if let ([value], [of]) = (args, types.as_slice()) {
            let name = if call.is_constructor() { call.simple_class() } else { &call.method };
            if holds_text(of) && !only_looks(name) {
                self.bind(at, value, frame, &Use { key: name, role: None, sink: Some(call), owner: Some(owner) });
            }
            return;
        }
        if call.class == "java.lang.String" || args.len() > 4 {
            return;
        }
        for index in 1..args.len() {
            let (key, value) = (&args[index - 1], &args[index]);
            let fits =
                types[index - 1] == "String" || types[index - 1] == "Object" || types[index - 1] == "ConfigOption";
            let named = self.names_of(key, frame).iter().any(|name| self.recorder.is_key(name));
            if fits && named && (holds_text(&types[index]) || gives_text(&types[index])) {
                self.bind_pair(at, key, value, call, Some(owner), frame);
                return;
            }
        }
        // `login("svc", "…")`.
        if let ([_, password], [user, of]) = (args, types.as_slice())
            && user == "String"
            && holds_text(of)
            && logs_in(&call.method)
        {
            let usage = Use { key: "password", role: None, sink: Some(call), owner: Some(owner) };
            self.bind(at, password, frame, &usage);
        }
    }
}
