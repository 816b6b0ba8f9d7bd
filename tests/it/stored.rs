//! What is stored: notebooks, serialized objects, savepoints and key stores.

mod keystores;
mod notebooks;
mod objects;

use crate::support::scan;
use serde_json::Value;

/// Rule, value of each part and place (`file:line`, cell and its line) of every finding of a scan.
fn findings(path: &str) -> Vec<String> {
    let (report, _) = scan(path);
    let mut found: Vec<String> = report["findings"].as_array().unwrap().iter().flat_map(told).collect();
    found.sort();
    found
}

fn told(finding: &Value) -> Vec<String> {
    let values: Vec<&str> =
        finding["parts"].as_array().unwrap().iter().map(|part| part["value"].as_str().unwrap()).collect();
    let place = |location: &Value| {
        let cell = &location["cell"];
        let cell = if cell.is_null() { String::new() } else { format!(" cell {}:{}", cell["index"], cell["line"]) };
        format!(
            "{} {} @{}:{}{cell}",
            finding["rule_id"].as_str().unwrap(),
            values.join(" "),
            location["line"],
            location["column"]
        )
    };
    finding["locations"].as_array().unwrap().iter().map(place).collect()
}
