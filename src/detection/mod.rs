//! Detection: rules against evidence, and parts paired.

pub mod bound;
pub mod candidate;
pub mod judge;
pub mod pairing;
pub mod shape;
pub mod token;
pub mod validators;

use crate::formats::evidence::Evidence;
use crate::place::EntryPath;
use crate::rules::set::RuleSet;
use candidate::Candidate;

/// All candidates of one entry, judged one by one but not yet paired.
pub fn detect(evidence: &Evidence<'_>, path: &EntryPath, rules: &RuleSet) -> Vec<Candidate> {
    let mut found = Vec::new();
    for binding in &evidence.bindings {
        bound::detect(binding, path, rules, &mut found);
    }
    for literal in &evidence.literals {
        token::detect(literal, path, rules, &mut found);
    }
    candidate::merge_same_use(found)
}
