//! What an entry costs, in steps: twice the bytes take twice the steps, and no small entry takes many.

mod classes;
mod texts;

use keysift::detection::candidate::Candidate;
use keysift::detection::detect;
use keysift::formats::{Context, read};
use keysift::meter::Meter;
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::builtin().unwrap());

/// What reading and searching an entry took, and what was found in it.
struct Cost {
    read: u64,
    searched: u64,
    found: Vec<Candidate>,
    /// What was not done in full.
    trouble: Option<String>,
}

fn cost(name: &str, bytes: &[u8]) -> Cost {
    let path = EntryPath::artifact(name);
    let evidence = read(bytes, &Context { path: &path, vocabulary: &RULES.vocabulary });
    let meter = Meter::default();
    let (found, _) = detect(&evidence, &path, &RULES, 5_000, &meter);
    let exceeded = meter.is_exceeded().then(|| "searched in part".to_owned());
    Cost { read: evidence.steps, searched: meter.steps(), found, trouble: evidence.unparsed.or(exceeded) }
}

/// Twice as much of the same may take twice the steps.
fn assert_linear(what: &str, once: u64, twice: u64) {
    assert!(twice <= once * 2 + once / 8 + 1_000, "{what}: {once} steps, and {twice} for twice as much");
}
