//! The command line, as its users live it: the built binary in a folder of its own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(unix)]
mod auxiliary;
mod baselines;
mod configuration;
mod exits;
mod filters;
mod former;
mod generate;
mod git;
mod gitleaks;
#[cfg(unix)]
mod interrupts;
mod judging;
mod links;
mod lists;
mod outputs;
mod reporting;
mod rules;
mod schemes;
#[cfg(target_os = "linux")]
mod terminals;
mod words;

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Found with severity high.
pub(super) const PASSWORD: &str = "db.password=Tr0ub4dor-and-3x\n";
/// Found with severity low.
pub(super) const WEAK: &str = "db.password=changeme\n";

/// A folder that scans are run in.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn file(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), content).unwrap();
        self
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keysift"));
        command.args(words);
        self.prepare(command)
    }

    /// With all signals as a shell in the foreground leaves them: a job in the background, as CI may
    /// be, ignores Ctrl-C, and so would its children.
    pub(crate) fn foreground(&self, words: &[&str]) -> Command {
        let mut command = Command::new("env");
        command.args(["--default-signal", env!("CARGO_BIN_EXE_keysift")]).args(words);
        self.prepare(command)
    }

    pub(super) fn prepare(&self, mut command: Command) -> Command {
        command.current_dir(self.0.path()).stdin(Stdio::null());
        for variable in [
            "KEYSIFT_FAIL_ON",
            "KEYSIFT_BASELINE",
            "KEYSIFT_CONFIG",
            "COLUMNS",
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
        ] {
            command.env_remove(variable);
        }
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Run {
        Run(self.command(words).output().unwrap())
    }

    /// With this on standard input.
    pub(crate) fn pipe(&self, words: &[&str], input: impl AsRef<[u8]>) -> Run {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A usage error is told without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        Run(child.wait_with_output().unwrap())
    }

    /// A link to what `target` says, seen from the link.
    #[cfg(unix)]
    pub(crate) fn link(&self, target: impl AsRef<Path>, path: &str) -> &Self {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, self.path(path)).unwrap();
        self
    }
}

pub(crate) struct Run(Output);

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self(output)
    }

    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.0.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.err()))
    }

    /// The places of all findings, `a.properties:1`.
    pub(crate) fn places(&self) -> Vec<String> {
        let report = self.json();
        let findings = report["findings"].as_array().unwrap();
        let mut places: Vec<String> = findings
            .iter()
            .flat_map(|finding| finding["locations"].as_array().unwrap())
            .map(|place| format!("{}:{}", place["uri"].as_str().unwrap(), place["line"]))
            .collect();
        places.sort();
        places
    }

    /// Kind and detail of each trouble, by path.
    pub(crate) fn trouble(&self) -> Vec<(String, String)> {
        let report = self.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let trouble = report["trouble"].as_array().unwrap();
        trouble.iter().map(|t| (text(&t["uri"]), format!("{}: {}", text(&t["kind"]), text(&t["detail"])))).collect()
    }
}
