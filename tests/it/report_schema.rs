//! The JSON report against its published schema, docs/report.schema.json.

use crate::support::{keysift, project};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::path::PathBuf;

fn schema() -> Validator {
    let text = std::fs::read_to_string(project("docs/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// The report of a scan that has to follow the schema.
fn validated(arguments: &[&str]) -> Value {
    let output = keysift(&[&["scan", "--format", "json"], arguments].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let faults = faults(&report);
    assert!(faults.is_empty(), "{arguments:?}: {faults:#?}");
    report
}

/// Where a report leaves the schema.
pub fn faults(report: &Value) -> Vec<String> {
    schema().iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// A file of the test's own; it is gone with the folder.
fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn findings_follow_the_schema() {
    let shown = validated(&["--show-secrets", "testdata/orders.jar", "testdata/shapes"]);
    let findings = shown["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["parts"].as_array().unwrap().len() > 1), "no pair");
    assert!(findings.iter().any(|finding| finding["attributes"]["aws_account_id"].is_string()), "no account");
    let redacted = validated(&["testdata/orders.jar"]);
    let parts = redacted["findings"].as_array().unwrap().iter().flat_map(|f| f["parts"].as_array().unwrap());
    assert!(parts.map(|part| &part["value"]).all(Value::is_null));
}

#[test]
fn suppressed_findings_follow_the_schema() {
    let report = validated(&["--show-suppressed", "testdata/orders.jar"]);
    let states = report["findings"].as_array().unwrap().iter().map(|finding| &finding["state"]);
    assert!(states.into_iter().any(|state| state == "suppressed"));
    assert_ne!(report["summary"]["suppressed"], json!(0));
}

#[test]
fn trouble_follows_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let jar = std::fs::read(project("testdata/orders.jar")).unwrap();
    let truncated = file(&folder, "truncated.jar", &jar[..jar.len() / 2]);
    let foreign = file(&folder, "other.7z", b"7z\xBC\xAF\x27\x1C and what follows");
    let report = validated(&[truncated.to_str().unwrap(), foreign.to_str().unwrap()]);
    assert_eq!(report["summary"]["complete"], json!(false));
    let shallow = validated(&["--max-depth", "0", "testdata/orders.jar"]);
    let limits: Vec<&Value> = shallow["trouble"].as_array().unwrap().iter().map(|trouble| &trouble["limit"]).collect();
    assert!(limits.contains(&&json!("max-depth")), "{limits:?}");
    let kinds: Vec<&Value> = report["trouble"].as_array().unwrap().iter().map(|trouble| &trouble["kind"]).collect();
    assert!(kinds.contains(&&json!("unsupported")), "{kinds:?}");
}

#[test]
fn a_binary_is_placed_by_offset() {
    let folder = tempfile::tempdir().unwrap();
    let id = ["AKIA", "2W3QFYOZTM3D7QXA"].concat();
    let binary =
        file(&folder, "lib.so", &[b"\x7FELF\x02\x01\x01\0\0\0\0\0".as_slice(), id.as_bytes(), &[0; 64]].concat());
    let report = validated(&[binary.to_str().unwrap()]);
    assert_eq!(report["findings"][0]["locations"][0]["offset"], json!(12));
}

#[test]
fn the_schema_rejects_what_it_does_not_describe() {
    let schema = schema();
    let good = validated(&["testdata/orders.jar"]);
    for (pointer, field) in
        [("", "extra"), ("/summary", "extra"), ("/findings/0", "extra"), ("/findings/0/attributes", "extra")]
    {
        let mut bad = good.clone();
        bad.pointer_mut(pointer).unwrap()[field] = json!(1);
        assert!(!schema.is_valid(&bad), "{pointer}/{field}");
    }
    for pointer in ["/findings/0/severity", "/findings/0/locations/0/scope", "/tool/rules_digest"] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = json!("unheard-of");
        assert!(!schema.is_valid(&bad), "{pointer}");
    }
}
