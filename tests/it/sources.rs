//! Tests of the sources: whole scans of what a server holds.

mod credentials;
mod faults;
mod inventories;
mod listings;
mod overlap;
mod progress;
mod s3;
mod s3_bucket;
mod s3_memory;
mod unknown;

use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Output;

pub(super) fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", messages(output)))
}

pub(super) fn messages(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(super) fn uris(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap();
    let locations = findings.iter().flat_map(|finding| finding["locations"].as_array().unwrap());
    locations.map(|location| location["uri"].as_str().unwrap().to_owned()).collect()
}

pub(super) fn set(uris: &[&str]) -> BTreeSet<String> {
    uris.iter().map(|uri| (*uri).to_owned()).collect()
}

/// `kind: detail` of each trouble, by artifact.
pub(super) fn trouble(report: &Value) -> Vec<(String, String)> {
    let all = report["trouble"].as_array().unwrap();
    all.iter()
        .map(|one| (one["uri"].as_str().unwrap().to_owned(), one["detail"].as_str().unwrap().to_owned()))
        .collect()
}
