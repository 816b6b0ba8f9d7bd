//! Exit codes: one meaning each.

use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
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
