//! Inventories: what their columns do not say, in whatever order they come, and how old they are.

use super::{messages, report, set, trouble, uris};
use crate::support::s3::Server;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Output;

const PASSWORD: &str = "s3.secret-key: Lq7VfXn2WbKc9RzTy4PdGj8HsMe1Ua6Oi5NtBvZx\n";
const MANIFEST: &str = "s3://inventory/code/manifest.json";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// An inventory with these columns and rows of a bucket with three objects, of which one is empty.
fn inventory(columns: &str, rows: &[&str]) -> Server {
    let server = Server::start();
    server.put("code", "jobs/a.yaml", PASSWORD);
    server.put("code", "jobs/large.yaml", format!("{}{PASSWORD}", format!("# {}\n", "x".repeat(120)).repeat(280_000)));
    server.put("code", "jobs/empty.yaml", "");
    write(&server, columns, rows, json!("1793502000000"));
    server
}

fn write(server: &Server, columns: &str, rows: &[&str], created: Value) {
    let mut manifest = json!({
        "sourceBucket": "code", "destinationBucket": "arn:aws:s3:::inventory", "version": "2016-11-30",
        "fileFormat": "CSV", "fileSchema": columns, "files": [{ "key": "code/data/1.csv.gz", "size": 1 }],
    });
    if !created.is_null() {
        manifest["creationTimestamp"] = created;
    }
    server.put("inventory", "code/manifest.json", manifest.to_string());
    server.put("inventory", "code/data/1.csv.gz", gzip(&rows.join("\n")));
}

fn scan(server: &Server, more: &[&str]) -> Output {
    server.scan(&[&["s3://code/", "--inventory", MANIFEST], more].concat())
}

fn found() -> std::collections::BTreeSet<String> {
    set(&["s3://code/jobs/a.yaml", "s3://code/jobs/large.yaml"])
}

#[test]
fn without_the_column_of_sizes_objects_are_asked_and_read() {
    let rows = ["\"code\",\"jobs/a.yaml\"", "\"code\",\"jobs/large.yaml\"", "\"code\",\"jobs/empty.yaml\""];
    let report = report(&scan(&inventory("Bucket, Key", &rows), &[]));
    assert_eq!(uris(&report), found());
    assert_eq!((&report["summary"]["artifacts"], &report["summary"]["complete"]), (&3.into(), &true.into()));
}

/// Empty, not a number, and not so: too small, too large, of yesterday.
#[test]
fn sizes_of_rows_are_no_truth() {
    for size in ["", "0", "12", "many", "-1", "1e3", "70000000", "9223372036854775807", "18446744073709551616"] {
        let rows = ["a", "large", "empty"].map(|name| format!("\"{size}\",\"jobs/{name}.yaml\",\"code\""));
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let report = report(&scan(&inventory("Size, Key, Bucket", &rows), &[]));
        assert_eq!(uris(&report), found(), "{size}");
        assert_eq!(report["summary"]["complete"], true, "{size} {}", report["trouble"]);
    }
}

#[test]
fn a_file_of_an_inventory_may_be_of_unknown_size() {
    let rows = ["jobs/a.yaml,1", "jobs/large.yaml,1", "jobs/empty.yaml,0"];
    let server = inventory("Key, Size", &rows);
    server.wire.leave_out("HEAD", "/inventory/", "content-length");
    server.wire.leave_out("GET", "/inventory/", "content-range");
    server.wire.leave_out("GET", "/inventory/", "content-length");
    assert_eq!(uris(&report(&scan(&server, &[]))), found());
    // HEAD that always says nothing is there.
    let server = inventory("Key, Size", &rows);
    server.wire.edit("HEAD", "/inventory/", |parts, _| {
        parts.headers.insert("content-length", "0".parse().unwrap());
    });
    assert_eq!(uris(&report(&scan(&server, &[]))), found());
}

#[test]
fn a_row_that_names_no_object_is_trouble() {
    let server = inventory("Bucket, Key, Size", &["code,,10", "code,jobs/a.yaml,70", "code"]);
    let report = report(&scan(&server, &[]));
    assert_eq!(uris(&report), set(&["s3://code/jobs/a.yaml"]));
    let cause = "an entry of the listing has no key".to_owned();
    assert_eq!(trouble(&report), [("s3://code/".to_owned(), cause)]);
}

/// An inventory is of all versions, or of the current ones only.
#[test]
fn versions_that_an_inventory_does_not_list_are_trouble() {
    let rows = ["code,jobs/a.yaml,70", "code,jobs/large.yaml,9", "code,jobs/empty.yaml,0"];
    let server = inventory("Bucket, Key, Size", &rows);
    let output = scan(&server, &["--all-versions"]);
    let report = report(&output);
    assert_eq!(uris(&report), found());
    let cause = "the inventory lists current versions only".to_owned();
    assert_eq!(trouble(&report), [("s3://code/".to_owned(), cause)], "{}", messages(&output));
}

#[test]
fn a_row_of_an_old_version_without_its_id_is_trouble() {
    let columns = "Bucket, Key, VersionId, IsLatest, Size";
    let server = inventory(columns, &["code,jobs/a.yaml,,false,70", "code,jobs/a.yaml,v1,,70"]);
    let report = report(&scan(&server, &["--all-versions"]));
    assert_eq!(uris(&report), set(&["s3://code/jobs/a.yaml"]));
    assert!(trouble(&report)[0].1.contains("does not say which it is"), "{}", report["trouble"]);
}

/// What a row does not say leaves nothing out.
#[test]
fn a_criterion_that_the_inventory_cannot_answer_leaves_nothing_out() {
    let rows = ["jobs/a.yaml", "jobs/large.yaml", "jobs/empty.yaml"];
    let words = ["--storage-class", "STANDARD_IA", "--modified-since", "1d"];
    assert_eq!(uris(&report(&scan(&inventory("Key", &rows), &words))), found());
}

/// Written in the night, read a month later.
#[test]
fn the_age_of_an_inventory_is_reported() {
    let rows = ["code,jobs/a.yaml,70"];
    let server = inventory("Bucket, Key, Size", &rows);
    let (now, hour) = (jiff::Timestamp::now().as_millisecond(), 3_600_000);
    let text = |age: i64| {
        write(&server, "Bucket, Key, Size", &rows, json!((now - age).to_string()));
        let output = server.text(&["s3://code/", "--inventory", MANIFEST]);
        String::from_utf8(output.stdout).unwrap()
    };
    for (age, words) in [
        (29 * 24 * hour + hour, "29 days old: what came later was not scanned"),
        (24 * hour + hour, "1 day old: what came later was not scanned"),
        (5 * hour + 60_000, "5 hours old: what came later was not scanned"),
        (60_000, "less than an hour old: what came later was not scanned"),
    ] {
        let text = text(age);
        assert!(text.contains(words), "{words}\n{text}");
        assert!(!text.contains("everything was scanned"), "{text}");
    }
    write(&server, "Bucket, Key, Size", &rows, json!("1793502000000"));
    let report = report(&scan(&server, &[]));
    let inventory = &report["summary"]["inventories"][0];
    assert_eq!(inventory["uri"], MANIFEST);
    assert_eq!(inventory["created"], "2026-11-01T03:00:00Z");
    assert!(inventory["age_hours"].is_u64(), "{inventory}");
    let text = server.text(&["s3://code/", "--inventory", MANIFEST]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("inventory of 2026-11-01 03:00 UTC"), "{text}");
}

/// A manifest that does not say when it was written is of unknown age, not of none.
#[test]
fn an_inventory_of_unknown_age_is_reported_as_such() {
    for created in
        [Value::Null, json!("yesterday"), json!(""), json!("-5"), json!("99999999999999999999"), json!("9999999999999")]
    {
        let server = inventory("Bucket, Key, Size", &["code,jobs/a.yaml,70"]);
        write(&server, "Bucket, Key, Size", &["code,jobs/a.yaml,70"], created.clone());
        let report = report(&scan(&server, &[]));
        assert_eq!(uris(&report), set(&["s3://code/jobs/a.yaml"]), "{created}");
        let inventory = &report["summary"]["inventories"][0];
        assert_eq!(inventory, &json!({ "uri": MANIFEST, "created": null, "age_hours": null }), "{created}");
        let text = String::from_utf8(server.text(&["s3://code/", "--inventory", MANIFEST]).stdout).unwrap();
        assert!(text.contains("inventory of unknown age: what came since was not scanned"), "{text}");
    }
    // A number in place of text is one.
    let server = inventory("Key", &["jobs/a.yaml"]);
    write(&server, "Key", &["jobs/a.yaml"], json!(1_793_502_000_000_u64));
    assert_eq!(report(&scan(&server, &[]))["summary"]["inventories"][0]["created"], "2026-11-01T03:00:00Z");
}
