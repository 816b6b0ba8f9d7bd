//! `keysift config`: check, show, schema.

use super::args::{ConfigArgs, ConfigCommand, ConfigCommandArgs};
use super::{Config, NAME};
use crate::cli::args::{Cli, Command, ScanArgs};
use crate::cli::output::complain;
use crate::reports::exit::Exit;
use crate::reports::prose::{clean, counted};
use anyhow::bail;
use clap::Parser as _;
use std::io::Write as _;
use std::path::Path;

const SCHEMA: &str = include_str!("../../../docs/config.schema.json");

pub(in crate::cli) fn run(args: &ConfigCommandArgs) -> anyhow::Result<Exit> {
    match &args.command {
        ConfigCommand::Schema => {
            anstream::stdout().write_all(SCHEMA.as_bytes())?;
            Ok(Exit::Clean)
        }
        ConfigCommand::Check(args) => check(args),
        ConfigCommand::Show(args) => show(&Config::load(args)?),
    }
}

/// Everything that a scan would trip over, and what has expired; 1 if there is any of it.
fn check(args: &ConfigArgs) -> anyhow::Result<Exit> {
    let config = match Config::load(args) {
        Ok(config) => config,
        Err(error) => {
            complain(&format!("{error:#}"));
            return Ok(Exit::Found);
        }
    };
    if !config.is_there() {
        bail!("no {NAME} here or above, up to the root of the repository");
    }
    let problems = problems(&config);
    for problem in &problems {
        complain(problem);
    }
    if problems.is_empty() {
        writeln!(anstream::stdout(), "{}: no problems", clean(&config.name))?;
        return Ok(Exit::Clean);
    }
    Ok(Exit::Found)
}

/// What `config check` says of a file.
pub fn problems_of(path: &Path) -> Vec<String> {
    Config::read(path).map_or_else(|error| vec![format!("{error:#}")], |config| problems(&config))
}

fn problems(config: &Config) -> Vec<String> {
    let mut problems: Vec<String> = Vec::new();
    if let Err(error) = unsaid().and_then(|args| config.rules(&args)) {
        problems.push(format!("{error:#}"));
    }
    match config.policy() {
        Ok(policy) => {
            let reasons = policy.allow.iter().map(|a| &a.reason).chain(policy.accept.iter().map(|a| &a.reason));
            problems.extend(reasons.filter(|reason| reason.is_expired(policy.today)).map(ToString::to_string));
        }
        Err(error) => problems.push(format!("{error:#}")),
    }
    if let Some(baseline) = config.file.baseline.as_deref().map(|path| config.path(path)).filter(|path| !path.is_file())
    {
        problems.push(format!("{}: no baseline {}", config.name, baseline.display()));
    }
    problems
}

fn show(config: &Config) -> anyhow::Result<Exit> {
    let mut out = std::io::BufWriter::new(anstream::stdout());
    writeln!(out, "# {}", if config.is_there() { clean(&config.name) } else { format!("no {NAME}") })?;
    let rows = config.settle(&mut *unsaid()?);
    let width = rows.iter().map(|row| row.name.len() + row.value.chars().count() + 3).max().unwrap_or(0).min(60);
    for row in rows {
        let setting = format!("{} = {}", row.name, clean(&row.value));
        writeln!(out, "{setting:width$}  # {}", clean(&row.origin))?;
    }
    let file = &config.file;
    for (number, noun) in [
        (file.rule_files.len(), "rule file"),
        (file.rules.len(), "changed rule"),
        (file.target.len(), "target"),
        (file.allow.len(), "allowance"),
        (file.accept_trouble.len(), "accepted trouble"),
    ] {
        if number > 0 {
            writeln!(out, "# {}", counted(number as u64, noun))?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// A scan of which the command line says nothing, so that only the environment speaks.
fn unsaid() -> anyhow::Result<Box<ScanArgs>> {
    match Cli::try_parse_from(["keysift", "scan"])?.command {
        Some(Command::Scan(args)) => Ok(args),
        _ => bail!("no scan"),
    }
}
