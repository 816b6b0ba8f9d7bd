//! S3: what is read of a bucket, and what is said when it cannot be.

use super::{messages, report, set, trouble, uris};
use crate::support::s3::{Server, bare};
use crate::support::wire::Fault;
use std::collections::BTreeSet;
use std::io::{Cursor, Write as _};
use std::time::Duration;

const PASSWORD: &str = "s3.secret-key: 4gNU1dQ3fZcVdp0cQ0b1kO9mTn6Z7xw2hYyAqLsE\n";

fn small_bucket() -> Server {
    let server = Server::start();
    for key in ["flink-conf.yaml", "jobs/a/flink-conf.yaml", "jobs/ab/flink-conf.yaml"] {
        server.put("code", key, PASSWORD);
    }
    server
}

#[test]
fn a_bucket_a_prefix_a_key_and_files_in_one_run() {
    let server = small_bucket();
    server.put("other", "x/flink-conf.yaml", PASSWORD);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("flink-conf.yaml"), PASSWORD).unwrap();
    let local = folder.path().to_str().unwrap();
    let output = server.scan(&["s3://code/jobs/a", "s3://other", local]);
    assert_eq!(output.status.code(), Some(1), "{}", messages(&output));
    let expected = [
        "s3://code/jobs/a/flink-conf.yaml".to_owned(),
        "s3://code/jobs/ab/flink-conf.yaml".to_owned(),
        "s3://other/x/flink-conf.yaml".to_owned(),
        format!("{local}/flink-conf.yaml"),
    ];
    assert_eq!(uris(&report(&output)), expected.into_iter().collect());
    // A key that is also the beginning of others.
    server.put("code", "jobs/a/flink-conf.yaml.bak", PASSWORD);
    let report = report(&server.scan(&["s3://code/jobs/a/flink-conf.yaml", "--exclude", "*.yaml"]));
    assert_eq!(uris(&report), set(&["s3://code/jobs/a/flink-conf.yaml"]));
}

#[test]
fn criteria_leave_out_and_are_counted() {
    let server = small_bucket();
    let uri = |key: &str| set(&[&format!("s3://code/{key}")]);
    server.put("code", "big.yaml", format!("{PASSWORD}{}", "#".repeat(5000)));
    server.put_long_ago("code", "old.yaml", PASSWORD, Duration::from_secs(90 * 86_400));
    server.put_in_class("code", "cold.yaml", PASSWORD, "STANDARD_IA");
    for (arguments, found, left_out) in [
        (vec!["--include", "jobs/a/**"], uri("jobs/a/flink-conf.yaml"), 5),
        (vec!["--exclude", "flink-conf.yaml", "--exclude", "old.yaml", "--exclude", "cold.yaml"], uri("big.yaml"), 5),
        (vec!["--min-size", "1K"], uri("big.yaml"), 5),
        (vec!["--max-size", "1K", "--include", "*ol*.yaml", "--modified-since", "7d"], uri("cold.yaml"), 5),
        (vec!["--storage-class", "standard_ia"], uri("cold.yaml"), 5),
    ] {
        let output = server.scan(&[&["s3://code"], &arguments[..]].concat());
        let report = report(&output);
        assert_eq!(uris(&report), found, "{arguments:?}");
        assert_eq!(report["summary"]["left_out"], left_out, "{arguments:?}");
        assert_eq!(report["summary"]["complete"], true);
    }
}

#[test]
fn archived_objects_are_trouble_unless_they_were_restored() {
    let server = small_bucket();
    server.put_in_class("code", "frozen.yaml", PASSWORD, "DEEP_ARCHIVE");
    server.put_in_class("code", "thawed.yaml", PASSWORD, "GLACIER");
    server.restore("code", "thawed.yaml");
    // Intelligent tiering does not tell before it is asked.
    server.put_in_class("code", "tiered.yaml", PASSWORD, "INTELLIGENT_TIERING");
    server.wire.answer("tiered.yaml", 403, "InvalidObjectState");
    let report = report(&server.scan(&["s3://code"]));
    assert!(uris(&report).contains("s3://code/thawed.yaml"));
    let archived = "archived; it has to be restored first".to_owned();
    let expected = ["s3://code/frozen.yaml", "s3://code/tiered.yaml"].map(|uri| (uri.to_owned(), archived.clone()));
    assert_eq!(trouble(&report), expected);
    assert!(!server.wire.log().iter().any(|line| line.target.contains("frozen")));
}

#[test]
fn every_version_says_what_it_is() {
    let server = Server::start();
    let other = "s3.secret-key: Jm2qRk8sVx0yLw5tUz1aBn4cDe7fGh9iPo3KjQ6M\n";
    server.put("code", "a.yaml", PASSWORD);
    server.put("code", "a.yaml", other);
    server.put("code", "gone.yaml", PASSWORD);
    server.delete("code", "gone.yaml");
    server.put("code", "back.yaml", PASSWORD);
    server.delete("code", "back.yaml");
    server.put("code", "back.yaml", other);
    let current = report(&server.scan(&["s3://code"]));
    assert_eq!(uris(&current), set(&["s3://code/a.yaml", "s3://code/back.yaml"]));
    assert!(current.to_string().contains("\"version_id\":null"));
    let all = server.scan(&["s3://code", "--all-versions", "--show-secrets"]);
    let all = report(&all);
    let mut seen = BTreeSet::new();
    for finding in all["findings"].as_array().unwrap() {
        for location in finding["locations"].as_array().unwrap() {
            let word = |name: &str| location[name].as_str().unwrap().to_owned();
            let old = finding.to_string().contains("4gNU1dQ3");
            seen.insert((word("uri"), word("version_id"), old));
        }
    }
    let expected = [
        ("a.yaml", "v1", true),
        ("a.yaml", "v2", false),
        ("back.yaml", "v1", true),
        ("back.yaml", "v3", false),
        ("gone.yaml", "v1", true),
    ];
    let expected = expected.map(|(key, version, old)| (format!("s3://code/{key}"), version.to_owned(), old));
    assert_eq!(seen, expected.into_iter().collect());
    assert_eq!(all["summary"]["artifacts"], 5);
    let text = server.command(&["s3://code", "--all-versions", "--format", "text"]);
    let text = String::from_utf8(with_format(text).output().unwrap().stdout).unwrap();
    for word in ["v1, deleted", "v1, noncurrent", "v2, current"] {
        assert!(text.contains(word), "{word}\n{text}");
    }
}

/// The last `--format` of a command is meant, and clap takes only one.
fn with_format(command: std::process::Command) -> std::process::Command {
    let mut arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    let first = arguments.iter().position(|word| word == "--format").unwrap();
    arguments.drain(first..first + 2);
    let mut again = bare(&[]);
    again.args(arguments).env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    again
}

#[test]
fn a_page_may_end_between_the_versions_of_a_key() {
    let server = Server::start();
    for version in 0..1500 {
        server.put("code", "a.yaml", format!("version: {version}\n"));
    }
    server.put("code", "a.yaml", PASSWORD);
    server.delete("code", "a.yaml");
    server.put("code", "b.yaml", PASSWORD);
    let report = report(&server.scan(&["s3://code", "--all-versions"]));
    assert_eq!(report["summary"]["artifacts"], 1502);
    assert_eq!(report["summary"]["complete"], true);
}

#[test]
fn targets_that_give_nothing_are_told_and_the_others_scanned() {
    let server = small_bucket();
    server.make_bucket("locked");
    server.wire.answer("/locked", 403, "AccessDenied");
    server.make_bucket("empty");
    for (target, cause) in [
        ("s3://nowhere/x", "no such bucket"),
        ("s3://locked", "access denied; it takes s3:ListBucket"),
        ("s3://code/typo/", "no object is called so, or begins so"),
    ] {
        let output = server.scan(&[target, "s3://code/jobs/"]);
        assert_eq!(output.status.code(), Some(2), "{target}");
        assert!(messages(&output).contains(cause), "{target}: {}", messages(&output));
        let report = report(&output);
        assert_eq!(uris(&report).len(), 2);
        assert!(trouble(&report)[0].1.contains(cause));
    }
    let output = server.scan(&["s3://empty"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(messages(&output).contains("nothing to scan"));
}

#[test]
fn credentials_that_do_not_do_are_told_as_what_they_are() {
    for (status, code, cause) in [
        (400, "ExpiredToken", "the credentials have expired"),
        (403, "RequestTimeTooSkewed", "the clock of this machine is wrong"),
        (403, "InvalidAccessKeyId", "the access key is not known"),
        (403, "SignatureDoesNotMatch", "the secret does not fit the access key"),
    ] {
        let server = small_bucket();
        server.wire.answer("list-type=2", status, code);
        let output = server.scan(&["s3://code"]);
        assert_eq!(output.status.code(), Some(2), "{code}");
        assert!(messages(&output).contains(cause), "{code}: {}", messages(&output));
    }
    let server = small_bucket();
    let output = bare(&["scan", "--endpoint-url", server.url(), "s3://code"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("no credentials"), "{}", messages(&output));
    let open = bare(&["scan", "--format", "json", "--endpoint-url", server.url(), "--no-sign-request", "s3://code"]);
    let output = { open }.output().unwrap();
    assert_eq!(uris(&report(&output)).len(), 3);
    assert!(server.wire.log().iter().rev().take(3).all(|line| line.signer.is_none()));
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let server = small_bucket();
    let mut command = bare(&["scan", "--endpoint-url", "http://127.0.0.1:9", "s3://code"]);
    let output = command.env("AWS_ACCESS_KEY_ID", "a").env("AWS_SECRET_ACCESS_KEY", "b").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("cannot be reached: connection refused"), "{}", messages(&output));
    drop(server);
}

#[test]
fn the_region_of_a_bucket_is_found() {
    let server = small_bucket();
    server.wire.demand_region("ap-southeast-2");
    let output = server.scan(&["s3://code", "--region", "us-west-2"]);
    assert_eq!(uris(&report(&output)).len(), 3, "{}", messages(&output));
    // A region that is not there in the end is told with where it is.
    server.wire.demand_region("eu-west-3");
    let output = server.scan(&["s3://arn:aws:s3:us-west-2:123456789012:accesspoint/jobs/x"]);
    assert_eq!(output.status.code(), Some(2), "{}", messages(&output));
}

#[test]
fn one_object_that_cannot_be_had_does_not_end_the_scan() {
    let server = small_bucket();
    for (key, status, code) in
        [("denied.yaml", 403, "AccessDenied"), ("secret.yaml", 400, "InvalidRequest"), ("gone.yaml", 404, "NoSuchKey")]
    {
        server.put("code", key, PASSWORD);
        server.wire.answer(key, status, code);
    }
    let output = server.scan(&["s3://code"]);
    assert_eq!(output.status.code(), Some(1));
    let report = report(&output);
    assert_eq!(uris(&report).len(), 3);
    let told: Vec<String> = trouble(&report).into_iter().map(|(uri, detail)| format!("{uri}: {detail}")).collect();
    assert_eq!(
        told,
        [
            "s3://code/denied.yaml: access denied; it takes s3:GetObject",
            "s3://code/gone.yaml: it vanished during the scan",
            "s3://code/secret.yaml: encrypted with a key that its owner keeps (SSE-C)",
        ]
    );
}

#[test]
fn the_requester_pays_on_request() {
    let server = small_bucket();
    server.scan(&["s3://code"]);
    assert!(server.wire.log().iter().all(|line| !line.payer));
    server.wire.forget();
    server.scan(&["s3://code", "--requester-pays"]);
    assert!(server.wire.log().iter().filter(|line| line.method == "GET").all(|line| line.payer));
}

#[test]
fn what_breaks_off_is_read_again() {
    for fault in [Fault::Busy, Fault::Broken, Fault::Cut, Fault::Short, Fault::Slow] {
        let server = small_bucket();
        server.wire.fail_once("list-type=2", fault);
        server.wire.fail_once("jobs/a/", fault);
        let output = server.scan(&["s3://code"]);
        assert_eq!(uris(&report(&output)).len(), 3, "{fault:?} {}", messages(&output));
        assert_eq!(report(&output)["summary"]["complete"], true, "{fault:?}");
    }
    let server = small_bucket();
    server.wire.answer("jobs/a/", 503, "SlowDown");
    let report = report(&server.scan(&["s3://code"]));
    assert_eq!(trouble(&report)[0].1, "the service is too busy: 503 SlowDown");
    assert_eq!(uris(&report).len(), 2);
}

/// The SDK gives it up after some seconds; without that, this test would not end.
#[test]
fn a_body_that_stalls_is_given_up_and_read_again() {
    let server = small_bucket();
    server.wire.fail_once("jobs/a/", Fault::Stalled);
    let report = report(&server.scan(&["s3://code"]));
    assert_eq!(uris(&report).len(), 3, "{report}");
    assert_eq!(report["summary"]["complete"], true);
    assert!(server.wire.log().iter().filter(|line| line.is_get_of("jobs/a/flink-conf.yaml")).count() > 1);
}

#[test]
fn an_object_that_changes_is_read_again_once() {
    // Before its bytes come, it is another one than was listed.
    let server = small_bucket();
    let other = "s3.secret-key: Jm2qRk8sVx0yLw5tUz1aBn4cDe7fGh9iPo3KjQ6M\n";
    server.wire.fail_once("/code/flink-conf.yaml", Fault::Cut);
    server.change_after("flink-conf.yaml", 1, other);
    let output = server.scan(&["s3://code/flink-conf.yaml", "--show-secrets"]);
    let report = report(&output);
    assert_eq!(report["summary"]["complete"], true, "{report}");
    assert!(report.to_string().contains("Jm2qRk8sVx0yLw5t"));
    assert!(!report.to_string().contains("4gNU1dQ3"));
}

#[test]
fn a_large_object_that_changes_is_read_again_once() {
    for changes in [1, 2] {
        let server = Server::start();
        server.put("code", "big.jar", jar(40 << 20, "a/old.properties"));
        server.change_after("big.jar", 6, jar(40 << 20, "b/new.properties"));
        if changes == 2 {
            server.change_after("big.jar", 12, jar(40 << 20, "c/newer.properties"));
        }
        let report = report(&server.scan(&["s3://code"]));
        let found = uris(&report);
        let complete = report["summary"]["complete"] == true;
        if changes == 1 {
            assert_eq!(found, set(&["s3://code/big.jar!/b/new.properties"]));
            assert!(complete, "{report}");
        } else {
            assert!(!complete);
            assert!(report["trouble"].to_string().contains("it keeps changing while it is read"), "{report}");
        }
    }
}

/// A jar with a secret and much that does not compress; classes of an application among it.
fn jar(length: usize, secret: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut noise = Noise(length as u64);
    for library in 0..length.div_ceil(2 << 20) {
        writer.start_file(format!("native/lib{library}.so"), stored).unwrap();
        // It is known for what it is, however random it looks.
        let bytes: Vec<u8> = b"\x7FELF".iter().copied().chain((4..2 << 20).map(|_| noise.next())).collect();
        writer.write_all(&bytes).unwrap();
        if library == 3 {
            writer.start_file(secret, stored).unwrap();
            writer.write_all(PASSWORD.as_bytes()).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 56) as u8
    }
}

#[test]
fn of_a_large_jar_only_what_is_wanted_is_fetched() {
    let server = Server::start();
    let jar = jar(60 << 20, "conf/job.properties");
    let length = jar.len() as u64;
    server.put("code", "big.jar", jar);
    let whole = report(&server.scan(&["s3://code"]));
    assert_eq!(uris(&whole), set(&["s3://code/big.jar!/conf/job.properties"]));
    assert!(server.wire.sent() >= length);
    assert!(server.wire.sent() < length + length / 10, "{}", server.wire.sent());
    server.wire.forget();
    let part = report(&server.scan(&["s3://code", "--no-native"]));
    assert_eq!(uris(&part), uris(&whole));
    assert_eq!(part["summary"]["left_out"], 30);
    assert_eq!(part["summary"]["complete"], true);
    assert!(server.wire.sent() < length / 10, "{}", server.wire.sent());
    assert!(server.wire.log().len() < 20);
}

#[test]
fn large_streams_are_read_in_parts() {
    let server = Server::start();
    let mut text = String::new();
    let mut noise = Noise(7);
    while text.len() < 36 << 20 {
        text.extend((0..60).map(|_| char::from(b'a' + noise.next() % 26)));
        text.push('\n');
    }
    text.push_str(PASSWORD);
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_cksum();
    tar.append_data(&mut header, "logs/job.log", text.as_bytes()).unwrap();
    server.put("code", "logs.tar", tar.into_inner().unwrap());
    server.put("code", "job.log", text);
    let report = report(&server.scan(&["s3://code"]));
    assert_eq!(uris(&report), set(&["s3://code/job.log", "s3://code/logs.tar!/logs/job.log"]));
    let parts = server.wire.log().iter().filter(|line| line.is_get_of("job.log")).count();
    assert!((9..14).contains(&parts), "{parts}");
}

#[test]
fn an_inventory_stands_in_for_the_listing() {
    let server = Server::start();
    for key in ["jobs/a b.yaml", "jobs/größe%2F.yaml", "jobs/gone.yaml", "other/c.yaml"] {
        server.put("code", key, PASSWORD);
    }
    let old = server.put("code", "jobs/old.yaml", PASSWORD);
    let new = server.put("code", "jobs/old.yaml", "nothing: here\n");
    let row = |key: &str, version: &str, latest: bool, marker: bool, class: &str| {
        format!(
            "\"code\",\"{key}\",\"{version}\",\"{latest}\",\"{marker}\",\"70\",\"2026-11-01T00:00:00.000Z\",\"{class}\"\n"
        )
    };
    let rows = [
        row("jobs/a+b.yaml", "v1", true, false, "STANDARD"),
        row("jobs/gr%C3%B6%C3%9Fe%252F.yaml", "v1", true, false, "STANDARD"),
        row("jobs/cold.yaml", "v1", true, false, "GLACIER"),
        row("jobs/old.yaml", &new, true, false, "STANDARD"),
        row("jobs/old.yaml", &old, false, false, "STANDARD"),
        row("other/c.yaml", "v1", true, false, "STANDARD"),
    ];
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    server.put("inventory", "code/data/1.csv.gz", gzip(&rows[..3].concat()));
    server.put("inventory", "code/data/2.csv.gz", gzip(&rows[3..].concat()));
    let manifest = |format: &str, bucket: &str| {
        format!(
            r#"{{"sourceBucket":"{bucket}","destinationBucket":"arn:aws:s3:::inventory","version":"2016-11-30",
            "fileFormat":"{format}","fileSchema":"Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, StorageClass",
            "files":[{{"key":"code/data/1.csv.gz","size":1}},{{"key":"code/data/2.csv.gz","size":1}}]}}"#
        )
    };
    server.put("inventory", "code/manifest.json", manifest("CSV", "code"));
    let scan = |more: &[&str]| {
        server.scan(&[&["s3://code/jobs/", "--inventory", "s3://inventory/code/manifest.json"], more].concat())
    };
    let current = report(&scan(&[]));
    assert_eq!(uris(&current), set(&["s3://code/jobs/a b.yaml", "s3://code/jobs/größe%2F.yaml"]));
    assert_eq!(trouble(&current)[0].0, "s3://code/jobs/cold.yaml");
    assert!(!server.wire.log().iter().any(|line| line.target.contains("list-type")));
    let all = report(&scan(&["--all-versions"]));
    assert!(uris(&all).contains("s3://code/jobs/old.yaml"), "{all}");
    for (format, bucket, cause) in [
        ("Parquet", "code", "the inventory is in Parquet; only CSV is read"),
        ("ORC", "code", "the inventory is in ORC; only CSV is read"),
        ("CSV", "other", "the inventory is of another bucket"),
    ] {
        server.put("inventory", "code/manifest.json", manifest(format, bucket));
        let output = scan(&[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(messages(&output).contains(cause), "{}", messages(&output));
    }
    // A row that never ends is none.
    server.put("inventory", "code/manifest.json", manifest("CSV", "code"));
    server.put("inventory", "code/data/2.csv.gz", gzip(&format!("{}\"{}", rows[3], "x".repeat(4 << 20))));
    let output = scan(&[]);
    assert!(
        trouble(&report(&output)).iter().any(|(_, cause)| cause.contains("a file of the inventory is broken")),
        "{}",
        report(&output)["trouble"]
    );
    server.delete("inventory", "code/manifest.json");
    assert!(messages(&scan(&[])).contains("there is no such inventory manifest"));
}

#[test]
fn shards_share_a_bucket_out() {
    let server = Server::start();
    for index in 0..40 {
        server.put("code", &format!("jobs/{index}.yaml"), PASSWORD);
        server.put("code", &format!("jobs/{index}.skip"), PASSWORD);
    }
    let mut together = BTreeSet::new();
    let mut left_out = 0;
    for shard in ["0/3", "1/3", "2/3"] {
        let report = report(&server.scan(&["s3://code", "--exclude", "*.skip", "--shard", shard]));
        let found = uris(&report);
        assert!(!found.is_empty() && found.is_disjoint(&together));
        together.extend(found);
        left_out += report["summary"]["left_out"].as_u64().unwrap();
        assert_eq!(format!("{}/{}", report["shard"]["index"], report["shard"]["count"]), shard);
    }
    assert_eq!((together.len(), left_out), (40, 40));
    let output = server.scan(&["s3://code", "--shard", "3/3"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("shards count from 0"));
}

/// A prefix of class files tells what the jar made of them tells.
#[test]
fn loose_classes_are_linked_with_each_other() {
    let jar = std::fs::read(crate::support::project("testdata/shapes/shapes-java.jar")).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&jar)).unwrap();
    let server = Server::start();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        if name.ends_with(".class") {
            server.put("code", &format!("classes/{name}"), bytes);
        }
    }
    server.put("code", "jobs/shapes.jar", jar);
    let fingerprints = |target: &str| -> BTreeSet<String> {
        let report = report(&server.scan(&[target]));
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let loose = fingerprints("s3://code/classes/");
    assert!(!loose.is_empty());
    assert_eq!(loose, fingerprints("s3://code/jobs/shapes.jar"));
}
