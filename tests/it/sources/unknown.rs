//! Sizes that a server does not give, or gives wrongly: what is there is read all the same, and what cannot be
//! is trouble. An unknown size is never zero.

use super::{messages, report, set, trouble, uris};
use crate::support::raw;
use crate::support::s3::{Server, bare};
use serde_json::Value;
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};

const PASSWORD: &str = "s3.secret-key: 9kTzWm3XbQv7RfYp1LdHs6NcUa0GjEo4Ki2ZxMwB\n";
/// Above what is fetched whole.
const LARGE: usize = 33 << 20;
const KEYS: [&str; 3] = ["jobs/a.yaml", "jobs/b.yaml", "jobs/empty.yaml"];

/// A small text, one that is read in pages, with its secret in the last line, and an empty object.
fn bucket() -> Server {
    let server = Server::start();
    server.put("code", KEYS[0], PASSWORD);
    let line = format!("# {}\n", "filler ".repeat(20));
    let mut large = line.repeat(LARGE / line.len() + 1);
    large.push_str(PASSWORD);
    server.put("code", KEYS[1], large);
    server.put("code", KEYS[2], "");
    server
}

/// Every element of the name gets another content; without one, it is left out.
fn element(xml: &str, name: &str, content: Option<&str>) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut pieces = xml.split(&open);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once(&close).unwrap();
        if let Some(content) = content {
            out.push_str(&format!("{open}{content}{close}"));
        }
        out.push_str(rest);
    }
    out
}

fn all_is_found(output: &Output, case: &str) -> Value {
    let report = report(output);
    let found = uris(&report);
    assert_eq!(found, set(&["s3://code/jobs/a.yaml", "s3://code/jobs/b.yaml"]), "{case} {}", report["trouble"]);
    assert_eq!(report["summary"]["complete"], true, "{case} {}", report["trouble"]);
    report
}

/// What a listing may say of sizes: nothing, and what is not so.
const SIZES: [Option<&str>; 6] =
    [None, Some("-1"), Some("0"), Some("3"), Some("70000000"), Some("9223372036854775807")];

#[test]
fn sizes_of_a_listing_are_no_truth() {
    for size in SIZES {
        let server = bucket();
        server.wire.edit_text("GET", "list-type=2", move |xml| element(&xml, "Size", size));
        let report = all_is_found(&server.scan(&["s3://code/jobs/"]), &format!("{size:?}"));
        assert_eq!(report["summary"]["artifacts"], 3, "{size:?}");
    }
}

#[test]
fn sizes_of_versions_are_no_truth() {
    for size in SIZES {
        let server = bucket();
        server.put("code", "jobs/a.yaml", "nothing: here\n");
        server.wire.edit_text("GET", "versions", move |xml| element(&xml, "Size", size));
        let report = all_is_found(&server.scan(&["s3://code/jobs/", "--all-versions"]), &format!("{size:?}"));
        assert_eq!(report["summary"]["artifacts"], 4, "{size:?}");
    }
}

/// In each case, neither the listing nor HEAD says how large an object is.
#[test]
fn an_object_that_nobody_knows_the_size_of_is_read_to_its_end() {
    let cases: [(&str, &[(&'static str, &'static str)]); 5] = [
        ("HEAD says nothing", &[("HEAD", "content-length")]),
        ("bodies come in chunks", &[("HEAD", "content-length"), ("GET", "content-length")]),
        ("parts do not say of what", &[("HEAD", "content-length"), ("GET", "content-range")]),
        ("nothing says it", &[("HEAD", "content-length"), ("GET", "content-range"), ("GET", "content-length")]),
        (
            "nor which content it is",
            &[("HEAD", "content-length"), ("GET", "content-length"), ("HEAD", "etag"), ("GET", "etag")],
        ),
    ];
    for (case, headers) in cases {
        let server = bucket();
        server.wire.edit_text("GET", "list-type=2", |xml| element(&xml, "Size", None));
        for (method, header) in headers {
            for key in KEYS {
                server.wire.leave_out(method, key, header);
            }
        }
        all_is_found(&server.scan(&["s3://code/jobs/"]), case);
    }
}

#[test]
fn a_total_of_a_part_may_be_unknown() {
    let server = bucket();
    server.wire.edit_text("GET", "list-type=2", |xml| element(&xml, "Size", Some("3")));
    for key in KEYS {
        server.wire.leave_out("HEAD", key, "content-length");
        server.wire.edit("GET", key, |parts, _| {
            if let Some(range) = parts.headers.get("content-range") {
                let known = range.to_str().unwrap().rsplit_once('/').unwrap().0.to_owned();
                parts.headers.insert("content-range", format!("{known}/*").parse().unwrap());
            }
        });
    }
    all_is_found(&server.scan(&["s3://code/jobs/"]), "bytes 0-9/*");
}

/// As proxies do that take the body away first.
#[test]
fn a_length_of_zero_in_the_answer_to_head_is_no_truth() {
    for (size, length) in [(None, "0"), (Some("0"), "0"), (None, "5"), (None, "70000000")] {
        let server = bucket();
        server.wire.edit_text("GET", "list-type=2", move |xml| element(&xml, "Size", size));
        for key in KEYS {
            server.wire.edit("HEAD", key, move |parts, _| {
                parts.headers.insert("content-length", length.parse().unwrap());
            });
        }
        all_is_found(&server.scan(&["s3://code/jobs/"]), &format!("{size:?} {length}"));
    }
}

/// Another part than the one that was asked for would be read as if it lay elsewhere.
#[test]
fn a_part_that_is_another_one_is_asked_for_again() {
    let server = bucket();
    let wrong = AtomicUsize::new(0);
    server.wire.edit("GET", KEYS[1], move |parts, body| {
        let range = parts.headers.get("content-range").map(|range| range.to_str().unwrap().to_owned());
        let Some((part, total)) = range.as_deref().and_then(|range| range.split_once('/')) else { return };
        let last = format!("-{}", total.parse::<usize>().unwrap() - 1);
        if part.ends_with(&last) && wrong.fetch_add(1, Ordering::Relaxed) == 0 {
            parts.headers.insert("content-range", format!("bytes 0-{}/{total}", body.len() - 1).parse().unwrap());
            body.fill(b'#');
        }
    });
    all_is_found(&server.scan(&["s3://code/jobs/"]), "another part");
}

#[test]
fn criteria_of_size_are_judged_by_what_objects_are() {
    let server = bucket();
    for index in 0..70 {
        server.put("code", &format!("jobs/many/{index}.yaml"), "nothing: here, in a text of some length\n");
    }
    server.wire.edit_text("GET", "list-type=2", |xml| element(&xml, "Size", None));
    let small = report(&server.scan(&["s3://code/jobs/", "--max-size", "1M"]));
    assert_eq!(uris(&small), set(&["s3://code/jobs/a.yaml"]));
    assert_eq!((&small["summary"]["left_out"], &small["summary"]["artifacts"]), (&1.into(), &72.into()));
    let large = report(&server.scan(&["s3://code/jobs/", "--min-size", "1M"]));
    assert_eq!(uris(&large), set(&["s3://code/jobs/b.yaml"]));
    assert_eq!((&large["summary"]["left_out"], &large["summary"]["artifacts"]), (&72.into(), &1.into()));
}

/// What a listing does not say of the storage class decides nothing.
#[test]
fn an_object_of_unknown_class_is_not_left_out() {
    let server = bucket();
    server.wire.edit_text("GET", "list-type=2", |xml| element(&xml, "StorageClass", None));
    all_is_found(&server.scan(&["s3://code/jobs/", "--storage-class", "STANDARD_IA"]), "no class");
}

#[test]
fn an_object_whose_size_cannot_be_asked_for_is_trouble() {
    let server = bucket();
    server.wire.edit_text("GET", "list-type=2", |xml| element(&xml, "Size", None));
    server.wire.answer("jobs/b.yaml", 403, "AccessDenied");
    let output = server.scan(&["s3://code/jobs/"]);
    let report = report(&output);
    assert_eq!(uris(&report), set(&["s3://code/jobs/a.yaml"]), "{}", messages(&output));
    let cause = "access denied; it takes s3:GetObject".to_owned();
    assert_eq!(trouble(&report), [("s3://code/jobs/b.yaml".to_owned(), cause)]);
    assert_eq!(report["trouble"][0]["unscanned_bytes"], Value::Null);
}

/// Keys that end with a slash are folders only if they are empty.
#[test]
fn keys_that_end_with_a_slash_may_have_content() {
    for size in [None, Some("-7")] {
        let server = Server::start();
        server.put("code", "jobs/conf/", PASSWORD);
        server.put("code", "jobs/none/", "");
        server.wire.edit_text("GET", "list-type=2", move |xml| element(&xml, "Size", size));
        let report = report(&server.scan(&["s3://code/jobs/"]));
        assert_eq!(uris(&report), set(&["s3://code/jobs/conf/"]), "{size:?}");
        assert_eq!(report["summary"]["complete"], true);
    }
}

#[test]
fn what_the_cache_knows_has_the_size_that_was_asked_for() {
    let server = bucket();
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache.redb");
    let words = ["s3://code/jobs/", "--cache", cache.to_str().unwrap()];
    server.wire.edit_text("GET", "list-type=2", |xml| element(&xml, "Size", None));
    all_is_found(&server.scan(&words), "first");
    server.wire.forget();
    let again = all_is_found(&server.scan(&words), "second");
    assert_eq!(again["summary"]["cached"], 3);
    assert!(!server.wire.log().iter().any(|line| KEYS.iter().any(|key| line.is_get_of(key))));
}

/// A server that writes an answer and hangs up, so that only the end of the connection ends a body, and that
/// gives no parts.
fn closing(body: &'static [u8], headers: &'static [(&'static str, &'static str)]) -> String {
    raw::serve(move |request| {
        let listing = "<?xml version=\"1.0\"?><ListBucketResult><Name>code</Name><IsTruncated>false</IsTruncated>\
                       <Contents><Key>a.yaml</Key><ETag>\"1\"</ETag></Contents></ListBucketResult>";
        match request.split(' ').nth(1).unwrap_or_default() {
            target if target.contains("list-type") => raw::response(200, &[], listing.as_bytes()),
            target if target.contains("a.yaml") && request.starts_with("GET") => raw::response(200, headers, body),
            _ => raw::response(200, &[], b""),
        }
    })
}

fn scan(url: &str) -> Output {
    let mut command = bare(&["scan", "s3://code", "--format", "json", "--endpoint-url", url]);
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").output().unwrap()
}

/// Nobody says how long it is, and whether it broke off cannot be known.
#[test]
fn a_body_that_ends_with_the_connection_is_read_and_is_trouble() {
    let output = scan(&closing(PASSWORD.as_bytes(), &[("ETag", "\"1\"")]));
    let report = report(&output);
    assert_eq!(uris(&report), set(&["s3://code/a.yaml"]), "{}", messages(&output));
    let (uri, cause) = trouble(&report).remove(0);
    assert_eq!(uri, "s3://code/a.yaml");
    assert!(cause.contains("its size is not known"), "{cause}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_body_in_chunks_has_an_end() {
    let chunks = "2a\r\ns3.secret-key: 9kTzWm3XbQv7RfYp1LdHs6NcUa0\r\n11\r\nGjEo4Ki2ZxMwBqTyU\r\n0\r\n\r\n";
    let output = scan(&closing(chunks.as_bytes(), &[("ETag", "\"1\""), ("Transfer-Encoding", "chunked")]));
    let report = report(&output);
    assert_eq!(uris(&report), set(&["s3://code/a.yaml"]), "{}", messages(&output));
    assert_eq!(report["summary"]["complete"], true, "{}", report["trouble"]);
    // Without the last one, it was cut.
    let cut = "2a\r\ns3.secret-key: 9kTzWm3XbQv7RfYp1LdHs6NcUa0\r\n";
    let output = scan(&closing(cut.as_bytes(), &[("ETag", "\"1\""), ("Transfer-Encoding", "chunked")]));
    assert_eq!(output.status.code(), Some(3), "{}", messages(&output));
}
