//! Absorption: one secret is one finding, whichever rules found it.

use crate::detection::candidate::Candidate;
use crate::detection::pairing::Group;
use crate::place::EntryPath;
use crate::rules::schema::{Confidence, RuleKind};
use crate::rules::set::RuleSet;
use crate::secret::Secret;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Where several rules found the same value, or one value inside another on the same line, the surest
/// rule keeps it and the others' places go to it.
pub(super) fn absorb(groups: Vec<Group>, rules: &RuleSet) -> Vec<Group> {
    let rank = |group: &Group| {
        let rule = &rules.rules[group.rule].rule;
        let specificity = group.parts.iter().map(|p| p.specificity).max().unwrap_or(0);
        (
            rule.kind == RuleKind::Pair,
            rule.confidence,
            rule.severity,
            specificity,
            std::cmp::Reverse(secret_length(group)),
        )
    };
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by(|&a, &b| rank(&groups[b]).cmp(&rank(&groups[a])).then(a.cmp(&b)));
    let mut groups: Vec<Option<Group>> = groups.into_iter().map(Some).collect();
    let mut kept = Kept::default();
    for index in order {
        let Some(group) = groups[index].take() else { continue };
        let [lone] = group.parts.as_slice() else {
            kept.push(group);
            continue;
        };
        let line = kept.lines.number(lone);
        let rule = &rules.rules[group.rule].rule;
        let same = kept.by_value.get(&lone.value).copied().filter(|&k| {
            let winner = kept.groups[k].rule;
            // What is put together of a secret is that secret. A password may open two things, but what a
            // machine has made is one secret wherever it stands.
            let is_derived = lone.derived || kept.groups[k].parts.first().is_some_and(|part| part.derived);
            winner == group.rule
                || is_derived
                || rule.random && rules.rules[winner].rule.random
                || rule.confidence < Confidence::High
                || rules.rules[winner].rule.kind == RuleKind::Pair
                || kept.on_line.contains(&(line, k))
        });
        if let Some(k) = same {
            let into = &kept.groups[k];
            if into.rule == group.rule || into.parts.len() > 1 || !kept.on_line.contains(&(line, k)) {
                kept.extend(k, group);
            }
        } else if !kept.overlaps(line, lone) && (rule.standalone || !group.may_belong_to.is_empty()) {
            kept.push(group);
        }
    }
    kept.groups
}

fn secret_length(group: &Group) -> usize {
    group.parts.iter().map(|p| p.value.expose().len()).max().unwrap_or(0)
}

/// What has been kept so far. All of it is looked up, none of it searched: there may be 100,000 groups
/// on one line, or as many places in one group.
#[derive(Default)]
struct Kept {
    groups: Vec<Group>,
    by_value: FxHashMap<Secret, usize>,
    lines: Lines,
    on_line: FxHashSet<(u32, usize)>,
    stretches: FxHashMap<(u32, u32), Stretch>,
}

impl Kept {
    fn push(&mut self, group: Group) {
        let k = self.groups.len();
        let Group { rule, may_belong_to, parts } = group;
        self.groups.push(Group { rule, may_belong_to, parts: Vec::with_capacity(parts.len()) });
        for part in parts {
            self.by_value.entry(part.value.clone()).or_insert(k);
            self.add(k, part);
        }
    }

    /// More places of a group that is kept.
    fn extend(&mut self, k: usize, group: Group) {
        for part in group.parts {
            self.add(k, part);
        }
    }

    fn add(&mut self, k: usize, part: Candidate) {
        let line = self.lines.number(&part);
        self.on_line.insert((line, k));
        let stretch = self.stretches.entry((line, stretch_of(&part))).or_default();
        stretch.push((k, self.groups[k].parts.len()), part.value.expose().len());
        self.groups[k].parts.push(part);
    }

    /// Whether a value of the same line holds this one, or lies in it.
    fn overlaps(&self, line: u32, lone: &Candidate) -> bool {
        let at = stretch_of(lone);
        (at.saturating_sub(1)..=at.saturating_add(1))
            .filter_map(|stretch| self.stretches.get(&(line, stretch)))
            .flat_map(|stretch| &stretch.parts)
            .any(|&(k, part)| overlap(self.groups[k].parts[part].value.expose(), lone.value.expose()))
    }
}

/// Columns of one line whose values are compared with one another and with those of the stretches
/// beside: a minified document is one line.
const STRETCH: u32 = 1024;

fn stretch_of(candidate: &Candidate) -> u32 {
    candidate.place.position.column.unwrap_or(0) / STRETCH
}

/// The values that begin in one stretch, the surest first. So many are no document but an attack; what
/// is one too many is reported beside the value that holds it.
#[derive(Default)]
struct Stretch {
    parts: Vec<(usize, usize)>,
    bytes: usize,
}

impl Stretch {
    const PARTS: usize = 256;
    const BYTES: usize = 64 << 10;

    fn push(&mut self, part: (usize, usize), length: usize) {
        if self.parts.len() < Self::PARTS && self.bytes < Self::BYTES {
            self.parts.push(part);
            self.bytes += length;
        }
    }
}

fn overlap(a: &str, b: &str) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    short.len() >= 4 && long.contains(short)
}

/// Lines by number. In a class a line belongs to a member, in a notebook to a cell.
#[derive(Default)]
struct Lines(FxHashMap<Line, u32>);

type Line = (EntryPath, Option<Arc<str>>, Option<u32>, Option<u32>);

impl Lines {
    fn number(&mut self, candidate: &Candidate) -> u32 {
        let position = &candidate.place.position;
        let entry = candidate.place.entry.clone();
        let line = match &position.cell {
            Some(cell) => (entry, None, Some(cell.index), Some(cell.line)),
            None => (entry, position.method.clone().or_else(|| position.field.clone()), None, position.line),
        };
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(line).or_insert(next)
    }
}
