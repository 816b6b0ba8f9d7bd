//! An inline allowance: a comment beside a secret that says why it may stay.
//!
//! `keysift:allow reason`, or `keysift:allow[rule-id] reason` for findings of that rule alone, on the line
//! of the secret, or on a line of its own above it.

use super::candidate::Candidate;
use crate::formats::evidence::{Evidence, Literal, LiteralKind};
use rustc_hash::FxHashMap;
use std::sync::Arc;

const MARKER: &str = "keysift:allow";
/// A line that is longer is no line that somebody wrote a comment into.
const LONGEST_LINE: usize = 2000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineAllow {
    /// Empty: all rules.
    rules: Vec<String>,
    pub reason: Arc<str>,
}

impl InlineAllow {
    pub fn holds(&self, rule: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|id| id == rule)
    }
}

/// Marks the candidates that comments of their text allow.
pub fn mark(evidence: &Evidence<'_>, found: &mut [Candidate]) {
    if found.is_empty() {
        return;
    }
    let mut lines: Option<ByLine> = None;
    for literal in &evidence.literals {
        let (LiteralKind::Text | LiteralKind::Excerpt(_)) = literal.kind else { continue };
        if memchr::memmem::find(&literal.text, MARKER.as_bytes()).is_none() {
            continue;
        }
        let Some((cell, first)) = beginning(literal) else { continue };
        let lines = lines.get_or_insert_with(|| ByLine::of(found));
        for (line, text) in (first..).zip(literal.text.split(|byte| *byte == b'\n')) {
            // Few lines have anything to do with a candidate.
            let beside = [line, line.saturating_add(1)].map(|line| lines.at(cell, line));
            if beside == [&[0usize; 0]; 2] {
                continue;
            }
            let Some((allow, alone)) = std::str::from_utf8(text).ok().and_then(parse) else { continue };
            let allow = Arc::new(allow);
            // The line itself, and for a comment alone in its line the next one.
            for &candidate in beside.iter().take(1 + usize::from(alone)).copied().flatten() {
                found[candidate].allowed.push(allow.clone());
            }
        }
    }
}

/// The cell and the line that a text begins with.
fn beginning(literal: &Literal<'_>) -> Option<(Option<u32>, u32)> {
    let position = &literal.uses.first()?.position;
    match literal.kind {
        LiteralKind::Excerpt(_) => position.cell.as_ref().map(|cell| (Some(cell.index), cell.line)),
        _ => Some((None, position.line.unwrap_or(1))),
    }
}

/// Candidates by the lines that they stand on, of the entry and of its cells: a file may have a comment on each of
/// a million lines.
#[derive(Default)]
struct ByLine(FxHashMap<(Option<u32>, u32), Vec<usize>>);

impl ByLine {
    fn of(found: &[Candidate]) -> Self {
        let mut lines = Self::default();
        for (index, candidate) in found.iter().enumerate() {
            let position = &candidate.place.position;
            let cell = position.cell.as_ref().map(|cell| (Some(cell.index), cell.line));
            for line in position.line.map(|line| (None, line)).into_iter().chain(cell) {
                lines.0.entry(line).or_default().push(index);
            }
        }
        lines
    }

    fn at(&self, cell: Option<u32>, line: u32) -> &[usize] {
        self.0.get(&(cell, line)).map_or(&[], Vec::as_slice)
    }
}

/// The allowance in a line, and whether the line holds nothing else.
fn parse(line: &str) -> Option<(InlineAllow, bool)> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let (before, after) = line.split_once(MARKER)?;
    let (rules, reason) = match after.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((rules, reason)) => (rules.split(',').map(|id| id.trim().to_owned()).collect(), reason),
        None => (Vec::new(), after),
    };
    // `keysift:allowed` is another word.
    if reason.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '[')) {
        return None;
    }
    let reason = reason.trim_start_matches(':').trim();
    let reason = ["*/", "-->", "#}"].iter().find_map(|end| reason.strip_suffix(end)).unwrap_or(reason).trim();
    let reason = if reason.is_empty() { "no reason given" } else { reason };
    let alone = !before.chars().any(char::is_alphanumeric);
    Some((InlineAllow { rules, reason: reason.into() }, alone))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn reason(line: &str) -> Option<(String, bool)> {
        parse(line).map(|(allow, alone)| (allow.reason.to_string(), alone))
    }

    #[test]
    fn comments_of_all_kinds_are_read() {
        let told = |text: &str, alone| Some((text.to_owned(), alone));
        assert_eq!(reason("a=b # keysift:allow a test user"), told("a test user", false));
        assert_eq!(reason("  <!-- keysift:allow: gone in May -->"), told("gone in May", true));
        assert_eq!(reason("-- keysift:allow"), told("no reason given", true));
        assert_eq!(reason("/* keysift:allow[jdbc-password, x] r */"), told("r", true));
        assert_eq!(reason("# keysift:allowed"), None);
        assert_eq!(reason("# keysift:allow[unclosed"), None);
        assert_eq!(reason(&format!("# keysift:allow {}", "x".repeat(3000))), None);
    }

    #[test]
    fn rules_are_told_apart() {
        let (allow, _) = parse("# keysift:allow[a, b] r").unwrap();
        assert!(allow.holds("a") && allow.holds("b") && !allow.holds("c"));
        assert!(parse("# keysift:allow r").unwrap().0.holds("c"));
    }
}
