//! Tokens: values that recognise themselves, found by keyword, then by pattern in a window.

use super::candidate::Candidate;
use super::{enclosure, judge, pem, shape, validators};
use crate::formats::evidence::{Literal, LiteralKind, Scope};
use crate::formats::lines::Lines;
use crate::place::{EntryPath, Place, Position};
use crate::rules::except::Occurrence;
use crate::rules::schema::Confidence;
use crate::rules::set::{CompiledRule, RuleSet};
use crate::secret::Secret;
use regex::bytes::Match;
use rustc_hash::FxHashMap;
use std::ops::Range;

pub fn detect(literal: &Literal<'_>, path: &EntryPath, rules: &RuleSet, most: usize, found: &mut Vec<Candidate>) {
    let base = literal.uses.first().map(|usage| usage.position.clone()).unwrap_or_default();
    let mut lines = match &literal.kind {
        LiteralKind::Excerpt(excerpt) => Lines::of_excerpt(&literal.text, excerpt),
        _ => Lines::new(&literal.text, base),
    };
    search(&literal.text, &literal.kind, path, rules, &mut |rule, span| {
        let Some(value) = literal.text.get(span.clone()).and_then(|v| std::str::from_utf8(v).ok()) else { return };
        for usage in literal.uses.iter().take(most.saturating_sub(found.len())) {
            let position = match &literal.kind {
                LiteralKind::Text | LiteralKind::Excerpt(_) => lines.position(span.start),
                LiteralKind::Binary { width } => Position {
                    offset: usage.position.offset.map(|offset| offset + span.start as u64 * u64::from(*width)),
                    ..usage.position.clone()
                },
                LiteralKind::Constant | LiteralKind::Composed => usage.position.clone(),
            };
            let scope = match &literal.kind {
                LiteralKind::Text | LiteralKind::Excerpt(_) => {
                    enclosure::scope_at(&literal.text, span.start, &usage.scope)
                }
                _ => usage.scope.clone(),
            };
            found.push(Candidate {
                rule,
                value: Secret::new(pem::normal(value)),
                key: None,
                sink: None,
                place: Place { entry: path.clone(), position },
                scope,
                specificity: 0,
                peer: None,
                whole: false,
                derived: literal.kind == LiteralKind::Composed,
                allowed: Vec::new(),
            });
        }
    });
}

/// Every token of every rule in a text; `emit` gets the rule and the span of the secret.
pub fn search(
    text: &[u8],
    kind: &LiteralKind,
    path: &EntryPath,
    rules: &RuleSet,
    emit: &mut dyn FnMut(usize, Range<usize>),
) {
    // How far each rule has searched already: hits of one keyword in a row share windows.
    let mut searched: FxHashMap<usize, usize> = FxHashMap::default();
    rules.vocabulary.keywords_in(text, &mut |keyword, hit| {
        for &index in &rules.starts[keyword] {
            let rule = &rules.rules[index];
            if matches!(kind, LiteralKind::Binary { .. }) && rule.rule.confidence != Confidence::High {
                continue;
            }
            let done = searched.entry(index).or_insert(0);
            if hit.start < *done {
                continue;
            }
            let window = if rule.window == 0 { text.len() } else { rule.window };
            let from = hit.start.saturating_sub(window).max(*done);
            let to = hit.end.saturating_add(window).min(text.len());
            let mut last = 0;
            let searched = in_window(rule, text, from, to, path, rules, &mut |span| {
                last = span.end;
                emit(index, span);
            });
            // A rule with a window of its own looks far: a hit at the end of one has not seen all of its own.
            *done = if rule.rule.window.is_some() { last } else { searched }.max(hit.end);
        }
    });
    for &index in &rules.anywhere {
        let rule = &rules.rules[index];
        if !matches!(kind, LiteralKind::Binary { .. }) || rule.rule.confidence == Confidence::High {
            in_window(rule, text, 0, text.len(), path, rules, &mut |span| emit(index, span));
        }
    }
    if matches!(kind, LiteralKind::Constant | LiteralKind::Composed) {
        for &index in &rules.whole {
            let rule = &rules.rules[index];
            in_window(rule, text, 0, text.len(), path, rules, &mut |span| emit(index, span));
        }
    }
}

/// Runs a rule's pattern; returns how far the text is done with.
fn in_window(
    rule: &CompiledRule,
    text: &[u8],
    from: usize,
    mut to: usize,
    path: &EntryPath,
    rules: &RuleSet,
    emit: &mut dyn FnMut(Range<usize>),
) -> usize {
    let Some(regex) = rule.pattern.as_ref().and_then(|p| p.get()) else { return to };
    if !rule.path_fits(path.innermost()) {
        return text.len();
    }
    let mut at = from;
    while at <= to {
        // `captures_at` sees what stands before `at`; the end is cut, so a match that touches the
        // cut is tried again with more text behind it.
        let Some(captures) = regex.captures_at(&text[..to], at) else { break };
        let Some(whole) = captures.get(0) else { break };
        if whole.end() == to && to < text.len() {
            to = to.saturating_add(4096.max(to - from)).min(text.len());
            continue;
        }
        if let Some(secret) = rule.secret(&captures)
            && let Ok(value) = std::str::from_utf8(secret.as_bytes())
            && is_secret(rule, value, rules)
            && !rule.leaves(&occurrence(text, path, whole, secret))
        {
            emit(secret.start()..secret.end());
            // A separator that closes one match may open the next.
            at = if secret.end() > at { secret.end() } else { at + 1 };
            continue;
        }
        at = if whole.end() > whole.start() { whole.start() + 1 } else { whole.end() + 1 };
        at = at.max(rule.secret(&captures).map_or(at, |m| m.start().max(at)));
    }
    to
}

fn occurrence<'a>(text: &'a [u8], path: &'a EntryPath, whole: Match<'a>, secret: Match<'a>) -> Occurrence<'a> {
    let start = memchr::memrchr(b'\n', &text[..whole.start()]).map_or(0, |end| end + 1);
    let end = memchr::memchr(b'\n', &text[whole.end()..]).map_or(text.len(), |end| whole.end() + end);
    let inner = path.innermost();
    Occurrence {
        path: inner.strip_prefix("./").unwrap_or(inner),
        secret: secret.as_bytes(),
        matched: whole.as_bytes(),
        line: &text[start..end],
    }
}

fn is_secret(rule: &CompiledRule, value: &str, rules: &RuleSet) -> bool {
    !judge::is_allowed(rule, value)
        && rule.rule.min_entropy.is_none_or(|floor| shape::entropy(value) >= floor)
        && rule.rule.validator.as_deref().is_none_or(|name| validators::holds(name, value))
        && !rules.values.is_placeholder(value)
        && !rules.values.is_reference(value)
}

/// The tokens inside a bound value.
pub fn in_value(value: &str, path: &EntryPath, rules: &RuleSet, emit: &mut dyn FnMut(usize, Range<usize>)) {
    if rules.vocabulary.is_telling(value.as_bytes()) {
        search(value.as_bytes(), &LiteralKind::Constant, path, rules, emit);
    }
}

/// The candidate a token inside a binding makes.
pub fn candidate_in(
    rule: usize,
    value: &str,
    binding: &crate::formats::evidence::Binding,
    path: &EntryPath,
    scope: &Scope,
) -> Candidate {
    Candidate {
        rule,
        value: Secret::new(pem::normal(value)),
        key: Some(binding.key.clone()),
        sink: binding.sink.clone(),
        place: Place { entry: path.clone(), position: binding.position.clone() },
        scope: scope.clone(),
        specificity: 0,
        peer: binding.peer.clone(),
        whole: value == binding.value.trim(),
        derived: false,
        allowed: Vec::new(),
    }
}
