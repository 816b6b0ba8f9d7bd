//! Ctrl-C and SIGTERM.

use super::{Desk, PASSWORD, Run};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap().success());
}

/// A scan that has listed its files and waits for standard input to end; and that input, held open.
fn waiting(desk: &Desk, words: &[&str]) -> (Child, ChildStdin) {
    started(desk.foreground(words))
}

fn started(mut command: Command) -> (Child, ChildStdin) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // More than a pipe holds: the scan has come to it.
    input.write_all(&b"#\n".repeat(1 << 20)).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    (child, input)
}

#[test]
fn a_signal_ends_the_scan_with_what_was_found() {
    for name in ["INT", "TERM", "HUP"] {
        let desk = Desk::new();
        desk.file("a.properties", PASSWORD).file("later.properties", PASSWORD);
        let (child, input) = waiting(&desk, &["scan", "a.properties", "-", "later.properties", "--format", "json"]);
        signal(&child, name);
        // The input is still open.
        let run = Run(child.wait_with_output().unwrap());
        drop(input);
        assert_eq!(run.code(), 130);
        assert_eq!(run.places(), ["a.properties:1"]);
        assert_eq!(run.json()["summary"]["complete"], false);
        let left: Vec<String> = run.trouble().into_iter().map(|(path, why)| format!("{path} {why}")).collect();
        let why = "interrupted: not all of it was listed";
        assert_eq!(left, [format!("later.properties {why}"), format!("stdin {why}")]);
        assert!(run.err().contains("interrupted"), "{}", run.err());
    }
}

/// `nohup` ignores SIGHUP, and a job in the background of a script SIGINT and SIGQUIT. What is ignored stays so.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_leaves_the_others_as_they_are() {
    for ignored in ["HUP", "INT", "INT,HUP"] {
        let desk = Desk::new();
        desk.file("a.properties", PASSWORD);
        let mut command = Command::new("env");
        command.args(["--default-signal", &format!("--ignore-signal={ignored}"), env!("CARGO_BIN_EXE_keysift")]);
        command.args(["scan", "a.properties", "-", "--format", "json"]);
        let (mut child, input) = started(desk.prepare(command));
        for name in ignored.split(',') {
            signal(&child, name);
        }
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(child.try_wait().unwrap(), None, "{ignored}");
        signal(&child, "TERM");
        let run = Run(child.wait_with_output().unwrap());
        drop(input);
        assert_eq!(run.code(), 130, "{ignored}: {}", run.err());
        assert_eq!(run.places(), ["a.properties:1"], "{ignored}");
        assert_eq!(run.err().matches("interrupted").count(), 1, "{ignored}: {}", run.err());
    }
}

/// A file that would be read for minutes: it is left at its next piece.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_the_scan_inside_of_a_large_entry() {
    let desk = Desk::new();
    desk.file(
        "large.txt",
        "AWS=AKIA2W3QFYOZTM3D7QXA
",
    );
    std::fs::File::options().write(true).open(desk.path("large.txt")).unwrap().set_len(1 << 38).unwrap();
    let mut command = desk.foreground(&["scan", "large.txt", "--format", "json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Until it is in the middle: pieces have 8 MiB.
    let read = || {
        let counters = std::fs::read_to_string(format!("/proc/{}/io", child.id())).unwrap();
        counters.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse::<u64>().ok()).unwrap()
    };
    while read() < 40 << 20 {
        std::thread::sleep(Duration::from_millis(20));
    }
    signal(&child, "INT");
    let run = Run(child.wait_with_output().unwrap());
    assert_eq!(run.code(), 130);
    assert!(run.places()[0].starts_with("large.txt:"), "what was read by then is reported");
    assert_eq!(run.json()["summary"]["complete"], false);
}

#[test]
fn a_second_signal_ends_at_once() {
    let desk = Desk::new();
    for n in 0..3000 {
        desk.file(&format!("in/a-rather-long-name-{n}"), "AWS=AKIA2W3QFYOZTM3D7QXA\n");
    }
    let (mut child, input) = waiting(&desk, &["scan", "in", "-", "--format", "json"]);
    let mut told = BufReader::new(child.stderr.take().unwrap());
    signal(&child, "INT");
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    // The report is larger than a pipe holds, and nobody reads it.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(child.try_wait().unwrap(), None);
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(input);
    let mut report = String::new();
    child.stdout.take().unwrap().read_to_string(&mut report).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&report).is_err());
}

/// A limit on the size of files stands for a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_the_old_report_stays() {
    let desk = Desk::new();
    desk.file("report.json", "the old one");
    for n in 0..200 {
        desk.file(&format!("in/{n}.properties"), PASSWORD);
    }
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" scan in --format json --output report.json";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_keysift")]);
    let run = Run::of(desk.prepare(command).output().unwrap());
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("cannot write the report to"), "{}", run.err());
    assert_eq!(std::fs::read_to_string(desk.path("report.json")).unwrap(), "the old one");
    let left: Vec<_> = std::fs::read_dir(desk.path("")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing half-written is left: {left:?}");
}

/// A pipe that nobody writes to, as a target and as standard input.
#[test]
fn a_silent_pipe_holds_nothing_up() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD);
    assert!(Command::new("mkfifo").arg(desk.path("in/pipe")).status().unwrap().success());
    let run = desk.run(&["scan", "in", "--format", "json"]);
    assert_eq!(run.places(), ["in/a.properties:1"]);
}
