//! The samples that are shipped: a job's fat jar with credentials in it, and its clean twin.

use crate::support::{keysift, project, scan, stdout};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a finding says, in the terms of `expected.json`.
fn told(finding: &Value) -> Value {
    let values: BTreeSet<&str> =
        finding["parts"].as_array().unwrap().iter().map(|part| part["value"].as_str().unwrap()).collect();
    let mut places: Vec<Value> = finding["locations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| {
            let uri = l["uri"].as_str().unwrap().trim_start_matches("testdata/");
            json!({"uri_suffix": uri, "class": l["class"], "method": l["method"], "line": l["line"], "field": l["field"]})
        })
        .collect();
    places.sort_by_key(Value::to_string);
    json!({"rule": finding["rule_id"], "severity": finding["severity"], "values": values, "places": places})
}

fn promised(finding: &Value) -> Value {
    let values: BTreeSet<&str> =
        finding["values"].as_array().unwrap().iter().map(|part| part["value"].as_str().unwrap()).collect();
    let mut places = finding["places"].as_array().unwrap().clone();
    places.sort_by_key(Value::to_string);
    json!({"rule": finding["rule"], "severity": finding["severity"], "values": values, "places": places})
}

#[test]
fn the_orders_job_gives_up_every_credential_and_nothing_else() {
    let expected: Value =
        serde_json::from_slice(&std::fs::read(project("testdata/orders/expected.json")).unwrap()).unwrap();
    let mut expected: Vec<Value> = expected.as_array().unwrap().iter().map(promised).collect();
    expected.sort_by_key(Value::to_string);
    let (report, code) = scan("testdata/orders.jar");
    let mut found: Vec<Value> = report["findings"].as_array().unwrap().iter().map(told).collect();
    found.sort_by_key(Value::to_string);
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(expected, found);
    }
    assert_eq!(expected.len(), found.len());
    assert_eq!(code, 1);
    assert_eq!(report["summary"]["complete"], true);
}

#[test]
fn the_clean_twin_is_clean() {
    let (report, code) = scan("testdata/orders-clean.jar");
    assert_eq!(report["findings"], json!([]));
    assert_eq!(code, 0);
}

#[test]
fn no_secret_is_shown_unless_asked_for() {
    let (report, _) = scan("testdata/orders.jar");
    let secrets: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|finding| finding["parts"].as_array().unwrap())
        .filter(|part| part["redacted"] != part["value"])
        .map(|part| part["value"].as_str().unwrap())
        .collect();
    assert!(secrets.len() >= 9, "{}", secrets.len());
    for format in ["text", "json"] {
        let output = stdout(&keysift(&["scan", "--format", format, "testdata/orders.jar"]));
        for secret in &secrets {
            assert!(!output.contains(secret), "{format} shows a secret");
        }
    }
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    let reports: Vec<String> = ["1", "2", "7"]
        .iter()
        .map(|threads| {
            let arguments =
                ["scan", "--format", "json", "--threads", threads, "testdata/orders.jar", "testdata/shapes"];
            stdout(&keysift(&arguments))
        })
        .collect();
    assert!(reports[0].len() > 1000);
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
}
