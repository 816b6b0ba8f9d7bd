//! An exit code: what a report means to whoever asked for it. One meaning each.

use crate::rules::schema::Severity;
use serde::{Deserialize, Serialize};
use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to fail on, and everything was scanned.
    Clean = 0,
    /// A finding at or above `--fail-on`.
    Found = 1,
    /// Usage or fatal error, or a named target that does not exist.
    Fatal = 2,
    /// Nothing to fail on, but not everything was scanned, or nothing was there to scan.
    Incomplete = 3,
    /// Ctrl-C or SIGTERM.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What a report is let through with, and whether it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    pub fail_on: Severity,
    pub allow_incomplete: bool,
    /// Known secrets in new places count.
    #[serde(default)]
    pub baseline_strict: bool,
    pub exit_code: u8,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            fail_on: Severity::Medium,
            allow_incomplete: false,
            baseline_strict: false,
            exit_code: Exit::Clean as u8,
        }
    }
}

impl Gate {
    /// The exit code in words.
    pub fn verdict(&self) -> &'static str {
        match self.exit_code {
            0 => "nothing to fail on",
            1 => "a finding at or above the severity to fail on",
            3 => "nothing to fail on, but not everything was scanned",
            130 => "interrupted",
            _ => "a target could not be scanned at all",
        }
    }
}
