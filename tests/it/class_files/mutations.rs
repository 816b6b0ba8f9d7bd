//! Class files that no compiler makes: whatever the bytes, reading ends, and soon.

use crate::support::project;
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;
use std::io::Read;

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
