//! Memory that a scan of a bucket takes.
#![allow(clippy::print_stdout, reason = "figures are for reading")]

use crate::support::s3::Server;
use std::fs;
use std::io::{Cursor, Write as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// Runs a scan, and returns the most memory that it held, in bytes.
#[cfg(target_os = "linux")]
fn peak(mut command: Command) -> u64 {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = peak.max(line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0));
        thread::sleep(Duration::from_millis(2));
    }
    assert!(peak > 0);
    peak << 10
}

/// A jar of `entries` libraries of one megabyte, and a little beside them.
fn jar(entries: usize) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("conf/job.properties", stored).unwrap();
    writer.write_all(b"parallelism=4\n").unwrap();
    for entry in 0..entries {
        writer.start_file(format!("native/lib{entry}.so"), stored).unwrap();
        writer.write_all(&vec![0; 1 << 20]).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const LEDGER: u64 = 48 << 20;

/// Objects that are fetched whole, and not searched, so that many are held at a time; and larger ones, which
/// are read in pages, all of them.
#[cfg(target_os = "linux")]
#[test]
fn a_bucket_ten_times_the_ledger_fits_it() {
    for (megabytes, words) in [(16, &["--no-native"][..]), (40, &[])] {
        let server = Server::start();
        let jar = jar(megabytes);
        for index in 0..LEDGER * 10 / jar.len() as u64 + 1 {
            server.put("code", &format!("jobs/{index}.jar"), jar.clone());
        }
        let peak = peak(server.command(&[&["s3://code", "--max-memory", "48M"], words].concat()));
        println!("{megabytes} MiB each: peak {} MiB", peak >> 20);
        assert!(server.wire.sent() > LEDGER * 10);
        assert!(peak <= LEDGER + (64 << 20), "{} MiB", peak >> 20);
    }
}
