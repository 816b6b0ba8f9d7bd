//! An exception: what a token rule leaves, by path, by the secret, or by what surrounds it.

use super::lazy_regex::LazyRegex;
use super::schema::{Except, ExceptTarget};
use std::ops::Range;

/// A match, as exceptions see it.
#[derive(Clone, Debug)]
pub struct Occurrence<'a> {
    pub path: &'a str,
    pub secret: &'a [u8],
    pub text: &'a [u8],
    /// All that the pattern matched.
    pub matched: Range<usize>,
}

/// The line of a match. A file may be one line, with thousands of matches: what a rule's exceptions say of it is
/// asked once.
#[derive(Debug, Default)]
pub struct Line {
    range: Range<usize>,
    /// By the numbers of the exceptions.
    verdicts: Vec<Option<bool>>,
}

impl Line {
    fn verdict(&mut self, exception: usize, seen: &Occurrence<'_>, ask: impl FnOnce(&[u8]) -> bool) -> bool {
        let Range { start, end } = seen.matched;
        let is_within = self.range.start <= start && end <= self.range.end && !self.range.is_empty();
        if !is_within || self.verdicts.is_empty() {
            let text = seen.text;
            let from = memchr::memrchr(b'\n', &text[..start]).map_or(0, |newline| newline + 1);
            let to = memchr::memchr(b'\n', &text[end..]).map_or(text.len(), |newline| end + newline);
            // Of what lies on several lines, the next match has some.
            let is_one = memchr::memchr(b'\n', &text[start..end]).is_none();
            (self.range, self.verdicts) = (from..to, Vec::new());
            if !is_one {
                return ask(&text[from..to]);
            }
        }
        if self.verdicts.len() <= exception {
            self.verdicts.resize(exception + 1, None);
        }
        *self.verdicts[exception].get_or_insert_with(|| ask(&seen.text[self.range.clone()]))
    }
}

#[derive(Debug)]
pub struct Exception {
    paths: Vec<LazyRegex>,
    patterns: Vec<LazyRegex>,
    target: ExceptTarget,
    words: Vec<String>,
    all: bool,
}

impl Exception {
    pub fn new(except: &Except) -> Self {
        let lazy = |patterns: &[String]| patterns.iter().map(|p| LazyRegex::new(p.clone())).collect();
        Self {
            paths: lazy(&except.paths),
            patterns: lazy(&except.patterns),
            target: except.target,
            words: except.words.iter().map(|word| word.to_lowercase()).collect(),
            all: except.all,
        }
    }

    pub fn regexes(&self) -> impl Iterator<Item = &LazyRegex> {
        self.paths.iter().chain(&self.patterns)
    }

    /// Any of its conditions holds, or under `all` each that it has. It is the exception of that number of its rule.
    pub fn holds(&self, number: usize, seen: &Occurrence<'_>, line: &mut Line) -> bool {
        let any = |regexes: &[LazyRegex], text: &[u8]| {
            regexes.iter().filter_map(LazyRegex::get).any(|regex| regex.is_match(text))
        };
        let word = || {
            let secret = String::from_utf8_lossy(seen.secret).to_lowercase();
            self.words.iter().any(|word| secret.contains(word))
        };
        let pattern = || match self.target {
            ExceptTarget::Secret => any(&self.patterns, seen.secret),
            ExceptTarget::Match => any(&self.patterns, &seen.text[seen.matched.clone()]),
            ExceptTarget::Line => line.verdict(number, seen, |line| any(&self.patterns, line)),
        };
        let conditions: [(bool, &mut dyn FnMut() -> bool); 3] = [
            (self.paths.is_empty(), &mut || any(&self.paths, seen.path.as_bytes())),
            (self.patterns.is_empty(), &mut { pattern }),
            (self.words.is_empty(), &mut { word }),
        ];
        let mut set = conditions.into_iter().filter(|(empty, _)| !empty).map(|(_, holds)| holds()).peekable();
        set.peek().is_some() && if self.all { set.all(|holds| holds) } else { set.any(|holds| holds) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Occurrence};

    fn seen(text: &str, matched: std::ops::Range<usize>) -> Occurrence<'_> {
        Occurrence { path: "a", secret: &text.as_bytes()[matched.clone()], text: text.as_bytes(), matched }
    }

    /// Each line is asked about once, and all of the lines that a match lies on.
    #[test]
    fn a_line_is_asked_about_once() {
        let text = "ab cd ef\ngh ij\nkl";
        let mut line = Line::default();
        let mut asked = Vec::new();
        for (start, end) in [(0, 2), (3, 5), (6, 8), (7, 11), (9, 11), (12, 14), (15, 17), (15, 16)] {
            let is_first = line.verdict(1, &seen(text, start..end), |line| {
                asked.push(String::from_utf8_lossy(line).into_owned());
                line.starts_with(b"ab")
            });
            assert_eq!(is_first, start < 9, "{start}");
        }
        assert_eq!(asked, ["ab cd ef", "ab cd ef\ngh ij", "gh ij", "kl"]);
    }

    #[test]
    fn exceptions_have_verdicts_of_their_own() {
        let mut line = Line::default();
        let text = "ab cd";
        assert!(line.verdict(0, &seen(text, 0..2), |_| true) && !line.verdict(2, &seen(text, 3..5), |_| false));
        assert!(line.verdict(0, &seen(text, 3..5), |_| false) && line.verdict(1, &seen(text, 3..5), |_| true));
    }
}
