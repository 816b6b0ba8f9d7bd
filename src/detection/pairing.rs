//! Pairing: parts that belong together, by nearest scope, each used once.

use super::candidate::Candidate;
use crate::formats::evidence::Level;
use crate::rules::key::words;
use crate::rules::schema::{Lifetime, RuleKind};
use crate::rules::set::RuleSet;
use rustc_hash::{FxHashMap, FxHashSet};

/// Candidates of one finding: one of a rule by itself, or the parts of a pair.
#[derive(Clone, Debug)]
pub struct Group {
    /// The rule that names the finding: a pair rule, or the candidate's own.
    pub rule: usize,
    pub parts: Vec<Candidate>,
}

/// Words that say which part a key is, not which credential it belongs to.
const PART_WORDS: [&str; 20] = [
    "access",
    "key",
    "id",
    "secret",
    "accesskey",
    "accesskeyid",
    "secretkey",
    "secretaccesskey",
    "aws",
    "ak",
    "sk",
    "keyid",
    "basic",
    "provider",
    "credentials",
    "s3",
    "fs",
    "token",
    "session",
    "s3a",
];

/// Groups the candidates of one entry.
pub fn pair(candidates: Vec<Candidate>, rules: &RuleSet) -> Vec<Group> {
    let mut left: Vec<Option<Candidate>> = candidates.into_iter().map(Some).collect();
    let mut groups = Vec::new();
    let mut pair_rules: Vec<usize> =
        (0..rules.rules.len()).filter(|&i| rules.rules[i].rule.kind == RuleKind::Pair).collect();
    // A triple before a pair: a session token turns a pair into temporary credentials.
    pair_rules.sort_by_key(|&i| std::cmp::Reverse(rules.rules[i].rule.parts.len()));
    for index in pair_rules {
        join(index, rules, &mut left, &mut groups);
    }
    // Parts that are nothing alone stay for now: another entry's pair may hold the same value.
    groups.extend(left.into_iter().flatten().map(|candidate| Group { rule: candidate.rule, parts: vec![candidate] }));
    groups
}

/// How near two candidates are: smaller is nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Distance {
    level: Level,
    unbound: bool,
    alternative: bool,
    shared: std::cmp::Reverse<usize>,
    stem: bool,
    lines: u32,
}

fn distance(a: &Candidate, b: &Candidate) -> Distance {
    let alternative =
        |c: &Candidate| c.scope.0.iter().find(|(level, _)| *level == Level::Alternative).map(|(_, name)| name.clone());
    let bound = a.key.is_some() && b.key.is_some();
    Distance {
        level: a.scope.meeting(&b.scope),
        unbound: !bound,
        alternative: alternative(a) != alternative(b),
        shared: std::cmp::Reverse(a.scope.common(&b.scope)),
        stem: stem(a) != stem(b),
        lines: lines_between(a, b),
    }
}

/// Lines of a cell are nearer to one another than to those of any other cell: a notebook may hold all
/// of its cells in one line.
fn lines_between(a: &Candidate, b: &Candidate) -> u32 {
    let (a, b) = (&a.place.position, &b.place.position);
    match (&a.cell, &b.cell, a.line, b.line) {
        (Some(a), Some(b), _, _) if a.index == b.index => a.line.abs_diff(b.line),
        (None, None, Some(a), Some(b)) => a.abs_diff(b),
        _ => u32::MAX,
    }
}

/// What is left of a key, field or variable when the words for the part are taken off: `DEV` of
/// `DEV_SECRET_KEY`.
fn stem(candidate: &Candidate) -> Vec<String> {
    let name = candidate.place.position.field.as_deref().or(candidate.key.as_deref()).unwrap_or("");
    words(name).into_iter().map(|word| word.text).filter(|word| !PART_WORDS.contains(&word.as_str())).collect()
}

fn join(pair_rule: usize, rules: &RuleSet, left: &mut [Option<Candidate>], groups: &mut Vec<Group>) {
    let rule = &rules.rules[pair_rule].rule;
    let of_role = |left: &[Option<Candidate>], role: &str| -> Vec<usize> {
        // A temporary id makes a temporary pair, and only that: the secret looks the same in both.
        let fits = |c: &Candidate| {
            let own = &rules.rules[c.rule].rule;
            own.role == role
                && (*role != rule.parts[0]
                    || (own.lifetime == Lifetime::Temporary) == (rule.lifetime == Lifetime::Temporary))
        };
        (0..left.len()).filter(|&i| left[i].as_ref().is_some_and(fits)).collect()
    };
    let (first, second) = (&rule.parts[0], &rule.parts[1]);
    let ids = of_role(left, first);
    let secrets = of_role(left, second);
    if ids.is_empty() || secrets.is_empty() {
        return;
    }
    let widest = rule.max_scope.as_deref().map_or(Level::Entry, level_of);
    let value = |left: &[Option<Candidate>], i: usize| {
        left[i].as_ref().map(|c| c.value.expose().to_owned()).unwrap_or_default()
    };
    let distinct = |list: &[usize]| list.iter().map(|&i| value(left, i)).collect::<FxHashSet<_>>().len();
    let single_remainder = distinct(&ids) == 1 && distinct(&secrets) == 1;
    let mut combos = Vec::new();
    for &id in &ids {
        for &secret in &secrets {
            if let (Some(a), Some(b)) = (&left[id], &left[secret]) {
                let distance = distance(a, b);
                if distance.level <= widest {
                    combos.push((distance, id, secret));
                }
            }
        }
    }
    combos.sort();
    let mut partner: FxHashMap<String, String> = FxHashMap::default();
    let mut taken: FxHashMap<String, String> = FxHashMap::default();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (distance, id, secret) in &combos {
        let near = distance.level < Level::Class
            || (!distance.stem && !stem_is_empty(left, *id))
            || single_remainder
            || (distance.level == Level::Entry && distance.lines <= 3);
        if !near {
            continue;
        }
        let (id_value, secret_value) = (value(left, *id), value(left, *secret));
        let id_free = partner.get(&id_value).is_none_or(|s| *s == secret_value);
        let secret_free = taken.get(&secret_value).is_none_or(|i| *i == id_value);
        if id_free && secret_free && !joined.iter().any(|(i, s)| i == id || s == secret) {
            partner.insert(id_value.clone(), secret_value.clone());
            taken.insert(secret_value, id_value);
            joined.push((*id, *secret));
        }
    }
    // The single unpaired remainder on both sides.
    let rest = |list: &[usize], done: &FxHashMap<String, String>| -> Vec<usize> {
        let mut seen = FxHashSet::default();
        list.iter().copied().filter(|&i| !done.contains_key(&value(left, i)) && seen.insert(value(left, i))).collect()
    };
    if widest >= Level::Class
        && let ([id], [secret]) = (rest(&ids, &partner).as_slice(), rest(&secrets, &taken).as_slice())
    {
        partner.insert(value(left, *id), value(left, *secret));
        joined.push((*id, *secret));
    }
    // A lone part equal to one of a pair is one more place of the pair.
    let owner_of: FxHashMap<String, usize> =
        joined.iter().enumerate().flat_map(|(n, (i, s))| [(value(left, *i), n), (value(left, *s), n)]).collect();
    let mut made: Vec<Group> = Vec::new();
    for (id, secret) in &joined {
        let parts = [left[*id].take(), left[*secret].take()].into_iter().flatten().collect();
        made.push(Group { rule: pair_rule, parts });
    }
    for role in rule.optional_parts.iter().chain(&rule.parts[2..]) {
        for i in of_role(left, role) {
            let nearest = left[i].as_ref().and_then(|c| {
                made.iter().enumerate().min_by_key(|(_, group)| distance(c, &group.parts[0])).map(|(n, _)| n)
            });
            if let (Some(n), Some(candidate)) = (nearest, left[i].take()) {
                made[n].parts.push(candidate);
            }
        }
    }
    for slot in left.iter_mut() {
        let Some(candidate) = slot.as_ref() else { continue };
        if let Some(&n) = owner_of.get(candidate.value.expose())
            && let Some(candidate) = slot.take()
        {
            made[n].parts.push(candidate);
        }
    }
    groups.extend(made);
}

fn stem_is_empty(left: &[Option<Candidate>], index: usize) -> bool {
    left[index].as_ref().is_none_or(|c| stem(c).is_empty())
}

fn level_of(name: &str) -> Level {
    match name {
        "call" => Level::Call,
        "map" => Level::Map,
        "block" => Level::Block,
        "method" => Level::Method,
        "section" => Level::Section,
        "class" => Level::Class,
        _ => Level::Entry,
    }
}
