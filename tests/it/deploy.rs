//! The scripts of array jobs, as a pod of an Indexed Job runs them.
#![cfg(unix)]

use crate::cli::{Desk, PASSWORD, Run};
use crate::support::project;
use std::path::Path;
use std::process::Command;

/// A script of the image, with the built keysift on its path and only these variables set.
fn script(name: &str, words: &[&str], variables: &[(&str, &str)]) -> Run {
    let binaries = Path::new(env!("CARGO_BIN_EXE_keysift")).parent().unwrap();
    let path = std::env::join_paths([binaries, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    let mut command = Command::new("/bin/sh");
    command.arg(project("deploy/image").join(name)).args(words).env_clear().env("PATH", path);
    Run::of(command.envs(variables.iter().copied()).output().unwrap())
}

#[test]
fn shards_leave_reports_and_findings_are_no_failure() {
    let desk = Desk::new();
    for n in 0..12 {
        desk.file(&format!("code/{n}.properties"), PASSWORD);
    }
    let (code, reports) = (desk.path("code"), desk.path("reports/run"));
    let (code, reports) = (code.to_str().unwrap(), reports.to_str().unwrap());
    let mut found = 0;
    for index in ["0", "1", "2"] {
        let variables = [("JOB_COMPLETION_INDEX", index), ("SHARDS", "3"), ("REPORTS", reports)];
        let shard = script("scan-shard", &[code], &variables);
        assert_eq!((shard.code(), shard.out().as_str()), (0, ""), "{}", shard.err());
        let report = std::fs::read(desk.path(&format!("reports/run/shard-{index}.json"))).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["shard"]["count"], 3);
        found += report["summary"]["artifacts"].as_u64().unwrap();
    }
    assert_eq!(found, 12);
}

#[test]
fn the_variables_of_aws_batch_are_known() {
    let desk = Desk::new();
    desk.file("code/a.properties", PASSWORD);
    let (code, reports) = (desk.path("code"), desk.path("reports"));
    let variables =
        [("AWS_BATCH_JOB_ARRAY_INDEX", "1"), ("AWS_BATCH_JOB_ARRAY_SIZE", "2"), ("REPORTS", reports.to_str().unwrap())];
    let shard = script("scan-shard", &[code.to_str().unwrap()], &variables);
    assert_eq!(shard.code(), 0, "{}", shard.err());
    assert!(desk.path("reports/shard-1.json").exists());
}

#[test]
fn what_cannot_succeed_fails_the_shard() {
    let desk = Desk::new();
    let reports = desk.path("reports");
    let reports = reports.to_str().unwrap();
    let all = [("JOB_COMPLETION_INDEX", "0"), ("SHARDS", "2"), ("REPORTS", reports)];
    // A target that does not exist, no shard, nowhere to put the report.
    assert_eq!(script("scan-shard", &["/no/such/folder"], &all).code(), 2);
    for missing in 0..all.len() {
        let mut some = all.to_vec();
        some.remove(missing);
        assert_ne!(script("scan-shard", &[reports], &some).code(), 0, "{some:?}");
    }
}
