//! Links: what the classes of one container know of each other, one hop far.

use super::class;
use super::evidence::{Evidence, Take};
use crate::place::Position;
use crate::rules::vocabulary::Vocabulary;
use aho_corasick::{AhoCorasick, BuildError};
use rustc_hash::{FxHashMap, FxHashSet};

/// Methods that are known to take a secret.
#[derive(Debug)]
pub struct Links {
    /// By class, with slashes.
    takes: FxHashMap<String, Takes>,
    /// The classes' names as constant pools have them.
    names: AhoCorasick,
}

/// What the methods of one class take.
#[derive(Debug, Default)]
struct Takes {
    /// By name and descriptor of the method.
    by_signature: FxHashMap<String, Vec<Take>>,
    names: FxHashSet<String>,
    /// By the number of the argument, counted from 1, those of constructors.
    of_constructors: FxHashMap<usize, Vec<Take>>,
}

/// A text that a member of a class holds.
#[derive(Clone, Debug)]
pub struct Constant {
    /// A field's name, or a method's with its descriptor.
    pub member: String,
    pub text: String,
    /// Where it is written.
    pub position: Position,
}

impl Links {
    pub fn new(takes: Vec<Take>) -> Result<Self, BuildError> {
        let mut by_class: FxHashMap<String, Takes> = FxHashMap::default();
        for take in takes {
            let of_class = by_class.entry(take.class.replace('.', "/")).or_default();
            of_class.names.insert(take.method.clone());
            if take.method == "<init>" {
                of_class.of_constructors.entry(take.argument + 1).or_default().push(take.clone());
            }
            let method = format!("{}{}", take.method, take.descriptor);
            of_class.by_signature.entry(method).or_default().push(take);
        }
        let names = AhoCorasick::new(by_class.keys())?;
        Ok(Self { takes: by_class, names })
    }

    /// What a method, by name and descriptor, takes.
    pub(super) fn of(&self, class: &str, signature: &str) -> &[Take] {
        self.takes.get(class).and_then(|takes| takes.by_signature.get(signature)).map_or(&[], Vec::as_slice)
    }

    /// Whether a method of that class and name takes anything.
    pub(super) fn take(&self, class: &str, method: &str) -> bool {
        self.takes.get(class).is_some_and(|takes| takes.names.contains(method))
    }

    /// What the constructors of a class take as their argument of this number, counted from 1.
    pub(super) fn of_constructors(&self, class: &str, number: usize) -> &[Take] {
        self.takes.get(class).and_then(|takes| takes.of_constructors.get(&number)).map_or(&[], Vec::as_slice)
    }

    /// Whether a class file could call one of the methods.
    pub fn concern(&self, bytes: &[u8]) -> bool {
        self.names.is_match(bytes)
    }
}

/// Reads a class once more, for what it binds through the links alone.
pub fn read_linked<'a>(bytes: &'a [u8], vocabulary: &Vocabulary, links: &Links) -> Evidence<'a> {
    class::read_linked(bytes, vocabulary, links)
}

/// What the fields and getters of a class hold.
pub fn constants(bytes: &[u8], vocabulary: &Vocabulary) -> Vec<Constant> {
    class::constants(bytes, vocabulary)
}
