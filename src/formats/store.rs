//! A store: the strings of a binary that holds objects, as they are found at its offsets.

use super::evidence::{Binding, Evidence, Literal, LiteralKind, Scope, Use};
use super::origin::Origin;
use super::recognition::recognise;
use crate::place::Position;
use crate::rules::vocabulary::Vocabulary;
use std::borrow::Cow;

/// A longer value is not bound for the token in it alone.
const LONGEST_TOKEN: usize = 16 << 10;

/// Bytes of strings that are looked at, and bytes that are held of what is found, each with so many more:
/// five bytes of a stream refer to a string as long as the stream.
const MOST_READ: usize = 512 << 20;
const MOST_HELD: usize = 128 << 20;
const EACH: usize = 1 << 10;

#[derive(Debug)]
pub(super) struct Store<'v> {
    vocabulary: &'v Vocabulary,
    pub(super) evidence: Evidence<'static>,
    to_read: usize,
    to_hold: usize,
}

impl<'v> Store<'v> {
    pub(super) fn new(vocabulary: &'v Vocabulary) -> Self {
        Self { vocabulary, evidence: Evidence::default(), to_read: MOST_READ, to_hold: MOST_HELD }
    }

    /// Whether no more is taken in.
    pub(super) fn is_full(&self) -> bool {
        self.to_read == 0 || self.to_hold == 0
    }

    /// Takes room for something of so many bytes; false if there was none left.
    fn hold(&mut self, bytes: usize) -> bool {
        let fits = self.to_hold > 0;
        self.to_hold = self.to_hold.saturating_sub(bytes + EACH);
        fits
    }

    pub(super) fn is_key(&self, key: &str) -> bool {
        self.vocabulary.is_key(key)
    }

    /// A quick test: most strings are nobody's business.
    pub(super) fn has_use_for(&mut self, key: Option<&str>, value: &str) -> bool {
        if self.is_full() {
            return false;
        }
        self.to_read = self.to_read.saturating_sub(value.len());
        self.vocabulary.is_telling(value.as_bytes())
            || self.vocabulary.mentions_key(value.as_bytes())
            || key.is_some_and(|key| self.vocabulary.is_key(key))
    }

    /// One whole string.
    pub(super) fn literal(&mut self, value: &str, position: &Position, scope: &Scope) {
        if self.vocabulary.is_telling(value.as_bytes()) && self.hold(value.len()) {
            self.evidence.literals.push(Literal {
                text: Cow::Owned(value.as_bytes().to_vec()),
                kind: LiteralKind::Constant,
                uses: vec![Use { position: position.clone(), scope: scope.clone() }],
            });
        }
        // A JAAS string, a table's options, a whole configuration.
        if value.contains(['=', ':', ' ']) && self.vocabulary.mentions_key(value.as_bytes()) {
            let (page, _) = super::read_page(value, recognise("", value), self.vocabulary);
            let (bindings, embedded) = page.finish(&Origin::Value(position.clone(), scope.clone()));
            self.to_hold = self.to_hold.saturating_sub(bindings.len() * EACH);
            self.evidence.bindings.extend(bindings);
            self.evidence.embedded.extend(embedded);
        }
    }

    pub(super) fn bind(&mut self, key: &str, value: &str, position: &Position, scope: &Scope) {
        let telling = || value.len() <= LONGEST_TOKEN && self.vocabulary.mentions_keyword(value.as_bytes());
        if !value.is_empty() && (self.vocabulary.is_key(key) || telling()) && self.hold(key.len() + value.len()) {
            let (position, scope) = (position.clone(), scope.clone());
            self.evidence.bindings.push(Binding { position, scope, ..Binding::new(key, value) });
        }
    }

    /// The printable runs of bytes at an offset.
    pub(super) fn runs(&mut self, bytes: &[u8], base: usize) {
        for literal in super::binary::runs(bytes, self.vocabulary) {
            let mut uses = literal.uses;
            for usage in &mut uses {
                usage.position.offset = usage.position.offset.map(|offset| offset + base as u64);
            }
            let text = Cow::Owned(literal.text.into_owned());
            self.evidence.literals.push(Literal { text, kind: literal.kind, uses });
        }
    }
}
