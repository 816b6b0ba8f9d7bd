//! A scan that ends before its time goes on where it stopped.

use super::{SCAN, cached, settle, undated};
use crate::cli::{Desk, Run};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A scan of a folder, and of standard input that never ends: it is in the middle until it is stopped.
fn stopped_in_the_middle(signal: &str) {
    let desk = Desk::new();
    for n in 0..200 {
        // The id of an access key: base 32.
        let digit = |place: u32| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[n / 32usize.pow(place) % 32]);
        desk.file(&format!("in/{n}/a.properties"), format!("id=AKIA2W3QFYOZTM3D7Q{}{}\n", digit(1), digit(0)));
    }
    settle();
    let words: Vec<&str> = SCAN.iter().copied().chain(["-"]).collect();
    let mut command = desk.foreground(&words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&b"#\n".repeat(1 << 20)).unwrap();
    // Until all of the folder has been scanned and committed, which is a matter of seconds.
    let since = Instant::now();
    let grown = || std::fs::metadata(desk.path("cache.redb")).is_ok_and(|file| file.len() > 100_000);
    while !grown() && since.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_millis(2500));
    assert!(Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap().success());
    child.wait().unwrap();
    drop(input);

    let whole = Run::of(desk.foreground(&["scan", "in", "-", "--format", "json"]).output().unwrap());
    let resumed = Run::of(desk.foreground(&words).output().unwrap());
    assert!(cached(&resumed) >= 50, "{signal}: {}", cached(&resumed));
    assert_eq!(resumed.err(), "", "{signal}");
    assert_eq!(undated(resumed.json()), undated(whole.json()), "{signal}");
    // Nobody was told of the findings of a scan that did not end.
    assert_eq!(resumed.json()["summary"]["new_since_last_scan"], 200, "{signal}");
}

#[test]
fn a_scan_that_was_killed_goes_on_where_it_stopped() {
    stopped_in_the_middle("KILL");
}

#[test]
fn a_scan_that_was_interrupted_goes_on_where_it_stopped() {
    stopped_in_the_middle("TERM");
}
