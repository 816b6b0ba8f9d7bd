//! An excerpt: a text put together from strings of an entry, with the way back to where they stand.

use super::lines::Lines;
use super::scalar::unescape;
use crate::place::{Cell, Position};
use std::ops::Range;

/// Behind so many anchors columns are no longer exact: each costs memory.
const MOST_ANCHORS: usize = 1 << 16;

/// Where a run of the text stands in the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) start: usize,
    line: u32,
    column: u32,
}

/// The text of a notebook's cell: in the notebook it is one JSON string, or a list of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Its line is that of the excerpt's first.
    cell: Cell,
    /// Ascending by `start`.
    anchors: Vec<Anchor>,
}

impl Excerpt {
    /// The line of the excerpt, from 0, in which a position lies.
    pub fn line_of(&self, position: &Position) -> Option<u32> {
        let cell = position.cell.as_ref().filter(|cell| cell.index == self.cell.index)?;
        cell.line.checked_sub(self.cell.line)
    }

    pub(super) fn of(cell: Cell) -> Self {
        Self { cell, anchors: Vec::new() }
    }

    /// Appends to the excerpt's text what the JSON string at `span` of its page stands for.
    pub(super) fn push(&mut self, text: &mut String, page: &str, lines: &mut Lines<'_>, span: Range<usize>) {
        let Some(raw) = page.get(span.clone()) else { return };
        let base = text.len();
        self.anchor(base, lines, span.start);
        let value = unescape(raw, &mut |to, next| self.anchor(base + to, lines, span.start + next));
        text.push_str(&value);
    }

    fn anchor(&mut self, start: usize, lines: &mut Lines<'_>, at: usize) {
        if self.anchors.len() < MOST_ANCHORS {
            let (line, column) = lines.place(at);
            self.anchors.push(Anchor { start, line, column });
        }
    }

    /// The last anchor that is not behind an offset of the text.
    pub(super) fn anchor_of(&self, at: usize) -> Option<Anchor> {
        let index = self.anchors.partition_point(|anchor| anchor.start <= at).saturating_sub(1);
        self.anchors.get(index).copied()
    }

    /// The place so many characters behind an anchor, on this line of the text, from 0.
    pub(super) fn position(&self, anchor: Anchor, characters: u32, line: u32) -> Position {
        let cell = Cell { line: self.cell.line.saturating_add(line), ..self.cell.clone() };
        Position { cell: Some(cell), ..Position::at(anchor.line, anchor.column.saturating_add(characters)) }
    }
}
