//! Blind sets: artifacts as teams write them, filled with random credentials, so that neither rules nor
//! readers can be tuned to a value. What is planted must be found, in its place and pair, and nothing else.
//!
//! `KEYSIFT_BLIND_SEED` takes other values than a plain run, `KEYSIFT_BLIND_ROUNDS` that many seeds from it.

#[cfg(feature = "compilers")]
mod bytecode;
mod carriers;
#[cfg(feature = "compilers")]
mod compiled;
mod packed;
mod template;

use crate::support::{project, scan};
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use template::{Filler, Planted};

/// One part of one place of a finding.
struct Found {
    uri: String,
    source_file: Option<String>,
    /// None where a class file has none.
    line: Option<u64>,
    value: String,
    rule: String,
    /// All values of the finding.
    values: BTreeSet<String>,
}

fn found_in(report: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let parts = finding["parts"].as_array().unwrap();
        let values: BTreeSet<String> = parts.iter().map(|part| part["value"].as_str().unwrap().to_owned()).collect();
        for (number, location) in finding["locations"].as_array().unwrap().iter().enumerate() {
            for (index, part) in parts.iter().enumerate() {
                let other = location["parts"].as_array().into_iter().flatten().find(|other| other["part"] == index);
                let place = if number == 0 { part } else { other.unwrap_or(location) };
                found.push(Found {
                    uri: location["uri"].as_str().unwrap().to_owned(),
                    source_file: location["source_file"].as_str().map(str::to_owned),
                    line: place["line"].as_u64(),
                    value: part["value"].as_str().unwrap().to_owned(),
                    rule: finding["rule_id"].as_str().unwrap().to_owned(),
                    values: values.clone(),
                });
            }
        }
    }
    found
}

impl Found {
    fn is_in(&self, file: &str) -> bool {
        let in_class = self.source_file.as_deref() == Some(file);
        in_class || self.uri.ends_with(&format!("/{file}")) || self.uri.contains(&format!("/{file}!/"))
    }

    /// Whether it is the value, or holds it: `user:password`, in Base64 or not.
    fn holds(&self, planted: &str) -> bool {
        let decoded = || {
            let words = self.value.split_whitespace().filter_map(|word| BASE64.decode(word.as_bytes()).ok());
            words.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect::<String>()
        };
        self.value == planted || planted.len() >= 8 && (self.value.contains(planted) || decoded().contains(planted))
    }
}

/// What is wrong with a report, in lines that a person can read.
#[allow(clippy::print_stdout, reason = "figures for whoever asks with --nocapture")]
fn judge(report: &Value, planted: &[Planted]) -> Vec<String> {
    let found = found_in(report);
    let mut wrong = Vec::new();
    let mut expected: BTreeSet<usize> = BTreeSet::new();
    for one in planted {
        let Planted { file, line, value, kind, .. } = one;
        let here: Vec<usize> = (0..found.len()).filter(|&i| found[i].holds(value) && found[i].is_in(file)).collect();
        if here.is_empty() && !one.is_out_of_reach {
            wrong.push(format!("missed {file}:{line} {kind} {value}"));
        }
        // In a class, a value that is put together is where that happens; it has been checked elsewhere. Objects
        // have no lines.
        let in_class = here.iter().any(|&i| found[i].source_file.is_some() || found[i].line.is_none());
        if !here.is_empty() && !in_class && !here.iter().any(|&i| found[i].line == Some(*line)) {
            wrong.push(format!("misplaced {file}:{line} {kind}"));
        }
        if one.is_part() {
            let mates: BTreeSet<String> = planted
                .iter()
                .filter(|other| other.is_part() && other.name == one.name && &other.file == file)
                .map(|other| other.value.clone())
                .collect();
            if let Some(other) = here.iter().map(|&i| &found[i].values).find(|values| **values != mates) {
                wrong.push(format!("not paired with its own {file}:{line} {kind}: {other:?}"));
            }
        }
        expected.extend(here);
    }
    for (_, found) in found.iter().enumerate().filter(|(index, _)| !expected.contains(index)) {
        wrong.push(format!("false {}:{} {} {}", found.uri, found.line.unwrap_or(0), found.rule, found.value));
    }
    let mut rules: BTreeMap<&str, BTreeSet<(&str, &BTreeSet<String>)>> = BTreeMap::new();
    for one in &found {
        rules.entry(&one.value).or_default().insert((&one.rule, &one.values));
    }
    wrong.extend(rules.into_iter().filter(|(_, rules)| rules.len() > 1).map(|(value, rules)| {
        format!("told more than once: {value} by {:?}", rules.iter().map(|(rule, _)| rule).collect::<Vec<_>>())
    }));
    println!(
        "{} planted, {} out of reach, {} places found, {} wrong",
        planted.len(),
        planted.iter().filter(|one| one.is_out_of_reach).count(),
        found.len(),
        wrong.len()
    );
    wrong
}

/// Fills the templates of a folder into another.
fn fill(from: &Path, base: &Path, to: &Path, filler: &mut Filler) {
    let mut entries: Vec<_> = std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            fill(&path, base, to, filler);
            continue;
        }
        let name = path.strip_prefix(base).unwrap();
        let target = to.join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        let template = std::fs::read_to_string(&path).unwrap();
        std::fs::write(target, filler.fill(&name.to_string_lossy(), &template)).unwrap();
    }
}

/// The seeds of this run. They are the same in each plain run: what fails can be looked at again.
fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let first = number("KEYSIFT_BLIND_SEED").unwrap_or(1);
    first..first + number("KEYSIFT_BLIND_ROUNDS").unwrap_or(1)
}

/// How many values are planted in each round.
fn check(folder: &str) -> usize {
    let base = project(folder);
    let mut planted = 0;
    let mut wrong = Vec::new();
    for seed in seeds() {
        let target = tempfile::tempdir().unwrap();
        let mut filler = Filler::new(seed);
        fill(&base, &base, target.path(), &mut filler);
        let (report, _) = scan(target.path().to_str().unwrap());
        wrong.extend(judge(&report, &filler.planted).into_iter().map(|line| format!("seed {seed}: {line}")));
        assert_eq!(report["trouble"], json!([]), "seed {seed}");
        planted = filler.planted.len();
    }
    assert!(wrong.is_empty(), "{folder}: {wrong:#?}");
    planted
}

#[test]
fn what_texts_hold_is_found_and_nothing_else() {
    assert!(check("testdata/blind/texts") > 400);
}

#[test]
fn what_only_speaks_of_secrets_is_silent() {
    assert_eq!(check("testdata/blind/clean"), 0);
}
