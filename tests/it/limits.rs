//! Hostile input, scanned by the built binary as a user does: whatever stands beside it is found all the
//! same, trouble says what was left, and memory and time stay within bounds that the system enforces.

mod archives;
mod classes;
#[cfg(target_os = "linux")]
mod disk;
mod findings;
#[cfg(feature = "aws")]
mod network;
mod python;
mod quines;
mod texts;

use crate::cli::{Desk, PASSWORD, Run};
use std::process::Command;

/// Address space of a scan; the threads' stacks and the slow hash are in it, too.
const KILOBYTES: u32 = 1_500_000;
/// Time of the processor, whatever else the machine does: a hundred times what the costliest of these takes.
const SECONDS: u32 = 3_000;

/// Scans hostile content as the file of that name, with a file beside it in which there is something to
/// be found.
fn scan_with(name: &str, content: &[u8], words: &[&str]) -> Run {
    let desk = Desk::new();
    desk.file(&format!("in/{name}"), content).file("in/zz.properties", PASSWORD);
    bounded(&desk, words)
}

fn scan(name: &str, content: &[u8]) -> Run {
    scan_with(name, content, &[])
}

/// A scan of `in` that the system ends when it takes more memory than it should.
fn bounded(desk: &Desk, words: &[&str]) -> Run {
    let script = format!("ulimit -v {KILOBYTES} && ulimit -t {SECONDS} && ulimit -c 0 && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_keysift"), "scan", "in", "--format", "json"]);
    let threads: &[&str] = if words.contains(&"-j") { &[] } else { &["-j", "2"] };
    command.args(threads).args(words).env("MALLOC_ARENA_MAX", "2");
    let run = Run::of(desk.prepare(command).output().unwrap());
    assert_eq!(run.code(), 1, "{}", run.err());
    assert!(run.places().contains(&"in/zz.properties:1".to_owned()), "the file beside it is found");
    assert_eq!(run.err(), "", "no complaint, no panic");
    run
}

/// Kind, limit and path of each trouble.
fn told(run: &Run) -> Vec<String> {
    let report = run.json();
    let trouble = report["trouble"].as_array().unwrap();
    let word = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    trouble.iter().map(|t| format!("{} {} {}", word(&t["kind"]), word(&t["limit"]), word(&t["uri"]))).collect()
}
