//! What is new since the last scan.

use super::{SCAN, settle};
use crate::cli::{Desk, PASSWORD, Run, WEAK};
use serde_json::Value;

/// Of each finding: its first place, whether it is new, and which of its places are.
fn news(run: &Run) -> Vec<(String, bool, Vec<bool>)> {
    let report = run.json();
    let flag = |value: &Value| value["new_since_last_scan"].as_bool().unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(report["summary"]["new_since_last_scan"], findings.iter().filter(|f| flag(f)).count());
    let mut news: Vec<_> = findings
        .iter()
        .map(|finding| {
            let locations = finding["locations"].as_array().unwrap();
            (locations[0]["uri"].as_str().unwrap().to_owned(), flag(finding), locations.iter().map(flag).collect())
        })
        .collect();
    news.sort();
    news
}

fn one(place: &str, new: bool, places: &[bool]) -> (String, bool, Vec<bool>) {
    (place.to_owned(), new, places.to_vec())
}

#[test]
fn a_finding_is_new_until_the_next_scan() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD);
    let first = desk.run(&SCAN);
    assert_eq!(news(&first), [one("in/a.properties", true, &[true])]);
    assert_eq!(first.json()["summary"]["last_scan"], Value::Null);
    let seen = first.json()["findings"][0]["first_seen"].as_str().unwrap().to_owned();

    // The same secret moves down in its file and into another one, and there is a new one.
    desk.file("in/a.properties", format!("\n\n{PASSWORD}")).file("in/b.properties", PASSWORD);
    desk.file("in/c.properties", WEAK);
    let second = desk.run(&SCAN);
    let (old, new) = (one("in/a.properties", false, &[false, true]), one("in/c.properties", true, &[true]));
    assert_eq!(news(&second), [old, new]);
    assert_eq!(second.json()["findings"][0]["first_seen"], seen);
    assert!(second.json()["summary"]["last_scan"].as_str().unwrap() >= seen.as_str());

    let third = desk.run(&SCAN);
    let old = [one("in/a.properties", false, &[false, false]), one("in/c.properties", false, &[false])];
    assert_eq!(news(&third), old);

    // What was gone and comes back is new, and not seen for the first time.
    std::fs::remove_dir_all(desk.path("in")).unwrap();
    desk.file("in/other.properties", "a=b\n");
    assert_eq!(news(&desk.run(&SCAN)), []);
    desk.file("in/a.properties", PASSWORD);
    let back = desk.run(&SCAN);
    assert_eq!(news(&back), [one("in/a.properties", true, &[true])]);
    assert_eq!(back.json()["findings"][0]["first_seen"], seen);
    desk.file("in/d.properties", WEAK);
    let told = desk.run(&["scan", "in", "--cache", "cache.redb"]).out();
    assert!(told.contains("LOW  NEW  "), "{told}");
    assert!(told.contains(", 1 new since 20"), "{told}");
}

#[test]
fn each_set_of_targets_has_a_history_of_its_own() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD).file("b/b.properties", WEAK);
    desk.run(&SCAN);
    let both = ["scan", "in", "b", "--format", "json", "--cache", "cache.redb"];
    assert!(news(&desk.run(&both)).iter().all(|(_, new, _)| *new));
    // Whatever way they are written, and in whatever order.
    let same = ["scan", "b", "./in/", "--format", "json", "--cache", "cache.redb"];
    assert!(news(&desk.run(&same)).iter().all(|(_, new, _)| !*new));
    let jars = ["scan", "in", "--include", "*.properties", "--format", "json", "--cache", "cache.redb"];
    assert!(news(&desk.run(&jars)).iter().all(|(_, new, _)| *new));
}

#[test]
fn what_an_incomplete_scan_did_not_see_may_still_be_there() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD).file("in/b.properties", WEAK);
    settle();
    desk.run(&SCAN);
    let hidden = std::fs::read(desk.path("in/a.properties")).unwrap();
    // A zip without its end: trouble.
    desk.file("in/a.properties", "PK\u{3}\u{4}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    let incomplete = desk.run(&SCAN);
    assert_eq!(incomplete.json()["summary"]["complete"], false);
    desk.file("in/a.properties", hidden);
    let names: Vec<bool> = news(&desk.run(&SCAN)).into_iter().map(|(_, new, _)| new).collect();
    assert_eq!(names, [false, false]);
}
