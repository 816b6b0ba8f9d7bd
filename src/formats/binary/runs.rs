//! Runs: what is printable in a binary.

use crate::formats::evidence::{Literal, LiteralKind, Scope, Use};
use crate::place::Position;
use crate::rules::vocabulary::Vocabulary;
use std::borrow::Cow;

/// Shorter runs hold no token that recognises itself.
const SHORTEST: usize = 16;
/// Bytes looked at in one step. Every run of `SHORTEST` characters covers such a block whole, at any
/// offset, and in the greater width every other of them, so that most of a binary is passed over fast.
const BLOCK: usize = 8;

/// The runs that a token rule could match in, in ASCII and in UTF-16, each at its byte offset; `wide` gets the
/// text of those in UTF-16 that may hold a key.
pub(super) fn read<'a>(
    bytes: &'a [u8],
    vocabulary: &Vocabulary,
    wide: &mut dyn FnMut(&[u8], usize),
) -> Vec<Literal<'a>> {
    let mut found = Vec::new();
    let (mut done, mut done_wide) = (0, 0);
    for (index, block) in bytes.as_chunks::<BLOCK>().0.iter().enumerate() {
        let at = index * BLOCK;
        let word = u64::from_le_bytes(*block);
        if is_narrow(word) && at >= done {
            let run = run(bytes, at, 1, done);
            done = run.end;
            if run.len() >= SHORTEST && vocabulary.mentions_keyword(&bytes[run.clone()]) {
                found.push(literal(Cow::Borrowed(&bytes[run.clone()]), run.start, 1));
            }
        }
        if index % 2 == 1 {
            continue;
        }
        let phase = if is_wide(word) { 0 } else { 1 };
        if at >= done_wide && (phase == 0 || is_wide(word >> 8)) {
            let run = run(bytes, at + phase, 2, done_wide);
            done_wide = run.end;
            if run.len() >= SHORTEST * 2 {
                let text: Vec<u8> = bytes[run.clone()].iter().copied().step_by(2).collect();
                if vocabulary.mentions_key(&text) {
                    wide(&text, run.start);
                }
                if vocabulary.mentions_keyword(&text) {
                    found.push(literal(Cow::Owned(text), run.start, 2));
                }
            }
        }
    }
    found
}

/// Whether all bytes are from 0x20 to 0x7F: no high bit, and none borrows when 0x20 is taken off.
fn is_narrow(word: u64) -> bool {
    (word | word.wrapping_sub(0x2020_2020_2020_2020)) & 0x8080_8080_8080_8080 == 0
}

/// The same for characters of two bytes, the low one first; a last half character does not count.
fn is_wide(word: u64) -> bool {
    let whole = word & 0x0000_FFFF_FFFF_FFFF;
    (whole & 0xFF80_FF80_FF80) == 0 && whole.wrapping_sub(0x0020_0020_0020) & 0x8080_8080_8080 == 0
}

/// The printable run around an offset, in characters of `width` bytes, from `limit` on.
pub(super) fn run(bytes: &[u8], at: usize, width: usize, limit: usize) -> std::ops::Range<usize> {
    if width == 1 {
        let start = bytes[limit..at].iter().rposition(|&byte| !is_printable(byte)).map_or(limit, |gap| limit + gap + 1);
        let end = bytes[at..].iter().position(|&byte| !is_printable(byte)).map_or(bytes.len(), |gap| at + gap);
        return start..end.max(start + 1);
    }
    let holds = |at: usize| {
        bytes.get(at..at + width).is_some_and(|unit| is_printable(unit[0]) && unit[1..].iter().all(|&b| b == 0))
    };
    let (mut start, mut end) = (at, at);
    while start >= limit + width && holds(start - width) {
        start -= width;
    }
    while holds(end) {
        end += width;
    }
    start..end.max(start + width)
}

fn literal(text: Cow<'_, [u8]>, start: usize, width: u8) -> Literal<'_> {
    let position = Position { offset: Some(start as u64), ..Position::default() };
    Literal { text, kind: LiteralKind::Binary { width }, uses: vec![Use { position, scope: Scope::default() }] }
}

/// Line ends too: a private key has them.
const PRINTABLE: [bool; 256] = {
    let mut printable = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7F {
        printable[byte] = true;
        byte += 1;
    }
    printable[b'\t' as usize] = true;
    printable[b'\n' as usize] = true;
    printable[b'\r' as usize] = true;
    printable
};

fn is_printable(byte: u8) -> bool {
    PRINTABLE[usize::from(byte)]
}
