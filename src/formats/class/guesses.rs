//! Guesses: what calls that no table knows do with their arguments, told by names and neighbours.

use super::call_site::CallSite;
use super::frame::Frame;
use super::naming::{gives_text, holds_text, only_looks};
use super::recorder::Owner;
use super::recording::{Recording, Use};
use super::sites::Site;
use super::value::{Thing, Value};
use crate::formats::names::{is_element, is_name, key_of_constant, logs_in, of_elements};
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
        // Arrays may hold one another.
        if !self.recorder.meter.charge(items.len()) {
            return;
        }
        if let Value::Object(id) = array {
            self.note_bonds(at, items, Owner::Object(*id), frame);
        }
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

    /// What a collection holds that is named for secrets: `PASSWORDS = Map.of("orders", "x")`.
    pub(super) fn bind_elements(&mut self, at: u32, name: &str, collection: &Value, frame: &Frame) {
        let Some(key) = of_elements(self.recorder.vocabulary, name) else { return };
        for element in frame.elements(collection) {
            let nested = frame.elements(element);
            if !self.recorder.meter.charge(1 + nested.len()) {
                return;
            }
            for value in if nested.is_empty() { vec![element] } else { nested } {
                self.bind_element(at, key, value, frame);
            }
        }
    }

    /// What a field that holds such a collection is given: `PASSWORDS.put("orders", "x")`.
    pub(super) fn bind_added(&mut self, at: u32, call: &CallSite<'_>, receiver: &Value, args: &[Value], frame: &Frame) {
        if let (Value::Thing(Thing::Field(index)), [.., value]) = (receiver, args)
            && matches!(&*call.method, "put" | "putIfAbsent" | "add" | "addOne" | "update" | "$plus$eq" | "set")
            && let Some(field) = self.recorder.class.pool.member(*index)
            && let Some(key) = of_elements(self.recorder.vocabulary, &field.name)
        {
            self.bind_element(at, key, value, frame);
        }
    }

    /// A value under the name of its member, or what an annotation calls that.
    pub(super) fn bind_member(
        &mut self,
        at: u32,
        site: Site,
        name: &str,
        owner: Option<Owner>,
        value: &Value,
        frame: &Frame,
    ) {
        let annotated = self.recorder.annotated.get(&site).filter(|_| !self.recorder.is_key(name)).cloned();
        let key = annotated.as_deref().unwrap_or(name);
        self.bind(at, value, frame, &Use { key, role: None, sink: None, owner });
    }

    fn bind_element(&mut self, at: u32, key: &str, value: &Value, frame: &Frame) {
        if frame.as_texts(value).texts().iter().any(|text| is_element(&text.text)) {
            self.bind(at, value, frame, &Use { key, role: None, sink: None, owner: None });
        }
    }

    /// A value that is put behind a key and its `=`: what a parameter or another class holds is no part of the
    /// text that is put together, but what it is for is known.
    pub(super) fn bind_joined(&mut self, at: u32, before: &str, value: &Value, frame: &Frame) {
        if !matches!(value, Value::Thing(Thing::Parameter(_)) | Value::Foreign(_)) {
            return;
        }
        let quoted = before.trim_end_matches(['"', '\'', '\\']);
        let Some(name) = quoted.trim_end().strip_suffix(['=', ':']) else { return };
        let name = name.trim_end().trim_end_matches(['"', '\'', '\\']);
        let start = name.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')));
        let key = &name[start.map_or(0, |at| name.ceil_char_boundary(at + 1))..];
        if self.recorder.is_key(key) {
            self.bind(at, value, frame, &Use { key, role: None, sink: None, owner: None });
        }
    }

    pub(super) fn note_peers(&mut self, call: &CallSite<'_>, args: &[Value], owner: Owner, frame: &Frame) {
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
    pub(super) fn guess(&mut self, at: u32, call: &CallSite<'_>, args: &[Value], owner: Owner, frame: &Frame) {
        let types = &call.descriptor.parameters;
        if let ([value], [of]) = (args, types.as_slice()) {
            let name = if call.is_constructor() { call.simple_class() } else { &call.method };
            if holds_text(of) && !only_looks(name) {
                self.bind(at, value, frame, &Use { key: name, role: None, sink: Some(call), owner: Some(owner) });
            }
            return;
        }
        if call.class == "java/lang/String" || args.len() > 4 {
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
