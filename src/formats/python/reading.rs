//! Reading: how one module becomes evidence.

use super::body::Bodies;
use super::machine::Machine;
use super::marshal::{Object, ObjectId, Objects};
use super::recorder::{Draft, Recorder};
use super::value::Spot;
use super::version::Version;
use crate::formats::evidence::{Binding, Evidence, Level, Literal, LiteralKind, Scope, Use};
use crate::formats::fragments::bind_fragments;
use crate::meter::Meter;
use crate::rules::vocabulary::Vocabulary;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// Bindings of fragments, which bounds what many uses of long constants can cost.
const MOST_BINDINGS: usize = 200_000;
/// Steps that a binding takes until it is judged.
const EACH_BINDING: usize = 16;
/// Bytes of constants that are read for fragments, one for each of its uses.
const MOST_BOUND: usize = 64 << 20;
/// Uses of all constants together: thousands of tuples may hold one text.
const MOST_USES: usize = 100_000;
/// How deep tuples nest that are searched for texts, and how many items all searches take.
const DEEPEST: usize = 16;
const MOST_ITEMS: usize = 4 << 20;

/// Calls that turn a constant into another text.
const DECODERS: [&str; 5] = ["b64decode", "urlsafe_b64decode", "standard_b64decode", "unhexlify", "fromhex"];

/// Whether a module is worth walking: most hold nothing that a rule could have a use for.
pub(super) fn is_interesting(bytes: &[u8], objects: &Objects<'_>, vocabulary: &Vocabulary) -> bool {
    vocabulary.mentions_any(bytes)
        || objects.list.iter().any(|object| match object {
            Object::Text(text) => vocabulary.is_telling(text.as_bytes()) || DECODERS.contains(&&**text),
            Object::Bytes(bytes) => vocabulary.is_telling(bytes),
            _ => false,
        })
}

/// Reads a whole module; gives back why the code was not walked in full.
pub(super) fn read<'a>(
    objects: &Objects<'a>,
    version: Version,
    vocabulary: &Vocabulary,
    meter: &Meter,
    evidence: &mut Evidence<'a>,
) -> Option<&'static str> {
    let bodies = Bodies::read(objects, version, meter);
    let mut machine = Machine::new(objects, version, Recorder::new(vocabulary, meter), meter);
    for (position, &code) in bodies.order.iter().enumerate() {
        machine.run(code, position == 0);
    }
    let recorder = machine.recorder;
    let interesting = |text: &[u8]| text.len() >= 3 && vocabulary.may_tell(text);
    let interesting = (objects.list.iter())
        .map(|object| match object {
            Object::Text(text) => interesting(text.as_bytes()),
            Object::Bytes(bytes) => interesting(bytes),
            _ => false,
        })
        .collect();
    let reader = Reader { objects, vocabulary, meter, bodies: &bodies, recorder: &recorder, interesting };
    evidence.bindings.extend(recorder.drafts.iter().map(|draft| reader.binding(draft)));
    let complete = reader.literals(evidence);
    reader.composed(evidence);
    (meter.is_exceeded() || !complete || !bodies.is_complete() || recorder.is_full())
        .then_some("its code is too long to be followed in full")
}

/// The texts of a module that could not be read to its end; no code says where they are used.
pub(super) fn read_texts<'a>(objects: &Objects<'a>, vocabulary: &Vocabulary, evidence: &mut Evidence<'a>) {
    let usage = || vec![Use { position: crate::place::Position::default(), scope: Scope::default() }];
    evidence.literals.extend((objects.list.iter().filter_map(bytes_of)).filter_map(|text| {
        vocabulary.is_telling(&text).then(|| Literal { text, kind: LiteralKind::Constant, uses: usage() })
    }));
}

fn bytes_of<'a>(object: &Object<'a>) -> Option<Cow<'a, [u8]>> {
    match object {
        Object::Text(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.as_bytes())),
        Object::Text(Cow::Owned(text)) => Some(Cow::Owned(text.as_bytes().to_vec())),
        Object::Bytes(bytes) => Some(Cow::Borrowed(bytes)),
        _ => None,
    }
}

/// One module's way from notes to evidence.
struct Reader<'r, 'a> {
    objects: &'r Objects<'a>,
    vocabulary: &'r Vocabulary,
    meter: &'r Meter,
    bodies: &'r Bodies,
    recorder: &'r Recorder<'r>,
    /// Which objects are texts that may hold a token or a key.
    interesting: Vec<bool>,
}

impl<'a> Reader<'_, 'a> {
    fn binding(&self, draft: &Draft) -> Binding {
        Binding {
            role: draft.role.clone(),
            sink: draft.sink.clone(),
            position: self.bodies.position(draft.text.spot),
            scope: self.scope(draft),
            peer: self.recorder.peer(draft),
            ..Binding::new(&*draft.key, &*draft.text.text)
        }
    }

    /// Where the value is used decides what it pairs with, wherever it was written.
    fn scope(&self, draft: &Draft) -> Scope {
        let mut scope = self.bodies.scope(draft.spot.code);
        if let Some(owner) = &draft.owner {
            scope = scope.within(Level::Map, owner);
        }
        scope = scope.within(Level::Call, &draft.spot.at.to_string());
        match draft.alternative {
            Some(alternative) => scope.within(Level::Alternative, &alternative.to_string()),
            None => scope,
        }
    }

    /// Interesting constants with all their uses; false if there are too many to look at.
    fn literals(&self, evidence: &mut Evidence<'a>) -> bool {
        let (mut items, mut places, mut room) = (0, MOST_USES, MOST_BOUND);
        let mut found: FxHashMap<ObjectId, Vec<Spot>> = FxHashMap::default();
        for &code in &self.bodies.order {
            let Some(constants) = self.objects.codes.get(code as usize).map(|code| code.constants) else { continue };
            let mut seen = FxHashSet::default();
            for &constant in self.objects.row(constants) {
                if items >= MOST_ITEMS {
                    break;
                }
                items += 1;
                if !seen.insert(constant) {
                    continue;
                }
                // What no instruction loads is a docstring, or dead.
                let unused = [Spot { code, at: 0 }];
                let uses = self.recorder.uses.get(&constant).map_or(&unused[..], Vec::as_slice);
                let uses = uses.iter().filter(|spot| spot.code == code);
                let mut texts = FxHashSet::default();
                self.texts_in(constant, DEEPEST, &mut items, &mut texts);
                for text in texts {
                    let spots = found.entry(text).or_default();
                    let before = spots.len();
                    // However many uses there are, each text has one.
                    spots.extend(uses.clone().take(places.max(usize::from(before == 0))));
                    places = places.saturating_sub(spots.len() - before);
                }
            }
        }
        let mut found: Vec<(ObjectId, Vec<Spot>)> = found.into_iter().collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        for (id, spots) in found {
            let Some(bytes) = bytes_of(self.objects.get(id)) else { continue };
            let uses: Vec<Use> = spots.into_iter().map(|spot| self.bodies.usage(spot)).collect();
            if uses.is_empty() {
                continue;
            }
            if let Some(text) = self.objects.text(id) {
                let before = evidence.bindings.len();
                let fit = uses.len().min(room / text.len().max(1));
                self.fragments(text, &uses[..fit], &mut evidence.bindings);
                if evidence.bindings.len() > before || fit < uses.len() {
                    room -= fit * text.len();
                }
            }
            if self.vocabulary.is_telling(&bytes) {
                evidence.literals.push(Literal { text: bytes, kind: LiteralKind::Constant, uses });
            }
        }
        items < MOST_ITEMS && places > 0 && room > 0
    }

    /// Binds what a text holds wherever it is used.
    fn fragments(&self, text: &str, uses: &[Use], bindings: &mut Vec<Binding>) {
        if self.meter.charge_bytes(text.len()) {
            let known = bindings.len();
            bind_fragments(text, uses, self.vocabulary, MOST_BINDINGS, bindings);
            self.meter.charge(EACH_BINDING * (bindings.len() - known));
        }
    }

    /// The interesting texts of a constant: itself, or what a tuple or set holds.
    fn texts_in(&self, id: ObjectId, depth: usize, items: &mut usize, found: &mut FxHashSet<ObjectId>) {
        *items += 1;
        match self.objects.get(id) {
            Object::Row(row) if depth > 0 => {
                for &item in row {
                    if *items >= MOST_ITEMS {
                        return;
                    }
                    self.texts_in(item, depth - 1, items, found);
                }
            }
            _ if self.interesting.get(id as usize) == Some(&true) => drop(found.insert(id)),
            _ => {}
        }
    }

    /// Texts that only exist once the parts are put together.
    fn composed(&self, evidence: &mut Evidence<'a>) {
        let named = |b: &Binding| (b.key.clone(), b.value.clone(), b.position.method.clone());
        let mut known: FxHashSet<_> = FxHashSet::default();
        if !self.recorder.composed.is_empty() {
            known.extend(evidence.bindings.iter().map(named));
        }
        let mut seen = FxHashSet::default();
        for (text, spot) in &self.recorder.composed {
            let bytes = text.text.as_bytes();
            let worth = || {
                self.vocabulary.is_telling(bytes)
                    || text.text.contains(['=', ':']) && self.vocabulary.mentions_key(bytes)
            };
            if !seen.insert((text.text.clone(), text.spot)) || !worth() {
                continue;
            }
            let position = self.bodies.position(text.spot);
            let parts = text.parts.as_deref().unwrap_or_default();
            let uses = vec![Use { position, scope: self.bodies.scope(spot.code) }];
            let mut found = Vec::new();
            if evidence.bindings.len() < MOST_BINDINGS {
                self.fragments(&text.text, &uses, &mut found);
            }
            // What fills a placeholder stands where it was written, as that which is bound by itself.
            for new in &mut found {
                if let Some((_, spot)) = parts.iter().find(|(part, _)| **part == *new.value) {
                    new.position = self.bodies.position(*spot);
                }
            }
            found.retain(|new| known.insert(named(new)));
            evidence.bindings.append(&mut found);
            let text = Cow::Owned(bytes.to_vec());
            evidence.literals.push(Literal { text, kind: LiteralKind::Composed, uses });
        }
    }
}
