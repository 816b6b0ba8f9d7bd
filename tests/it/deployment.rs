//! Deployments: the files that put a job on a cluster, and the images that carry it.

mod images;

use crate::support::{project, scan};
use serde_json::Value;

/// `file:line:column rule key=value@line + …` of each place of each finding, in order.
pub fn told(report: &Value) -> Vec<String> {
    let mut rows: Vec<(String, u64, u64, String)> = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let parts = finding["parts"].as_array().unwrap();
        for (number, location) in finding["locations"].as_array().unwrap().iter().enumerate() {
            let shown: Vec<String> = parts
                .iter()
                .enumerate()
                .map(|(index, part)| {
                    let of_place =
                        location["parts"].as_array().into_iter().flatten().find(|other| other["part"] == index);
                    let place = if number == 0 { part } else { of_place.unwrap_or(&Value::Null) };
                    let key = place["binding"].as_str().unwrap_or("-");
                    format!("{key}={}@{}", part["value"].as_str().unwrap(), place["line"])
                })
                .collect();
            let (line, column) = (location["line"].as_u64().unwrap(), location["column"].as_u64().unwrap());
            let file = location["uri"].as_str().unwrap().to_owned();
            rows.push((file, line, column, format!("{} {}", finding["rule_id"].as_str().unwrap(), shown.join(" + "))));
        }
    }
    rows.sort();
    rows.into_iter().map(|(file, line, column, what)| format!("{file}:{line}:{column} {what}")).collect()
}

/// What is planted, what is paired, and nothing else: references to secret stores, sealed secrets,
/// templates and masks stand between.
#[test]
fn every_credential_of_a_deployment_is_found_where_it_stands() {
    let expected = std::fs::read_to_string(project("testdata/deployment.expected")).unwrap();
    let expected: Vec<&str> = expected.lines().collect();
    let (report, code) = scan("testdata/deployment");
    let found: Vec<String> =
        told(&report).iter().map(|row| row.trim_start_matches("testdata/deployment/").to_owned()).collect();
    let missing: Vec<_> = expected.iter().filter(|row| !found.iter().any(|other| other == *row)).collect();
    let unexpected: Vec<_> = found.iter().filter(|row| !expected.contains(&row.as_str())).collect();
    assert!(missing.is_empty() && unexpected.is_empty(), "missing: {missing:#?}\nunexpected: {unexpected:#?}");
    assert_eq!(code, 1);
    assert_eq!(report["trouble"], Value::Array(Vec::new()));
}

/// The values of the files above stand at the line and column that the report names.
#[test]
fn places_point_at_values() {
    let (report, _) = scan("testdata/deployment");
    for row in told(&report).iter().filter(|row| !row.contains("!/")) {
        let (place, what) = row.split_once(' ').unwrap();
        let mut place = place.rsplitn(3, ':');
        let column: usize = place.next().unwrap().parse().unwrap();
        let line: usize = place.next().unwrap().parse().unwrap();
        let text = std::fs::read_to_string(project(place.next().unwrap())).unwrap();
        let line = text.lines().nth(line - 1).unwrap();
        let first = what.split(" + ").next().unwrap();
        let value = first.rsplit_once('@').unwrap().0.split_once('=').unwrap().1;
        let rest: String = line.chars().skip(column - 1).collect();
        // Not of values that are decoded, or that stand inside a longer one.
        assert!(rest.starts_with(value) || !line.contains(value) || rest.contains(value), "{row}");
    }
}
