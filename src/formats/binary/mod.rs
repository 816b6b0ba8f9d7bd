//! Binaries: entries that no reader knows, of which only what is printable says something.

mod assigned;
mod runs;

use super::evidence::{Evidence, Literal};
use crate::rules::vocabulary::Vocabulary;

/// The printable runs in which a token stands, and in data the values that stand beside their keys.
pub(super) fn read<'a>(bytes: &'a [u8], vocabulary: &Vocabulary, is_data: bool) -> Evidence<'a> {
    let mut evidence = Evidence::default();
    if is_data {
        supplement(bytes, vocabulary, &mut evidence);
    } else {
        evidence.literals = runs(bytes, vocabulary);
    }
    evidence
}

/// Adds what bytes hold that were read as something else, but for values that were found there.
pub(super) fn supplement<'a>(bytes: &'a [u8], vocabulary: &Vocabulary, evidence: &mut Evidence<'a>) {
    let mut assigned = assigned::Assigned::new(bytes, vocabulary);
    let literals = runs::read(bytes, vocabulary, &mut |text, at| assigned.wide(text, at));
    assigned.narrow();
    if assigned.is_full {
        evidence.unparsed.get_or_insert_with(|| "it holds more keys with values than are read".to_owned());
    }
    let known = evidence.bindings.len();
    for binding in assigned.bindings {
        if !evidence.bindings[..known].iter().any(|other| other.value == binding.value) {
            evidence.bindings.push(binding);
        }
    }
    if !evidence.is_text {
        evidence.literals.extend(literals);
    }
}

/// The runs alone.
pub(super) fn runs<'a>(bytes: &'a [u8], vocabulary: &Vocabulary) -> Vec<Literal<'a>> {
    runs::read(bytes, vocabulary, &mut |_, _| {})
}
