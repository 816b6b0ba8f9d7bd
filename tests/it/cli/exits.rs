//! Exit codes: 0 clean, 1 found, 2 fatal, 3 incomplete.

use super::{Desk, PASSWORD, WEAK};

/// Something that is never scanned in full.
const TRUNCATED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03";

#[test]
fn nothing_found_is_0() {
    let desk = Desk::new();
    desk.file("a.properties", "name=x\n").file("empty", "");
    let run = desk.run(&["scan", "a.properties", "empty"]);
    assert_eq!((run.code(), run.err().as_str()), (0, ""));
    assert!(run.out().ends_with("everything was scanned\n"));
}

#[test]
fn the_threshold_decides_between_0_and_1() {
    let desk = Desk::new();
    desk.file("high", PASSWORD).file("low", WEAK);
    let code = |words: &[&str]| desk.run(&[&["scan"], words].concat()).code();
    assert_eq!(code(&["high"]), 1);
    assert_eq!(code(&["low"]), 0);
    assert_eq!(code(&["low", "--fail-on", "low"]), 1);
    assert_eq!(code(&["low", "--fail-on", "info"]), 1);
    assert_eq!(code(&["high", "--fail-on", "critical"]), 0);
    assert_eq!(code(&["high", "--fail-on", "high"]), 1);
    let by_environment = desk.command(&["scan", "low"]).env("KEYSIFT_FAIL_ON", "low").output().unwrap();
    assert_eq!(by_environment.status.code(), Some(1));
}

#[test]
fn what_is_not_shown_still_fails() {
    let desk = Desk::new();
    desk.file("high", PASSWORD);
    let run = desk.run(&["scan", "high", "--min-severity", "critical"]);
    assert_eq!(run.code(), 1);
    assert_eq!(run.out().lines().next(), Some("1 finding (1 high) in 1 artifact, 1 below --min-severity not shown"));
}

#[test]
fn trouble_is_3_unless_accepted_and_a_finding_goes_first() {
    let desk = Desk::new();
    desk.file("cut.gz", TRUNCATED).file("high", PASSWORD);
    let code = |words: &[&str]| desk.run(&[&["scan"], words].concat()).code();
    assert_eq!(code(&["cut.gz"]), 3);
    assert_eq!(code(&["cut.gz", "--allow-incomplete"]), 0);
    assert_eq!(code(&["cut.gz", "high"]), 1);
    assert_eq!(code(&["cut.gz", "high", "--fail-on", "critical"]), 3);
    assert_eq!(code(&["cut.gz", "high", "--allow-incomplete"]), 1);
}

#[test]
fn nothing_to_scan_is_3() {
    let desk = Desk::new();
    desk.file("folder/a.txt", "x");
    std::fs::create_dir(desk.path("empty")).unwrap();
    for words in [&["scan", "empty"][..], &["scan", "folder", "--include", "*.jar"]] {
        let run = desk.run(words);
        assert_eq!(run.code(), 3);
        assert!(run.err().contains("no file matched"), "{}", run.err());
        assert!(run.out().ends_with("nothing was scanned\n"), "{}", run.out());
    }
    assert_eq!(desk.run(&["scan", "empty", "--allow-incomplete"]).code(), 0);
}

#[test]
fn a_missing_target_is_2_after_the_others() {
    let desk = Desk::new();
    desk.file("orders.properties", PASSWORD);
    for missing in ["order.properties", "orders.properties/x"] {
        let run = desk.run(&["scan", missing, "orders.properties", "--format", "json"]);
        assert_eq!(run.code(), 2);
        assert_eq!(run.places(), ["orders.properties:1"]);
        assert_eq!(run.trouble(), [(missing.to_owned(), "unreadable: no such file or folder".to_owned())]);
        assert_eq!(run.json()["summary"]["complete"], false);
        assert!(run.err().contains(&format!("{missing}: no such file or folder")), "{}", run.err());
    }
    assert!(desk.run(&["scan", "order.properties"]).err().contains("did you mean orders.properties?"));
}

#[test]
fn limits_are_named_as_their_flags() {
    let desk = Desk::new();
    let jar = crate::support::project("testdata/orders-clean.jar");
    let jar = jar.to_str().unwrap();
    for (flag, value) in
        [("max-entries", "3"), ("max-depth", "0"), ("max-entry-bytes", "1K"), ("max-artifact-bytes", "10K")]
    {
        let run = desk.run(&["scan", jar, "--format", "json", &format!("--{flag}"), value]);
        assert_eq!((run.code(), &run.json()["trouble"][0]["limit"]), (3, &serde_json::json!(flag)));
        assert!(desk.run(&["scan", jar, &format!("--{flag}"), value]).out().contains(&format!("(--{flag})")));
    }
    assert_eq!(desk.run(&["scan", jar, "--max-memory", "1M"]).code(), 0);
}

#[test]
fn wrong_words_are_2_and_scan_nothing() {
    let desk = Desk::new();
    desk.file("a", PASSWORD);
    for words in [
        &["scan"][..],
        &["scan", ""],
        &["scan", "a", "--fail-on", "bad"],
        &["scan", "a", "--threads", "0"],
        &["scan", "a", "--threads", "100000"],
        &["scan", "a", "--max-memory", "lots"],
        &["scan", "a", "--max-memory", "99999999999T"],
        &["scan", "a", "--exclude", "[z"],
        &["scan", "a", "--files-from", "missing"],
        &["scan", "s3://bucket/key"],
        &["scan", "-", "-"],
        &["scan", "-", "--files-from", "-"],
        &["scan", "a", "--output", "missing/report.json"],
        &["scan", "a", "--output", "."],
        &["scam", "a"],
        &[],
    ] {
        let run = desk.run(words);
        assert_eq!(run.code(), 2, "{words:?}");
        assert!(!run.out().contains("password"), "{words:?}");
        assert_eq!(run.err().is_empty(), words.is_empty(), "{words:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_2() {
    let desk = Desk::new();
    desk.file("a", "x");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = desk.command(&["scan", "a"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the report to standard output"));
}
