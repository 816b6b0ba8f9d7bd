//! Class files made by real compilers.
//!
//! Sources say what is to be found in them: a mark at the end of a line, a comment with a `!` and the
//! rule, stands for a finding of that rule on that line. A scan of the jar must give exactly these.

mod folders;
#[cfg(feature = "compilers")]
mod javap;
#[cfg(feature = "compilers")]
mod matrix;
mod mutations;

use crate::support::{project, scan};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Rules and the lines that they name, by source file.
type Marks = BTreeMap<String, Vec<(String, u64)>>;

fn marks_in(folder: &Path, marks: &mut Marks) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            marks_in(&path, marks);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found: Vec<(String, u64)> = (1..)
            .zip(source.lines())
            .flat_map(|(line, text)| text.split("//! ").skip(1).map(move |mark| mark_at(mark, line)))
            .collect();
        if name.ends_with(".java") || name.ends_with(".kt") || name.ends_with(".scala") {
            marks.insert(name, found);
        }
    }
}

/// `rule`, or `rule ^5` for the line five lines above, where no mark can stand.
fn mark_at(mark: &str, line: u64) -> (String, u64) {
    match mark.trim().split_once(" ^") {
        Some((rule, above)) => (rule.to_owned(), line - above.parse::<u64>().unwrap()),
        // `rule local`: only the name of a local variable tells.
        None => (mark.trim().trim_end_matches(" local").to_owned(), line),
    }
}

/// Where a finding is, by the line of its use or of the field that holds it.
fn line_of(location: &Value, sources: &Path) -> u64 {
    location["line"].as_u64().unwrap_or_else(|| {
        let named = location["field"].as_str().or(location["method"].as_str()).expect("a line, a field or a method");
        let field = named.split('(').next().unwrap();
        let file = find(sources, location["source_file"].as_str().unwrap()).unwrap();
        let source = std::fs::read_to_string(file).unwrap();
        (1..).zip(source.lines()).find(|(_, text)| text.contains(&format!("{field} ="))).unwrap().0
    })
}

fn find(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find_map(|path| if path.is_dir() { find(&path, name) } else { path.ends_with(name).then_some(path) })
}

fn check(language: &str) {
    let sources = project(&format!("testdata/shapes/{language}"));
    compare(&sources, &format!("testdata/shapes/shapes-{language}.jar"));
}

/// Scans a jar and compares with the marks in its sources.
fn compare(sources: &Path, jar: &str) {
    let mut expected = Marks::new();
    marks_in(sources, &mut expected);
    let (report, _) = scan(jar);
    let mut found: Marks = expected.keys().map(|name| (name.clone(), Vec::new())).collect();
    for finding in report["findings"].as_array().unwrap() {
        for location in finding["locations"].as_array().unwrap() {
            // Scala 3 puts its syntax trees beside the classes, with the same constants.
            if location["uri"].as_str().unwrap().ends_with(".tasty") {
                continue;
            }
            let rule = finding["rule_id"].as_str().unwrap().to_owned();
            let file = location["source_file"].as_str().unwrap().to_owned();
            found.entry(file).or_default().push((rule, line_of(location, sources)));
        }
    }
    for marks in expected.values_mut().chain(found.values_mut()) {
        marks.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    }
    let differences: Vec<_> = expected
        .iter()
        .map(|(file, marks)| (file, only(marks, &found[file]), only(&found[file], marks)))
        .filter(|(_, missed, extra)| !missed.is_empty() || !extra.is_empty())
        .collect();
    assert!(differences.is_empty(), "file, missed, not expected: {differences:#?}");
    assert!(expected.values().map(Vec::len).sum::<usize>() > 5);
    assert_eq!(report["summary"]["complete"], true);
}

#[test]
fn java() {
    check("java");
}

#[test]
fn java_before_9() {
    check("java8");
}

#[test]
fn kotlin() {
    check("kotlin");
}

#[test]
fn scala() {
    check("scala");
}

fn only(these: &[(String, u64)], those: &[(String, u64)]) -> Vec<(String, u64)> {
    let mut left = those.to_vec();
    let mut only = these.to_vec();
    only.retain(|mark| match left.iter().position(|other| other == mark) {
        Some(index) => {
            left.swap_remove(index);
            false
        }
        None => true,
    });
    only
}
