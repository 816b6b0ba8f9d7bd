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
/// Between a key and its value: a length of up to four bytes, and a flag or type code.
const WIDEST_GAP: usize = 6;

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
    let mut key: Option<Range<usize>> = None;
    let mut at = part.start;
    while at < part.end {
        let blank = bytes[at..part.end].iter().take_while(|&&byte| !is_printable(byte)).count();
        let start = at + blank;
        let end = start + bytes[start..part.end].iter().take_while(|&&byte| is_printable(byte)).count();
        at = end;
        let mut next = start;
        while let Some(found) = string(bytes, next, end) {
            next = found.end;
            let Some(value) = bytes.get(found.clone()).and_then(|value| std::str::from_utf8(value).ok()) else { break };
            let position = Position { offset: Some((base + found.start) as u64), ..Position::default() };
            let named = key.take().filter(|key| found.start - key.end <= WIDEST_GAP);
            let name = named.clone().and_then(|key| std::str::from_utf8(bytes.get(key)?).ok());
            match name.filter(|name| !name.contains(' ') && store.is_key(name)) {
                Some(name) => {
                    let list = named.map_or(0, |key| key.start);
                    let scope = Scope::default().within(Level::Map, &format!("@+{}", base + list));
                    store.bind(name, value, &position, &scope);
                }
                // Only what is no value may be a key.
                None => key = Some(found),
            }
            store.literal(value, &position, &Scope::default());
        }
    }
}

/// The string at the start of what is left of a run, or behind the length that it starts with.
fn string(bytes: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let fits = |from: usize, length: usize| {
        let to = from + length;
        // The run ends with the string, or goes on with a type code or the next length.
        length >= SHORTEST
            && to <= end
            && (end - to <= 1 || lengths_before(bytes, to + 1).any(|next| next >= 1 && to + 1 + next <= end))
    };
    [start, start + 1].into_iter().filter(|&from| from < end).find_map(|from| {
        let mut lengths: Vec<usize> = lengths_before(bytes, from).filter(|&length| fits(from, length)).collect();
        lengths.sort_unstable();
        // What ends with the run is the surest.
        lengths.pop().map(|length| from..from + length)
    })
}

/// The lengths that the bytes in front of an offset may stand for: two bytes as `DataOutput.writeUTF`
/// has them (the low half of an int, too), one or two of Flink's `StringValue.writeString`, which adds
/// one to tell an empty string from none.
fn lengths_before(bytes: &[u8], at: usize) -> impl Iterator<Item = usize> {
    let byte = |back: usize| at.checked_sub(back).and_then(|at| bytes.get(at)).copied();
    let short = byte(2).zip(byte(1)).map(|(high, low)| usize::from(u16::from_be_bytes([high, low])));
    let one = byte(1).filter(|&last| last < 0x80).and_then(|last| usize::from(last).checked_sub(1));
    let two = byte(2).zip(byte(1)).filter(|&(low, high)| low >= 0x80 && high < 0x80);
    let two = two.and_then(|(low, high)| (usize::from(high) << 7 | usize::from(low & 0x7F)).checked_sub(1));
    [short, one, two].into_iter().flatten()
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | b'\t' | b'\n' | b'\r')
}
