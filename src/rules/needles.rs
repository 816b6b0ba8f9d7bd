//! Needles: many short words, of which most texts hold none, in whatever case they are written.

use std::collections::BTreeMap;

/// Letters that count in the filter: a character without its case, as five bits of it tell.
const LETTERS: usize = 32;
/// How many letters in a row the filter knows. Where a word has fewer, anything may follow.
const KNOWN: usize = 3;
const INDICES: usize = LETTERS * LETTERS * LETTERS;
/// Only every other place of a text is looked at: there a word shows its first letters or those from the second on.
const STEP: usize = 2;

/// A filter in front of a table. An automaton's step waits for the step before, which takes four times as
/// long as asking 4 KiB of bits about every other three bytes; few of them are of a word.
#[derive(Debug)]
pub(super) struct Needles {
    /// One bit for each three letters.
    filter: Box<[u64; INDICES / 64]>,
    /// How many are known in front of each word of the filter.
    before: Box<[u16; INDICES / 64]>,
    /// What has those letters, in their order.
    known: Vec<Known>,
    /// Words too short to show at every other place.
    single: Vec<u8>,
    /// A word without letters is in any text.
    everywhere: bool,
}

/// The words that have the same three letters in the same place.
#[derive(Debug, Default)]
struct Known {
    /// One bit for each letter that may come next.
    next: u32,
    /// In lower case, and how many letters stand in front of the three.
    words: Vec<(usize, Box<[u8]>)>,
}

impl Needles {
    pub(super) fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let (mut single, mut everywhere) = (Vec::new(), false);
        let mut table: BTreeMap<usize, Known> = BTreeMap::new();
        for word in words {
            let word = word.to_ascii_lowercase().into_bytes();
            match *word {
                [] => everywhere = true,
                [letter] => single.push(letter),
                _ => (0..STEP).for_each(|skipped| enter(&mut table, &word, skipped)),
            }
        }
        let mut needles = Self {
            filter: Box::new([0; INDICES / 64]),
            before: Box::new([0; INDICES / 64]),
            known: Vec::with_capacity(table.len()),
            single,
            everywhere,
        };
        for (index, known) in table {
            needles.filter[index / 64] |= 1 << (index % 64);
            needles.known.push(known);
            // All that follow have more in front of them.
            needles.before[index / 64 + 1..].fill(u16::try_from(needles.known.len()).unwrap_or(u16::MAX));
        }
        needles
    }

    /// Whether the text holds any of the words.
    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        let is_shown = |letters: &[u8; KNOWN], at: usize| {
            let index = index_of(letters);
            self.filter[index / 64] >> (index % 64) & 1 == 1 && self.stand_at(index, text, at)
        };
        let mut places = text.array_windows::<KNOWN>().step_by(STEP).enumerate();
        if places.any(|(count, letters)| is_shown(letters, count * STEP)) {
            return true;
        }
        // At the last place there are fewer letters; what they would go on with does not matter.
        let last = text.len().saturating_sub(1) / STEP * STEP;
        let mut letters = [0; KNOWN];
        letters.iter_mut().zip(&text[last..]).for_each(|(own, byte)| *own = *byte);
        text.len() - last < KNOWN && is_shown(&letters, last)
            || self.single.iter().any(|letter| text.iter().any(|byte| byte.eq_ignore_ascii_case(letter)))
            || self.everywhere
    }

    /// Whether a word has known letters at a place of the text.
    #[inline]
    fn stand_at(&self, index: usize, text: &[u8], at: usize) -> bool {
        let in_front = self.filter[index / 64] & ((1 << (index % 64)) - 1);
        let number = usize::from(self.before[index / 64]) + in_front.count_ones() as usize;
        let Some(Known { next, words }) = self.known.get(number) else { return false };
        let stands = |skipped: usize, word: &[u8]| {
            let start = at.checked_sub(skipped)?;
            text.get(start..start + word.len()).filter(|own| own.eq_ignore_ascii_case(word))
        };
        text.get(at + KNOWN).is_none_or(|&letter| next & bit(letter) != 0)
            && words.iter().any(|(skipped, word)| stands(*skipped, word).is_some())
    }
}

/// Enters a word by the letters behind the first few.
fn enter(table: &mut BTreeMap<usize, Known>, word: &[u8], skipped: usize) {
    let letters = &word[skipped..word.len().min(skipped + KNOWN)];
    let open = LETTERS.pow((KNOWN - letters.len()) as u32);
    let first = index_of(letters) * open;
    for index in first..first + open {
        let known = table.entry(index).or_default();
        known.next |= word.get(skipped + KNOWN).map_or(u32::MAX, |&letter| bit(letter));
        known.words.push((skipped, word.into()));
    }
}

fn index_of(letters: &[u8]) -> usize {
    letters.iter().fold(0, |index, &byte| index * LETTERS + usize::from(byte) % LETTERS)
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
            for (before, behind) in [("", ""), ("?", ""), ("", "?"), ("??", "??"), ("???", "?")] {
                let text = format!("{before}{}{behind}", word.to_uppercase());
                assert!(needles.are_in(text.as_bytes()), "{text}");
            }
        }
        assert!(!Needles::new(["token", "tokyo"]).are_in(b"toke toky tokaido tokyp"));
    }
}
