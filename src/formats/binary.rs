//! Binaries: the printable runs of an entry that no reader knows.

use super::evidence::{Literal, LiteralKind, Scope, Use};
use crate::place::Position;
use crate::rules::vocabulary::Vocabulary;
use std::borrow::Cow;

/// Shorter runs are chance.
const SHORTEST: usize = 8;

/// The runs that a token rule could match in, in ASCII and in UTF-16LE, each at its byte offset.
pub(super) fn read<'a>(bytes: &'a [u8], vocabulary: &Vocabulary) -> Vec<Literal<'a>> {
    let mut found = Vec::new();
    if vocabulary.mentions_keyword(bytes) {
        for run in runs(bytes, 1) {
            if vocabulary.mentions_keyword(&bytes[run.clone()]) {
                found.push(literal(Cow::Borrowed(&bytes[run.clone()]), run.start));
            }
        }
    }
    for run in runs(bytes, 2) {
        let text: Vec<u8> = bytes[run.clone()].iter().copied().step_by(2).collect();
        if vocabulary.mentions_keyword(&text) {
            found.push(literal(Cow::Owned(text), run.start));
        }
    }
    found
}

fn literal(text: Cow<'_, [u8]>, start: usize) -> Literal<'_> {
    let position = Position { offset: Some(start as u64), ..Position::default() };
    Literal { text, kind: LiteralKind::Binary, uses: vec![Use { position, scope: Scope::default() }] }
}

/// Runs of printable characters of `width` bytes, the low one first.
fn runs(bytes: &[u8], width: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at + width <= bytes.len() {
            let start = at;
            while bytes
                .get(at..at + width)
                .is_some_and(|unit| is_printable(unit[0]) && unit[1..].iter().all(|&b| b == 0))
            {
                at += width;
            }
            let run = start..at;
            // UTF-16 may start at any offset.
            at += usize::from(at == start);
            if run.len() >= SHORTEST * width {
                return Some(run);
            }
        }
        None
    })
}

/// Line ends too: a private key has them.
fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | b'\t' | b'\n' | b'\r')
}
