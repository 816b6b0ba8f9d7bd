//! An excerpt: a text put together from strings of an entry, with the way back to where they stand.

use super::lines::Lines;
use super::scalar::unescape;
use crate::place::{Cell, Position};
use std::ops::Range;

/// Behind so many anchors columns are no longer exact: each costs memory.
const MOST_ANCHORS: usize = 1 << 21;

/// Where a run of the text stands in the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) start: usize,
    /// The line of the excerpt's text that it begins in, from 0.
    row: u32,
    line: u32,
    column: u32,
}

/// The text of a notebook's cell, which is one JSON string or a list of them; or the text of an entry without
/// what a terminal does not show.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Its line is that of the excerpt's first.
    cell: Option<Cell>,
    /// Ascending by `start`.
    anchors: Vec<Anchor>,
}

impl Excerpt {
    /// The line of the excerpt, from 0, in which a position lies.
    pub fn line_of(&self, position: &Position) -> Option<u32> {
        let Some(own) = &self.cell else { return position.line?.checked_sub(self.anchors.first()?.line) };
        let cell = position.cell.as_ref().filter(|cell| cell.index == own.index)?;
        cell.line.checked_sub(own.line)
    }

    pub(super) fn of(cell: Cell) -> Self {
        Self { cell: Some(cell), anchors: Vec::new() }
    }

    /// Appends to the excerpt's text what the JSON string at `span` of its page stands for.
    pub(super) fn push(&mut self, text: &mut String, page: &str, lines: &mut Lines<'_>, span: Range<usize>) {
        let Some(raw) = page.get(span.clone()) else { return };
        let base = text.len();
        self.anchor(text, base, lines, span.start);
        let mut marks = Vec::new();
        let value = unescape(raw, &mut |to, next| marks.push((base + to, span.start + next)));
        text.push_str(&value);
        for (start, at) in marks {
            self.anchor(text, start, lines, at);
        }
    }

    /// What stands at `start` of the excerpt's text stands at `at` of the text that `lines` counts.
    pub(super) fn anchor(&mut self, text: &str, start: usize, lines: &mut Lines<'_>, at: usize) {
        if self.anchors.len() < MOST_ANCHORS {
            let (before, row) = self.anchors.last().map_or((0, 0), |last| (last.start, last.row));
            let passed = text.as_bytes().get(before..start).unwrap_or_default();
            let row = row + u32::try_from(memchr::memchr_iter(b'\n', passed).count()).unwrap_or(u32::MAX);
            let (line, column) = lines.place(at);
            self.anchors.push(Anchor { start, row, line, column });
        }
    }

    /// The last anchor that is not behind an offset of the text.
    pub(super) fn anchor_of(&self, at: usize) -> Option<Anchor> {
        let index = self.anchors.partition_point(|anchor| anchor.start <= at).saturating_sub(1);
        self.anchors.get(index).copied()
    }

    /// The place so many characters behind an anchor, or behind the line's start if that is nearer, on this line of
    /// the text, from 0.
    pub(super) fn position(&self, anchor: Anchor, characters: u32, line: u32) -> Position {
        let cell = self.cell.as_ref().map(|cell| Cell { line: cell.line.saturating_add(line), ..cell.clone() });
        let rows = line.saturating_sub(anchor.row);
        let column = if rows == 0 { anchor.column } else { 1 };
        Position { cell, ..Position::at(anchor.line.saturating_add(rows), column.saturating_add(characters)) }
    }
}
