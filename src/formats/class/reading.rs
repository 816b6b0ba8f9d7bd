//! Reading: how one class becomes evidence.

use super::bonds::Bond;
use super::class_file::ClassFile;
use super::code::Code;
use super::constants::{self, Constants, Element, Names};
use super::flow::TOO_MANY_STEPS;
use super::forwards::takes;
use super::instruction::op;
use super::interest::Interest;
use super::interpretation::interpret;
use super::machine::Machine;
use super::pool::Entry;
use super::recorder::{Draft, Owner, Recorder};
use super::relevance::relevant;
use super::sites::{Site, Sites};
use super::value::Spot;
use crate::formats::evidence::{Binding, Evidence, Level, Literal, LiteralKind, Scope, Unresolved, Use};
use crate::formats::fragments::bind_fragments;
use crate::formats::links::{Constant, Links};
use crate::formats::names::is_key;
use crate::meter::Meter;
use crate::rules::vocabulary::Vocabulary;
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

/// Bytes that the bindings of one class and the places of its constants may take.
const MOST_BOUND: usize = 64 << 20;
/// What one takes besides its value.
const EACH: usize = 512;
/// What is said of a class that does more with what others give it than is followed.
const LINKED_TOO_OFTEN: &str = "class file: it does more with what others give it than is followed";
/// Steps that a binding takes until it is judged.
const EACH_BINDING: usize = 16;

pub(super) fn read<'a>(
    class: &ClassFile<'a>,
    interest: &Interest,
    vocabulary: &Vocabulary,
    meter: &Meter,
    evidence: &mut Evidence<'a>,
) {
    let (codes, cause) = class.codes();
    let mut recorder = Recorder::new(class, vocabulary, meter);
    let elements = constants::elements(class);
    let naming = class.naming(&elements, |name| is_key(vocabulary, name));
    recorder.annotated = naming.iter().map(|(element, name)| (element.site, name.clone())).collect();
    let chosen = relevant(&codes, interest, &mut recorder);
    let mut machine = Machine::new(class, vocabulary, meter);
    let cause = interpret(class, &codes, &chosen, &mut machine, &mut recorder).or(cause);
    let sites = Sites::new(class, &codes);
    let reader = Reader::new(&sites, &recorder);
    evidence.bindings.extend(reader.bindings(&recorder.drafts));
    evidence.unresolved.extend(reader.unresolved());
    evidence.takes.extend(takes(&recorder));
    reader.fields(&elements, &naming, &mut evidence.bindings);
    reader.literals(&codes, &elements, interest, evidence);
    reader.composed(evidence);
    let overflows = recorder.full || reader.room.get() == 0;
    let overflows = overflows.then_some("a class binds more than is read");
    let cause = cause.or(meter.is_exceeded().then_some(TOO_MANY_STEPS));
    evidence.unparsed = overflows.or(cause).map(str::to_owned);
}

/// What the class binds through calls of other classes' methods.
pub(super) fn read_linked(
    class: &ClassFile<'_>,
    interest: &Interest,
    vocabulary: &Vocabulary,
    links: &Links,
    meter: &Meter,
    evidence: &mut Evidence<'_>,
) {
    let (codes, _) = class.codes();
    let mut recorder = Recorder { links: Some(links), ..Recorder::new(class, vocabulary, meter) };
    let chosen = relevant(&codes, interest, &mut recorder);
    interpret(class, &codes, &chosen, &mut Machine::new(class, vocabulary, meter), &mut recorder);
    let sites = Sites::new(class, &codes);
    let reader = Reader::new(&sites, &recorder);
    evidence.bindings.extend(reader.bindings(&recorder.linked));
    evidence.takes.extend(takes(&recorder));
    let overflows = recorder.full || reader.room.get() == 0 || meter.is_exceeded();
    evidence.unparsed = overflows.then(|| LINKED_TOO_OFTEN.to_owned());
}

/// The texts that the class's fields hold and its getters return.
pub(super) fn constants(class: &ClassFile<'_>, vocabulary: &Vocabulary, meter: &Meter) -> Vec<Constant> {
    let (codes, _) = class.codes();
    let mut recorder = Recorder::new(class, vocabulary, meter);
    let mut machine = Machine::new(class, vocabulary, meter);
    // No other methods give anything.
    let gives = |code: &Code<'_>| {
        code.operations().any(|step| matches!(step.opcode, op::ARETURN | op::PUTSTATIC | op::PUTFIELD))
    };
    let chosen: Vec<bool> = codes.iter().map(|code| code.as_ref().is_some_and(gives)).collect();
    interpret(class, &codes, &chosen, &mut machine, &mut recorder);
    let sites = Sites::new(class, &codes);
    let reader = Reader::new(&sites, &recorder);
    let getters = machine.returns.iter().filter_map(|(method, value)| {
        let member = class.methods.get(usize::from(*method))?;
        Some((format!("{}{}", member.name, member.descriptor), value))
    });
    let fields = machine.fields.iter().map(|(field, value)| (field.clone(), value));
    let mut constants: Vec<Constant> = (fields.chain(getters))
        .filter_map(|(member, value)| match value.texts() {
            [text] if reader.has_room(text.text.len()) => Some(Constant {
                member,
                text: text.text.to_string(),
                position: reader.use_of(text.spot, true, None).position,
            }),
            _ => None,
        })
        .collect();
    constants.sort_by(|a, b| a.member.cmp(&b.member));
    constants
}

/// One class's way from notes to evidence.
struct Reader<'r, 'a> {
    class: &'r ClassFile<'a>,
    vocabulary: &'r Vocabulary,
    sites: &'r Sites<'r, 'a>,
    recorder: &'r Recorder<'r, 'a>,
    /// Names of the fields that code sets.
    set_fields: FxHashSet<&'r str>,
    /// Of `MOST_BOUND`, what is left.
    room: Cell<usize>,
}

impl<'r, 'a> Reader<'r, 'a> {
    fn new(sites: &'r Sites<'r, 'a>, recorder: &'r Recorder<'r, 'a>) -> Self {
        let set_fields = recorder.fields.values().map(String::as_str).collect();
        let Recorder { class, vocabulary, .. } = *recorder;
        Self { class, vocabulary, sites, recorder, set_fields, room: Cell::new(MOST_BOUND) }
    }

    /// Takes room for something that holds so many bytes; false if there was none left.
    fn has_room(&self, bytes: usize) -> bool {
        let left = self.room.get();
        self.room.set(left.saturating_sub(bytes + EACH));
        left > 0
    }

    fn bindings(&self, drafts: &[Draft]) -> impl Iterator<Item = Binding> {
        drafts.iter().take_while(|draft| self.has_room(draft.text.text.len())).map(|draft| self.binding(draft))
    }

    /// Binds what a text holds wherever it is used.
    fn fragments(&self, text: &str, uses: &[Use], bindings: &mut Vec<Binding>) {
        if self.has_room(0) && self.recorder.meter.charge_bytes(text.len()) {
            let known = bindings.len();
            bind_fragments(text, uses, self.vocabulary, known + self.room.get() / EACH, bindings);
            let values: usize = bindings[known..].iter().map(|binding| binding.value.len() + EACH).sum();
            self.has_room(values);
            self.recorder.meter.charge(EACH_BINDING * (bindings.len() - known));
        }
    }

    /// The position of a text: where it was written. A constant that is used at once is on the line
    /// of its use; one that a field is set to is known by the field.
    fn use_of(&self, spot: Spot, stored: bool, used: Option<(u16, u32)>) -> Use {
        let (method, written) = match spot {
            Spot::Field(field) => return self.sites.usage(Site::Field(field)),
            Spot::Code { method, at } => (method, at),
        };
        let at = match used {
            Some((user, at)) if user == method && !stored => at,
            _ => self.recorder.shown_at.get(&spot).copied().unwrap_or(written),
        };
        let mut usage = self.sites.usage(Site::Code { method, at });
        if let Some(field) = self.recorder.fields.get(&spot) {
            usage.position.field = Some(field.as_str().into());
            if self.sites.is_initialiser(method) {
                usage.position.method = None;
            }
        }
        usage
    }

    fn binding(&self, draft: &Draft) -> Binding {
        Binding {
            role: draft.role.clone(),
            sink: draft.sink.clone(),
            position: self.use_of(draft.text.spot, draft.text.stored, draft.passed_at()).position,
            scope: self.scope(draft),
            peer: draft.owner.and_then(|owner| self.recorder.peers.get(&(draft.method, owner))).cloned(),
            ..Binding::new(&draft.key, &*draft.text.text)
        }
    }

    fn unresolved(&self) -> impl Iterator<Item = Unresolved> {
        self.recorder.wanted.iter().take_while(|_| self.has_room(0)).map(|(foreign, draft)| Unresolved {
            owner: foreign.class.clone(),
            member: foreign.member.clone(),
            binding: self.binding(draft),
        })
    }

    /// Where the value is used decides what it pairs with, wherever it was written.
    fn scope(&self, draft: &Draft) -> Scope {
        let &Draft { method, at, owner, alternative, .. } = draft;
        // What a text that is bound goes on to be part of says more than where it got its name.
        let bond = self.recorder.bonds.of(draft.text.spot).filter(|bond| owner.is_none() && bond.is_of_both());
        match bond {
            Some(bond) => self.bonded(bond),
            None => self.part(method, at, owner, alternative),
        }
    }

    /// The scope of what becomes part of an object at a place.
    fn part(&self, method: u16, at: u32, owner: Option<Owner>, alternative: Option<usize>) -> Scope {
        let site = Site::Code { method, at };
        let scope = match owner {
            Some(Owner::Call(_)) | None => self.sites.block(method, at),
            Some(owner) => self.sites.scope(site).within(Level::Map, &format!("{owner:?}")),
        };
        let scope = scope.within(Level::Call, &at.to_string());
        match alternative {
            Some(alternative) => scope.within(Level::Alternative, &alternative.to_string()),
            None => scope,
        }
    }

    fn bonded(&self, bond: &Bond) -> Scope {
        let Bond { method, at, owner, alternative, couple, .. } = *bond;
        match couple {
            Some(couple) => self.part(method, at, owner, None).within(Level::Alternative, &format!("couple {couple}")),
            None => self.part(method, at, owner, alternative),
        }
    }

    /// Fields with a ConstantValue and elements of annotations bind by their names.
    fn fields(&self, elements: &[Element<'_>], naming: &[(&Element<'_>, String)], bindings: &mut Vec<Binding>) {
        let mut bind = |key: &str, value: Cow<'_, str>, site: Site| {
            let telling = self.vocabulary.is_key(key) || self.vocabulary.mentions_keyword(value.as_bytes());
            if telling && self.has_room(value.len()) {
                let Use { position, scope } = self.sites.usage(site);
                bindings.push(Binding { position, scope, ..Binding::new(key, value) });
            }
        };
        for (index, field) in (0u16..).zip(&self.class.fields) {
            if self.is_set_by_code(index) {
                continue;
            }
            if let Some(value) = field.constant_value().and_then(|value| self.class.pool.string(value)) {
                let annotated = self.recorder.annotated.get(&Site::Field(index));
                let key =
                    annotated.filter(|_| !self.vocabulary.is_key(&field.name)).map_or(&*field.name, String::as_str);
                bind(key, value, Site::Field(index));
            }
        }
        let names = Names::new(naming);
        for element in elements {
            if let Some(value) = self.class.pool.utf8(element.utf8) {
                let name = self.class.named_by(element, &names);
                bind(name.as_deref().unwrap_or(&element.name), value, element.site);
            }
        }
    }

    /// The ConstantValue of an instance field means nothing (JVMS 4.7.2): its constructors set it, and
    /// they have lines.
    fn is_set_by_code(&self, field: u16) -> bool {
        let field = self.class.fields.get(usize::from(field));
        field.is_some_and(|field| !field.is_static() && self.set_fields.contains(&*field.name))
    }

    /// Interesting constants with all their uses.
    fn literals(
        &self,
        codes: &[Option<Code<'_>>],
        elements: &[Element<'_>],
        interest: &Interest,
        evidence: &mut Evidence<'a>,
    ) {
        if interest.constants.is_empty() {
            return;
        }
        let mut found: Constants = constants::collect(self.class, codes, &interest.constants);
        for element in elements {
            if interest.constants.contains(&element.utf8) {
                found.entry(element.utf8).or_default().push(element.site);
            }
        }
        let strings: FxHashSet<u16> = (self.class.pool.entries().iter())
            .filter_map(|entry| if let Entry::String(utf8) = entry { Some(*utf8) } else { None })
            .collect();
        let mut wanted: Vec<u16> = interest.constants.iter().copied().collect();
        wanted.sort_unstable();
        for utf8 in wanted {
            let Some(text) = self.class.pool.utf8(utf8) else { continue };
            let mut sites = found.remove(&utf8).unwrap_or_default();
            sites.retain(|site| !matches!(site, Site::Field(field) if self.is_set_by_code(*field)));
            let token = self.vocabulary.is_telling(text.as_bytes());
            if sites.is_empty() && !strings.contains(&utf8) && !token {
                continue;
            }
            let mut uses: Vec<Use> = sites
                .into_iter()
                .map(|site| match site {
                    Site::Code { method, at } => {
                        let spot = Spot::Code { method, at };
                        let usage = self.use_of(spot, true, None);
                        let scope = match self.recorder.bonds.of(spot) {
                            Some(bond) => self.bonded(bond),
                            None => self.sites.block(method, at),
                        };
                        Use { scope, ..usage }
                    }
                    site => self.sites.usage(site),
                })
                .collect();
            if uses.is_empty() {
                // Nothing uses it, but it is in the file: dead code leaves such constants behind.
                uses.push(self.sites.usage(Site::Class));
            }
            self.fragments(&text, &uses, &mut evidence.bindings);
            if token && uses.iter().all(|_| self.has_room(0)) {
                let text = match text {
                    Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                    Cow::Owned(text) => Cow::Owned(text.into_bytes()),
                };
                evidence.literals.push(Literal { text, kind: LiteralKind::Constant, uses });
            }
        }
    }

    /// Texts that only exist once the parts are put together.
    fn composed(&self, evidence: &mut Evidence<'a>) {
        let mut seen: FxHashSet<(&str, Spot)> = FxHashSet::default();
        let mut known: FxHashSet<InMethod> = evidence.bindings.iter().map(in_method).collect();
        for (text, method, at) in &self.recorder.composed {
            if !seen.insert((&text.text, text.spot)) || !self.is_worth_reading(&text.text) {
                continue;
            }
            let usage = self.use_of(text.spot, text.stored, Some((*method, *at)));
            let uses = vec![Use { scope: self.sites.scope(Site::Code { method: *method, at: *at }), ..usage }];
            let mut found = Vec::new();
            self.fragments(&text.text, &uses, &mut found);
            found.retain(|new| known.insert(in_method(new)));
            evidence.bindings.append(&mut found);
            if !self.has_room(text.text.len()) {
                return;
            }
            evidence.literals.push(Literal {
                text: Cow::Owned(text.text.as_bytes().to_vec()),
                kind: LiteralKind::Composed,
                uses,
            });
        }
    }

    fn is_worth_reading(&self, text: &str) -> bool {
        self.vocabulary.is_telling(text.as_bytes())
            || text.contains('=') && self.vocabulary.mentions_key(text.as_bytes())
    }
}

/// What is bound in which method: a text that is put together holds its parts' keys and values again.
type InMethod = (String, String, Option<Arc<str>>);

fn in_method(binding: &Binding) -> InMethod {
    (binding.key.clone(), binding.value.clone(), binding.position.method.clone())
}
