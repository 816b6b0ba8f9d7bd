//! `report convert` and `report merge`: what comes of reports that are there already.

use crate::support::{keysift, project, stdout};
use keysift::reports::document::Document;
use keysift::reports::format::Format;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;

const TARGETS: [&str; 3] = ["testdata/orders.jar", "testdata/deployment", "testdata/shapes"];

fn report(folder: &Path, name: &str, words: &[&str]) -> String {
    let path = folder.join(name).to_str().unwrap().to_owned();
    keysift(&[&["scan", "--format", "json", "-o", &path], words].concat());
    path
}

fn document(output: &Output) -> Document {
    Document::parse(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_converted_report_is_the_one_of_the_scan() {
    let folder = tempfile::tempdir().unwrap();
    let words: Vec<String> = Format::ALL
        .iter()
        .filter(|format| **format != Format::Gitlab)
        .map(|format| format!("--format={format}={}", folder.path().join(format.as_str()).display()))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let scanned = keysift(
        &[&["scan", "--show-suppressed", "testdata/orders.jar", "testdata/orders-clean.jar"][..], &words].concat(),
    );
    let json = folder.path().join("json");
    for format in Format::ALL.iter().filter(|format| **format != Format::Gitlab) {
        let input = json.to_str().unwrap();
        let converted = keysift(&["report", "convert", input, "--show-suppressed", "--format", format.as_str()]);
        assert_eq!(converted.status.code(), scanned.status.code());
        assert_eq!(
            stdout(&converted),
            std::fs::read_to_string(folder.path().join(format.as_str())).unwrap(),
            "{format}"
        );
    }
}

#[test]
fn a_conversion_judges_and_shows_as_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let secret = report(folder.path(), "a.json", &["--show-secrets", "testdata/orders.jar"]);
    assert!(std::fs::read_to_string(&secret).unwrap().contains("\"value\": \"AW"));
    let plain = keysift(&["report", "convert", &secret, "--format", "json"]);
    let values = |output: &Output| {
        document(output).findings.iter().flat_map(|f| &f.parts).filter(|part| part.value.is_some()).count()
    };
    assert_eq!(values(&plain), 0);
    assert!(values(&keysift(&["report", "convert", &secret, "--format", "json", "--show-secrets"])) > 10);
    let words = ["report", "convert", &secret, "--format", "json", "--min-severity", "critical"];
    let critical = document(&keysift(&words));
    assert!(!critical.findings.is_empty() && critical.findings.iter().all(|f| f.severity.as_str() == "critical"));
    assert_eq!(critical.counted(), document(&plain).counted());
    let low = report(folder.path(), "low.json", &["--fail-on", "critical", "testdata/deployment/compose"]);
    let code = |words: &[&str]| keysift(&[&["report", "convert", low.as_str(), "-q"], words].concat()).status.code();
    let low_code = i32::from(Document::parse(&std::fs::read(&low).unwrap()).unwrap().gate.exit_code);
    let strict = code(&["--fail-on", "info"]);
    assert_eq!((code(&[]), strict), (Some(low_code), Some(1)));
    for (path, cause) in [("nowhere.json", "cannot read nowhere.json"), ("Cargo.toml", "Cargo.toml: not a JSON report")]
    {
        let failed = keysift(&["report", "convert", path]);
        assert_eq!(failed.status.code(), Some(2));
        assert!(told(&failed).contains(cause), "{}", told(&failed));
    }
}

/// However a scan is cut, its parts together are the whole.
#[test]
fn merged_parts_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let whole = report(folder.path(), "whole.json", &TARGETS);
    let mut whole = Document::parse(&std::fs::read(whole).unwrap()).unwrap();
    let parts: Vec<String> =
        TARGETS.iter().enumerate().map(|(n, target)| report(folder.path(), &format!("{n}.json"), &[target])).collect();
    let words: Vec<&str> =
        ["report", "merge", "--format", "json"].into_iter().chain(parts.iter().map(String::as_str)).collect();
    let output = keysift(&words);
    assert_eq!((output.status.code(), told(&output)), (Some(1), String::new()));
    let mut merged = document(&output);
    // What is suppressed is counted by each part on its own.
    whole.summary.suppressed = 0;
    merged.summary.suppressed = 0;
    assert_eq!(serde_json::to_value(&merged).unwrap(), serde_json::to_value(&whole).unwrap());
    let shards: Vec<String> = (0..3)
        .map(|n| {
            report(folder.path(), &format!("s{n}.json"), &[&["--shard", &format!("{n}/3")], &TARGETS[..]].concat())
        })
        .collect();
    let mut words = vec!["report", "merge", "--format", "json"];
    words.extend(shards.iter().map(String::as_str));
    let mut merged = document(&keysift(&words));
    merged.summary.suppressed = 0;
    assert_eq!(serde_json::to_value(&merged).unwrap(), serde_json::to_value(&whole).unwrap());
    words.pop();
    let output = keysift(&words);
    let partial = document(&output);
    assert!(!partial.summary.complete && partial.trouble.iter().any(|t| t.uri == "shard 2/3"), "{:?}", partial.trouble);
}

#[test]
fn what_is_doubtful_about_a_merge_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let a = report(folder.path(), "a.json", &["testdata/orders-clean.jar"]);
    let text = std::fs::read_to_string(&a).unwrap();
    let other = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&text).unwrap();
        change(&mut value);
        let path = folder.path().join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let merge = |paths: &[&str]| keysift(&[&["report", "merge", "--format", "json"], paths].concat());
    let twice = merge(&[&a, &a]);
    assert!(told(&twice).contains("given twice"), "{}", told(&twice));
    assert_eq!((twice.status.code(), document(&twice).summary.artifacts), (Some(0), 1));
    let digest = other("digest", &|value| value["tool"]["rules_digest"] = json!("0".repeat(64)));
    assert!(told(&merge(&[&a, &digest])).contains("different rules"));
    let version = other("version", &|value| value["tool"]["version"] = json!("9.9.9"));
    assert!(told(&merge(&[&a, &version])).contains("different versions"));
    let shard = other("shard", &|value| value["shard"] = json!({"index": 0, "count": 2}));
    let mixed = merge(&[&a, &shard]);
    assert!(told(&mixed).contains("not all of the reports are shards"), "{}", told(&mixed));
    assert_eq!(mixed.status.code(), Some(3));
    let incomplete = other("incomplete", &|value| value["summary"]["complete"] = json!(false));
    assert!(!document(&merge(&[&a, &incomplete])).summary.complete);
    assert_eq!(merge(&["-", "-"]).status.code(), Some(2));
}

/// A secret that is known in one place and new in another is new; suppressed is what all suppress.
#[test]
fn states_are_united() {
    let folder = tempfile::tempdir().unwrap();
    let path = report(folder.path(), "a.json", &["testdata/orders.jar"]);
    let text = std::fs::read_to_string(project(&path)).unwrap();
    let with = |state: &str| {
        let mut value: Value = serde_json::from_str(&text).unwrap();
        value["findings"][0]["state"] = json!(state);
        value["targets"] = json!([state]);
        let path = folder.path().join(state);
        std::fs::write(&path, value.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let id = Document::parse(text.as_bytes()).unwrap().findings[0].fingerprint.clone();
    for (a, b, united) in [
        ("known", "new", "new"),
        ("known", "spread", "spread"),
        ("suppressed", "known", "known"),
        ("suppressed", "suppressed", "suppressed"),
    ] {
        let merged = document(&keysift(&["report", "merge", "--format", "json", &with(a), &with(b)]));
        let finding = merged.findings.iter().find(|finding| finding.fingerprint == id).unwrap();
        assert_eq!(serde_json::to_value(finding.state).unwrap(), json!(united), "{a} + {b}");
        let places = Document::parse(text.as_bytes()).unwrap().findings[0].locations.len();
        assert_eq!(finding.locations.len(), places);
    }
}
