//! Silence: a secret that is planted into a container, which is then mutated, is found, or the report says that
//! something was not read in full. Only where the mutation hit the secret itself, neither has to be.
//!
//! `KEYSIFT_SILENCE` says how many containers in all, `KEYSIFT_SILENCE_SEED` makes them other ones.

mod containers;

use crate::support::mutation::{Random, mutate};
use crate::support::scan;
use containers::{Container, Made, containers};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// Files of one scan: a report lists so many locations without being cut.
const BATCH: usize = 2000;

/// Of fewer bytes nobody can say what they were.
const LEAST: usize = 16;

/// One mutated container.
struct Case {
    name: String,
    what: String,
    bytes: Vec<u8>,
    secret: String,
    /// The bytes of the secret and of what stands beside it are there as they were.
    is_whole: bool,
}

fn case(container: &Container, number: usize, random: &mut Random) -> Case {
    let Made { mut bytes, secret, witness } = (container.make)(random);
    mutate(&mut bytes, random, 0, LEAST);
    // Whoever reads packed data knows by its checksum that they are no longer what they were.
    let is_whole = witness.is_none_or(|witness| memchr::memmem::find(&bytes, &witness).is_some());
    Case { name: format!("{number:05}{}", container.ending), what: container.what.clone(), bytes, secret, is_whole }
}

#[test]
fn what_is_planted_is_found_or_the_report_is_incomplete() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<usize>().ok());
    let total = number("KEYSIFT_SILENCE").unwrap_or(400);
    let seed = number("KEYSIFT_SILENCE_SEED").unwrap_or(0);
    let containers = containers();
    let mut silent: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = 0;
    for batch in (0..total).step_by(BATCH) {
        let target = tempfile::tempdir().unwrap();
        let cases: Vec<Case> = (batch..total.min(batch + BATCH))
            .into_par_iter()
            .map(|number| {
                let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ ((number as u64 + 1) << 24) ^ seed as u64);
                case(&containers[number % containers.len()], number, &mut random)
            })
            .collect();
        for case in &cases {
            std::fs::write(target.path().join(&case.name), &case.bytes).unwrap();
        }
        let (report, _) = scan(target.path().to_str().unwrap());
        let (values, incomplete) = (values(&report), incomplete(&report));
        for case in cases {
            let is_found = values.contains(case.secret.as_str());
            found += usize::from(is_found);
            if case.is_whole && !is_found && !incomplete.contains(case.name.as_str()) {
                *silent.entry(case.what.clone()).or_default() += 1;
                let kept = std::env::temp_dir().join(format!("keysift-silence-{seed}-{}", case.name));
                std::fs::write(kept, &case.bytes).unwrap();
            }
        }
    }
    assert!(found * 3 > total, "{found} of {total} were found: the mutations leave nothing to find");
    assert!(silent.is_empty(), "without a word: {silent:#?}");
}

/// Without mutations each container gives what is planted, and nothing is incomplete.
#[test]
fn what_is_planted_is_found() {
    let target = tempfile::tempdir().unwrap();
    let mut random = Random(7);
    let mut planted = Vec::new();
    for (number, container) in containers().iter().enumerate() {
        let made = (container.make)(&mut random);
        std::fs::write(target.path().join(format!("{number:05}{}", container.ending)), made.bytes).unwrap();
        planted.push((container.what.clone(), made.secret));
    }
    let (report, _) = scan(target.path().to_str().unwrap());
    let values = values(&report);
    let lost: Vec<_> = planted.iter().filter(|(_, secret)| !values.contains(secret.as_str())).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert_eq!(report["trouble"], serde_json::json!([]));
}

fn values(report: &Value) -> HashSet<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .flat_map(|finding| finding["parts"].as_array().unwrap())
        .filter_map(|part| part["value"].as_str())
        .collect()
}

/// The files of which not everything was read.
fn incomplete(report: &Value) -> HashSet<&str> {
    let trouble = report["trouble"].as_array().unwrap().iter();
    let files = trouble.filter_map(|trouble| trouble["uri"].as_str()?.split('!').next());
    files.filter_map(|path| path.rsplit('/').next()).collect()
}
