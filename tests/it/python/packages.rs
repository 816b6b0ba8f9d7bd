//! Packages that lie in an archive of a PyFlink job: whose a finding is.

use crate::support::{keysift, stdout};
use serde_json::Value;
use std::io::{Cursor, Write};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const SECRET: &str = "api_password = \"Quartz!7pVn2Rk-slate\"\n";

fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Kind and name of the owner, and the severity, of the only finding.
fn owner(file: &str, entries: &[(&str, &str)]) -> (String, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    match entries {
        [("", text)] => std::fs::write(&path, text).unwrap(),
        entries => std::fs::write(&path, archive(entries)).unwrap(),
    }
    let report: Value =
        serde_json::from_str(&stdout(&keysift(&["scan", folder.path().to_str().unwrap(), "--format", "json"])))
            .unwrap();
    let [finding] = report["findings"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    let owner = &finding["owner"];
    let name = owner["name"].as_str().map(|name| format!(" {name}")).unwrap_or_default();
    (format!("{}{name}", owner["kind"].as_str().unwrap()), finding["severity"].as_str().unwrap().to_owned())
}

fn told(owner: &str, severity: &str) -> (String, String) {
    (owner.to_owned(), severity.to_owned())
}

const LICENSED: &str = "Metadata-Version: 2.1\nName: tide-tables\nVersion: 2.0\nLicense-Expression: MIT\n";
const PRIVATE: &str = "Metadata-Version: 2.1\nName: tide-tables\nVersion: 2.0\nClassifier: Private :: Do Not Upload\n";
const RECORD: &str = "tides/__init__.py,,\ntides/moon.py,,\ntide_tables-2.0.dist-info/METADATA,,\n";

/// A package at the top of an archive, and a file with the secret.
fn installed_beside(file: &str) -> [(&str, &str); 3] {
    [(file, SECRET), ("tide_tables-2.0.dist-info/METADATA", LICENSED), ("tide_tables-2.0.dist-info/RECORD", RECORD)]
}

#[test]
fn installed_packages_are_libraries() {
    for home in ["", "deps/", "venv/lib/python3.11/site-packages/"] {
        let name = |path: &str| format!("{home}{path}");
        let (module, metadata, record) = (
            name("tides/moon.py"),
            name("tide_tables-2.0.dist-info/METADATA"),
            name("tide_tables-2.0.dist-info/RECORD"),
        );
        let with = |text| [("job.py", "x = 1\n"), (&*record, RECORD), (&*metadata, text), (&*module, SECRET)];
        assert_eq!(owner("job.zip", &with(LICENSED)), told("library tide-tables:2.0", "info"), "{home}");
        assert_eq!(owner("job.zip", &with(PRIVATE)), told("unknown", "high"), "{home}");
    }
    let egg = [("tides/moon.py", SECRET), ("T.egg-info/top_level.txt", "tides\n"), ("T.egg-info/PKG-INFO", LICENSED)];
    assert_eq!(owner("job.zip", &egg), told("library tide-tables:2.0", "info"));
}

#[test]
fn what_lies_beside_packages_is_not_theirs() {
    assert_eq!(owner("job.zip", &installed_beside("tides_job.py")), told("unknown", "high"));
    let below = [
        ("tides/moon.py", SECRET),
        ("deps/tide_tables-2.0.dist-info/METADATA", LICENSED),
        ("deps/tide_tables-2.0.dist-info/RECORD", RECORD),
    ];
    assert_eq!(owner("job.zip", &below), told("unknown", "high"));
}

#[test]
fn a_wheel_by_itself_may_be_the_application() {
    let entries = installed_beside("tides/moon.py");
    assert_eq!(owner("tide_tables-2.0-py3-none-any.whl", &entries), told("unknown", "high"));
}

#[test]
fn well_known_modules_need_no_metadata() {
    assert_eq!(owner("job.zip", &[("job.py", "x = 1\n"), ("botocore/x.py", SECRET)]), told("library botocore", "info"));
    let loose = "env/lib/python3.11/site-packages/botocore/x.py";
    assert_eq!(owner(loose, &[("", SECRET)]), told("library botocore", "info"));
    // A folder of one's own may be called so.
    assert_eq!(owner("botocore/x.py", &[("", SECRET)]), told("unknown", "high"));
}
