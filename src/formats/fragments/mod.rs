//! Fragments: keys and values that stand inside a longer text or string, whatever holds it.

mod bound;
mod elements;
mod expansions;
mod inserts;
mod options;
mod pairs;
mod parameters;
mod statements;

pub(super) use bound::bind_fragments;
pub(super) use pairs::{is_gap, jaas_statement};
pub(super) use parameters::{balanced, option_name};
use std::borrow::Cow;

/// One key with its value inside a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fragment<'t> {
    pub(super) key: Cow<'t, str>,
    /// The value, unescaped.
    pub(super) value: Cow<'t, str>,
    /// Byte offset of the value in the text.
    pub(super) at: usize,
    /// Byte offset of the list that the pair belongs to: pairs of one list have the same.
    pub(super) list: usize,
    /// The system that the value opens, where the fragment itself says so: a host, a URL.
    pub(super) peer: Option<String>,
}

/// Calls `emit` for each key and value found in `text`. Every look back or ahead is short or ends at
/// the next quote, so that the whole is linear.
pub(super) fn fragments<'t>(text: &'t str, emit: &mut dyn FnMut(Fragment<'t>)) {
    pairs::read(text, emit);
    options::read(text, emit);
    statements::read(text, emit);
    elements::read(text, emit);
    inserts::read(text, emit);
    // Last: what is assigned to a name of its own is not named for its default.
    expansions::read(text, emit);
}
