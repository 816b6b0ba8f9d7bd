//! An inline allowance: a comment beside a secret that says why it may stay.
//!
//! `keysift:allow reason`, or `keysift:allow[rule-id] reason` for findings of that rule alone, on the line
//! of the secret, or on a line of its own above it.

use super::candidate::Candidate;
use crate::formats::evidence::{Evidence, LiteralKind};
use crate::place::Position;
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
    for literal in &evidence.literals {
        let (LiteralKind::Text | LiteralKind::Excerpt(_)) = literal.kind else { continue };
        if memchr::memmem::find(&literal.text, MARKER.as_bytes()).is_none() {
            continue;
        }
        let first = literal.uses.first().and_then(|usage| usage.position.line).unwrap_or(1);
        for (index, line) in (0u32..).zip(literal.text.split(|byte| *byte == b'\n')) {
            let Some((allow, alone)) = std::str::from_utf8(line).ok().and_then(parse) else { continue };
            let allow = Arc::new(allow);
            // The line itself, and for a comment alone in its line the next one.
            let last = index + u32::from(alone);
            let spot = |position: &Position| match &literal.kind {
                LiteralKind::Excerpt(excerpt) => excerpt.line_of(position),
                _ => position.line?.checked_sub(first),
            };
            for candidate in found.iter_mut() {
                if spot(&candidate.place.position).is_some_and(|at| (index..=last).contains(&at)) {
                    candidate.allowed.push(allow.clone());
                }
            }
        }
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
