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
use crate::place::EntryPath;
use crate::rules::set::RuleSet;
use candidate::Candidate;

/// The candidates of one entry, judged one by one but not yet paired; and whether there were more than
/// `most`, which are left.
pub fn detect(evidence: &Evidence<'_>, path: &EntryPath, rules: &RuleSet, most: usize) -> (Vec<Candidate>, bool) {
    let mut found = Vec::new();
    for binding in &evidence.bindings {
        if found.len() > most {
            break;
        }
        bound::detect(binding, path, rules, &mut found);
    }
    for literal in &evidence.literals {
        token::detect(literal, path, rules, most.saturating_add(1), &mut found);
    }
    let capped = found.len() > most;
    found.truncate(most);
    let mut found = candidate::merge_same_use(found);
    inline::mark(evidence, &mut found);
    (found, capped)
}
