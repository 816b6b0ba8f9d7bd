//! Lengths: strings in bytes of unknown structure, told apart by the lengths in front of them.
//!
//! A length is often a printable character itself, and then it stands glued to the string behind it
//! and to the end of the one before: what a run of printable bytes holds is known by its lengths only.

use super::evidence::{Level, Scope};
use super::serialized;
use super::store::Store;
use crate::place::Position;
use std::ops::Range;

/// Of a string.
const SHORTEST: usize = 4;

/// Reads bytes that stand at `base` in the entry, with the object streams in them. `depth` is how
/// many streams they lie in.
pub(super) fn read(bytes: &[u8], base: usize, depth: u8, store: &mut Store<'_>) {
    let mut done = 0;
    if depth < serialized::DEEPEST {
        for at in memchr::memmem::find_iter(bytes, serialized::MAGIC) {
            if at < done {
                continue;
            }
            if let Some(length) = serialized::read_inside(&bytes[at..], base + at, depth, store) {
                strings(bytes, done..at, base, store);
                done = at + length;
            }
        }
    }
    strings(bytes, done..bytes.len(), base, store);
}

fn strings(bytes: &[u8], part: Range<usize>, base: usize, store: &mut Store<'_>) {
    store.runs(bytes.get(part.clone()).unwrap_or_default(), base + part.start);
    let mut last = None;
    each(bytes, part, Lengths::Java, &|_| false, &mut |found| {
        let Some(value) = text(bytes, &found) else { return };
        let position = Position { offset: Some((base + found.start) as u64), ..Position::default() };
        let key = key_before(bytes, last.take(), &found, Lengths::Java, |name| store.is_key(name));
        match key {
            Some((name, list)) => {
                let scope = Scope::default().within(Level::Map, &format!("@+{}", base + list));
                store.bind(name, value, &position, &scope);
            }
            // Only what is no value may be a key.
            None => last = Some(found),
        }
        store.literal(value, &position, &Scope::default());
    });
}

/// The strings of a part with the key in front of each that has one: `found` gets the key, the place of the
/// value, and where the key stands.
pub(super) fn pairs(
    bytes: &[u8],
    part: Range<usize>,
    is_key: &dyn Fn(&str) -> bool,
    found: &mut dyn FnMut(&str, &str, usize),
) {
    let mut last = None;
    each(bytes, part, Lengths::Any, is_key, &mut |string| match key_before(
        bytes,
        last.take(),
        &string,
        Lengths::Any,
        is_key,
    )
    .zip(text(bytes, &string))
    {
        Some(((name, _), value)) => found(name, value, string.start),
        None => last = Some(string),
    });
}

fn text<'a>(bytes: &'a [u8], span: &Range<usize>) -> Option<&'a str> {
    std::str::from_utf8(bytes.get(span.clone())?).ok()
}

/// The key right in front of a string, and where it stands.
fn key_before<'a>(
    bytes: &'a [u8],
    last: Option<Range<usize>>,
    string: &Range<usize>,
    lengths: Lengths,
    is_key: impl Fn(&str) -> bool,
) -> Option<(&'a str, usize)> {
    let last = last.filter(|last| string.start - last.end <= lengths.widest_gap())?;
    let name = text(bytes, &last)?;
    (!name.contains(' ') && is_key(name)).then_some((name, last.start))
}

/// Finds the strings of a part.
fn each(
    bytes: &[u8],
    part: Range<usize>,
    lengths: Lengths,
    is_key: &dyn Fn(&str) -> bool,
    found: &mut dyn FnMut(Range<usize>),
) {
    let mut at = part.start;
    while at < part.end {
        let blank = bytes[at..part.end].iter().take_while(|&&byte| !lengths.takes(byte)).count();
        let start = at + blank;
        let end = start + bytes[start..part.end].iter().take_while(|&&byte| lengths.takes(byte)).count();
        at = end;
        let mut next = start;
        while let Some(string) = string(bytes, next, end, lengths, is_key) {
            next = string.end;
            found(string);
        }
    }
}

/// How lengths are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lengths {
    /// As in Java's streams and Flink's state.
    Java,
    /// In any way that some format has; a name may also end with a NUL, as in BSON.
    Any,
}

impl Lengths {
    /// Between a key and its value: a length of up to four bytes, and a flag or type code; in a pickle also the
    /// number under which the key is remembered.
    fn widest_gap(self) -> usize {
        match self {
            Self::Java => 6,
            Self::Any => 10,
        }
    }

    /// Whether a byte is one of a string. Where a length may be written in any way, the ends of lines are lengths.
    fn takes(self, byte: u8) -> bool {
        matches!(byte, 0x20..=0x7E) || self == Self::Java && matches!(byte, b'\t' | b'\n' | b'\r')
    }

    /// The lengths that the bytes in front of an offset may stand for.
    fn before(self, bytes: &[u8], at: usize) -> impl Iterator<Item = usize> {
        let byte = |back: usize| at.checked_sub(back).and_then(|at| bytes.get(at)).copied();
        // Two bytes as `DataOutput.writeUTF` has them, which are the low half of an int, too.
        let short = byte(2).zip(byte(1)).map(|(high, low)| usize::from(u16::from_be_bytes([high, low])));
        // One or two bytes of Flink's `StringValue.writeString`, which adds one to tell an empty string from none.
        let one = byte(1).filter(|&last| last < 0x80).map(usize::from);
        let two = byte(2).zip(byte(1)).filter(|&(low, high)| low >= 0x80 && high < 0x80);
        let two = two.map(|(low, high)| usize::from(high) << 7 | usize::from(low & 0x7F));
        let less = |length: Option<usize>| length.and_then(|length| length.checked_sub(1));
        let java = [short, less(one), less(two)];
        // A varint is one of protobuf and of a flight recording, a byte one of pickles; the last bits of a byte are
        // the length in MessagePack; BSON counts the NUL at the end.
        let little = byte(4).zip(byte(3)).zip(byte(2).zip(byte(1)));
        let little = little.map(|((a, b), (c, d))| u32::from_le_bytes([a, b, c, d]) as usize);
        let typed = byte(1).filter(|byte| matches!(byte, 0xA0..=0xBF)).map(|byte| usize::from(byte & 0x1F));
        let wide = byte(1).filter(|&last| last >= 0x80).map(usize::from);
        let others = [one, wide, two, little, less(little), typed];
        java.into_iter().chain(others.into_iter().filter(move |_| self == Self::Any)).flatten()
    }
}

/// The string at the start of what is left of a run, or behind the length that it starts with.
fn string(
    bytes: &[u8],
    start: usize,
    end: usize,
    lengths: Lengths,
    is_key: &dyn Fn(&str) -> bool,
) -> Option<Range<usize>> {
    let fits = |from: usize, length: usize| {
        let to = from + length;
        // The run ends with the string, or goes on with a type code or the next length.
        length >= SHORTEST
            && to <= end
            && (end - to <= 1 || lengths.before(bytes, to + 1).any(|next| next >= 1 && to + 1 + next <= end))
    };
    let named = |string: &Range<usize>| text(bytes, string).is_some_and(is_key);
    let fitting = |from: usize| lengths.before(bytes, from).filter(move |&length| fits(from, length));
    // What ends with the run is the surest, then what is a key.
    let counted = [start, start + 1]
        .into_iter()
        .filter(|&from| from < end)
        .flat_map(|from| fitting(from).map(move |length| from..from + length))
        .max_by_key(|string| (end - string.end <= 1, named(string), std::cmp::Reverse(string.start), string.len()));
    // A name may end with a NUL instead.
    let whole = start..end;
    let is_ended = lengths == Lengths::Any && whole.len() >= SHORTEST && bytes.get(end) == Some(&0);
    counted.filter(|string| !is_ended || named(string) || !named(&whole)).or(is_ended.then_some(whole))
}
