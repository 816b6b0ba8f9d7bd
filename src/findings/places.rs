//! Places: where the parts of a finding lie, those that are used together as one location.

use super::finding::{Location, Part, PartPlace};
use super::owner::Containers;
use crate::detection::candidate::Candidate;
use crate::detection::inline::InlineAllow;
use crate::detection::pairing::Group;
use crate::place::{EntryPath, Place, Position};
use crate::rules::set::RuleSet;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Of the locations in one member, so many of the last are asked whether they lack a part.
const NEAREST: usize = 64;

/// A pair's parts that lie in the same scope make one location; any other use is one of its own.
pub(super) fn locations(group: &Group, parts: &[Part], containers: &Containers, rules: &RuleSet) -> Vec<Location> {
    let numbers: FxHashMap<&str, usize> =
        parts.iter().enumerate().filter_map(|(number, part)| Some((part.exposed()?, number))).collect();
    let mut locations: Vec<Location> = Vec::new();
    let mut scopes: Vec<&Candidate> = Vec::new();
    let mut homes: FxHashMap<Home, Vec<usize>> = FxHashMap::default();
    // Which parts each of the locations has.
    let mut filled: FxHashSet<(usize, usize)> = FxHashSet::default();
    let mut known = Known::default();
    let rule = &rules.rules[group.rule].rule.id;
    for candidate in &group.parts {
        let part = numbers.get(candidate.value.expose()).copied().unwrap_or(0);
        let place = PartPlace { part, place: candidate.place.clone(), binding: candidate.key.clone() };
        if !known.add(&place) {
            continue;
        }
        let own = &rules.rules[candidate.rule].rule.id;
        let holds = |allow: &&Arc<InlineAllow>| allow.holds(rule) || allow.holds(own);
        let allowed = candidate.allowed.iter().find(holds).map(|allow| allow.reason.clone());
        let home = homes.entry(home(&candidate.place)).or_default();
        let beside = home[home.len().saturating_sub(NEAREST)..].iter().copied().find(|&l| {
            parts.len() > 1
                && !filled.contains(&(l, part))
                && (candidate.place.position.method.is_some()
                    || scopes[l].scope.common(&candidate.scope) > 0
                    || near(scopes[l], candidate))
        });
        if let Some(l) = beside {
            known.spots.extend(spot(&locations[l].place).map(|spot| (part, spot)));
            filled.insert((l, part));
            locations[l].parts.push(place);
            locations[l].allowed = locations[l].allowed.take().or(allowed);
            continue;
        }
        home.push(locations.len());
        filled.insert((locations.len(), part));
        scopes.push(candidate);
        locations.push(Location {
            place: candidate.place.clone(),
            binding: candidate.key.clone(),
            sink: candidate.sink.clone(),
            scope: candidate.scope.level(),
            parts: vec![place],
            owner: containers.owner(&candidate.place, &rules.libraries),
            origin: None,
            allowed,
            known: false,
            new: None,
        });
    }
    for location in &mut locations {
        location.parts.sort();
        location.parts.dedup();
        if let Some(last) = location.parts.iter().max_by_key(|p| (p.part, p.binding.is_some())).cloned()
            && location.binding.is_none()
        {
            location.binding = last.binding;
        }
    }
    locations
}

/// What parts of one location have in common.
type Home = (EntryPath, Option<Arc<str>>, Option<Arc<str>>);

fn home(place: &Place) -> Home {
    (place.entry.clone(), place.position.class.clone(), place.position.method.clone())
}

fn near(a: &Candidate, b: &Candidate) -> bool {
    match (a.place.position.line, b.place.position.line) {
        (Some(a), Some(b)) => a.abs_diff(b) <= 20,
        _ => true,
    }
}

/// The places that have been told of each part.
#[derive(Default)]
struct Known {
    exact: FxHashSet<PartPlace>,
    spots: FxHashSet<(usize, Place)>,
}

impl Known {
    /// False if it says nothing new.
    fn add(&mut self, place: &PartPlace) -> bool {
        let spot = spot(&place.place).map(|spot| (place.part, spot));
        if self.exact.contains(place) || spot.as_ref().is_some_and(|spot| self.spots.contains(spot)) {
            return false;
        }
        self.exact.insert(place.clone());
        self.spots.extend(spot);
        true
    }
}

/// The line of a member, as two rules or two columns see it.
fn spot(place: &Place) -> Option<Place> {
    let position = &place.position;
    let named =
        position.line.is_some() || position.field.is_some() || position.method.is_some() || position.offset.is_some();
    let position = || Position { column: None, source_file: None, ..position.clone() };
    named.then(|| Place { entry: place.entry.clone(), position: position() })
}
