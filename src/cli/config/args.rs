//! Words about the configuration file.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Where settings come from
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub(in crate::cli) struct ConfigArgs {
    /// Read FILE instead of the nearest keysift.toml
    #[arg(long, value_name = "FILE", env = "KEYSIFT_CONFIG", hide_env_values = true)]
    pub(super) config: Option<PathBuf>,

    /// Read no configuration, whatever the environment says
    #[arg(long)]
    pub(super) no_config: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ConfigCommandArgs {
    #[command(subcommand)]
    pub(super) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Say what is wrong with the configuration, or has expired
    Check(ConfigArgs),
    /// Print the settings in effect, and who says so
    Show(ConfigArgs),
    /// Print the JSON Schema of keysift.toml
    Schema,
}
