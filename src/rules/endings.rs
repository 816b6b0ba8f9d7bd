//! Endings: what words end with, in either case, by which most texts are told that do not end with one of them.

/// Letters that count: a character without its case, as five bits of it tell.
const LETTERS: u8 = 32;

#[derive(Debug)]
pub(super) struct Endings {
    tails: Tails,
    /// By their last letter.
    words: [Vec<Box<[u8]>>; LETTERS as usize],
}

impl Endings {
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w str> + Clone) -> Self {
        let tails = Tails::new(words.clone().map(str::as_bytes));
        let mut by_last: [Vec<Box<[u8]>>; LETTERS as usize] = Default::default();
        for word in words {
            if let Some(last) = word.as_bytes().last() {
                by_last[usize::from(last % LETTERS)].push(word.as_bytes().into());
            }
        }
        Self { tails, words: by_last }
    }

    /// Whether one of the words ends a text.
    pub(super) fn end(&self, text: &[u8]) -> bool {
        let Some(last) = text.last().filter(|_| self.tails.may_end(text)) else { return false };
        let ends = |word: &[u8]| text.len() >= word.len() && text[text.len() - word.len()..].eq_ignore_ascii_case(word);
        self.words[usize::from(last % LETTERS)].iter().any(|word| ends(word))
    }
}

/// Which two letters, in either case, some word ends with: what most texts can be told by that do not
/// end with the word.
#[derive(Debug, Default)]
pub(super) struct Tails([u32; LETTERS as usize]);

impl Tails {
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w [u8]>) -> Self {
        let mut tails = Self::default();
        for word in words {
            match word {
                [.., before, last] => tails.0[usize::from(before % LETTERS)] |= 1 << (last % LETTERS),
                // A word of one letter, whatever stands in front of it.
                [last] => tails.0.iter_mut().for_each(|lasts| *lasts |= 1 << (last % LETTERS)),
                [] => tails = Self([u32::MAX; LETTERS as usize]),
            }
        }
        tails
    }

    pub(super) fn may_end(&self, text: &[u8]) -> bool {
        match text {
            [.., before, last] => self.0[usize::from(before % LETTERS)] >> (last % LETTERS) & 1 == 1,
            [last] => self.0.iter().any(|lasts| lasts >> (last % LETTERS) & 1 == 1),
            [] => false,
        }
    }
}
