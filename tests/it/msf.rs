//! Managed Service for Apache Flink as a source: the built binary against a service in this process.

mod code;
mod history;
mod missing;
mod trouble;

use crate::cli::Run;
use crate::support::msf::{REGION, Service};
use crate::support::s3::bare;
use serde_json::Value;

/// Of a person's choice: found by its key, `db.password`, as `jdbc` rules and generic ones do.
pub(super) const PASSWORD: &str = "N0aHGps5NxNkOJD7Gr";
pub(super) const KEY_ID: &str = "AKIAS3MRHE6OH7X6BS7D";
pub(super) const KEY_SECRET: &str = "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";

/// A scan of `msf://REGION/application`, or of the region, with the report in JSON.
pub(super) fn scan(service: &Service, application: &str, words: &[&str]) -> Run {
    let target = format!("msf://{REGION}/{application}");
    run(service, &[&["scan", &target, "--format", "json"], words].concat())
}

pub(super) fn run(service: &Service, words: &[&str]) -> Run {
    let mut command = bare(&[words, &["--endpoint-url", &service.url]].concat());
    Run::of(command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").output().unwrap())
}

/// `binding deployed`, for each place of all findings.
pub(super) fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let mut places: Vec<String> = findings
        .iter()
        .flat_map(|finding| finding["locations"].as_array().unwrap())
        .map(|place| {
            let deployed: Vec<&str> = place["deployed"].as_array().unwrap().iter().flat_map(Value::as_str).collect();
            format!(
                "{} {} in {}",
                place["uri"].as_str().unwrap().rsplit("!/").next().unwrap(),
                place["binding"].as_str().unwrap_or("-"),
                deployed.join("; ")
            )
        })
        .collect();
    places.sort();
    places
}
