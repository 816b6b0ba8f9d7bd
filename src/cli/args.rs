//! Arguments: the words as the user types them.

use super::config::{ConfigArgs, ConfigCommandArgs, TargetEntry};
use super::generate::GenerateArgs;
#[cfg(feature = "aws")]
use super::remote::RemoteArgs;
use super::report::ReportArgs;
use crate::reports::format::{Format, UnknownFormat};
use crate::rules::schema::Severity;
use crate::sources::near::nearest;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::str::FromStr;

/// Finds long-term credentials hard-coded into Apache Flink artifacts
#[derive(Debug, Parser)]
#[command(name = "keysift", version, max_term_width = 100)]
#[command(after_help = "Examples:
  keysift scan target/                             build output: classes, jars, configuration
  keysift scan s3://code-bucket/jobs/              objects in S3
  keysift scan orders.jar --format json=report.json --format text
  keysift report convert report.json --format markdown
  kubectl get flinkdeployment -o yaml | keysift scan - --stdin-name deployments.yaml
  keysift rules show aws-access-key-pair

keysift scan --help tells the exit codes.")]
pub(super) struct Cli {
    /// What a rule's credential opens, how to rotate it, what to use instead; as `rules show`
    #[arg(long, value_name = "RULE")]
    pub(super) explain: Option<String>,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Scan files, folders or standard input
    Scan(Box<ScanArgs>),
    /// Write a JSON report in other forms, or join several
    Report(ReportArgs),
    /// List, show or check detection rules
    Rules(RulesArgs),
    /// Check or show the configuration, keysift.toml
    Config(ConfigCommandArgs),
    /// Completions for shells, and manual pages
    Generate(GenerateArgs),
}

const SCAN_EXAMPLES: &str = "Examples:
  keysift scan target/ --exclude test-classes
  keysift scan orders.jar --fail-on high --format json --output report.json
  git diff --name-only --diff-filter=d -z origin/main | keysift scan --files-from -
  kubectl get configmaps -o yaml | keysift scan - --stdin-name configmaps.yaml

Globs are those of an ignore file: `*` stays within a folder, `**` does not; one for a folder holds
for all that is in it. What you name yourself is always scanned. Ignore files are not heeded, since
build output is git-ignored.

Exit codes:
  0    clean
  1    a finding at or above --fail-on
  2    usage or fatal error, or a named target that does not exist
  3    nothing to fail on, but something was not scanned in full, or nothing matched
  130  interrupted; the report holds what was found so far";

/// Scan files, folders or standard input for hard-coded credentials
#[derive(Debug, Args)]
#[command(after_help = SCAN_EXAMPLES)]
pub(super) struct ScanArgs {
    /// Files, folders, or objects in S3 (s3://BUCKET/PREFIX); `-` for content on standard input
    #[arg(value_name = "TARGET")]
    pub(super) targets: Vec<PathBuf>,

    /// Scan the paths listed in FILE too, one a line or ended by NUL; `-` for standard input. A list may be empty
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,

    /// Name of the content on standard input; its ending tells the format
    #[arg(long, value_name = "NAME", default_value = "stdin")]
    pub(super) stdin_name: String,

    /// Of folders, scan only the files that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,

    /// Leave out files, folders and archive entries that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,

    /// Add the rules in FILE to the built-in ones; the same id replaces (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Vec<PathBuf>,

    /// Also use the rules of a gitleaks configuration, as far as they can be carried over (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(super) gitleaks_config: Vec<PathBuf>,

    /// Leave out native libraries, fonts and images
    #[arg(long)]
    pub(super) no_native: bool,

    /// Scan only a part of the files and objects: I of N, from 0/N; `auto` in array jobs, see docs/s3.md
    #[arg(long, value_name = "I/N", env = "KEYSIFT_SHARD", hide_env_values = true)]
    pub(super) shard: Option<String>,

    /// Worker threads; default: all cores
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// Remember what was found in FILE: the next scan reads only what is new, and says what is
    #[arg(long, value_name = "FILE", help_heading = "Cache", env = "KEYSIFT_CACHE", hide_env_values = true)]
    pub(super) cache: Option<PathBuf>,

    /// Pass over entries of archives whose name, sizes and CRC-32 the cache knows to hold nothing; who
    /// makes an archive can forge that
    #[arg(long, help_heading = "Cache")]
    #[arg(value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) trust_crc: Option<bool>,

    /// Use none, whatever the environment or the configuration says
    #[arg(long, help_heading = "Cache")]
    pub(super) no_cache: bool,

    #[command(flatten)]
    pub(super) output: OutputArgs,

    #[command(flatten)]
    pub(super) judging: JudgingArgs,

    /// Do not heed keysift:allow comments beside secrets
    #[arg(long, help_heading = "Verdict")]
    #[arg(value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) no_inline_allow: Option<bool>,

    /// Also say which configuration is in effect, and what in it matches nothing
    #[arg(short, long, conflicts_with = "quiet")]
    pub(super) verbose: bool,

    /// What the configuration says of targets.
    #[arg(skip)]
    pub(super) places: Vec<TargetEntry>,

    #[command(flatten)]
    pub(super) limits: LimitArgs,

    #[cfg(feature = "aws")]
    #[command(flatten)]
    pub(super) remote: RemoteArgs,
}

/// What a scan, or a report that is there already, is judged by. A switch that the configuration sets is
/// switched off by `=false`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Verdict")]
pub(super) struct JudgingArgs {
    /// Lowest severity that makes the exit code 1 [default: medium; of a report, its own]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    #[arg(env = "KEYSIFT_FAIL_ON", hide_env_values = true)]
    pub(super) fail_on: Option<Level>,

    /// Lowest severity to show; the exit code is --fail-on's alone [default: info]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) min_severity: Option<Level>,

    /// Exit 0 instead of 3 when something was not scanned in full
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) allow_incomplete: Option<bool>,

    #[command(flatten)]
    pub(super) baseline: BaselineArgs,

    #[command(flatten)]
    pub(super) config: ConfigArgs,
}

/// Findings that are known already
#[derive(Debug, Args)]
#[command(next_help_heading = "Baseline")]
pub(super) struct BaselineArgs {
    /// Findings in FILE are known: they do not fail
    #[arg(long, value_name = "FILE", env = "KEYSIFT_BASELINE", hide_env_values = true)]
    pub(super) baseline: Option<PathBuf>,

    /// Use none, whatever the environment or the configuration says
    #[arg(long)]
    pub(super) no_baseline: bool,

    /// Known secrets in new places fail, too
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) baseline_strict: Option<bool>,

    /// Write all findings to FILE: from now on they are known
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,

    /// Drop from the baseline what is not found any more
    #[arg(long)]
    pub(super) prune_baseline: bool,
}

/// What becomes of the report
#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// Form of the report, and a file for it (repeatable): text for people, json with everything,
    /// jsonl, sarif, junit, gitlab, csv, markdown, html; without a file, it goes to standard output
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<FormatArg>,

    /// Write the report to FILE, replaced only when it is complete; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Print the secrets themselves
    #[arg(long)]
    pub(super) show_secrets: bool,

    /// Also show published examples and other suppressed findings
    #[arg(long)]
    pub(super) show_suppressed: bool,

    /// Print findings and trouble only: no progress, no summary
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// `sarif`, or `sarif=keysift.sarif`.
#[derive(Clone, Debug)]
pub(super) struct FormatArg {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
}

impl FromStr for FormatArg {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let (name, file) = match word.split_once('=') {
            Some((name, "")) => return Err(format!("names no file after {name}=")),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (word, None),
        };
        let format = name.parse().map_err(|unknown: UnknownFormat| {
            let near = nearest(name, Format::ALL.map(|format| format.as_str().to_owned()));
            near.map_or(unknown.to_string(), |near| format!("no format is called so; did you mean {near}?"))
        })?;
        Ok(Self { format, file })
    }
}

/// Limits per artifact; what hits one is reported
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitArgs {
    /// Memory for artifacts together, e.g. 512M [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) max_memory: Option<u64>,

    /// Containers inside containers [default: 8]
    #[arg(long, value_name = "N")]
    pub(super) max_depth: Option<usize>,

    /// Inflated bytes of one entry [default: 4G]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) max_entry_bytes: Option<u64>,

    /// Inflated bytes of one artifact [default: 16G]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) max_artifact_bytes: Option<u64>,

    /// Entries of one artifact [default: 2000000]
    #[arg(long, value_name = "N")]
    pub(super) max_entries: Option<u64>,

    /// Inflated to compressed bytes of an entry larger than 16M [default: 400]
    #[arg(long, value_name = "N")]
    pub(super) max_ratio: Option<u64>,

    /// Places of secrets in one artifact; in one entry a tenth of that [default: 50000]
    #[arg(long, value_name = "N")]
    pub(super) max_findings: Option<u64>,
}

/// `64`, `64K`, `64M`, `2G`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit: u64 = match text[digits.len()..].to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        "t" => 1 << 40,
        _ => return Err("expected a number with K, M, G or T".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "expected a number with K, M, G or T".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "too large".to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
            Level::Critical => Self::Critical,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    pub(super) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// One line a rule
    List,
    /// What a rule looks for, and what to use instead
    Show {
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Check rule files: schema, patterns, examples
    Check {
        #[arg(value_name = "FILE", required_unless_present = "gitleaks")]
        files: Vec<PathBuf>,
        /// A gitleaks configuration: say which of its rules cannot be carried over
        #[arg(long, value_name = "FILE")]
        gitleaks: Vec<PathBuf>,
    },
}
