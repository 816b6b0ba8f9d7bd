//! The engine: what artifacts have in common decides nothing, nor does what is read beside them.

use crate::archives::building::{entry, stored, zip};
use crate::cli::{Desk, PASSWORD, Run};
use crate::support::project;
use serde_json::Value;

fn summary(run: &Run, name: &str) -> u64 {
    run.json()["summary"][name].as_u64().unwrap()
}

/// Each artifact again under another name, beside the first and within a zip.
#[test]
fn what_comes_again_is_told_again() {
    for (number, jar) in
        ["orders.jar", "orders-clean.jar", "counter/ledger.jar", "shapes/shapes-java.jar"].iter().enumerate()
    {
        let jar = std::fs::read(project("testdata").join(jar)).unwrap();
        let desk = Desk::new();
        let scan = |threads: &str| desk.run(&["scan", "in", "--format", "json", "--show-suppressed", "-j", threads]);
        desk.file("in/1.jar", &jar);
        let once = scan("1");
        desk.file("in/2.jar", &jar).file("in/3.zip", zip(&[stored("3.jar", &jar)]));
        for threads in ["1", "8"] {
            let all = scan(threads);
            assert_eq!(all.json()["trouble"], once.json()["trouble"]);
            for name in ["entries", "bytes", "classes", "texts"] {
                assert_eq!(summary(&all, name), 3 * summary(&once, name), "{name} of {number}");
            }
            let mut places: Vec<String> = Vec::new();
            for name in ["in/1.jar", "in/2.jar", "in/3.zip!/3.jar"] {
                places.extend(once.places().iter().map(|place| place.replacen("in/1.jar", name, 1)));
            }
            places.sort();
            assert_eq!(all.places(), places);
        }
    }
}

/// One that is passed over has no say, but those that have are not.
#[test]
fn trouble_that_comes_again_is_told_again() {
    let broken = crate::archives::building::Entry { crc: Some(1), ..stored("a.txt", b"nothing") };
    let plain = [stored("b.json", b"{\"password\": "), stored("c.txt", b"nothing")];
    let jar = zip(&[&[broken], &plain[..]].concat());
    let desk = Desk::new();
    desk.file("in/1.jar", &jar).file("in/2.jar", &jar);
    let told = desk.run(&["scan", "in", "--format", "json"]).trouble();
    let told: Vec<&str> = told.iter().map(|(uri, _)| uri.as_str()).collect();
    assert_eq!(told, ["in/1.jar!/a.txt", "in/1.jar!/b.json", "in/2.jar!/a.txt", "in/2.jar!/b.json"]);
}

/// The name decides what is read in a content, and where it lies whether a rule looks.
#[test]
fn the_same_content_under_another_name_is_read() {
    let content = b"[default]\npassword = quartz-Lantern-58x\n";
    let jar = |name: &str| zip(&[entry(name, content)]);
    let desk = Desk::new();
    desk.file("in/1.jar", jar("a.bin")).file("in/2.jar", jar("a.ini"));
    let apart = ["in/1.jar", "in/2.jar"].map(|one| desk.run(&["scan", one, "--format", "json"]).places());
    assert_eq!(desk.run(&["scan", "in", "--format", "json", "-j", "1"]).places(), apart.concat());
}

fn neutral(run: &Run) -> (Value, Value, Value) {
    let report = run.json();
    (report["summary"].clone(), report["findings"].clone(), report["trouble"].clone())
}

/// Small files are handed over by the dozen.
#[test]
fn small_files_are_scanned_each_and_tell_the_same_however_many_threads() {
    let desk = Desk::new();
    for number in 0..300 {
        match number % 10 {
            0 => {
                desk.file(&format!("in/{number}.properties"), PASSWORD.replace("Tr0ub4dor", &format!("Tr0ub{number}")))
            }
            1 => desk.file(&format!("in/{number}.jar"), zip(&[entry("a.properties", PASSWORD.as_bytes())])),
            2 => desk.file(&format!("in/{number}.gz"), b"\x1F\x8B\x08\0\0\0\0\0\0\x03\x4B"),
            3 => desk.file(&format!("in/{number}.txt"), vec![b'x'; 70_000]),
            _ => desk.file(&format!("in/{number}.txt"), format!("line {number}\n")),
        };
    }
    let scan = |threads: &str| desk.run(&["scan", "in", "--format", "json", "-j", threads]);
    let one = scan("1");
    assert_eq!(summary(&one, "artifacts"), 300);
    assert_eq!((one.places().len(), one.trouble().len()), (60, 30));
    assert_eq!(neutral(&scan("8")), neutral(&one));
}

/// A worker that reads small files one after the other must not wait for memory that others hold.
#[test]
fn small_files_that_inflate_to_more_than_there_is_room_for() {
    let jar = zip(&[entry("a.properties", PASSWORD.as_bytes())]);
    // More than is held without asking.
    let inner = zip(&[stored("padding.so", &vec![7; 5 << 20]), stored("a.jar", &jar)]);
    let outer = zip(&[entry("inner.zip", &inner)]);
    assert!(outer.len() < 64 << 10);
    let desk = Desk::new();
    for number in 0..24 {
        desk.file(&format!("in/{number}.zip"), &outer);
    }
    let scan = |memory: &str| desk.run(&["scan", "in", "--format", "json", "-j", "8", "--max-memory", memory]);
    let wide = scan("1G");
    assert!(wide.places().len() >= 24);
    assert_eq!(neutral(&scan("6M")), neutral(&wide));
}

#[cfg(unix)]
#[test]
fn a_pipe_that_took_the_place_of_a_file_is_not_waited_for() {
    use keysift::sources::file::FileBlob;
    let desk = Desk::new();
    let path = desk.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(FileBlob::open(&path).is_err());
}
