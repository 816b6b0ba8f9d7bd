//! A lazy regex: a regular expression over bytes that is compiled when it is first asked. Most never are.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::sync::OnceLock;

/// The most bytes that a compiled pattern may take.
pub(super) const LARGEST: usize = 8 << 20;
/// A state or transition of an automaton takes less: some thirty bytes, and twice that while it is built.
const STATE: usize = 512;

/// Over bytes, since a text may be in any encoding.
#[derive(Debug)]
pub struct LazyRegex {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    pub(super) fn new(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// One that matches a value as a whole.
    pub(super) fn whole(pattern: &str) -> Self {
        Self::new(format!("^(?:{pattern})$"))
    }

    /// How many groups it has, with the whole as the first; an error if it does not compile.
    ///
    /// Of a pattern that is certainly small enough, to read it is to know that: a tenth of the work.
    pub(super) fn check(&self) -> Result<usize, regex::Error> {
        let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(&self.source);
        match parsed {
            Ok(hir) if states(&hir) <= LARGEST / STATE => Ok(hir.properties().explicit_captures_len() + 1),
            _ => Ok(self.compile()?.captures_len()),
        }
    }

    fn compile(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.source).unicode(false).size_limit(LARGEST).build()
    }

    /// `None` only for a pattern that `RuleSet::check` rejects.
    pub fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| self.compile().ok()).as_ref()
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text.as_bytes()))
    }
}

/// No fewer states and transitions than the automaton has. Its parser bounds how deep a pattern is nested.
fn states(hir: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(states).fold(0, usize::saturating_add);
    let own: usize = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        // A range of characters is up to four bytes long, and several ranges of each of them.
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(32),
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min.saturating_add(1)) as usize;
            states(&repeated.sub).saturating_add(1).saturating_mul(times)
        }
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(1),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts).saturating_add(parts.len()),
    };
    own.saturating_add(2)
}

/// What is wrong with a pattern, without the pattern.
pub(super) fn problem(error: &regex::Error) -> String {
    error.to_string().lines().last().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reading alone says what compiling would.
    #[test]
    fn patterns_are_checked_as_if_they_were_compiled() {
        for pattern in [
            "",
            "a",
            r"(?i)key[ \t\w.-]{0,30}(?:=|>)(['\x22]?)([a-f0-9]{32,40})",
            r"(?u)\w{10}",
            r"(?u)\pL{200}",
            "(a)(?:b)(?<c>d)",
            "[a-z]{100000}",
            "(?:[a-z]{0,1000}){0,1000}",
            "(((a{100}){100}){100}){100}",
            "(",
            "a{2,1}",
            "[b-a]",
            r"\pX",
            "(?=a)",
            &"(".repeat(300),
        ] {
            let lazy = LazyRegex::new(pattern.to_owned());
            let compiled = lazy.compile().map(|regex| regex.captures_len());
            assert_eq!(lazy.check().map_err(|e| e.to_string()), compiled.map_err(|e| e.to_string()), "{pattern:.40}");
        }
    }

    /// A pattern near the limit is compiled after all: what is reckoned is never less than what it takes.
    #[test]
    fn what_is_reckoned_is_no_less_than_what_is_taken() {
        for pattern in
            [r"(?u)\w{2}", r"(?u)\pL", "[a-z0-9]{64}", r"(?i)secret(?:_key)?.{0,40}", "a*b+c?", "(?:ab|cd|e)"]
        {
            let reckoned = states(&ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).unwrap());
            let limited = RegexBuilder::new(pattern).unicode(false).size_limit(reckoned * STATE).build();
            assert!(limited.is_ok(), "{pattern}");
        }
    }
}
