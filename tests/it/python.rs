//! Python bytecode, of real interpreters where there was one, and the sources that it comes of.
//!
//! A mark at the end of a line, `#!` and the rule, stands for a finding of that rule on that line.
//! `job.py` must show the same as its bytecode; what `inferred.py` holds shows in bytecode only.

mod assembled;
mod mutations;
mod packages;

use crate::support::{project, scan};
use std::path::PathBuf;

const FOLDER: &str = "testdata/shapes/python";

fn marks(source: &str) -> Vec<(u64, String)> {
    let source = std::fs::read_to_string(project(FOLDER).join(source)).unwrap();
    let marks = |text: &str| text.split("#! ").skip(1).map(|mark| mark.trim().to_owned()).collect::<Vec<_>>();
    let mut found: Vec<(u64, String)> = (1..)
        .zip(source.lines())
        .flat_map(|(line, text)| marks(text).into_iter().map(move |mark| (line, mark)))
        .collect();
    found.sort();
    assert!(found.len() > 8, "{}", found.len());
    found
}

/// A function and a source file.
type Names = (Option<String>, Option<String>);

/// What a scan finds, and the functions and source files that it names.
fn findings(path: &str) -> (Vec<(u64, String)>, Vec<Names>) {
    let (report, _) = scan(path);
    assert_eq!(report["summary"]["complete"], true, "{path}");
    let (mut found, mut names) = (Vec::new(), Vec::new());
    for finding in report["findings"].as_array().unwrap() {
        for location in finding["locations"].as_array().unwrap() {
            found.push((location["line"].as_u64().unwrap(), finding["rule_id"].as_str().unwrap().to_owned()));
            let name = |key: &str| location[key].as_str().map(str::to_owned);
            names.push((name("method"), name("source_file")));
        }
    }
    found.sort();
    (found, names)
}

/// The compiled files of a source, one for each version.
fn compiled(module: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(project(FOLDER)).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(&format!("{module}.cpython-")) && name.ends_with(".pyc")
    });
    assert_eq!(found.len(), 8, "3.6 to 3.13");
    found
}

#[test]
fn source_and_bytecode_show_the_same() {
    let expected = marks("job.py");
    assert_eq!(findings(&format!("{FOLDER}/job.py")).0, expected);
    for path in compiled("job") {
        let (found, names) = findings(path.to_str().unwrap());
        assert_eq!(found, expected, "{}", path.display());
        assert!(names.iter().all(|(_, file)| file.as_deref() == Some("job.py")), "{names:?}");
        for function in ["Settings.__init__", "client", "configure", "kafka_properties", "headers"] {
            assert!(names.iter().any(|(name, _)| name.as_deref() == Some(function)), "{function}: {names:?}");
        }
    }
}

#[test]
fn code_is_followed() {
    let expected = marks("inferred.py");
    for path in compiled("inferred") {
        let (found, names) = findings(path.to_str().unwrap());
        assert_eq!(found, expected, "{}", path.display());
        let inner = "around.<locals>.inner";
        assert!(names.iter().any(|(name, _)| name.as_deref() == Some(inner)), "{names:?}");
    }
}
