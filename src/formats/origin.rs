//! An origin: where in its entry the text of a page stands.

use super::evidence::Scope;
use super::excerpt::Excerpt;
use super::lines::Lines;
use crate::place::Position;

#[derive(Clone, Debug)]
pub(super) enum Origin<'a> {
    /// The text is the entry's, from this line on.
    Line(u32),
    /// The text was put together from strings of the entry.
    Excerpt(&'a Excerpt, Scope),
    /// The text is one value: all of it lies at one place.
    Value(Position, Scope),
    /// The text is that of a binary from the offset `base` on, in characters of `width` bytes.
    Bytes { base: u64, width: u8, scope: Scope },
}

impl Origin<'_> {
    /// The scope that the whole text lies in.
    pub(super) fn scope(&self) -> Scope {
        match self {
            Self::Line(_) => Scope::default(),
            Self::Excerpt(_, scope) | Self::Value(_, scope) | Self::Bytes { scope, .. } => scope.clone(),
        }
    }
}

/// The places of the offsets that matter, found in one pass.
#[derive(Debug, Default)]
pub(super) struct Places {
    known: Vec<(usize, Position)>,
    value: Option<Position>,
    /// Offset of the text in the entry, and bytes of a character.
    bytes: Option<(u64, u8)>,
}

impl Places {
    pub(super) fn new(text: &str, mut offsets: Vec<usize>, origin: &Origin<'_>) -> Self {
        let mut lines = match origin {
            Origin::Line(first) => Lines::new(text.as_bytes(), Position::at(*first, 1)),
            Origin::Excerpt(excerpt, _) => Lines::of_excerpt(text.as_bytes(), excerpt),
            Origin::Value(position, _) => return Self { value: Some(position.clone()), ..Self::default() },
            Origin::Bytes { base, width, .. } => return Self { bytes: Some((*base, *width)), ..Self::default() },
        };
        offsets.sort_unstable();
        offsets.dedup();
        Self { known: offsets.into_iter().map(|at| (at, lines.position(at))).collect(), ..Self::default() }
    }

    pub(super) fn of(&self, at: usize) -> Position {
        if let Some(value) = &self.value {
            return value.clone();
        }
        if let Some((base, width)) = self.bytes {
            return Position { offset: Some(base + at as u64 * u64::from(width)), ..Position::default() };
        }
        match self.known.binary_search_by_key(&at, |(offset, _)| *offset) {
            Ok(index) => self.known[index].1.clone(),
            Err(_) => Position::at(1, 1),
        }
    }

    /// Tells what begins at an offset apart from its like.
    pub(super) fn mark(&self, at: usize) -> String {
        let position = self.of(at);
        match (position.line, position.column) {
            (Some(line), Some(column)) if self.value.is_none() => format!("{line}:{column}"),
            _ => format!("+{at}"),
        }
    }
}
