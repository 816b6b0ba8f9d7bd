//! The command line: words become settings, a report becomes an exit code.

use std::process::ExitCode;

pub fn run() -> ExitCode {
    ExitCode::SUCCESS
}
