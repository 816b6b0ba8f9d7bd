//! Needles: many short words, of which most texts hold none, in whatever case they are written.

use rustc_hash::FxHashMap;

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
    /// In lower case, by their beginnings.
    words: FxHashMap<usize, Vec<Box<[u8]>>>,
    /// A word without letters is in any text.
    trivial: bool,
}

impl Needles {
    pub(super) fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut needles = Self { filter: Box::new([0; BEGINNINGS / 64]), words: FxHashMap::default(), trivial: false };
        for word in words {
            let word = word.to_ascii_lowercase().into_bytes();
            let known = word.len().min(BEGINNING);
            let start = word.iter().take(known).fold(0, |index, &byte| pushed(index, byte));
            let open = LETTERS.pow((BEGINNING - known) as u32);
            needles.trivial |= known == 0;
            for index in (start * open..).take(open) {
                needles.filter[index / 64] |= 1 << (index % 64);
                needles.words.entry(index).or_default().push(word.as_slice().into());
            }
        }
        needles
    }

    /// Whether the text holds any of the words.
    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        let mut index = text.iter().take(BEGINNING - 1).fold(0, |index, &byte| pushed(index, byte));
        for (at, &byte) in text.iter().skip(BEGINNING - 1).enumerate() {
            index = pushed(index, byte);
            if self.filter[index / 64] >> (index % 64) & 1 == 1 && self.begins_with_any(index, &text[at..]) {
                return true;
            }
        }
        // The last letters of the text may be a word of their own; what they go on with does not matter.
        let ends = |length: usize| {
            let end = &text[text.len().saturating_sub(length)..];
            let index = (0..BEGINNING).fold(0, |index, at| pushed(index, end.get(at).copied().unwrap_or(0)));
            self.begins_with_any(index, end)
        };
        self.trivial || (1..BEGINNING).any(ends)
    }

    fn begins_with_any(&self, beginning: usize, text: &[u8]) -> bool {
        let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        self.words.get(&beginning).is_some_and(|words| words.iter().any(|word| begins(word)))
    }
}

fn pushed(index: usize, byte: u8) -> usize {
    (index * LETTERS + usize::from(byte) % LETTERS) % BEGINNINGS
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
        assert!(!Needles::new([]).are_in(b"ab"));
    }
}
