//! Pairing: parts that belong together, by nearest scope, each used once.

use super::candidate::Candidate;
use super::coupling::{Combination, Coupling, DOUBTFUL_LINES, NEAR_LINES, Nearness};
use crate::formats::evidence::Level;
use crate::rules::key::words;
use crate::rules::schema::{Lifetime, RuleKind};
use crate::rules::set::RuleSet;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Candidates of one finding: one of a rule by itself, or the parts of a pair.
#[derive(Clone, Debug)]
pub struct Group {
    /// The rule that names the finding: a pair rule, or the candidate's own.
    pub rule: usize,
    pub parts: Vec<Candidate>,
    /// Ids that the secret may belong to, where nothing says to which.
    pub may_belong_to: Vec<String>,
}

impl Group {
    /// One candidate alone.
    pub fn lone(candidate: Candidate) -> Self {
        Self { rule: candidate.rule, parts: vec![candidate], may_belong_to: Vec::new() }
    }
}

/// Words that say which part a key is, not which credential it belongs to.
const PART_WORDS: [&str; 12] = [
    "access",
    "key",
    "id",
    "secret",
    "accesskey",
    "accesskeyid",
    "secretkey",
    "secretaccesskey",
    "ak",
    "sk",
    "keyid",
    "token",
];

/// Words of the one who reads a key: two keys with the same are more likely to be of one credential than two with
/// other ones, but the credential may have both.
const READER_WORDS: [&str; 8] = ["aws", "basic", "provider", "credentials", "s3", "fs", "session", "s3a"];

/// Secrets of an entry with the ids that each may belong to.
type Doubts = FxHashMap<String, BTreeSet<String>>;

/// Groups the candidates of one entry.
pub fn pair(candidates: Vec<Candidate>, rules: &RuleSet) -> Vec<Group> {
    let mut left: Vec<Option<Candidate>> = candidates.into_iter().map(Some).collect();
    let mut groups = Vec::new();
    let mut pair_rules: Vec<usize> =
        (0..rules.rules.len()).filter(|&i| rules.rules[i].rule.kind == RuleKind::Pair).collect();
    // A triple before a pair: a session token turns a pair into temporary credentials.
    pair_rules.sort_by_key(|&i| std::cmp::Reverse(rules.rules[i].rule.parts.len()));
    let mut doubts = Doubts::default();
    for index in pair_rules {
        let found = join(index, rules, &mut left, &mut groups, &doubts);
        doubts.extend(found);
    }
    // Parts that are nothing alone stay for now: another entry's pair may hold the same value.
    groups.extend(left.into_iter().flatten().map(|candidate| {
        let may_belong_to = doubts.get(candidate.value.expose()).cloned().unwrap_or_default();
        Group { may_belong_to: may_belong_to.into_iter().collect(), ..Group::lone(candidate) }
    }));
    groups
}

/// A candidate with what its distances are made of.
pub(super) struct Member<'a> {
    pub(super) index: usize,
    pub(super) candidate: &'a Candidate,
    alternative: Option<&'a Arc<str>>,
    /// What is left of a key, field or variable when the words for the part are taken off: `DEV` of
    /// `DEV_SECRET_KEY`, `fs s3a` of `fs.s3a.secret.key`.
    rest: Vec<String>,
    /// Without the words of readers, too.
    pub(super) stem: Vec<String>,
}

impl<'a> Member<'a> {
    fn new(index: usize, candidate: &'a Candidate) -> Self {
        let alternative = candidate.scope.0.iter().find(|(level, _)| *level == Level::Alternative);
        let name = candidate.place.position.field.as_deref().or(candidate.key.as_deref()).unwrap_or("");
        let mut rest: Vec<String> = words(name).into_iter().map(|word| word.text).collect();
        rest.retain(|word| !PART_WORDS.contains(&word.as_str()));
        let stem = rest.iter().filter(|word| !READER_WORDS.contains(&word.as_str())).cloned().collect();
        Self { index, candidate, alternative: alternative.map(|(_, name)| name), rest, stem }
    }

    pub(super) fn value(&self) -> &'a str {
        self.candidate.value.expose()
    }

    fn nearness(&self, other: &Self) -> Nearness {
        let (a, b) = (self.candidate, other.candidate);
        let shared = a.scope.common(&b.scope);
        let in_class = a.place.position.class.is_some() || b.place.position.class.is_some();
        Nearness {
            nested: std::cmp::Reverse(if in_class { 0 } else { shared }),
            level: a.scope.meeting(&b.scope),
            unbound: a.key.is_none() || b.key.is_none(),
            alternative: self.alternative != other.alternative,
            shared: std::cmp::Reverse(shared),
            stem: self.stem != other.stem,
            rest: self.rest != other.rest,
            apart: (a.key.is_none() || b.key.is_none()) && !in_class && lines_between(a, b) != 0,
        }
    }

    fn distance(&self, other: &Self) -> (Nearness, u32) {
        (self.nearness(other), lines_between(self.candidate, other.candidate))
    }
}

/// More combinations than this are not all tried: a text full of keys would take for ever.
const MOST_COMBINATIONS: usize = 1 << 16;
/// How many neighbours on each side are tried then.
const NEIGHBOURS: usize = 32;

/// Members in the order of their places, where those that may be somebody's partner are found.
struct Neighbourhood<'m, 'a> {
    members: Vec<&'m Member<'a>>,
    all: bool,
}

impl<'m, 'a> Neighbourhood<'m, 'a> {
    /// `askers` is how many partners will be asked for.
    fn new(members: &'m [Member<'a>], askers: usize) -> Self {
        let all = members.len().saturating_mul(askers) <= MOST_COMBINATIONS;
        let mut members: Vec<&Member<'_>> = members.iter().collect();
        if !all {
            members.sort_by_key(|member| &member.candidate.place);
        }
        Self { members, all }
    }

    fn of(&self, asker: &Member<'_>) -> &[&'m Member<'a>] {
        if self.all {
            return &self.members;
        }
        let at = self.members.partition_point(|member| member.candidate.place < asker.candidate.place);
        &self.members[at.saturating_sub(NEIGHBOURS)..self.members.len().min(at + NEIGHBOURS)]
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

fn join(
    pair_rule: usize,
    rules: &RuleSet,
    left: &mut [Option<Candidate>],
    groups: &mut Vec<Group>,
    doubts: &Doubts,
) -> Doubts {
    let rule = &rules.rules[pair_rule].rule;
    let fits = |c: &Candidate, role: &str| {
        // A temporary id makes a temporary pair, and only that: the secret looks the same in both.
        let own = &rules.rules[c.rule].rule;
        own.role == role
            && (*role != rule.parts[0]
                || (own.lifetime == Lifetime::Temporary) == (rule.lifetime == Lifetime::Temporary))
    };
    let widest = rule.max_scope.as_deref().map_or(Level::Entry, level_of);
    let fits = |c: &Candidate, role: &str| fits(c, role) && !doubts.contains_key(c.value.expose());
    let ids = members(left, |c| fits(c, &rule.parts[0]));
    let secrets = members(left, |c| fits(c, &rule.parts[1]));
    let Coupling { joined, doubts: found, .. } = couple(&ids, &secrets, widest);
    let owned = |ids: BTreeSet<&str>| ids.into_iter().map(str::to_owned).collect();
    let found: Doubts = found.into_iter().map(|(secret, ids)| (secret.to_owned(), owned(ids))).collect();
    if joined.is_empty() {
        return found;
    }
    // A lone part equal to one of a pair is one more place of the pair.
    let owner_of: FxHashMap<String, usize> = joined
        .iter()
        .enumerate()
        .flat_map(|(n, &(id, secret))| [(id, n), (secret, n)])
        .filter_map(|(index, n)| Some((left[index].as_ref()?.value.expose().to_owned(), n)))
        .collect();
    let mut made: Vec<Group> = Vec::new();
    for (id, secret) in &joined {
        let parts = [left[*id].take(), left[*secret].take()].into_iter().flatten().collect();
        made.push(Group { rule: pair_rule, parts, may_belong_to: Vec::new() });
    }
    for role in rule.optional_parts.iter().chain(&rule.parts[2..]) {
        let choices = nearest(&members(left, |c| fits(c, role)), &made);
        for (index, n) in choices {
            made[n].parts.extend(left[index].take());
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
    found
}

fn members(left: &[Option<Candidate>], fits: impl Fn(&Candidate) -> bool) -> Vec<Member<'_>> {
    let candidates = left.iter().enumerate().filter_map(|(index, slot)| Some((index, slot.as_ref()?)));
    candidates
        .filter(|(_, candidate)| fits(candidate))
        .map(|(index, candidate)| Member::new(index, candidate))
        .collect()
}

/// Which ids and secrets belong together, and which may.
fn couple<'a>(ids: &[Member<'a>], secrets: &[Member<'a>], widest: Level) -> Coupling<'a> {
    let mut coupling = Coupling::default();
    if ids.is_empty() || secrets.is_empty() {
        return coupling;
    }
    let distinct = |list: &[Member<'_>]| list.iter().map(Member::value).collect::<FxHashSet<_>>().len();
    let single = distinct(ids) == 1 && distinct(secrets) == 1;
    let around = Neighbourhood::new(secrets, ids.len());
    let mut combinations = Vec::new();
    for id in ids {
        let near = around.of(id).iter().map(|secret| {
            let (nearness, lines) = id.distance(secret);
            Combination { nearness, lines, id, secret }
        });
        combinations.extend(near.filter(|one| {
            let level = one.nearness.level;
            let is_close = level <= Level::Class || level == Level::Entry && one.lines <= DOUBTFUL_LINES;
            level <= widest && (is_close || single || one.is_named_alike())
        }));
    }
    combinations.sort_by_key(|one| (one.nearness, one.lines, one.id.index, one.secret.index));
    let is_near = |one: &Combination<'_, '_>| {
        // Of several that only their class holds, none is nearer than another.
        let level = one.nearness.level;
        single || level < Level::Class || one.is_named_alike() || level == Level::Entry && one.lines <= NEAR_LINES
    };
    let (near, far): (Vec<_>, Vec<_>) = combinations.into_iter().partition(is_near);
    coupling.run(&near);
    // The single unpaired remainder on both sides.
    if widest >= Level::Class
        && coupling.doubts.is_empty()
        && let ([id], [secret]) = (rest(ids, &coupling).as_slice(), rest(secrets, &coupling).as_slice())
    {
        coupling.joined.push((*id, *secret));
    } else {
        coupling.doubt_rest(&far);
    }
    coupling
}

/// The first of each value that has no partner.
fn rest(list: &[Member<'_>], coupling: &Coupling<'_>) -> Vec<usize> {
    let mut seen = FxHashSet::default();
    let lone = list.iter().filter(|member| !coupling.has_partner(member.value()) && seen.insert(member.value()));
    lone.map(|member| member.index).collect()
}

/// The group that each of these is nearest to, if there is one.
fn nearest(members: &[Member<'_>], made: &[Group]) -> Vec<(usize, usize)> {
    let first = made.iter().enumerate().filter_map(|(n, group)| Some(Member::new(n, group.parts.first()?)));
    let groups: Vec<Member<'_>> = first.collect();
    let around = Neighbourhood::new(&groups, members.len());
    let choice = |member: &Member<'_>| {
        let mut near: Vec<_> = around.of(member).iter().map(|group| (member.distance(group), group.index)).collect();
        near.sort_unstable();
        match near.as_slice() {
            [(first, _), (second, _), ..] if first == second => None,
            [(_, group), ..] => Some((member.index, *group)),
            [] => None,
        }
    };
    members.iter().filter_map(choice).collect()
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
