//! The command line: words become settings, a report becomes an exit code.

mod args;
mod baseline;
mod cache;
mod config;
mod generate;
mod interrupt;
mod output;
mod outputs;
#[cfg(feature = "aws")]
mod policy;
mod progress;
#[cfg(feature = "aws")]
mod remote;
mod report;
mod rules;
mod scan;
mod shard;
mod suggestion;
mod targets;

pub use config::problems_of as configuration_problems;

use crate::reports::exit::Exit;
use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// Parses the words, runs the command, and turns its end into an exit code.
pub fn run() -> ExitCode {
    quiet_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe must not turn `--help | head` into a panic.
            let _ = error.print();
            if let Some(hint) = suggestion::of_command(&error) {
                output::complain(&hint);
            }
            return if error.use_stderr() { Exit::Fatal } else { Exit::Clean }.into();
        }
    };
    let ended = match cli.command {
        Some(Command::Scan(args)) => scan::run(args),
        Some(Command::Report(args)) => report::run(args),
        Some(Command::Rules(args)) => rules::run(&args),
        Some(Command::Config(args)) => config::run(&args),
        Some(Command::Generate(args)) => generate::run(&args),
        None => match &cli.explain {
            Some(rule) => rules::show(rule),
            None => output::first_steps(),
        },
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) => Exit::Clean.into(),
        Err(error) => {
            output::complain(&format!("{error:#}"));
            Exit::Fatal.into()
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe))
}

/// A panic's message may quote the bytes at hand, which may be a secret: only its place is told.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        output::complain(&format!("internal error at {place}; please report it"));
    }));
}
