//! The recorder: notes which values a method binds to which names, one draft for each.

use super::call_site::CallSite;
use super::class_file::ClassFile;
use super::code::Code;
use super::forwards::{Forward, ForwardKey, OwnCall};
use super::frame::Frame;
use super::machine::Observer;
use super::naming::{declared_name, holds_text, only_looks};
use super::value::{Foreign, Spot, Text, Thing, Value};
use crate::formats::links::Links;
use crate::formats::names::is_key;
use crate::formats::peer::is_peer_value;
use crate::rules::vocabulary::{MapShape, Vocabulary};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// A binding before it has a place.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) key: String,
    pub(super) role: Option<Arc<str>>,
    pub(super) sink: Option<Arc<str>>,
    pub(super) text: Text,
    /// Which of several texts it is.
    pub(super) alternative: Option<usize>,
    /// Where it is bound.
    pub(super) method: u16,
    pub(super) at: u32,
    /// The object that the value becomes part of.
    pub(super) owner: Option<Owner>,
}

impl Draft {
    /// The call that the text is passed to at once. One of several alternatives has a line of its own.
    pub(super) fn passed_at(&self) -> Option<(u16, u32)> {
        (self.sink.is_some() && self.alternative.is_none()).then_some((self.method, self.at))
    }
}

/// An object, told apart within its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    Object(u32),
    Thing(Thing),
    Call(u32),
}

pub(super) struct Recorder<'r, 'a> {
    pub(super) class: &'r ClassFile<'a>,
    pub(super) vocabulary: &'r Vocabulary,
    pub(super) drafts: Vec<Draft>,
    /// Texts put together, with where that is complete.
    pub(super) composed: Vec<(Text, u16, u32)>,
    /// Spot of a constant to the instruction that uses it: in a chain of calls over many lines, the
    /// line of the call is the line of its arguments.
    pub(super) shown_at: FxHashMap<Spot, u32>,
    /// Spot of a constant to the field that it is stored in at once.
    pub(super) fields: FxHashMap<Spot, String>,
    pub(super) own_fields: Vec<(String, Value)>,
    pub(super) returned: Option<Value>,
    pub(super) forwards: Vec<Forward>,
    pub(super) own_calls: Vec<OwnCall>,
    /// Bindings of values that other classes hold; their drafts have no text yet.
    pub(super) wanted: Vec<(Rc<Foreign>, Draft)>,
    /// What methods of other classes are known to do with their arguments.
    pub(super) links: Option<&'r Links>,
    /// Bindings that only the links tell of.
    pub(super) linked: Vec<Draft>,
    pub(super) peers: FxHashMap<(u16, Owner), Arc<str>>,
}

/// A method while it is recorded.
pub(super) struct Recording<'m, 'r, 'a> {
    pub(super) recorder: &'m mut Recorder<'r, 'a>,
    pub(super) method: u16,
    pub(super) code: &'m Code<'a>,
}

impl<'r, 'a> Recorder<'r, 'a> {
    pub(super) fn new(class: &'r ClassFile<'a>, vocabulary: &'r Vocabulary) -> Self {
        Self {
            class,
            vocabulary,
            drafts: Vec::new(),
            composed: Vec::new(),
            shown_at: FxHashMap::default(),
            fields: FxHashMap::default(),
            own_fields: Vec::new(),
            returned: None,
            forwards: Vec::new(),
            own_calls: Vec::new(),
            wanted: Vec::new(),
            links: None,
            linked: Vec::new(),
            peers: FxHashMap::default(),
        }
    }

    /// Whether a name could bind a secret; prose and patterns are no names.
    pub(super) fn is_key(&self, name: &str) -> bool {
        is_key(self.vocabulary, name)
    }
}

/// What is bound, and to what.
struct Use<'u> {
    key: &'u str,
    role: Option<&'u Arc<str>>,
    sink: Option<&'u CallSite>,
    owner: Option<Owner>,
}

impl Recording<'_, '_, '_> {
    fn bind(&mut self, at: u32, value: &Value, frame: &Frame, usage: &Use<'_>) {
        let known = usage.role.is_some() || self.recorder.is_key(usage.key);
        let sink = || usage.sink.map(|call| Arc::<str>::from(call.readable_name()));
        if let Value::Thing(Thing::Parameter(parameter)) = *value {
            if known {
                let key = ForwardKey::Fixed(usage.key.to_owned());
                let (role, sink) = (usage.role.cloned(), sink());
                self.recorder.forwards.push(Forward { method: self.method, parameter, key, role, sink });
            }
            return;
        }
        let draft = |text: &Text, alternative| Draft {
            key: usage.key.to_owned(),
            role: usage.role.cloned(),
            sink: sink(),
            text: text.clone(),
            alternative,
            method: self.method,
            at,
            owner: usage.owner,
        };
        if let Value::Foreign(foreign) = value {
            if known {
                let nothing = Text::constant("", Spot::Code { method: self.method, at });
                self.recorder.wanted.push((foreign.clone(), draft(&nothing, None)));
            }
            return;
        }
        let texts = frame.as_texts(value);
        let many = texts.texts().len() > 1;
        for (index, text) in texts.texts().iter().enumerate() {
            // Composed texts are read by themselves.
            if known || !text.composed && self.recorder.vocabulary.mentions_keyword(text.text.as_bytes()) {
                self.recorder.drafts.push(draft(text, many.then_some(index)));
            }
        }
    }

    /// A default beside an environment variable or property is bound to its name.
    fn bind_default(&mut self, at: u32, value: &Value, frame: &Frame) {
        if let Value::Texts(texts) = value
            && let Some(label) = &texts.label
            && self.recorder.is_key(label)
        {
            self.bind(at, value, frame, &Use { key: label, role: None, sink: None, owner: None });
        }
    }

    /// A value under each text that its key may be.
    fn bind_pair(&mut self, at: u32, key: &Value, value: &Value, call: &CallSite, owner: Option<Owner>, frame: &Frame) {
        match (key, value) {
            (Value::Thing(Thing::Parameter(key)), Value::Thing(Thing::Parameter(value))) => {
                self.recorder.forwards.push(Forward {
                    method: self.method,
                    parameter: *value,
                    key: ForwardKey::Parameter(*key),
                    role: None,
                    sink: Some(call.readable_name().into()),
                });
            }
            _ => {
                for name in self.names_of(key, frame) {
                    if let (Some(owner), Some(peer)) = (owner, frame.as_texts(value).only_text())
                        && is_peer_value(&name, peer)
                    {
                        self.recorder.peers.entry((self.method, owner)).or_insert_with(|| peer.into());
                    }
                    self.bind(at, value, frame, &Use { key: &name, role: None, sink: Some(call), owner });
                }
            }
        }
    }

    /// What the called method of another class does with its arguments.
    fn follow_links(&mut self, at: u32, call: &CallSite, args: &[Value], owner: Owner, frame: &Frame) {
        let Some(links) = self.recorder.links else { return };
        for take in links.of(&call.class, &call.method, &call.raw_descriptor) {
            if let Some(value) = args.get(take.argument) {
                let usage = Use { key: &take.key, role: take.role.as_ref(), sink: Some(call), owner: Some(owner) };
                self.bind_linked(at, value, frame, &usage);
            }
        }
    }

    /// Scala compiles the default of a constructor's parameter to a method of the companion.
    fn follow_default(&mut self, at: u32, value: &Value, frame: &Frame) {
        let class = self.recorder.class;
        let (Some(links), Some(member)) = (self.recorder.links, class.methods.get(usize::from(self.method))) else {
            return;
        };
        let Some(argument) = member.name.strip_prefix("$lessinit$greater$default$").and_then(|n| n.parse().ok()) else {
            return;
        };
        for take in links.of_constructors(class.name.trim_end_matches('$'), argument) {
            let usage = Use { key: &take.key, role: take.role.as_ref(), sink: None, owner: None };
            self.bind_linked(at, value, frame, &usage);
        }
    }

    /// Binds what only the links tell of.
    fn bind_linked(&mut self, at: u32, value: &Value, frame: &Frame, usage: &Use<'_>) {
        let known = self.recorder.drafts.len();
        self.bind(at, value, frame, usage);
        let linked = self.recorder.drafts.split_off(known);
        self.recorder.linked.extend(linked);
    }

    /// The names that a key stands for: its texts, what an option was made with, or the name of the
    /// constant that holds an option.
    fn names_of(&self, key: &Value, frame: &Frame) -> Vec<Rc<str>> {
        match key {
            Value::Thing(Thing::Field(index)) => {
                self.recorder.class.pool.member(*index).map(|field| Rc::from(&*field.name)).into_iter().collect()
            }
            _ => match key.label() {
                Some(label) => vec![label.clone()],
                None => frame.as_texts(key).texts().iter().map(|text| text.text.clone()).collect(),
            },
        }
    }

    /// Items of an array that are key and value: `{"password", "x"}`, `{"--db.password", "x", …}`.
    fn bind_items(&mut self, at: u32, array: &Value, frame: &Frame, depth: usize) {
        let Some(items) = frame.items(array).filter(|items| items.len() < 256 && depth < 3) else { return };
        let pair = items.len() == 2;
        for (index, item) in items.iter().enumerate() {
            self.bind_items(at, item, frame, depth + 1);
            let (Some(name), Some(value)) = (frame.as_texts(item).only_text().map(str::to_owned), items.get(index + 1))
            else {
                continue;
            };
            let option = name.strip_prefix("--").or_else(|| name.strip_prefix('-'));
            if let Some(key) = option.or(pair.then_some(name.as_str())).filter(|key| self.recorder.is_key(key)) {
                self.bind(at, value, frame, &Use { key, role: None, sink: None, owner: Some(Owner::Call(at)) });
            }
        }
    }

    fn note_peers(&mut self, call: &CallSite, args: &[Value], owner: Owner, frame: &Frame) {
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
    fn guess(&mut self, at: u32, call: &CallSite, args: &[Value], owner: Owner, frame: &Frame) {
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
            if fits && named && holds_text(&types[index]) {
                self.bind_pair(at, key, value, call, Some(owner), frame);
                return;
            }
        }
    }
}

fn owner_of(receiver: &Value, at: u32) -> Owner {
    match *receiver {
        Value::Object(id) => Owner::Object(id),
        Value::Thing(thing) => Owner::Thing(thing),
        _ => Owner::Call(at),
    }
}

impl Observer for Recording<'_, '_, '_> {
    fn called(&mut self, at: u32, call: &CallSite, receiver: &Value, args: &[Value], frame: &Frame) {
        let owner = owner_of(receiver, at);
        for arg in args {
            for text in arg.texts().iter().filter(|text| !text.stored && !text.composed) {
                self.recorder.shown_at.insert(text.spot, at);
            }
            self.bind_default(at, arg, frame);
            self.bind_items(at, arg, frame, 0);
        }
        self.note_peers(call, args, owner, frame);
        let vocabulary = self.recorder.vocabulary;
        if let Some(sink) = vocabulary.sink(call.call()) {
            for (index, role) in &sink.args {
                if let Some(value) = args.get(*index) {
                    let key = if sink.args.len() == 1 && args.len() == 1 && !call.is_constructor() {
                        &call.method
                    } else {
                        &**role
                    };
                    self.bind(at, value, frame, &Use { key, role: Some(role), sink: Some(call), owner: Some(owner) });
                }
            }
        } else if let Some(map) = vocabulary.map(call.call()) {
            match map.shape {
                MapShape::KeyValue { key, value } => {
                    if let (Some(key), Some(value)) = (args.get(key), args.get(value)) {
                        self.bind_pair(at, key, value, call, Some(owner), frame);
                    }
                }
                MapShape::Pairs => {
                    for pair in args.chunks_exact(2) {
                        self.bind_pair(at, &pair[0], &pair[1], call, Some(owner), frame);
                    }
                }
            }
        } else {
            self.guess(at, call, args, owner, frame);
        }
        self.follow_links(at, call, args, owner, frame);
        if call.class == self.recorder.class.name && args.iter().any(|arg| !frame.as_texts(arg).texts().is_empty()) {
            let args = args.iter().map(|arg| frame.as_texts(arg)).collect();
            let callee = format!("{}{}", call.method, call.raw_descriptor);
            self.recorder.own_calls.push(OwnCall { method: self.method, at, callee, args });
        }
    }

    fn field_stored(&mut self, at: u32, class: &str, field: &str, value: &Value, frame: &Frame) {
        let texts = frame.as_texts(value);
        for text in texts.texts().iter().filter(|text| !text.stored) {
            self.recorder.fields.insert(text.spot, field.to_owned());
        }
        if class == self.recorder.class.name && !texts.texts().is_empty() {
            self.recorder.own_fields.push((field.to_owned(), texts));
        }
        self.bind_default(at, value, frame);
        self.bind_items(at, value, frame, 0);
        self.bind(at, value, frame, &Use { key: field, role: None, sink: None, owner: None });
    }

    fn local_stored(&mut self, at: u32, slot: u16, next: usize, value: &Value, frame: &Frame) {
        let texts = frame.as_texts(value);
        if texts.texts().is_empty() || texts.texts().iter().all(|text| text.stored) {
            return;
        }
        self.bind_default(at, &texts, frame);
        // The variable's scope starts after the store (JVMS 4.7.13).
        let name = self.code.local(slot, next).and_then(|name| self.recorder.class.pool.utf8(name));
        if let Some(name) = name {
            self.bind(at, &texts, frame, &Use { key: &name, role: None, sink: None, owner: None });
        }
    }

    fn returned(&mut self, at: u32, value: &Value, frame: &Frame) {
        let texts = frame.as_texts(value);
        if texts.texts().is_empty() {
            return;
        }
        self.bind_default(at, &texts, frame);
        let class = self.recorder.class;
        if let Some(member) = class.methods.get(usize::from(self.method)) {
            let name = declared_name(&member.name, &class.name);
            self.bind(at, &texts, frame, &Use { key: name, role: None, sink: None, owner: None });
        }
        self.follow_default(at, &texts, frame);
        let joined = self.recorder.returned.take().map_or_else(|| texts.clone(), |known| known.join(&texts));
        self.recorder.returned = Some(joined);
    }

    fn composed(&mut self, at: u32, value: &Value) {
        for text in value.texts().iter().filter(|text| text.composed && text.text.chars().count() > 1) {
            self.recorder.composed.push((text.clone(), self.method, at));
        }
    }
}
