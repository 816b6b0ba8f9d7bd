//! Lines: where the offsets of a text stand in its entry.

use super::excerpt::Excerpt;
use crate::place::Position;

/// Counts lines and characters forwards, so that ascending offsets cost one pass over the text.
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    text: &'t [u8],
    /// Where the text begins.
    base: Position,
    excerpt: Option<&'t Excerpt>,
    at: usize,
    /// Of the text, from 0.
    line: u32,
    /// Where the line begins, or the run of an excerpt, and how many characters were counted since.
    run: usize,
    characters: u32,
}

impl<'t> Lines<'t> {
    /// A text that stands in the entry as it is, from `base` on.
    pub fn new(text: &'t [u8], base: Position) -> Self {
        Self { text, base, excerpt: None, at: 0, line: 0, run: 0, characters: 0 }
    }

    pub fn of_excerpt(text: &'t [u8], excerpt: &'t Excerpt) -> Self {
        Self { excerpt: Some(excerpt), ..Self::new(text, Position::default()) }
    }

    pub fn position(&mut self, at: usize) -> Position {
        if at < self.at {
            (self.at, self.line, self.run, self.characters) = (0, 0, 0, 0);
        }
        let at = at.min(self.text.len());
        let passed = &self.text[self.at..at];
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            let newlines = memchr::memchr_iter(b'\n', &passed[..=last]).count();
            self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
            (self.run, self.characters) = (self.at + last + 1, 0);
        }
        let anchor = self.excerpt.and_then(|excerpt| excerpt.anchor_of(at));
        if let Some(anchor) = anchor.filter(|anchor| anchor.start > self.run) {
            (self.run, self.characters) = (anchor.start, 0);
        }
        // Every byte but the continuations of UTF-8 starts a character.
        let counted = &self.text[self.at.max(self.run).min(at)..at];
        let characters = counted.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        self.characters = self.characters.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        self.at = at;
        if let (Some(excerpt), Some(anchor)) = (self.excerpt, anchor) {
            return excerpt.position(anchor, self.characters, self.line);
        }
        let before = if self.line == 0 { self.base.column.unwrap_or(1) } else { 1 };
        let line = self.base.line.unwrap_or(1).saturating_add(self.line);
        Position { line: Some(line), column: Some(before.saturating_add(self.characters)), ..self.base.clone() }
    }

    pub(super) fn place(&mut self, at: usize) -> (u32, u32) {
        let position = self.position(at);
        (position.line.unwrap_or(1), position.column.unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use crate::formats::excerpt::Excerpt;
    use crate::place::{Cell, Position};

    #[test]
    fn offsets_of_a_text() {
        let text = "é=1\n\nü = 2";
        let mut lines = Lines::new(text.as_bytes(), Position::at(7, 3));
        let mut place = |what: &str| lines.place(text.find(what).unwrap_or_default());
        assert_eq!(place("1"), (7, 5));
        assert_eq!(place("ü"), (9, 1));
        assert_eq!(place("2"), (9, 5));
        assert_eq!(place("1"), (7, 5));
    }

    #[test]
    fn offsets_of_an_excerpt_lead_back_to_its_strings() {
        let page = "[\n \"a\\\"é = 1\\n\",\n  \"b = \\\"x\\\"\"\n]";
        let cell = Cell { index: 3, id: None, line: 1 };
        let mut excerpt = Excerpt::of(cell.clone());
        let (mut text, mut lines) = (String::new(), Lines::new(page.as_bytes(), Position::at(1, 1)));
        for raw in ["a\\\"é = 1\\n", "b = \\\"x\\\""] {
            let start = page.find(raw).unwrap_or_default();
            excerpt.push(&mut text, page, &mut lines, start..start + raw.len());
        }
        assert_eq!(text, "a\"é = 1\nb = \"x\"");
        let mut lines = Lines::of_excerpt(text.as_bytes(), &excerpt);
        let mut position = |what: &str| lines.position(text.find(what).unwrap_or_default());
        let wanted = |line, column, inside| Position {
            cell: Some(Cell { line: inside, ..cell.clone() }),
            ..Position::at(line, column)
        };
        assert_eq!(position("é"), wanted(2, 6, 1));
        assert_eq!(position("1"), wanted(2, 10, 1));
        assert_eq!(position("x"), wanted(3, 10, 2));
        assert_eq!(position("a"), wanted(2, 3, 1));
    }
}
