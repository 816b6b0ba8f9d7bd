//! Needles: many short words, of which most texts hold none, in whatever case they are written.

use std::collections::BTreeMap;

/// Letters that count in the filter: a character without its case, as five bits of it tell.
const LETTERS: usize = 32;
/// How many letters of a word the filter knows. Shorter words may go on with anything.
const BEGINNING: usize = 3;
const BEGINNINGS: usize = LETTERS * LETTERS * LETTERS;

/// A filter in front of a table. An automaton's step waits for the step before, which takes twice as
/// long as asking 4 KiB of bits about each three bytes; few of them are the beginning of a word.
#[derive(Debug)]
pub(super) struct Needles {
    /// One bit for each beginning.
    filter: Box<[u64; BEGINNINGS / 64]>,
    /// How many beginnings there are in front of each word of the filter.
    before: Box<[u16; BEGINNINGS / 64]>,
    /// What the beginnings go on with, in their order.
    beginnings: Vec<Beginning>,
    /// The shortest word's letters. One without letters is in any text.
    shortest: usize,
}

/// The words that begin with the same letters.
#[derive(Debug, Default)]
struct Beginning {
    /// One bit for each letter that may come next.
    next: u32,
    /// In lower case.
    words: Vec<Box<[u8]>>,
}

impl Needles {
    pub(super) fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut shortest = usize::MAX;
        let mut table: BTreeMap<usize, Beginning> = BTreeMap::new();
        for word in words {
            let word = word.to_ascii_lowercase().into_bytes();
            shortest = shortest.min(word.len());
            let known = word.len().min(BEGINNING);
            let start = word.iter().take(known).fold(0, |index, &byte| pushed(index, byte));
            let open = LETTERS.pow((BEGINNING - known) as u32);
            for index in (start * open..).take(open) {
                let beginning = table.entry(index).or_default();
                beginning.next |= word.get(BEGINNING).map_or(u32::MAX, |&letter| bit(letter));
                beginning.words.push(word.as_slice().into());
            }
        }
        let mut needles = Self {
            filter: Box::new([0; BEGINNINGS / 64]),
            before: Box::new([0; BEGINNINGS / 64]),
            beginnings: Vec::with_capacity(table.len()),
            shortest,
        };
        for (index, beginning) in table {
            needles.filter[index / 64] |= 1 << (index % 64);
            needles.beginnings.push(beginning);
            // All that follow have more in front of them.
            needles.before[index / 64 + 1..].fill(u16::try_from(needles.beginnings.len()).unwrap_or(u16::MAX));
        }
        needles
    }

    /// Whether the text holds any of the words.
    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        // More letters than count are pushed out at the top.
        let mut window = text.iter().take(BEGINNING - 1).fold(0, |window, &byte| shifted(window, byte));
        for (at, &byte) in text.iter().skip(BEGINNING - 1).enumerate() {
            window = shifted(window, byte);
            let index = window % BEGINNINGS;
            if self.filter[index / 64] >> (index % 64) & 1 == 1 && self.begins_with_any(index, &text[at..]) {
                return true;
            }
        }
        // The last letters of the text may be a word of their own; what they go on with does not matter.
        let ends = |length: usize| {
            let end = &text[text.len().saturating_sub(length)..];
            let index = (0..BEGINNING).fold(0, |index, at| pushed(index, end.get(at).copied().unwrap_or(0)));
            self.filter[index / 64] >> (index % 64) & 1 == 1 && self.begins_with_any(index, end)
        };
        self.shortest == 0 || (self.shortest..BEGINNING).any(ends)
    }

    /// Whether the text, which has a known beginning, goes on as a word.
    #[inline]
    fn begins_with_any(&self, index: usize, text: &[u8]) -> bool {
        let in_front = self.filter[index / 64] & ((1 << (index % 64)) - 1);
        let number = usize::from(self.before[index / 64]) + in_front.count_ones() as usize;
        let Some(Beginning { next, words }) = self.beginnings.get(number) else { return false };
        let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        text.get(BEGINNING).is_none_or(|&letter| next & bit(letter) != 0) && words.iter().any(|word| begins(word))
    }
}

fn pushed(index: usize, byte: u8) -> usize {
    shifted(index, byte) % BEGINNINGS
}

fn shifted(window: usize, byte: u8) -> usize {
    (window << LETTERS.trailing_zeros()) | (usize::from(byte) % LETTERS)
}

fn bit(letter: u8) -> u32 {
    1 << (usize::from(letter) % LETTERS)
}

#[cfg(test)]
mod tests {
    use super::Needles;

    #[test]
    fn words_are_found_wherever_they_stand() {
        let needles = Needles::new(["AKIA", "q~", "eyj", "key-"]);
        for text in ["akia", "x AKIA", "xeyJ", "q~", "8Q~", "Q~8", "aq~b", "akiakia", "keykey-"] {
            assert!(needles.are_in(text.as_bytes()), "{text}");
        }
        for text in ["", "a", "ak", "aki", "q", "~q", "akixa", "eyeyk", "AKI\u{1}", "key\r"] {
            assert!(!needles.are_in(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn words_of_one_letter_and_of_none() {
        let one = Needles::new(["q"]);
        assert!(["q", "aq", "qa", "aqa", "aaq", "qaa"].iter().all(|text| one.are_in(text.as_bytes())));
        assert!(!one.are_in(b"ab") && !one.are_in(b""));
        assert!(Needles::new([""]).are_in(b""));
        assert!(!Needles::new([]).are_in(b"ab") && !Needles::new([]).are_in(b""));
    }

    #[test]
    fn every_word_is_found_at_every_edge_of_the_filter() {
        // Beginnings at the first and the last bit of the filter's words, and many with the same letters.
        let words = ["@@@x", "@a_x", "@b@y", "___z", "aaab", "aaac", "aaad", "ab", "token", "tokyo", "tok"];
        let needles = Needles::new(words);
        for word in words {
            assert!(needles.are_in(word.to_uppercase().as_bytes()), "{word}");
            assert!(needles.are_in(format!("? {word} ?").as_bytes()), "{word}");
        }
        assert!(!Needles::new(["token", "tokyo"]).are_in(b"toke toky tokaido tokyp"));
    }
}
