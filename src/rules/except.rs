//! An exception: what a token rule leaves, by path, by the secret, or by what surrounds it.

use super::lazy_regex::LazyRegex;
use super::schema::{Except, ExceptTarget};

/// A match, as exceptions see it.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'a> {
    pub path: &'a str,
    pub secret: &'a [u8],
    /// All that the pattern matched.
    pub matched: &'a [u8],
    pub line: &'a [u8],
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

    /// Any of its conditions holds, or under `all` each that it has.
    pub fn holds(&self, seen: &Occurrence<'_>) -> bool {
        let any = |regexes: &[LazyRegex], text: &[u8]| {
            regexes.iter().filter_map(LazyRegex::get).any(|regex| regex.is_match(text))
        };
        let target = match self.target {
            ExceptTarget::Secret => seen.secret,
            ExceptTarget::Match => seen.matched,
            ExceptTarget::Line => seen.line,
        };
        let word = || {
            let secret = String::from_utf8_lossy(seen.secret).to_lowercase();
            self.words.iter().any(|word| secret.contains(word))
        };
        let conditions: [(bool, &dyn Fn() -> bool); 3] = [
            (self.paths.is_empty(), &|| any(&self.paths, seen.path.as_bytes())),
            (self.patterns.is_empty(), &|| any(&self.patterns, target)),
            (self.words.is_empty(), &word),
        ];
        let mut set = conditions.iter().filter(|(empty, _)| !empty).map(|(_, holds)| holds()).peekable();
        set.peek().is_some() && if self.all { set.all(|holds| holds) } else { set.any(|holds| holds) }
    }
}
