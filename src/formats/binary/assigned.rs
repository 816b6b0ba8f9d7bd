//! Assigned values in a binary: `key=value` in a printable run, as in environments, arguments and dumps of
//! memory, and keys in front of values that have lengths, as in pickles, MessagePack, BSON and flight
//! recordings.

use super::runs;
use crate::formats::evidence::{Binding, Level, Scope};
use crate::formats::lengths;
use crate::formats::lookback::is_key_byte;
use crate::formats::origin::Origin;
use crate::formats::read_page;
use crate::formats::recognition::{TextFormat, recognise};
use crate::place::Position;
use crate::rules::vocabulary::Vocabulary;

/// Values of more keys are bound by nobody but to fill memory.
const MOST: usize = 100_000;
/// A longer run is read in pieces of this length.
const LONGEST_RUN: usize = 64 << 10;
/// How far behind a key its value may end.
const LONGEST_VALUE: usize = 4 << 10;
/// Bytes that are a length by chance stand in front of short values.
const SHORTEST_VALUE: usize = 8;
/// Runs that stand as near to each other as variables of one environment belong together.
const WIDEST_GAP: usize = 8;

pub(super) struct Assigned<'a, 'v> {
    bytes: &'a [u8],
    vocabulary: &'v Vocabulary,
    pub(super) bindings: Vec<Binding>,
    /// Where the last run ended, and where the first of those that belong to it began.
    neighbours: (usize, usize),
    /// There are more than are bound.
    pub(super) is_full: bool,
}

impl<'a, 'v> Assigned<'a, 'v> {
    pub(super) fn new(bytes: &'a [u8], vocabulary: &'v Vocabulary) -> Self {
        Self { bytes, vocabulary, bindings: Vec::new(), neighbours: (0, 0), is_full: false }
    }

    /// The runs in ASCII that mention a key.
    pub(super) fn narrow(&mut self) {
        let (bytes, vocabulary) = (self.bytes, self.vocabulary);
        let mut done = 0;
        vocabulary.keys_in(bytes, &mut |hit| {
            if hit.start < done || self.is_full {
                return;
            }
            let floor = hit.start.saturating_sub(LONGEST_RUN).max(done);
            let near = &bytes[..bytes.len().min(hit.start + LONGEST_RUN)];
            let run = runs::run(near, hit.start, 1, floor);
            done = run.end;
            let (text, start) = (&bytes[run.clone()], run.start);
            self.run(text, start, 1);
            self.counted(start, run.end);
        });
    }

    /// A run in UTF-16.
    pub(super) fn wide(&mut self, text: &[u8], start: usize) {
        for (index, piece) in text.chunks(LONGEST_RUN).enumerate() {
            self.run(piece, start + 2 * index * LONGEST_RUN, 2);
        }
    }

    fn run(&mut self, text: &[u8], start: usize, width: u8) {
        let end = start + text.len() * usize::from(width);
        if start > self.neighbours.0 + WIDEST_GAP {
            self.neighbours.1 = start;
        }
        self.neighbours.0 = end;
        let Ok(text) = std::str::from_utf8(text) else { return };
        let Some(separator) = text.find(['=', ':']) else { return };
        if self.bindings.len() >= MOST {
            self.is_full = true;
            return;
        }
        let base = start as u64;
        let scope = Scope::default().within(Level::Block, &format!("@+{}", self.neighbours.1));
        let key = text[..separator].trim_ascii_start();
        let value = text[separator + 1..].trim_ascii();
        let is_variable = !key.is_empty() && !key.starts_with('-') && key.bytes().all(is_key_byte);
        let whole = text.as_bytes()[separator] == b'=' && is_variable;
        if whole && self.vocabulary.is_key(key) && !value.is_empty() && !value.contains('\n') {
            let at = separator + 1 + (text[separator + 1..].len() - text[separator + 1..].trim_ascii_start().len());
            let position = offset(base + at as u64 * u64::from(width));
            self.bindings.push(binding(key, value, position, scope));
            return;
        }
        let format = match recognise("-", text) {
            TextFormat::Properties | TextFormat::Yaml if !text.contains('\n') => TextFormat::Plain,
            format => format,
        };
        let (page, _) = read_page(text, format, self.vocabulary);
        let (found, _) = page.finish(&Origin::Bytes { base, width, scope });
        let room = MOST - self.bindings.len();
        self.is_full |= found.len() > room;
        self.bindings.extend(found.into_iter().take(room).map(|found| Binding { is_guess: true, ..found }));
    }

    /// Strings with lengths in a run and behind it.
    fn counted(&mut self, start: usize, end: usize) {
        let end = self.bytes.len().min(end + LONGEST_VALUE);
        let Self { bytes, vocabulary, bindings, is_full, .. } = self;
        lengths::pairs(bytes, start..end, &|name| vocabulary.is_key(name), &mut |key, value, at| {
            *is_full |= bindings.len() >= MOST;
            if !*is_full && value.len() >= SHORTEST_VALUE {
                let scope = Scope::default().within(Level::Map, &format!("@+{start}"));
                bindings.push(binding(key, value, offset(at as u64), scope));
            }
        });
    }
}

fn offset(offset: u64) -> Position {
    Position { offset: Some(offset), ..Position::default() }
}

fn binding(key: &str, value: &str, position: Position, scope: Scope) -> Binding {
    Binding { is_guess: true, position, scope, ..Binding::new(key, value) }
}
