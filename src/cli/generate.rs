//! `keysift generate`: completions for shells, and manual pages.

use super::args::Cli;
use crate::reports::exit::Exit;
use anyhow::Context as _;
use clap::{Args, CommandFactory as _, Subcommand};
use clap_complete::Shell;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct GenerateArgs {
    #[command(subcommand)]
    command: GenerateCommand,
}

#[derive(Debug, Subcommand)]
enum GenerateCommand {
    /// Print completions for a shell
    Completions {
        #[arg(value_enum, value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the manual page, or write those of all commands into a folder
    Man {
        #[arg(value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
}

pub(super) fn run(args: &GenerateArgs) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    match &args.command {
        GenerateCommand::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "keysift", &mut text);
        }
        GenerateCommand::Man { folder: None } => clap_mangen::Man::new(Cli::command()).render(&mut text)?,
        GenerateCommand::Man { folder: Some(folder) } => {
            fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
                .with_context(|| format!("cannot write manual pages to {}", folder.display()))?;
        }
    }
    io::stdout().write_all(&text)?;
    Ok(Exit::Clean)
}
