//! A bucket of thousands of objects gives what the same tree on disk gives.

use crate::support::s3::Server;
use crate::support::{keysift, project};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

/// Keys that no file system takes, and the files that stand for them on disk.
const ODD: [(&str, &str); 5] = [
    ("/leading/job.properties", "odd/leading.properties"),
    ("double//slash/job.properties", "odd/double.properties"),
    ("tab\there/job.properties", "odd/tab.properties"),
    ("dots/../job.properties", "odd/dots.properties"),
    ("trailing/job.properties/", "odd/trailing.properties"),
];

/// Random, and every one of its own.
fn secret(index: usize) -> String {
    let mut state = index as u64 ^ 0x9E37_79B9_7F4A_7C15;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    (0..40).map(|_| char::from(SIGNS[next() % SIGNS.len()])).collect()
}

fn zipped(text: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("conf/job.properties", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// Writes the tree, and puts the same into the bucket.
fn plant(root: &Path, server: &Server) -> usize {
    let orders = fs::read(project("testdata/orders.jar")).unwrap();
    let mut planted = 0;
    let mut both = |file: &str, key: &str, bytes: &[u8]| {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        server.put("code", key, bytes);
        planted += 1;
    };
    for index in 0..3000 {
        let folder =
            ["jobs/orders", "jobs/a b", "jobs/größe/ключ", "jobs/x%2Fy", "jobs/deep/er/and/er/still"][index / 30 % 5];
        let (name, bytes) = match index % 30 {
            0 if index < 300 => (format!("{index}.jar"), orders.clone()),
            1 | 2 => (format!("{index} +&=?.yaml"), format!("s3.secret-key: {}\n", secret(index)).into_bytes()),
            3 => (format!("{index}.sql"), format!("CREATE TABLE t WITH ('password' = '{}');\n", secret(index)).into()),
            4 => (format!("empty-{index}"), Vec::new()),
            5 => (format!("{index}.properties"), format!("aws.secretKey={}\n", secret(index)).into_bytes()),
            6 => (format!("{index}.zip"), zipped(&format!("aws.secretKey={}\n", secret(index)))),
            _ => (format!("{index}.txt"), format!("nothing to see in {index}\n").into_bytes()),
        };
        let path = format!("{folder}/{name}");
        both(&path, &path, &bytes);
    }
    for (index, (key, file)) in ODD.iter().enumerate() {
        both(file, key, format!("aws.secretKey={}\n", secret(100_000 + index)).as_bytes());
    }
    for folder in ["jobs/", "jobs/orders/", "empty/"] {
        server.put("code", folder, "");
    }
    planted
}

/// Every place of every finding, with paths below the target.
fn places(report: &Value, target: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        for location in finding["locations"].as_array().unwrap() {
            let uri = location["uri"].as_str().unwrap();
            let path = uri.strip_prefix(target).unwrap_or_else(|| panic!("{uri}"));
            let odd = ODD.iter().find(|(key, _)| key.replace('\t', "%09") == path);
            let path = odd.map_or(path, |(_, file)| file);
            let word = |name: &str| finding[name].as_str().unwrap();
            let mut place = format!("{} {} {} {path}", word("rule_id"), word("severity"), word("fingerprint"));
            for name in ["line", "column", "class", "method", "field", "scope", "sink"] {
                place.push_str(&format!(" {}", location[name]));
            }
            found.insert(place);
        }
    }
    found
}

#[test]
fn a_bucket_gives_what_the_tree_on_disk_gives_with_and_without_faults() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let planted = plant(folder.path(), &server);
    let root = format!("{}/", folder.path().to_str().unwrap());
    let disk = keysift(&["scan", "--format", "json", &root]);
    let disk: Value = serde_json::from_slice(&disk.stdout).unwrap();
    let expected = places(&disk, &root);
    assert!(expected.len() > 400, "{}", expected.len());
    for every in [0, 20] {
        server.wire.fail_every(every);
        let output = server.scan(&["s3://code"]);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["trouble"], disk["trouble"], "every {every}");
        let found = places(&report, "s3://code/");
        let lost: Vec<&String> = expected.symmetric_difference(&found).take(5).collect();
        assert!(lost.is_empty(), "every {every}: {lost:#?}");
        for total in ["artifacts", "entries", "bytes", "left_out"] {
            assert_eq!(report["summary"][total], disk["summary"][total], "{total}");
        }
        assert_eq!(report["summary"]["artifacts"], planted);
    }
}
