//! A disk that is full: a file system of 64 KiB, in a name space of its own.

use crate::cli::{Desk, PASSWORD, Run};
use std::process::Command;

/// Runs `keysift` with its words, and with `out` on such a disk, in which there is an old file. `None` where
/// the system lets nobody have name spaces of their own; a limit on the size of files stands in for the disk
/// there (`cli::interrupts::a_full_disk_is_an_error_and_the_old_report_stays`).
fn on_a_small_disk(desk: &Desk, words: &str) -> Option<Run> {
    let allowed = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        return None;
    }
    let script = format!(
        "mount -t tmpfs -o size=64k none out && printf old > out/old || exit 99
        \"$0\" {words}; code=$?; cat out/old; ls -A out | grep -vx old; exit $code"
    );
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, env!("CARGO_BIN_EXE_keysift")]);
    let run = Run::of(desk.prepare(command).output().unwrap());
    assert_ne!(run.code(), 99, "{}", run.err());
    Some(run)
}

fn desk() -> Desk {
    let desk = Desk::new();
    let passwords: String = (0..3_000).map(|n| format!("db{n}.password=Tr0ub4dor-and-{n}x\n")).collect();
    desk.file("in/a.properties", passwords).file("out/x", "");
    desk
}

#[test]
#[ignore = "needs Linux with name spaces of users; .ci/run runs it"]
fn a_report_or_baseline_that_does_not_fit_is_an_error_and_the_old_one_stays() {
    for words in [
        "scan in --format json --output out/old",
        "scan in --format html --output out/old --quiet",
        "scan in --write-baseline out/old --format csv --output report.csv",
        "scan in --baseline none --write-baseline none --format json=out/old",
    ] {
        let Some(run) = on_a_small_disk(&desk(), words) else { return };
        assert_eq!(run.code(), 2, "{words}: {}", run.err());
        assert_eq!(run.out(), "old", "{words}");
        assert!(run.err().contains("cannot write the "), "{}", run.err());
    }
}

#[test]
#[ignore = "needs Linux with name spaces of users; .ci/run runs it"]
fn a_cache_that_does_not_fit_costs_nothing_but_itself() {
    let desk = desk();
    for n in 0..300 {
        desk.file(&format!("in/{n}/a.properties"), PASSWORD);
    }
    let words = "scan in --cache out/cache --format json --output report.json";
    let Some(run) = on_a_small_disk(&desk, words) else { return };
    assert_eq!(run.code(), 1, "{}", run.err());
    assert!(run.err().contains("cache"), "{}", run.err());
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(desk.path("report.json")).unwrap()).unwrap();
    assert_eq!(report["summary"]["artifacts"], 301);
}
