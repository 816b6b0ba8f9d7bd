//! The cache: a second scan that reads only what is new, and tells the same.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(feature = "aws")]
mod bucket;
mod files;
mod history;
#[cfg(unix)]
mod killed;
mod trust;

use crate::cli::{Desk, PASSWORD, Run, WEAK};
use serde_json::{Value, json};
use std::time::Duration;

const SCAN: [&str; 6] = ["scan", "in", "--format", "json", "--cache", "cache.redb"];

/// A file that was touched just now is not believed.
fn settle() {
    std::thread::sleep(Duration::from_millis(2100));
}

/// A few artifacts of every kind that there is, old enough to be believed.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD).file("in/b/weak.properties", WEAK).file("in/empty", "");
    for sample in ["orders.jar", "orders-clean.jar"] {
        desk.file(&format!("in/{sample}"), std::fs::read(crate::support::project("testdata").join(sample)).unwrap());
    }
    settle();
    desk
}

/// The report without what tells that a cache was in use.
fn undated(mut report: Value) -> Value {
    for name in ["cached", "last_scan", "new_since_last_scan"] {
        report["summary"][name] = json!(null);
    }
    for finding in report["findings"].as_array_mut().unwrap() {
        finding["first_seen"] = json!(null);
        finding["new_since_last_scan"] = json!(null);
        for location in finding["locations"].as_array_mut().unwrap() {
            location["new_since_last_scan"] = json!(null);
        }
    }
    report
}

fn cached(run: &Run) -> u64 {
    run.json()["summary"]["cached"].as_u64().unwrap()
}

#[test]
fn a_second_scan_reads_nothing_and_tells_the_same() {
    let desk = desk();
    let fresh = desk.run(&["scan", "in", "--format", "json"]);
    let first = desk.run(&SCAN);
    let second = desk.run(&SCAN);
    assert_eq!((cached(&first), cached(&second)), (0, 5));
    assert!(fresh.json()["findings"].as_array().unwrap().len() > 5);
    for run in [&first, &second] {
        assert_eq!(run.code(), fresh.code());
        assert_eq!(run.err(), "");
        assert_eq!(
            serde_json::to_string(&undated(run.json())).unwrap(),
            serde_json::to_string(&undated(fresh.json())).unwrap()
        );
    }
    // Not even what is suppressed, and as text too.
    let suppressed = ["scan", "in", "--show-suppressed", "--cache", "cache.redb"];
    let told = desk.run(&suppressed).out();
    assert!(told.contains("5 artifacts unchanged since an earlier scan; "), "{told}");
    assert!(told.contains(", 0 new since 20"), "{told}");
    assert!(!told.contains("NEW"), "{told}");
}

#[test]
fn what_changed_is_read_again() {
    let desk = desk();
    desk.run(&SCAN);
    desk.file("in/b/weak.properties", PASSWORD.replace("3x", "4y")).file("in/c.properties", WEAK);
    settle();
    let run = desk.run(&SCAN);
    assert_eq!(cached(&run), 4);
    assert_eq!(undated(run.json()), undated(desk.run(&["scan", "in", "--format", "json"]).json()));
    assert_eq!(cached(&desk.run(&SCAN)), 6);
}

#[test]
fn a_file_that_was_touched_just_now_is_read_again() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD);
    desk.run(&SCAN);
    desk.file("in/a.properties", PASSWORD.replace("3x", "4y"));
    let run = desk.run(&SCAN);
    assert_eq!(cached(&run), 0);
    assert_eq!(run.json()["summary"]["new_since_last_scan"], 1);
}

#[test]
fn other_settings_are_other_outcomes() {
    let desk = desk();
    desk.run(&SCAN);
    for (more, hits) in [
        (&["--exclude", "*.class"][..], 0),
        (&["--max-depth", "3"], 0),
        (&["--max-memory", "300M"], 0),
        // These decide what is shown, and in what time.
        (&["--threads", "1", "--min-severity", "high", "--fail-on", "critical", "--show-suppressed"], 5),
        // And this which files there are.
        (&["--include", "*.jar"], 2),
    ] {
        let words: Vec<&str> = SCAN.iter().chain(more).copied().collect();
        let without: Vec<&str> =
            words.iter().filter(|word| !["--cache", "cache.redb"].contains(word)).copied().collect();
        let run = desk.run(&words);
        assert_eq!(cached(&run), hits, "{more:?}");
        assert_eq!(undated(run.json()), undated(desk.run(&without).json()), "{more:?}");
    }
}

#[test]
fn what_was_not_scanned_in_full_is_scanned_again() {
    let desk = desk();
    let jar = std::fs::read(desk.path("in/orders.jar")).unwrap();
    desk.file("in/orders.jar", &jar[..jar.len() / 2]);
    settle();
    let (first, second) = (desk.run(&SCAN), desk.run(&SCAN));
    assert_eq!(cached(&second), 4);
    assert!(!first.trouble().is_empty());
    assert_eq!(undated(first.json()), undated(second.json()));
}

#[test]
fn secrets_are_shown_past_the_cache() {
    let desk = desk();
    let shown: Vec<&str> = SCAN.iter().copied().chain(["--show-secrets"]).collect();
    let run = desk.run(&shown);
    assert!(run.out().contains("Tr0ub4dor-and-3x"));
    assert!(run.err().contains("holds no secret"), "{}", run.err());
    assert!(!desk.path("cache.redb").exists());
    desk.run(&SCAN);
    let kept = std::fs::read(desk.path("cache.redb")).unwrap();
    let run = desk.run(&shown);
    assert!(run.out().contains("Tr0ub4dor-and-3x"));
    assert_eq!(std::fs::read(desk.path("cache.redb")).unwrap(), kept);
}

#[test]
fn the_file_holds_no_secret() {
    let desk = desk();
    let secrets = desk.run(&["scan", "in", "--format", "json", "--show-secrets"]).json();
    let parts = secrets["findings"].as_array().unwrap().iter().flat_map(|f| f["parts"].as_array().unwrap());
    let values: Vec<&str> =
        parts.filter(|part| part["identifier"] == false).map(|part| part["value"].as_str().unwrap()).collect();
    assert!(values.len() > 5);
    desk.run(&SCAN);
    let kept = std::fs::read(desk.path("cache.redb")).unwrap();
    assert!(memchr::memmem::find(&kept, b"a.properties").is_some());
    for value in values.iter().filter(|value| value.len() > 5) {
        assert!(memchr::memmem::find(&kept, value.as_bytes()).is_none());
    }
}
