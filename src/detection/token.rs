//! Tokens: values that recognise themselves, found by keyword, then by pattern in a window.

use super::candidate::Candidate;
use super::{enclosure, judge, pem, shape, validators};
use crate::formats::evidence::{Literal, LiteralKind, Scope};
use crate::formats::lines::Lines;
use crate::meter::Meter;
use crate::place::{EntryPath, Place, Position};
use crate::rules::except::{Line, Occurrence};
use crate::rules::schema::Confidence;
use crate::rules::set::{CompiledRule, RuleSet};
use crate::secret::Secret;
use rustc_hash::FxHashMap;
use std::ops::Range;

pub fn detect(
    literal: &Literal<'_>,
    path: &EntryPath,
    rules: &RuleSet,
    meter: &Meter,
    most: usize,
    found: &mut Vec<Candidate>,
) {
    let mut spans: Vec<(Range<usize>, usize)> = Vec::new();
    let room = most.saturating_sub(found.len());
    search(&literal.text, &literal.kind, path, rules, meter, &mut |rule, span| {
        spans.push((span, rule));
        spans.len() < room
    });
    // In the order of their places, whatever rules found them: then all lines are counted in one pass.
    spans.sort_unstable_by_key(|(span, rule)| (span.start, span.end, *rule));
    let base = literal.uses.first().map(|usage| usage.position.clone()).unwrap_or_default();
    let mut lines = match &literal.kind {
        LiteralKind::Excerpt(excerpt) => Lines::of_excerpt(&literal.text, excerpt),
        _ => Lines::new(&literal.text, base),
    };
    for (span, rule) in spans {
        let Some(value) = literal.text.get(span.clone()).and_then(|v| std::str::from_utf8(v).ok()) else { continue };
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
    }
}

/// Every token of every rule in a text; `emit` gets the rule and the span of the secret, and says whether to go
/// on. They come in no order.
pub fn search(
    text: &[u8],
    kind: &LiteralKind,
    path: &EntryPath,
    rules: &RuleSet,
    meter: &Meter,
    emit: &mut dyn FnMut(usize, Range<usize>) -> bool,
) {
    let is_searched = |rule: usize| {
        let confidence = rules.rules[rule].rule.confidence;
        !matches!(kind, LiteralKind::Binary { .. }) || confidence == Confidence::High
    };
    let mut search = Search { text, path, rules, meter, emit, is_done: false };
    let mut stretches: FxHashMap<usize, Stretch> = FxHashMap::default();
    rules.vocabulary.keywords_in(text, &mut |keyword, hit| {
        for &rule in rules.starts[keyword].iter().filter(|rule| is_searched(**rule)) {
            let window = if rules.rules[rule].window == 0 { text.len() } else { rules.rules[rule].window };
            let around = hit.start.saturating_sub(window)..hit.end.saturating_add(window).min(text.len());
            let stretch = stretches.entry(rule).or_default();
            if let Some(before) = stretch.add(around) {
                stretch.done = search.stretch(rule, before);
            }
        }
    });
    let mut last: Vec<(usize, Stretch)> = stretches.into_iter().collect();
    last.sort_unstable_by_key(|(rule, _)| *rule);
    for (rule, stretch) in last {
        search.stretch(rule, stretch.rest());
    }
    for &rule in rules.anywhere.iter().filter(|rule| is_searched(**rule)) {
        search.stretch(rule, 0..text.len());
    }
    if matches!(kind, LiteralKind::Constant | LiteralKind::Composed) {
        for &rule in &rules.whole {
            search.stretch(rule, 0..text.len());
        }
    }
}

/// What keywords ask one rule to search. Windows that meet are one stretch, so that no byte is searched twice,
/// however many keywords stand around it.
#[derive(Debug, Default)]
struct Stretch {
    open: Range<usize>,
    /// Up to here the rule has searched.
    done: usize,
}

impl Stretch {
    /// Takes in a window, which begins no earlier than those before; gives back a stretch that no more can meet.
    fn add(&mut self, window: Range<usize>) -> Option<Range<usize>> {
        if window.start <= self.open.end {
            self.open.end = self.open.end.max(window.end);
            return None;
        }
        let before = self.rest();
        self.open = window;
        (!before.is_empty()).then_some(before)
    }

    /// What has not been searched yet.
    fn rest(&self) -> Range<usize> {
        self.open.start.max(self.done)..self.open.end
    }
}

/// Matches in a row that end at the same place, and of which none is a secret: what more of them there are is not
/// tried. Each begins within the one before.
const MOST_REJECTED: usize = 16;
/// Of a match that may go on behind the end of its stretch, so much more is looked at.
const FURTHER: usize = 4096;

/// No keyword is longer, or not much.
const LONGEST_KEYWORD: usize = 64;

/// The search for one text's tokens.
struct Search<'s> {
    text: &'s [u8],
    path: &'s EntryPath,
    rules: &'s RuleSet,
    meter: &'s Meter,
    emit: &'s mut dyn FnMut(usize, Range<usize>) -> bool,
    /// Nobody asks for more.
    is_done: bool,
}

impl<'s> Search<'s> {
    /// Runs a rule's pattern; returns how far the text is done with.
    fn stretch(&mut self, index: usize, stretch: Range<usize>) -> usize {
        let Range { start: mut at, end: mut to } = stretch;
        let rule = &self.rules.rules[index];
        let text = self.text;
        if at > to || self.is_done || self.meter.is_exceeded() || !rule.path_fits(self.path.innermost()) {
            return text.len();
        }
        let Some(searcher) = rule.searcher() else { return text.len() };
        // A match lies in the window of its keyword.
        let reach = rule.window.saturating_mul(2).saturating_add(LONGEST_KEYWORD);
        let reach = if rule.window == 0 { text.len() } else { reach };
        let mut line = Line::default();
        let (mut rejected, mut rejected_end) = (0, None);
        while at <= to {
            // The pattern sees what stands before `at`; the end is cut, so a match that touches the cut is tried
            // again with more text behind it.
            let found = searcher.find(&text[..to], at..to, reach, self.meter);
            if self.meter.is_exceeded() {
                return text.len();
            }
            let Some(found) = found else { break };
            let Some(whole) = found.get_match().map(|whole| whole.range()) else { break };
            if whole.end == to && to < text.len() {
                to = to.saturating_add(FURTHER.max(to - at)).min(text.len());
                continue;
            }
            let secret = rule.secret_in(&found);
            if let Some(secret) = &secret
                && let Ok(value) = std::str::from_utf8(&text[secret.clone()])
                && self.meter.charge_bytes(value.len())
                && is_secret(rule, value, self.rules)
                && !rule.leaves(&self.occurrence(whole.clone(), secret.clone()), &mut line)
            {
                if !(self.emit)(index, secret.clone()) {
                    self.is_done = true;
                    return text.len();
                }
                // A separator that closes one match may open the next.
                at = if secret.end > at { secret.end } else { at + 1 };
                rejected = 0;
                continue;
            }
            rejected = if rejected_end == Some(whole.end) { rejected + 1 } else { 1 };
            rejected_end = Some(whole.end);
            let next = if whole.is_empty() || rejected > MOST_REJECTED { whole.end + 1 } else { whole.start + 1 };
            if rejected > MOST_REJECTED {
                self.meter.give_up();
            }
            at = next.max(secret.map_or(0, |secret| secret.start));
        }
        to
    }

    fn occurrence(&self, whole: Range<usize>, secret: Range<usize>) -> Occurrence<'s> {
        let inner = self.path.innermost();
        let path = inner.strip_prefix("./").unwrap_or(inner);
        Occurrence { path, secret: &self.text[secret], text: self.text, matched: whole }
    }
}

fn is_secret(rule: &CompiledRule, value: &str, rules: &RuleSet) -> bool {
    !judge::is_allowed(rule, value)
        && rule.rule.min_entropy.is_none_or(|floor| shape::entropy(value) >= floor)
        && rule.rule.validator.as_deref().is_none_or(|name| validators::holds(name, value))
        && !rules.values.is_placeholder(value)
        && !rules.values.is_reference(value)
}

/// The tokens inside a bound value, and the rules that they are of.
pub fn in_value(value: &str, path: &EntryPath, rules: &RuleSet, meter: &Meter) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    if rules.vocabulary.is_telling(value.as_bytes()) {
        search(value.as_bytes(), &LiteralKind::Constant, path, rules, meter, &mut |rule, span| {
            found.push((rule, span));
            true
        });
        found.sort_unstable_by_key(|(rule, span)| (span.start, span.end, *rule));
    }
    found
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
