//! Several formats in one run: what goes where, and what cannot.

use super::{Desk, PASSWORD};
use std::fs;

const FORMATS: [&str; 8] = ["text", "json", "jsonl", "sarif", "junit", "gitlab", "csv", "markdown"];

#[test]
fn one_run_writes_every_format() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD);
    let words: Vec<String> = FORMATS.iter().map(|format| format!("--format={format}=out.{format}")).collect();
    let mut arguments = vec!["scan", "in", "--format", "text"];
    arguments.extend(words.iter().map(String::as_str));
    let run = desk.run(&arguments);
    assert_eq!((run.code(), run.err()), (1, String::new()));
    assert!(run.out().contains("db.password"));
    for format in FORMATS {
        let alone = desk.command(&["scan", "in", "--format", format]).env("SOURCE_DATE_EPOCH", "0").output().unwrap();
        let file = fs::read_to_string(desk.path(&format!("out.{format}"))).unwrap();
        assert!(file.contains("db.password") || matches!(format, "gitlab"), "{format}: {file}");
        if format != "gitlab" {
            assert_eq!(file, String::from_utf8(alone.stdout).unwrap(), "{format}");
        }
    }
}

#[test]
fn reports_in_the_scanned_folder_are_no_artifacts() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD);
    let words = ["scan", "in", "--format", "json=in/a.json", "--format", "csv=in/b.csv", "--format", "json"];
    assert_eq!(desk.run(&words).json()["summary"]["artifacts"], 1);
    let again = desk.run(&words).json();
    assert_eq!(again["summary"]["artifacts"], 1);
    assert_eq!(again["summary"]["left_out"], 2);
}

#[test]
fn what_cannot_be_is_told_before_the_scan() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    for (words, told) in [
        (vec!["--format", "text", "--format", "json"], "text and json both want standard output"),
        (vec!["--format", "text=-", "--format", "json"], "both want standard output"),
        (vec!["--format", "text", "--format", "json=j", "-o", "x"], "--output is for one --format"),
        (vec!["--format", "json=j", "-o", "x"], "--output is for one --format"),
        (vec!["--format", "csv=x", "--format", "json=./x"], "csv and json both go into the same file"),
        (vec!["--format", "json=nowhere/x", "--format", "text"], "cannot write the report to"),
        (vec!["--format", "yaml"], "there are text, json, jsonl"),
        (vec!["--format", "json="], "names no file"),
    ] {
        let run = desk.run(&[vec!["scan", "a.properties"], words.clone()].concat());
        assert_eq!((run.code(), run.out()), (2, String::new()), "{words:?}");
        assert!(run.err().contains(told), "{words:?}: {}", run.err());
    }
    assert_eq!(fs::read_dir(desk.path("")).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn secrets_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    let mode = |path: &str| fs::metadata(desk.path(path)).unwrap().permissions().mode() & 0o777;
    desk.run(&["scan", "a.properties", "--format", "csv=x.csv", "--format", "json=x.json", "--show-secrets"]);
    assert_eq!((mode("x.csv"), mode("x.json")), (0o600, 0o600));
    // The page says where everything lies, and is mailed about: its owner decides to whom.
    desk.run(&["scan", "a.properties", "--format", "html=x.html", "--format", "csv=y.csv"]);
    assert_eq!((mode("x.html"), mode("y.csv") & 0o044), (0o600, mode("a.properties") & 0o044));
}
