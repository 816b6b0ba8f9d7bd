//! Entries that are known again by what a directory says of them.

use super::{SCAN, settle, undated};
use crate::cli::{Desk, PASSWORD, Run};
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn trusting() -> Vec<&'static str> {
    SCAN.into_iter().chain(["--trust-crc"]).collect()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A version of an application: what changes, and what does not.
fn version(changing: &str) -> Vec<u8> {
    let clean = b"level=INFO\n".repeat(100);
    let library =
        zip(&[("a.properties", &clean), ("META-INF/MANIFEST.MF", b"Main-Class: com.acme.Main\n"), ("b/c.txt", b"c")]);
    let holding = zip(&[("a.properties", &clean), ("db.properties", PASSWORD.as_bytes())]);
    zip(&[
        ("application.properties", changing.as_bytes()),
        ("clean.properties", &clean),
        ("db.properties", PASSWORD.as_bytes()),
        ("empty", b""),
        ("lib/clean.jar", &library),
        ("lib/holding.jar", &holding),
        ("META-INF/MANIFEST.MF", b"Main-Class: com.acme.Main\n"),
        ("torn.gz", b"\x1F\x8B\x08\0\0\0\0\0\0\x03\x4B"),
    ])
}

fn trusted(run: &Run) -> u64 {
    run.json()["summary"]["entries_trusted"].as_u64().unwrap()
}

/// The same as a scan without the cache tells, but for how the entries were read.
fn tells_all(desk: &Desk, run: &Run) {
    let neutral = |run: &Run| {
        let mut told = undated(run.json());
        for name in ["entries_trusted", "classes", "texts"] {
            told["summary"][name] = 0.into();
        }
        told
    };
    let fresh = desk.run(&["scan", "in", "--format", "json"]);
    assert_eq!(neutral(run), neutral(&fresh));
    assert_eq!(run.code(), fresh.code());
}

#[test]
fn of_a_new_version_only_what_changed_is_read() {
    let desk = Desk::new();
    desk.file("in/v1.jar", version("threads=1\n"));
    let first = desk.run(&trusting());
    assert_eq!(trusted(&first), 0);
    tells_all(&desk, &first);

    desk.file("in/v2.jar", version("threads=2\n"));
    std::fs::remove_file(desk.path("in/v1.jar")).unwrap();
    let second = desk.run(&trusting());
    // The clean file, the empty one, the three of the clean library, and the clean one of the other.
    assert_eq!(trusted(&second), 6);
    tells_all(&desk, &second);

    desk.file("in/v3.jar", version("db.password=Xk9.sandy-Boat7\n"));
    let third = desk.run(&trusting());
    assert_eq!(third.places().len(), second.places().len() + 3);
    tells_all(&desk, &third);

    // Only on request, and not beyond the rules and settings that it was learned under.
    assert_eq!(trusted(&desk.run(&SCAN)), 0);
    let deeper: Vec<&str> = trusting().into_iter().chain(["--max-depth", "7"]).collect();
    assert_eq!(trusted(&desk.run(&deeper)), 0);
}

#[test]
fn what_is_known_is_not_even_inflated() {
    let desk = Desk::new();
    desk.file("in/v1.jar", version("threads=1\n"));
    desk.run(&trusting());
    let mut bytes = version("threads=2\n");
    let name = memchr::memmem::find(&bytes, b"clean.properties").unwrap();
    bytes[name + "clean.properties".len() + 4] ^= 0xFF;
    std::fs::remove_file(desk.path("in/v1.jar")).unwrap();
    desk.file("in/v2.jar", &bytes);
    let troubles = |run: &Run| run.trouble().into_iter().filter(|(uri, _)| uri.ends_with("clean.properties")).count();
    assert_eq!(troubles(&desk.run(&["scan", "in", "--format", "json"])), 1);
    assert_eq!(troubles(&desk.run(&trusting())), 0);
}

#[test]
fn classes_that_lead_to_others_are_read_again() {
    let desk = Desk::new();
    let jar = std::fs::read(crate::support::project("testdata/orders.jar")).unwrap();
    desk.file("in/orders.jar", &jar);
    desk.run(&trusting());
    // The same content, but not the same file.
    std::fs::remove_file(desk.path("in/orders.jar")).unwrap();
    desk.file("in/orders-2.jar", &jar);
    settle();
    let second = desk.run(&trusting());
    assert!(trusted(&second) >= 20, "{}", trusted(&second));
    tells_all(&desk, &second);
    let third = desk.run(&trusting());
    assert_eq!(third.json()["summary"]["cached"], 1);
    // What it rests on is still told.
    assert_eq!(trusted(&third), trusted(&second));
}

/// The caller gives nothing on its own, and has to be read again for the sake of the one that it calls.
#[test]
fn known_classes_are_there_for_those_that_ask_for_their_callers() {
    let desk = Desk::new();
    let jar = std::fs::read(crate::support::project("testdata/shapes/shapes-java.jar")).unwrap();
    let mut old = zip::ZipArchive::new(Cursor::new(&jar)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        new.raw_copy_file(old.by_index_raw(index).unwrap()).unwrap();
    }
    new.start_file("changed.txt", SimpleFileOptions::default()).unwrap();
    new.write_all(b"changed").unwrap();
    desk.file("in/shapes.jar", &jar);
    desk.run(&trusting());
    desk.file("in/shapes.jar", new.finish().unwrap().into_inner());
    let second = desk.run(&trusting());
    assert!(trusted(&second) > 0);
    tells_all(&desk, &second);
}
