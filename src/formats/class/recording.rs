//! The recording of one method: what its calls, stores and returns bind, told to the class's recorder.

use super::call_site::CallSite;
use super::code::Code;
use super::forwards::{Forward, ForwardKey, OwnCall};
use super::frame::Frame;
use super::naming::declared_name;
use super::observer::Observer;
use super::recorder::{Draft, MOST, Owner, Recorder, keep};
use super::relevance::DEFAULT_OF_CONSTRUCTOR;
use super::sites::Site;
use super::value::{Spot, Text, Thing, Value};
use crate::formats::peer::is_peer_value;
use crate::rules::vocabulary::MapShape;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Longer keys are kept by their end.
const LONGEST_KEY: usize = 256;

/// A method while it is recorded.
pub(super) struct Recording<'m, 'r, 'a> {
    pub(super) recorder: &'m mut Recorder<'r, 'a>,
    pub(super) method: u16,
    pub(super) code: &'m Code<'a>,
    /// What calls gave, by offset, as far as a name tells it: `getPassword()`.
    pub(super) results: FxHashMap<u32, Rc<str>>,
}

/// What is bound, and to what.
pub(super) struct Use<'u> {
    pub(super) key: &'u str,
    pub(super) role: Option<&'u Arc<str>>,
    pub(super) sink: Option<&'u CallSite<'u>>,
    pub(super) owner: Option<Owner>,
}

impl<'a> Recording<'_, '_, 'a> {
    pub(super) fn bind(&mut self, at: u32, value: &Value, frame: &Frame, usage: &Use<'_>) {
        let texts = match value {
            Value::Thing(Thing::Parameter(_)) | Value::Foreign(_) => Value::Unknown,
            _ => match frame.as_texts(value) {
                // Most values are unknown; their names need not be asked about.
                texts if texts.texts().is_empty() => return,
                texts => texts,
            },
        };
        let known = usage.role.is_some() || self.recorder.is_key(usage.key);
        let sink = || usage.sink.map(|call| Arc::<str>::from(call.readable_name()));
        if let Value::Thing(Thing::Parameter(parameter)) = *value {
            if known {
                let key = ForwardKey::Fixed(usage.key.to_owned());
                let (role, sink) = (usage.role.cloned(), sink());
                self.recorder.note_forward(Forward { method: self.method, parameter, key, role, sink });
            }
            return;
        }
        let draft = |text: &Text, alternative| Draft {
            key: usage.key[usage.key.ceil_char_boundary(usage.key.len().saturating_sub(LONGEST_KEY))..].to_owned(),
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
                let Recorder { wanted, full, .. } = &mut *self.recorder;
                keep(wanted, (foreign.clone(), draft(&nothing, None)), full);
            }
            return;
        }
        let many = texts.texts().len() > 1;
        for (index, text) in texts.texts().iter().enumerate() {
            // Composed texts are read by themselves.
            if known || !text.composed && self.recorder.vocabulary.mentions_keyword(text.text.as_bytes()) {
                self.recorder.note_draft(draft(text, many.then_some(index)));
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

    /// The name of a local variable.
    pub(super) fn local(&self, slot: u16, at: usize) -> Option<Cow<'a, str>> {
        self.code.local(slot, at).and_then(|name| self.recorder.class.pool.name(name))
    }

    /// A value under each text that its key may be.
    pub(super) fn bind_pair(
        &mut self,
        at: u32,
        key: &Value,
        value: &Value,
        call: &CallSite<'_>,
        owner: Option<Owner>,
        frame: &Frame,
    ) {
        match (key, value) {
            (Value::Thing(Thing::Parameter(key)), Value::Thing(Thing::Parameter(value))) => {
                self.recorder.note_forward(Forward {
                    method: self.method,
                    parameter: *value,
                    key: ForwardKey::Parameter(*key),
                    role: None,
                    sink: Some(call.readable_name().into()),
                });
            }
            _ => {
                for name in self.names_of(key, frame) {
                    self.bind_elements(at, &name, value, frame);
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
    fn follow_links(&mut self, at: u32, call: &CallSite<'_>, args: &[Value], owner: Owner, frame: &Frame) {
        let Some(links) = self.recorder.links else { return };
        for take in links.of(&call.class, &call.signature()) {
            if self.recorder.full || !self.recorder.meter.charge(1) {
                return;
            }
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
        let Some(argument) = member.name.strip_prefix(DEFAULT_OF_CONSTRUCTOR).and_then(|n| n.parse().ok()) else {
            return;
        };
        for take in links.of_constructors(class.slashed.trim_end_matches('$'), argument) {
            let usage = Use { key: &take.key, role: take.role.as_ref(), sink: None, owner: None };
            self.bind_linked(at, value, frame, &usage);
        }
    }

    /// Binds what only the links tell of.
    fn bind_linked(&mut self, at: u32, value: &Value, frame: &Frame, usage: &Use<'_>) {
        let known = self.recorder.drafts.len();
        self.bind(at, value, frame, usage);
        let Recorder { drafts, linked, full, .. } = &mut *self.recorder;
        drafts.drain(known..).for_each(|draft| keep(linked, draft, full));
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
    fn called(&mut self, at: u32, call: &CallSite<'_>, receiver: &Value, args: &[Value], frame: &Frame) {
        let owner = owner_of(receiver, at);
        self.note_bonds(at, args, owner, frame);
        for arg in args {
            for text in arg.texts().iter().filter(|text| !text.stored && !text.composed) {
                self.recorder.shown_at.insert(text.spot, at);
            }
            self.bind_default(at, arg, frame);
            self.bind_items(at, arg, frame, 0);
        }
        self.bind_default(at, receiver, frame);
        self.compare(at, call, receiver, args, frame);
        self.bind_added(at, call, receiver, args, frame);
        if let ("append", [value], Some(before)) = (&*call.method, args, frame.as_texts(receiver).only_text()) {
            self.bind_joined(at, before, value, frame);
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
        if let Some(callee) = call.own
            && args.iter().any(|arg| !frame.as_texts(arg).texts().is_empty())
        {
            let args = args.iter().map(|arg| frame.as_texts(arg)).collect();
            let Recorder { own_calls, full, .. } = &mut *self.recorder;
            keep(own_calls, OwnCall { method: self.method, at, callee, args }, full);
        }
    }

    fn field_stored(&mut self, at: u32, field: &str, receiver: &Value, value: &Value, frame: &Frame) {
        let texts = frame.as_texts(value);
        let owner = owner_of(receiver, at);
        self.note_bonds(at, std::slice::from_ref(value), owner, frame);
        for text in texts.texts().iter().filter(|text| !text.stored) {
            if self.recorder.fields.len() >= MOST {
                self.recorder.full = true;
                break;
            }
            self.recorder.fields.insert(text.spot, field.to_owned());
        }
        self.bind_default(at, value, frame);
        self.bind_items(at, value, frame, 0);
        self.bind_elements(at, field, value, frame);
        let site = self.recorder.class.field(field).map_or(Site::Class, Site::Field);
        self.bind_member(at, site, field, Some(owner), value, frame);
    }

    fn local_stored(&mut self, at: u32, slot: u16, next: usize, value: &Value, frame: &Frame) {
        self.bind_items(at, value, frame, 0);
        let texts = frame.as_texts(value);
        if let (Value::Object(_), Some(name)) = (&texts, self.local(slot, next)) {
            self.bind_elements(at, &name, value, frame);
        }
        if texts.texts().is_empty() || texts.texts().iter().all(|text| text.stored) {
            return;
        }
        self.bind_default(at, &texts, frame);
        // The variable's scope starts after the store (JVMS 4.7.13).
        if let Some(name) = self.local(slot, next) {
            self.bind(at, &texts, frame, &Use { key: &name, role: None, sink: None, owner: None });
        }
    }

    fn returned(&mut self, at: u32, value: &Value, frame: &Frame) {
        self.bind_items(at, value, frame, 0);
        let texts = frame.as_texts(value);
        let class = self.recorder.class;
        let name = class.methods.get(usize::from(self.method)).map_or("", |method| &*method.name);
        let name = declared_name(name, &class.name);
        if texts.texts().is_empty() {
            // A helper that gives back what it is given.
            if matches!(value, Value::Thing(Thing::Parameter(_))) && self.recorder.returned.is_none() {
                self.recorder.returned = Some(value.clone());
            }
            self.bind_elements(at, name, value, frame);
            return;
        }
        self.bind_default(at, &texts, frame);
        self.bind_member(at, Site::Method(self.method), name, None, &texts, frame);
        self.follow_default(at, &texts, frame);
        let joined = self.recorder.returned.take().map_or_else(|| texts.clone(), |known| known.join(&texts));
        self.recorder.returned = Some(joined);
    }

    fn joined(&mut self, at: u32, before: &str, value: &Value, frame: &Frame) {
        self.bind_joined(at, before, value, frame);
    }

    fn composed(&mut self, at: u32, value: &Value) {
        for text in value.texts().iter().filter(|text| text.composed && text.text.chars().count() > 1) {
            let Recorder { composed, full, .. } = &mut *self.recorder;
            keep(composed, (text.clone(), self.method, at), full);
        }
    }
}
