//! The report: where it goes, what it shows, and how it reads.

use super::{Desk, PASSWORD, WEAK};
use std::fs;

#[test]
fn a_text_report_reads_well() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD).file("in/b.properties", format!("name=x\n{PASSWORD}"));
    desk.file("in/cut.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03");
    let run = desk.command(&["scan", "in"]).env("COLUMNS", "60").output().unwrap();
    let out = String::from_utf8(run.stdout).unwrap();
    let expected = "in/a.properties

HIGH  Database password   ••••   long-term
  in/a.properties:1   db.password
  in/b.properties:2   db.password
  fix: ";
    assert!(out.starts_with(expected), "{out}");
    assert!(out.lines().filter(|line| !line.contains("in/")).all(|line| line.chars().count() <= 60), "{out}");
    assert!(out.contains("\nNOT SCANNED IN FULL\n  in/cut.gz  truncated: "), "{out}");
    assert!(out.contains("\n  truncated: What could be read"), "{out}");
    assert!(out.ends_with("\n1 finding (1 high) in 3 artifacts\n3 entries, 65 B; 1 not scanned in full\n"), "{out}");
}

#[test]
fn the_same_remedy_is_told_once_in_a_row() {
    let desk = Desk::new();
    desk.file("a.properties", format!("{PASSWORD}x.db.password=An0ther-and-4y\n"));
    let out = desk.run(&["scan", "a.properties"]).out();
    assert_eq!(out.matches("fix: as above").count(), 1, "{out}");
}

#[test]
fn many_places_are_folded() {
    let desk = Desk::new();
    for n in 0..9 {
        desk.file(&format!("in/{n}.properties"), PASSWORD);
    }
    let out = desk.run(&["scan", "in"]).out();
    assert_eq!(out.matches(".properties:1").count(), 6);
    assert!(out.contains("  and 3 more places in 3 files; --format json lists all\n"), "{out}");
}

#[test]
fn quiet_says_only_what_is_wrong() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD).file("clean", "x");
    let run = desk.run(&["scan", "clean", "--quiet"]);
    assert_eq!((run.out(), run.err(), run.code()), (String::new(), String::new(), 0));
    let out = desk.run(&["scan", "a.properties", "-q"]).out();
    assert!(out.contains("db.password") && !out.contains("artifact"), "{out}");
}

#[test]
fn secrets_are_shown_on_request_only() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    for format in ["text", "json"] {
        assert!(!desk.run(&["scan", "a.properties", "--format", format]).out().contains("Tr0ub4dor"));
        assert!(desk.run(&["scan", "a.properties", "--format", format, "--show-secrets"]).out().contains("Tr0ub4dor"));
    }
}

#[test]
fn suppressed_findings_are_counted_and_shown_on_request() {
    let desk = Desk::new();
    let secret = "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
    desk.file("a.properties", format!("aws_access_key_id=AKIAIOSFODNN7EXAMPLE\n{secret}"));
    let run = desk.run(&["scan", "a.properties"]);
    assert_eq!(run.code(), 0);
    assert!(run.out().starts_with("0 findings in 1 artifact, 1 suppressed\n"), "{}", run.out());
    let shown = desk.run(&["scan", "a.properties", "--show-suppressed"]);
    assert_eq!(shown.code(), 0);
    assert!(shown.out().starts_with("SUPPRESSED  "), "{}", shown.out());
    let json = desk.run(&["scan", "a.properties", "--show-suppressed", "--format", "json"]).json();
    assert_eq!(json["findings"][0]["state"], "suppressed");
}

#[test]
fn low_findings_hide_on_request() {
    let desk = Desk::new();
    desk.file("a.properties", WEAK);
    let json = desk.run(&["scan", "a.properties", "--min-severity", "medium", "--format", "json"]).json();
    assert_eq!(json["findings"], serde_json::json!([]));
    assert_eq!(json["summary"]["by_severity"]["low"], 1);
}

#[test]
fn a_file_is_replaced_by_a_whole_report() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD).file("in/report.json", "earlier AKIA2W3QFYOZTM3D7QXA");
    let run = desk.run(&["scan", "in", "--format", "json", "--output", "in/report.json"]);
    assert_eq!((run.out(), run.err(), run.code()), (String::new(), String::new(), 1));
    let report: serde_json::Value = serde_json::from_slice(&fs::read(desk.path("in/report.json")).unwrap()).unwrap();
    // The earlier report is no artifact.
    assert_eq!(report["summary"]["artifacts"], 1);
    assert_eq!(report["summary"]["left_out"], 1);
    assert_eq!(fs::read_dir(desk.path("in")).unwrap().count(), 2);
    assert!(desk.run(&["scan", "in", "-o", "-"]).out().contains("db.password"));
}

#[test]
fn an_unwritable_report_is_told_before_the_scan() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    for output in ["missing/report", ".", "a.properties/x"] {
        let run = desk.run(&["scan", "a.properties", "nowhere", "-o", output]);
        assert_eq!(run.code(), 2);
        assert!(run.err().starts_with("keysift: cannot write the report to "), "{}", run.err());
        assert!(!run.err().contains("nowhere"), "{}", run.err());
    }
    assert_eq!(fs::read(desk.path("a.properties")).unwrap(), PASSWORD.as_bytes());
}

#[cfg(unix)]
#[test]
fn links_and_devices_take_a_report() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD).file("real", "old").link("real", "link");
    assert_eq!(desk.run(&["scan", "a.properties", "-o", "link", "--show-secrets"]).code(), 1);
    assert!(desk.path("link").is_symlink());
    assert!(fs::read_to_string(desk.path("real")).unwrap().contains("Tr0ub4dor"));
    assert_eq!(fs::metadata(desk.path("real")).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(desk.run(&["scan", "a.properties", "-o", "/dev/null"]).code(), 1);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let desk = Desk::new();
    let mut rules = desk.command(&["rules", "list"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(rules.stdout.take());
    assert_eq!(rules.wait().unwrap().code(), Some(0));
    for n in 0..2000 {
        desk.file(&format!("in/{n}"), "AWS=AKIA2W3QFYOZTM3D7QXA\n");
    }
    let mut command = desk.command(&["scan", "in", "--format", "json"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_closed_pipe_is_no_error_in_any_format() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    for format in ["text", "json", "jsonl", "sarif", "junit", "gitlab", "csv", "markdown", "html"] {
        // Nobody has ever read from it.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = desk.command(&["scan", "a.properties", "--format", format]);
        let output = command.stdout(writer).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*told), (Some(1), ""), "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_in_any_format() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    for format in ["text", "json", "jsonl", "sarif", "junit", "gitlab", "csv", "markdown", "html"] {
        let run = desk.run(&["scan", "a.properties", "--format", format, "--output", "/dev/full"]);
        assert_eq!((run.code(), run.out()), (2, String::new()), "{format}");
        assert!(run.err().starts_with("keysift: cannot write the report to /dev/full: "), "{format}: {}", run.err());
        let mut command = desk.command(&["scan", "a.properties", "--format", format]);
        let output = command.stdout(fs::File::create("/dev/full").unwrap()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{format}");
        assert!(told.starts_with("keysift: cannot write the report to standard output: "), "{format}: {told}");
    }
}

#[test]
fn a_scan_without_findings_says_what_was_looked_at() {
    let desk = Desk::new();
    let clean = crate::support::project("testdata/orders-clean.jar");
    desk.file("orders-clean.jar", std::fs::read(clean).unwrap());
    let out = desk.run(&["scan", "orders-clean.jar"]).out();
    let told = regex::Regex::new(
        r"\n\d+ entries, \d+ kB; \d+ classes, \d+ texts(, \d+ others?)? by \d+ rules; everything was scanned\n",
    );
    assert!(told.unwrap().is_match(&out), "{out}");
    let summary = desk.run(&["scan", "orders-clean.jar", "--format", "json"]).json()["summary"].clone();
    let count = |name: &str| summary[name].as_u64().unwrap();
    assert!(count("classes") > 5 && count("texts") > 1 && count("classes") + count("texts") <= count("entries"));
    assert!(count("rules") > 200);
    // With findings, they are the news.
    desk.file("a.properties", PASSWORD);
    assert!(!desk.run(&["scan", "."]).out().contains(" by "));
}

/// Code scanning shows a failed run as one; a finding beside what was not read is no success.
#[test]
fn sarif_says_whether_all_was_scanned() {
    let desk = Desk::new();
    desk.file("x.rar", b"Rar!\x1A\x07\0 rest").file("a.properties", super::PASSWORD).file("b.properties", "x=y\n");
    let invocation = |words: &[&str]| {
        let run = desk.run(&[&["scan", "--format", "sarif"], words].concat());
        let invocation = run.json()["runs"][0]["invocations"][0].clone();
        (invocation["exitCode"].as_i64().unwrap(), invocation["executionSuccessful"].as_bool().unwrap())
    };
    assert_eq!(invocation(&["x.rar", "a.properties"]), (1, false));
    assert_eq!(invocation(&["x.rar", "b.properties"]), (3, false));
    assert_eq!(invocation(&["a.properties"]), (1, true));
    assert_eq!(invocation(&["b.properties"]), (0, true));
    assert_eq!(invocation(&["x.rar", "a.properties", "--allow-incomplete"]), (1, true));
    desk.file("keysift.toml", "[[accept-trouble]]\npath = \"x.rar\"\nreason = \"known\"\n");
    assert_eq!(invocation(&["x.rar", "a.properties"]), (1, true));
}
