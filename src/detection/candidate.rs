//! A candidate: what one rule found at one place, before pairing and grouping.

use super::inline::InlineAllow;
use crate::formats::evidence::{Level, Scope};
use crate::place::{Cell, Place};
use crate::secret::Secret;
use rustc_hash::FxHashMap;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Candidate {
    /// Index in the rule set.
    pub rule: usize,
    pub value: Secret,
    /// The key the value is bound to, as written.
    pub key: Option<String>,
    pub sink: Option<Arc<str>>,
    pub place: Place,
    pub scope: Scope,
    /// How particular the rule is about this key or token: decides between rules that agree.
    pub specificity: usize,
    /// A URL or host beside the value.
    pub peer: Option<Arc<str>>,
    /// All that is bound to the key, and not a part of it.
    pub whole: bool,
    /// Found in a text that the program puts together.
    pub derived: bool,
    /// Comments beside it that say that it may stay.
    pub allowed: Vec<Arc<InlineAllow>>,
}

/// A token inside a bound value is found twice, once as text and once as the value: the bound one
/// knows more, so it stays.
pub fn merge_same_use(mut found: Vec<Candidate>) -> Vec<Candidate> {
    drop_derived(&mut found);
    let mut kept: Vec<Candidate> = Vec::with_capacity(found.len());
    // A notebook may hold all of its cells in one line.
    type Identity = (usize, Secret, Option<u32>, Option<Cell>, Option<Arc<str>>);
    let mut seen: FxHashMap<Identity, usize> = FxHashMap::default();
    for candidate in found {
        let position = &candidate.place.position;
        let member = position.method.clone().or_else(|| position.field.clone());
        let identity = (candidate.rule, candidate.value.clone(), position.line, position.cell.clone(), member);
        match seen.get(&identity) {
            // The same value twice in one place of one text stays one.
            Some(&first) if kept[first].key.is_some() || candidate.key.is_none() => {
                // The key of an option inside a statement tells more than what takes the statement.
                // Which block of a method it stands in tells nothing of it.
                let depth = |c: &Candidate| c.scope.0.iter().filter(|(level, _)| *level != Level::Block).count();
                let rank = |c: &Candidate| (c.whole, depth(c), c.sink.is_some());
                if candidate.key.is_some() && rank(&candidate) > rank(&kept[first]) {
                    let sink = candidate.sink.clone().or_else(|| kept[first].sink.take());
                    kept[first] = Candidate { sink, ..candidate };
                }
            }
            Some(&first) => kept[first] = candidate,
            None => {
                seen.insert(identity, kept.len());
                kept.push(candidate);
            }
        }
    }
    kept
}

/// What a constant holds by itself needs not be told again of the text that it becomes part of.
fn drop_derived(found: &mut Vec<Candidate>) {
    type Identity = (usize, Secret, Option<Arc<str>>, Option<Arc<str>>);
    let identity = |c: &Candidate| -> Identity {
        let position = &c.place.position;
        (c.rule, c.value.clone(), position.class.clone(), position.method.clone())
    };
    if found.iter().any(|c| c.derived) {
        let own: rustc_hash::FxHashSet<Identity> = found.iter().filter(|c| !c.derived).map(identity).collect();
        found.retain(|c| !c.derived || !own.contains(&identity(c)));
    }
}
