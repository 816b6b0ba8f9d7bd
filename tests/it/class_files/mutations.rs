//! Class files that no compiler makes: whatever the bytes, reading ends, and soon.

use crate::support::mutation::{Random, mutate};
use crate::support::project;
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;
use std::io::Read;
use std::time::{Duration, Instant};

/// The classes of the samples' jars.
fn classes() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for jar in ["orders.jar", "shapes/shapes-java.jar", "shapes/shapes-kotlin.jar", "shapes/shapes-scala.jar"] {
        let file = std::fs::File::open(project("testdata").join(jar)).unwrap();
        let mut archive = zip::ZipArchive::new(file).unwrap();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            if entry.name().unwrap().ends_with(".class") && entry.size() < 20_000 {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                found.push(bytes);
            }
        }
    }
    found
}

#[test]
fn mutated_classes_neither_panic_nor_take_forever() {
    let rules = RuleSet::builtin().unwrap();
    let path = EntryPath::artifact("Mutated.class");
    let context = Context { path: &path, vocabulary: &rules.vocabulary };
    let originals = classes();
    assert!(originals.len() >= 15, "{}", originals.len());
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut broken = 0;
    for round in 0..6000 {
        let mut bytes = originals[round % originals.len()].clone();
        mutate(&mut bytes, &mut random, 0, 10);
        let start = Instant::now();
        let evidence = read(&bytes, &context);
        // Far above what any of them takes: a hang, not a slow machine.
        assert!(start.elapsed() < Duration::from_secs(20), "round {round} hangs");
        broken += usize::from(evidence.unparsed.is_some());
    }
    assert!(broken > 500, "only {broken} mutations broke anything");
}

#[test]
fn a_broken_class_is_trouble_and_what_it_shows_is_read() {
    let rules = RuleSet::builtin().unwrap();
    let path = EntryPath::artifact("Job.class");
    let context = Context { path: &path, vocabulary: &rules.vocabulary };
    let holds = |bytes: &[u8]| bytes.windows(4).any(|window| window == b"AKIA");
    let mut halves = classes().into_iter().map(|class| class[..class.len() / 2].to_vec());
    let half = halves.find(|half| holds(half)).unwrap();
    let evidence = read(&half, &context);
    let cause = evidence.unparsed.expect("a truncated class is not read in full");
    assert!(cause.starts_with("class file: "), "{cause}");
    assert!(!evidence.literals.is_empty(), "its printable runs are still matched");
}
