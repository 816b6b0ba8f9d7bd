//! Needles: many short words, of which most texts hold none, in whatever case they are written.

use rustc_hash::FxHashMap;
use std::ops::Range;

/// How many letters in a row the filter knows. Shorter words may go on with anything.
const BEGINNING: usize = 4;
/// What counts of a letter in the filter, so that its case does not, and four of them are one number.
const LETTER: u16 = 0xF;
const LETTERS: usize = LETTER as usize + 1;
const BEGINNINGS: usize = 1 << u16::BITS;

/// A filter in front of a table. An automaton's step waits for the step before, which takes much longer than
/// asking 8 KiB of bits about each four bytes; few of them are the beginning of a word.
#[derive(Debug)]
pub(super) struct Needles {
    /// One bit for each beginning.
    filter: Box<[u64; BEGINNINGS / 64]>,
    /// In lower case, by their beginnings, each with its number.
    words: FxHashMap<u16, Vec<Numbered>>,
    /// A word without letters is in any text.
    everywhere: bool,
}

/// A word and its number.
type Numbered = (usize, Box<[u8]>);

impl Needles {
    pub(super) fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut needles =
            Self { filter: Box::new([0; BEGINNINGS / 64]), words: FxHashMap::default(), everywhere: false };
        for (number, word) in words.into_iter().enumerate() {
            let word = word.to_ascii_lowercase().into_bytes();
            let known = &word[..word.len().min(BEGINNING)];
            if known.is_empty() {
                needles.everywhere = true;
                continue;
            }
            let open = LETTERS.pow((BEGINNING - known.len()) as u32) as u16;
            let first = known.iter().fold(0, |index, &byte| pushed(index, byte)) * open;
            for index in first..=first + (open - 1) {
                needles.filter[usize::from(index) / 64] |= 1 << (index % 64);
                needles.words.entry(index).or_default().push((number, word.as_slice().into()));
            }
        }
        needles
    }

    /// Whether the text holds any of the words.
    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        let begins = |at, index| self.beginning(index, &text[at..]).next().is_some();
        self.everywhere || self.any_place(text, begins)
    }

    /// All places of all words, which may overlap, each with the word's number.
    pub(super) fn each(&self, text: &[u8], found: &mut dyn FnMut(usize, Range<usize>)) {
        self.any_place(text, |at, index| {
            self.beginning(index, &text[at..]).for_each(|(number, word)| found(*number, at..at + word.len()));
            false
        });
    }

    /// Whether one of the places where a word may begin is the one that is looked for.
    #[inline]
    fn any_place(&self, text: &[u8], mut is_one: impl FnMut(usize, u16) -> bool) -> bool {
        let mut index = text.iter().take(BEGINNING - 1).fold(0, |index, &byte| pushed(index, byte));
        for (at, &byte) in text.iter().skip(BEGINNING - 1).enumerate() {
            index = pushed(index, byte);
            if self.may_begin(index) && is_one(at, index) {
                return true;
            }
        }
        // What the last letters would go on with does not matter.
        for length in (1..BEGINNING).rev() {
            index = pushed(index, 0);
            if let Some(at) = text.len().checked_sub(length)
                && self.may_begin(index)
                && is_one(at, index)
            {
                return true;
            }
        }
        false
    }

    fn may_begin(&self, index: u16) -> bool {
        self.filter[usize::from(index) / 64] >> (index % 64) & 1 == 1
    }

    /// The words that a text with a known beginning goes on as.
    fn beginning<'n>(&'n self, index: u16, text: &[u8]) -> impl Iterator<Item = &'n Numbered> {
        let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        self.words.get(&index).into_iter().flatten().filter(move |(_, word)| begins(word))
    }
}

/// The first of four letters is pushed out.
fn pushed(index: u16, byte: u8) -> u16 {
    (index << LETTER.count_ones()) | (u16::from(byte) & LETTER)
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
    fn each_place_of_each_word_is_told() {
        let needles = Needles::new(["token", "ok", "kent", "pass", "password"]);
        let mut found = Vec::new();
        needles.each(b"a tokenT PASSWORD pass", &mut |number, place| found.push((number, place)));
        assert_eq!(found, [(0, 2..7), (1, 3..5), (2, 4..8), (3, 9..13), (4, 9..17), (3, 18..22)]);
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
            for (before, behind) in [("", ""), ("?", ""), ("", "?"), ("??", "??"), ("???", "?")] {
                let text = format!("{before}{}{behind}", word.to_uppercase());
                assert!(needles.are_in(text.as_bytes()), "{text}");
            }
        }
        assert!(!Needles::new(["token", "tokyo"]).are_in(b"toke toky tokaido tokyp"));
    }
}
