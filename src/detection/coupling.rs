//! Coupling: which ids and secrets belong together. Only evidence joins two: the call, record, array, map or block
//! that takes both, names that have one stem, or in a text an order that can be read in one way alone. What may
//! belong to several stays apart, and says so.

use super::candidate::Candidate;
use super::pairing::Member;
use crate::formats::evidence::Level;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How near two candidates are by the structure that they stand in: smaller is nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Nearness {
    /// In a text, of what holds one candidate, the innermost that holds the other, too, is nearest, whatever it is. In
    /// a class one value has many places, and a call says more than a block, however deep that is.
    pub(super) nested: Reverse<usize>,
    pub(super) level: Level,
    pub(super) unbound: bool,
    pub(super) alternative: bool,
    pub(super) shared: Reverse<usize>,
    pub(super) stem: bool,
    pub(super) rest: bool,
    /// Tokens without names do not stand on one line.
    pub(super) apart: bool,
}

/// An id and a secret that may belong together.
pub(super) struct Combination<'m, 'a> {
    pub(super) nearness: Nearness,
    /// Between them.
    pub(super) lines: u32,
    pub(super) id: &'m Member<'a>,
    pub(super) secret: &'m Member<'a>,
}

type Segment = (Level, Arc<str>);

impl<'a> Combination<'_, 'a> {
    /// The innermost thing that holds both.
    fn holder(&self) -> &'a [Segment] {
        let scope = &self.id.candidate.scope;
        &scope.0[..self.nearness.shared.0.min(scope.0.len())]
    }

    fn is_same(&self, other: &Self) -> bool {
        self.id.value() == other.id.value() && self.secret.value() == other.secret.value()
    }

    /// Whether both have names that say which of several they belong to.
    pub(super) fn is_named_alike(&self) -> bool {
        !self.nearness.stem && !self.id.stem.is_empty()
    }
}

/// Tokens that have no names and stand further apart are strangers.
pub(super) const NEAR_LINES: u32 = 3;

/// Those that stand this near may belong together, but nothing says so.
pub(super) const DOUBTFUL_LINES: u32 = 12;

/// What is known of each value.
#[derive(Default)]
pub(super) struct Coupling<'a> {
    secret_of: FxHashMap<&'a str, &'a str>,
    id_of: FxHashMap<&'a str, &'a str>,
    used: FxHashSet<usize>,
    pub(super) joined: Vec<(usize, usize)>,
    /// Secrets, with the ids that each may belong to.
    pub(super) doubts: FxHashMap<&'a str, BTreeSet<&'a str>>,
    doubtful_ids: FxHashSet<&'a str>,
}

impl<'a> Coupling<'a> {
    /// Joins what the combinations allow, which are sorted by nearness, then by lines.
    pub(super) fn run(&mut self, combinations: &[Combination<'_, 'a>]) {
        for alike in combinations.chunk_by(|a, b| a.nearness == b.nearness) {
            // What holds one id and one secret alone joins them, whatever else holds these among others.
            let mut holders: FxHashMap<&[Segment], Vec<&Combination<'_, 'a>>> = FxHashMap::default();
            for one in alike.iter().filter(|one| self.is_free(one)) {
                holders.entry(one.holder()).or_default().push(one);
            }
            let of_one_couple = |held: &&Vec<&Combination<'_, 'a>>| held.iter().all(|one| one.is_same(held[0]));
            let mut sure: Vec<&Combination<'_, 'a>> =
                holders.values().filter(of_one_couple).map(|held| held[0]).collect();
            sure.sort_by_key(|one| (one.id.index, one.secret.index));
            self.settle(&sure);
            let free: Vec<&Combination<'_, 'a>> = alike.iter().filter(|one| self.is_free(one)).collect();
            self.settle(&free);
            for one in alike {
                let known = self.secret_of.get(one.id.value()) == Some(&one.secret.value());
                if known && !self.used.contains(&one.id.index) && !self.used.contains(&one.secret.index) {
                    self.used.extend([one.id.index, one.secret.index]);
                    self.joined.push((one.id.index, one.secret.index));
                }
            }
        }
    }

    fn settle(&mut self, combinations: &[&Combination<'_, 'a>]) {
        for component in components(combinations) {
            match couples(&component) {
                Some(couples) => {
                    for (id, secret) in couples {
                        self.secret_of.insert(id, secret);
                        self.id_of.insert(secret, id);
                        self.doubts.remove(secret);
                    }
                }
                None => self.doubt(&component),
            }
        }
    }

    /// Of what found no partner, what may belong together.
    pub(super) fn doubt_rest(&mut self, combinations: &[Combination<'_, 'a>]) {
        let free: Vec<&Combination<'_, 'a>> = combinations.iter().filter(|one| self.is_free(one)).collect();
        self.doubt(&free);
    }

    pub(super) fn has_partner(&self, value: &str) -> bool {
        self.secret_of.contains_key(value) || self.id_of.contains_key(value)
    }

    fn is_free(&self, one: &Combination<'_, '_>) -> bool {
        let (id, secret) = (one.id.value(), one.secret.value());
        let is_doubtful = || self.doubts.contains_key(secret) || self.doubtful_ids.contains(id);
        // Where nothing told two of them apart, nothing further away does, but for what they are called.
        !self.has_partner(id) && !self.has_partner(secret) && (one.is_named_alike() || !is_doubtful())
    }

    fn doubt(&mut self, component: &[&Combination<'_, 'a>]) {
        for one in component {
            self.doubts.entry(one.secret.value()).or_default().insert(one.id.value());
            self.doubtful_ids.insert(one.id.value());
        }
    }
}

/// The combinations that share an id or a secret, directly or by way of others.
fn components<'c, 'm, 'a>(combinations: &[&'c Combination<'m, 'a>]) -> Vec<Vec<&'c Combination<'m, 'a>>> {
    let mut number: FxHashMap<(bool, &str), usize> = FxHashMap::default();
    let mut parents: Vec<usize> = Vec::new();
    fn root(parents: &mut [usize], mut at: usize) -> usize {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    }
    for one in combinations {
        let mut node = |key| {
            *number.entry(key).or_insert_with(|| {
                parents.push(parents.len());
                parents.len() - 1
            })
        };
        let (id, secret) = (node((true, one.id.value())), node((false, one.secret.value())));
        let (id, secret) = (root(&mut parents, id), root(&mut parents, secret));
        parents[id] = secret;
    }
    let mut order: FxHashMap<usize, usize> = FxHashMap::default();
    let mut found: Vec<Vec<&Combination<'_, '_>>> = Vec::new();
    for one in combinations {
        let root = root(&mut parents, number[&(true, one.id.value())]);
        let at = *order.entry(root).or_insert(found.len());
        if at == found.len() {
            found.push(Vec::new());
        }
        found[at].push(one);
    }
    found
}

/// The couples of a component; `None` if several ways to make them are as good.
fn couples<'a>(component: &[&Combination<'_, 'a>]) -> Option<Vec<(&'a str, &'a str)>> {
    let ids: BTreeSet<&str> = component.iter().map(|one| one.id.value()).collect();
    let secrets: BTreeSet<&str> = component.iter().map(|one| one.secret.value()).collect();
    if ids.len() == 1 && secrets.len() == 1 {
        return component.first().map(|one| vec![(one.id.value(), one.secret.value())]);
    }
    let row = Row::of(component)?;
    if ids.len() == 1 || secrets.len() == 1 { row.nearest().map(|couple| vec![couple]) } else { row.tiled() }
}

/// Ids and secrets of one kind of place in the order in which they stand in a text.
struct Row<'a>(Vec<Item<'a>>);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Item<'a> {
    line: u32,
    column: u32,
    is_id: bool,
    value: &'a str,
}

impl<'a> Row<'a> {
    /// `None` where the order means nothing: in a class constants stand wherever the compiler likes. That
    /// statements which name what they set come one after the other is no chance there either.
    fn of(component: &[&Combination<'_, 'a>]) -> Option<Self> {
        let item = |member: &Member<'a>, is_id| {
            let Candidate { place, key, .. } = member.candidate;
            let position = &place.position;
            let ordered = position.cell.is_none() && (position.class.is_none() || key.is_some());
            let line = position.line.filter(|_| ordered)?;
            let column = position.column.unwrap_or_default();
            Some(Item { line, column, is_id, value: member.value() })
        };
        let mut items = BTreeSet::new();
        for one in component {
            items.insert(item(one.id, true)?);
            items.insert(item(one.secret, false)?);
        }
        let mut items: Vec<Item<'_>> = items.into_iter().collect();
        items.dedup_by_key(|item| item.value);
        let distinct: FxHashSet<&str> = items.iter().map(|item| item.value).collect();
        // In a class there are no columns: two statements on one line have no order.
        let apart = items.windows(2).all(|pair| (pair[0].line, pair[0].column) != (pair[1].line, pair[1].column));
        (distinct.len() == items.len() && apart).then_some(Self(items))
    }

    /// The only secret, or the only id, and the one of the others that stands right beside it and nearest.
    fn nearest(&self) -> Option<(&'a str, &'a str)> {
        let ids = self.0.iter().filter(|item| item.is_id).count();
        let at = self.0.iter().position(|item| item.is_id == (ids == 1))?;
        let before = at.checked_sub(1).map(|before| (gap(&self.0[before], &self.0[at]), before));
        let behind = self.0.get(at + 1).map(|behind| (gap(&self.0[at], behind), at + 1));
        let other = match (before, behind) {
            (Some((a, before)), Some((b, _))) if a < b => before,
            (Some((a, _)), Some((b, behind))) if b < a => behind,
            (Some((_, other)), None) | (None, Some((_, other))) => other,
            _ => return None,
        };
        let (one, other) = (self.0[at], self.0[other]);
        Some(if one.is_id { (one.value, other.value) } else { (other.value, one.value) })
    }

    /// Two by two, each in the same order, and none nearer to a neighbour of the next two than to its own.
    fn tiled(&self) -> Option<Vec<(&'a str, &'a str)>> {
        let tiles: Vec<&[Item<'a>]> = self.0.chunks(2).collect();
        let first = self.0.first()?.is_id;
        let within = |tile: &[Item<'_>]| gap(&tile[0], &tile[1]);
        let whole = tiles.iter().all(|tile| tile.len() == 2 && tile[0].is_id == first && tile[1].is_id != first);
        let apart = |pair: &[&[Item<'_>]]| {
            let between = gap(&pair[0][1], &pair[1][0]);
            between >= within(pair[0]) && between >= within(pair[1])
        };
        (whole && tiles.windows(2).all(apart)).then(|| {
            let couple = |tile: &&[Item<'a>]| match first {
                true => (tile[0].value, tile[1].value),
                false => (tile[1].value, tile[0].value),
            };
            tiles.iter().map(couple).collect()
        })
    }
}

/// Lines between the end of one and the start of the next; on one line characters.
fn gap(one: &Item<'_>, next: &Item<'_>) -> (u32, u32) {
    let end = one.column.saturating_add(u32::try_from(one.value.chars().count()).unwrap_or(u32::MAX));
    let lines = next.line - one.line;
    (lines, if lines == 0 { next.column.saturating_sub(end) } else { 0 })
}
