//! The keysift binary: words in, report out, exit code decided.

use std::process::ExitCode;

fn main() -> ExitCode {
    keysift::cli::run()
}
