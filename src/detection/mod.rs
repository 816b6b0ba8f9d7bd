//! Detection: rules against evidence, and parts paired.

pub mod bound;
pub mod candidate;
mod coupling;
mod enclosure;
pub mod inline;
pub mod judge;
pub mod pairing;
mod pem;
pub mod shape;
pub mod token;
pub mod validators;

use crate::formats::evidence::Evidence;
use crate::meter::Meter;
use crate::place::EntryPath;
use crate::rules::set::RuleSet;
use candidate::Candidate;

/// The candidates of one entry, judged one by one but not yet paired; and whether there were more than
/// `most`, which are left. The meter says whether all of the entry was searched.
pub fn detect(
    evidence: &Evidence<'_>,
    path: &EntryPath,
    rules: &RuleSet,
    most: usize,
    meter: &Meter,
) -> (Vec<Candidate>, bool) {
    evidence.literals.iter().for_each(|literal| meter.allow(literal.text.len()));
    evidence.bindings.iter().for_each(|binding| meter.allow(binding.value.len()));
    let mut found = Vec::new();
    for binding in &evidence.bindings {
        if found.len() > most {
            break;
        }
        bound::detect(binding, path, rules, meter, &mut found);
    }
    for literal in &evidence.literals {
        token::detect(literal, path, rules, meter, most.saturating_add(1), &mut found);
    }
    let capped = found.len() > most;
    found.truncate(most);
    let mut found = candidate::merge_same_use(found);
    inline::mark(evidence, &mut found);
    (found, capped)
}
