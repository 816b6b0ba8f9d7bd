//! Runs of the built binary, as a user starts it.

pub mod class;
#[cfg(feature = "aws")]
pub mod http;
#[cfg(feature = "aws")]
pub mod issuer;
#[cfg(feature = "compilers")]
pub mod jdk;
#[cfg(feature = "aws")]
pub mod msf;
pub mod mutation;
#[cfg(feature = "aws")]
pub mod raw;
#[cfg(feature = "aws")]
pub mod s3;
#[cfg(feature = "aws")]
pub mod wire;

use proptest::test_runner::Config;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A path below the project's root.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// So many cases, or as many as `PROPTEST_CASES` says: a number that is given would win over it.
pub fn cases(usual: u32) -> Config {
    let is_said = std::env::var_os("PROPTEST_CASES").is_some();
    if is_said { Config::default() } else { Config::with_cases(usual) }
}

pub fn keysift(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keysift")).args(arguments).current_dir(project("")).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The JSON report of a scan, secrets shown, and the exit code.
pub fn scan(path: &str) -> (Value, i32) {
    let output = keysift(&["scan", "--format", "json", "--show-secrets", path]);
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (report, output.status.code().unwrap())
}
