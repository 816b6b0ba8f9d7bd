//! The recorder: notes what the code of a module binds to names, and where it uses its constants.

use super::calls::Call;
use super::marshal::ObjectId;
use super::value::{Spot, Text, Value};
use crate::formats::names::{is_element, is_key, is_login, is_name, logs_in, of_elements};
use crate::formats::peer::is_peer_value;
use crate::meter::Meter;
use crate::rules::vocabulary::{self, Vocabulary};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Bytes noted of one module, which bounds what a hostile one can cost, and what each note takes.
const ROOM: usize = 32 << 20;
const NOTE: usize = 256;
/// Uses of one constant: what is written in more places is known well enough.
const MOST_USES: usize = 256;
/// Longer values are read as texts; a known name binds them all the same.
const LONGEST_TOKEN: usize = 256;
const LONGEST_PEER: usize = 512;
/// What stands behind a user's name.
const PASSWORD: &str = "password";

/// A binding before positions and scopes are worked out.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) key: String,
    pub(super) role: Option<Arc<str>>,
    pub(super) sink: Option<Arc<str>>,
    pub(super) text: Text,
    pub(super) alternative: Option<usize>,
    /// Where it is bound.
    pub(super) spot: Spot,
    pub(super) owner: Option<Arc<str>>,
}

#[derive(Debug)]
pub(super) struct Recorder<'m> {
    vocabulary: &'m Vocabulary,
    meter: &'m Meter,
    pub(super) drafts: Vec<Draft>,
    /// Texts put together, with where they are used.
    pub(super) composed: Vec<(Text, Spot)>,
    /// Constants to the instructions that load them.
    pub(super) uses: FxHashMap<ObjectId, Vec<Spot>>,
    /// The system that an object of a code object speaks of.
    peers: FxHashMap<(u32, Arc<str>), Arc<str>>,
    room: usize,
}

/// What a value is bound to.
struct Bound<'b> {
    key: &'b str,
    role: Option<&'b Arc<str>>,
    sink: Option<&'b str>,
    owner: Option<&'b str>,
}

impl<'m> Recorder<'m> {
    pub(super) fn new(vocabulary: &'m Vocabulary, meter: &'m Meter) -> Self {
        Self {
            vocabulary,
            meter,
            drafts: Vec::new(),
            composed: Vec::new(),
            uses: FxHashMap::default(),
            peers: FxHashMap::default(),
            room: ROOM,
        }
    }

    pub(super) fn peer(&self, draft: &Draft) -> Option<Arc<str>> {
        self.peers.get(&(draft.spot.code, draft.owner.clone()?)).cloned()
    }

    pub(super) fn used(&mut self, id: ObjectId, spot: Spot) {
        let uses = self.uses.entry(id).or_default();
        if uses.len() < MOST_USES {
            uses.push(spot);
        }
    }

    /// A variable, an attribute or a parameter gets a value.
    pub(super) fn stored(&mut self, name: &str, value: &Value, owner: Option<&str>, spot: Spot) {
        self.composed(value, spot);
        self.defaulted(value, spot);
        self.note_peer(name, value, owner, spot);
        self.bind(value, &Bound { key: name, role: None, sink: None, owner }, spot);
        self.held(name, value, owner, spot);
    }

    /// What a collection holds is named for it: `PASSWORDS = {"orders": "v"}`, `auth = ("svc", "v")`.
    pub(super) fn held(&mut self, name: &str, value: &Value, owner: Option<&str>, spot: Spot) {
        if let [_, password] = value.row()
            && is_login(name)
        {
            self.bind(password, &Bound { key: PASSWORD, role: None, sink: None, owner }, spot);
        }
        if let Some(key) = of_elements(self.vocabulary, name) {
            let elements = value.elements();
            self.meter.charge(elements.len());
            for text in elements.into_iter().chain(value.texts()).filter(|text| is_element(&text.text)) {
                self.draft(text, &Bound { key, role: None, sink: None, owner }, None, spot);
            }
        }
    }

    /// `if password == "v"`: a text that is compared with what has a secret's name. Words are states.
    pub(super) fn compared(&mut self, name: &str, value: &Value, spot: Spot) {
        if value.only_text().is_some_and(|text| !is_name(text)) {
            self.bind(value, &Bound { key: name, role: None, sink: None, owner: None }, spot);
        }
    }

    /// A default beside a looked-up name is bound to that.
    pub(super) fn defaulted(&mut self, value: &Value, spot: Spot) {
        if let Value::Texts(texts) = value
            && let Some(label) = texts.label.clone()
            && self.is_key(&label)
        {
            self.bind(value, &Bound { key: &label, role: None, sink: None, owner: None }, spot);
        }
    }

    /// A value under each text that its key may be.
    pub(super) fn pair(&mut self, key: &Value, value: &Value, owner: Option<&str>, spot: Spot) {
        self.composed(value, spot);
        self.defaulted(value, spot);
        for key in key.texts() {
            self.note_peer(&key.text, value, owner, spot);
            self.bind(value, &Bound { key: &key.text, role: None, sink: None, owner }, spot);
            self.held(&key.text, value, owner, spot);
        }
    }

    /// A row of two whose first names the second. Lists of names look the same.
    pub(super) fn row(&mut self, items: &[Value], spot: Spot) {
        if let [key, value] = items
            && key.only_text().is_some_and(|key| self.is_key(key))
            && value.only_text().is_some_and(|value| !is_name(value))
        {
            self.pair(key, value, None, spot);
        }
    }

    pub(super) fn returned(&mut self, function: Option<&str>, value: &Value, spot: Spot) {
        self.composed(value, spot);
        self.defaulted(value, spot);
        if let Some(key) = function {
            self.bind(value, &Bound { key, role: None, sink: None, owner: None }, spot);
        }
    }

    pub(super) fn called(&mut self, call: &Call) {
        let spot = call.spot;
        let owner = call.owner();
        for value in call.positional.iter().chain(call.keywords.iter().map(|(_, value)| value)) {
            self.composed(value, spot);
            self.defaulted(value, spot);
            if let Some(text) = value.only_text()
                && text.len() <= LONGEST_PEER
                && (text.contains("://") || text.starts_with("jdbc:"))
            {
                self.add_peer(&owner, text, spot);
            }
        }
        let sink = Some(call.callee.path()).filter(|path| !path.is_empty());
        for (name, value) in &call.keywords {
            self.note_peer(name, value, Some(&owner), spot);
            let key = match &**name {
                // `add_argument("-p", "--password", default="x")`.
                "default" | "value" | "fallback" => {
                    let options = call.positional.iter().filter_map(Value::only_text);
                    match options.map(|option| option.trim_start_matches('-')).find(|option| self.is_key(option)) {
                        Some(option) => option,
                        None => continue,
                    }
                }
                name => name,
            };
            self.bind(value, &Bound { key, role: None, sink, owner: Some(&owner) }, spot);
            self.held(key, value, Some(&owner), spot);
        }
        if !self.known(call, &owner, sink) {
            self.guess(call, &owner, sink);
        }
    }

    /// Positions that `sinks.toml` knows.
    fn known(&mut self, call: &Call, owner: &str, sink: Option<&str>) -> bool {
        let path = call.callee.path();
        let (class, method) = path.rsplit_once('.').unwrap_or((path, "<init>"));
        let constructor = vocabulary::Call { class: path, method: "<init>", types: &[], arity: call.positional.len() };
        let vocabulary = self.vocabulary;
        let called = [constructor, vocabulary::Call { class, method, ..constructor }];
        let Some(known) = called.into_iter().find_map(|call| vocabulary.sink(call)) else { return false };
        for (position, role) in &known.args {
            if let Some(value) = call.positional.get(*position) {
                self.bind(value, &Bound { key: role, role: Some(role), sink, owner: Some(owner) }, call.spot);
            }
        }
        true
    }

    /// Calls that no table knows: what their names and neighbours say.
    fn guess(&mut self, call: &Call, owner: &str, sink: Option<&str>) {
        let method = call.method();
        let (key, value) = match call.positional.as_slice() {
            [value] => {
                self.note_peer(method, value, Some(owner), call.spot);
                if call.is_setter() {
                    self.bind(value, &Bound { key: method, role: None, sink, owner: Some(owner) }, call.spot);
                }
                return;
            }
            [_, password] if logs_in(method) => {
                self.bind(password, &Bound { key: PASSWORD, role: None, sink, owner: Some(owner) }, call.spot);
                return;
            }
            [key, value] | [_, key, value] if call.takes_pairs() => (key, value),
            _ => return,
        };
        for key in key.texts() {
            self.note_peer(&key.text, value, Some(owner), call.spot);
            self.bind(value, &Bound { key: &key.text, role: None, sink, owner: Some(owner) }, call.spot);
        }
    }

    fn note_peer(&mut self, key: &str, value: &Value, owner: Option<&str>, spot: Spot) {
        if let (Some(owner), Some(peer)) = (owner, value.only_text())
            && is_peer_value(key, peer)
        {
            self.add_peer(owner, peer, spot);
        }
    }

    fn add_peer(&mut self, owner: &str, peer: &str, spot: Spot) {
        if !self.is_full() {
            self.room = self.room.saturating_sub(NOTE + peer.len());
            self.peers.entry((spot.code, owner.into())).or_insert_with(|| peer.into());
        }
    }

    fn bind(&mut self, value: &Value, bound: &Bound<'_>, spot: Spot) {
        if value.texts().is_empty() || self.is_full() {
            return;
        }
        let many = value.texts().len() > 1;
        for (index, text) in value.texts().iter().enumerate() {
            self.draft(text, bound, many.then_some(index), spot);
        }
    }

    fn draft(&mut self, text: &Text, bound: &Bound<'_>, alternative: Option<usize>, spot: Spot) {
        let holds_token = || {
            !text.is_composed()
                && text.text.len() <= LONGEST_TOKEN
                && self.vocabulary.mentions_keyword(text.text.as_bytes())
        };
        let is_known = bound.role.is_some() || self.is_key(bound.key);
        if !text.text.is_empty() && !self.is_full() && (is_known || holds_token()) {
            self.room = self.room.saturating_sub(NOTE + bound.key.len() + text.text.len());
            self.drafts.push(Draft {
                key: bound.key.to_owned(),
                role: bound.role.cloned(),
                sink: bound.sink.map(Into::into),
                text: text.clone(),
                alternative,
                spot,
                owner: bound.owner.map(Into::into),
            });
        }
    }

    fn composed(&mut self, value: &Value, spot: Spot) {
        for text in value.texts().iter().filter(|text| text.is_composed()) {
            if !self.is_full() {
                self.room = self.room.saturating_sub(NOTE + text.text.len());
                self.composed.push((text.clone(), spot));
            }
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.room == 0
    }

    /// Whether a name could bind a secret; prose and patterns are no names.
    fn is_key(&self, name: &str) -> bool {
        is_key(self.vocabulary, name)
    }
}
