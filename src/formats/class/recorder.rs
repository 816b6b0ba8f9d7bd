//! The recorder: notes which values a method binds to which names, one draft for each.

use super::bonds::Bonds;
use super::class_file::ClassFile;
use super::forwards::{Forward, OwnCall};
use super::sites::Site;
use super::value::{Foreign, Spot, Text, Thing, Value};
use crate::formats::links::Links;
use crate::formats::names::is_key;
use crate::meter::Meter;
use crate::rules::vocabulary::Vocabulary;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Notes of one kind that are kept of a class.
pub(super) const MOST: usize = 20_000;

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
    pub(super) meter: &'r Meter,
    pub(super) drafts: Vec<Draft>,
    /// Texts put together, with where that is complete.
    pub(super) composed: Vec<(Text, u16, u32)>,
    /// Spot of a constant to the instruction that uses it: in a chain of calls over many lines, the
    /// line of the call is the line of its arguments.
    pub(super) shown_at: FxHashMap<Spot, u32>,
    /// What texts become part of.
    pub(super) bonds: Bonds,
    /// Spot of a constant to the field that it is stored in at once.
    pub(super) fields: FxHashMap<Spot, String>,
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
    /// What annotations call the members that they stand at, by site.
    pub(super) annotated: FxHashMap<Site, String>,
    /// More was to be noted than is kept.
    pub(super) full: bool,
}

impl<'r, 'a> Recorder<'r, 'a> {
    pub(super) fn new(class: &'r ClassFile<'a>, vocabulary: &'r Vocabulary, meter: &'r Meter) -> Self {
        Self {
            class,
            vocabulary,
            meter,
            drafts: Vec::new(),
            composed: Vec::new(),
            shown_at: FxHashMap::default(),
            bonds: Bonds::default(),
            fields: FxHashMap::default(),
            returned: None,
            forwards: Vec::new(),
            own_calls: Vec::new(),
            wanted: Vec::new(),
            links: None,
            linked: Vec::new(),
            peers: FxHashMap::default(),
            annotated: FxHashMap::default(),
            full: false,
        }
    }

    pub(super) fn note_draft(&mut self, draft: Draft) {
        keep(&mut self.drafts, draft, &mut self.full);
    }

    pub(super) fn note_forward(&mut self, forward: Forward) {
        keep(&mut self.forwards, forward, &mut self.full);
    }

    /// Whether a name could bind a secret; prose and patterns are no names.
    pub(super) fn is_key(&self, name: &str) -> bool {
        is_key(self.vocabulary, name)
    }
}

pub(super) fn keep<T>(notes: &mut Vec<T>, note: T, full: &mut bool) {
    if notes.len() < MOST {
        notes.push(note);
    } else {
        *full = true;
    }
}
