//! The document: what is read back is what was written, by older and newer versions too.

use crate::support::{keysift, stdout};
use keysift::findings::finding::Owner;
use keysift::reports::document::{Document, DocumentError};
use keysift::reports::json;
use serde_json::{Value, json};

fn written() -> String {
    stdout(&keysift(&["scan", "--format", "json", "--show-suppressed", "testdata/orders.jar", "testdata/deployment"]))
}

#[test]
fn what_was_written_is_read_back_whole() {
    let text = written();
    let mut again = Vec::new();
    json::write(&Document::parse(text.as_bytes()).unwrap(), &mut again).unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), text);
}

#[test]
fn what_a_newer_version_adds_is_passed_over() {
    let text = written();
    let mut newer: Value = serde_json::from_str(&text).unwrap();
    for place in ["", "/tool", "/summary", "/gate", "/findings/0", "/findings/0/parts/0", "/findings/0/locations/0"] {
        newer.pointer_mut(place).unwrap()["unheard_of"] = json!({"a": 1});
    }
    let read = Document::parse(newer.to_string().as_bytes()).unwrap();
    assert_eq!(read, Document::parse(text.as_bytes()).unwrap());
}

#[test]
fn what_an_older_version_did_not_have_is_neutral() {
    let mut older: Value = serde_json::from_str(&written()).unwrap();
    let drop = |value: &mut Value, names: &[&str]| {
        let fields = value.as_object_mut().unwrap();
        names.iter().for_each(|name| assert!(fields.remove(*name).is_some(), "{name}"));
    };
    drop(&mut older, &["lost", "shard", "gate", "rules"]);
    drop(&mut older["summary"], &["interrupted", "cached", "entries_trusted", "last_scan", "new_since_last_scan"]);
    for finding in older["findings"].as_array_mut().unwrap() {
        drop(finding, &["suppression", "first_seen", "new_since_last_scan"]);
        finding["parts"].as_array_mut().unwrap().iter_mut().for_each(|part| drop(part, &["identifier"]));
        for location in finding["locations"].as_array_mut().unwrap() {
            drop(location, &["binding", "owner", "version_status", "deployed", "new_since_last_scan"]);
        }
    }
    let read = Document::parse(older.to_string().as_bytes()).unwrap();
    assert!(read.findings.len() > 10 && !read.rules.is_empty() && read.shard.is_none());
    assert_eq!(read.findings[0].locations[0].owner, Owner::Unknown);
}

#[test]
fn what_is_no_report_is_told_so() {
    let told = |text: &str| Document::parse(text.as_bytes()).unwrap_err();
    assert!(matches!(told("{\"schema_version\": 2, \"findings\": 7}"), DocumentError::Newer(2)));
    for text in ["", "[]", "{}", "{\"schema_version\": 1}", "{\"schema_version\": 1, \"findings\": [", "\u{1}PK"] {
        assert!(matches!(told(text), DocumentError::Json(_)), "{text}");
    }
}
