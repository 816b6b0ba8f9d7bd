//! `keysift report`: a report that is there already, written in another form or joined with others.

use super::args::{Level, OutputArgs};
use super::output::complain;
use super::outputs::Outputs;
use crate::reports::document::Document;
use crate::reports::exit::Exit;
use crate::reports::merge::merge;
use crate::rules::schema::Severity;
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(subcommand)]
    command: ReportCommand,
}

const CONVERT_EXAMPLES: &str = "Examples:
  keysift report convert report.json --format sarif=keysift.sarif --format markdown=summary.md
  aws s3 cp s3://reports/nightly.json - | keysift report convert - --min-severity high

The exit code is the one that the scan had, unless --fail-on or --allow-incomplete change it.";

const MERGE_EXAMPLES: &str = "Examples:
  keysift report merge shard-*.json --format json=all.json --format text
  keysift report merge team-a.json team-b.json --format csv=all.csv

The report is incomplete if one of the reports is, or if a shard is missing. The exit codes are those of
a scan; --fail-on is the strictest of the reports' own.";

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// Write a JSON report in other forms, as the scan would have
    #[command(after_help = CONVERT_EXAMPLES)]
    Convert {
        /// JSON report; `-` for standard input
        #[arg(value_name = "REPORT")]
        report: PathBuf,
        #[command(flatten)]
        judging: JudgingArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Join JSON reports, of shards or of several scans, into one
    #[command(after_help = MERGE_EXAMPLES)]
    Merge {
        /// JSON reports; `-` for standard input
        #[arg(value_name = "REPORT", required = true)]
        reports: Vec<PathBuf>,
        #[command(flatten)]
        judging: JudgingArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}

#[derive(Debug, Args)]
struct JudgingArgs {
    /// Lowest severity that makes the exit code 1; default: as the report has it
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Level>,

    /// Lowest severity to show
    #[arg(long, value_enum, value_name = "SEVERITY")]
    min_severity: Option<Level>,

    /// Exit 0 instead of 3 when something was not scanned in full
    #[arg(long)]
    allow_incomplete: bool,
}

pub(super) fn run(args: ReportArgs) -> anyhow::Result<Exit> {
    match args.command {
        ReportCommand::Convert { report, judging, output } => {
            let outputs = Outputs::new(&output)?;
            outputs.check()?;
            deliver(read(&report)?, &judging, &output, &outputs)
        }
        ReportCommand::Merge { reports, judging, output } => {
            if reports.iter().filter(|report| report.as_os_str() == "-").count() > 1 {
                bail!("`-` is named twice, but standard input can be read only once");
            }
            let outputs = Outputs::new(&output)?;
            outputs.check()?;
            let documents = reports.iter().map(|report| read(report)).collect::<anyhow::Result<Vec<_>>>()?;
            let (document, warnings) = merge(documents).context("nothing to merge")?;
            for warning in &warnings {
                complain(&format!("warning: {warning}"));
            }
            deliver(document, &judging, &output, &outputs)
        }
    }
}

fn read(path: &Path) -> anyhow::Result<Document> {
    let mut bytes = Vec::new();
    let (name, read) = if path.as_os_str() == "-" {
        ("standard input".to_owned(), io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes))
    } else {
        (path.display().to_string(), std::fs::read(path))
    };
    let bytes = read.with_context(|| format!("cannot read {name}"))?;
    Document::parse(&bytes).with_context(|| name)
}

fn deliver(
    mut document: Document,
    judging: &JudgingArgs,
    output: &OutputArgs,
    outputs: &Outputs,
) -> anyhow::Result<Exit> {
    document.show(output.show_secrets, judging.min_severity.map_or(Severity::Info, Severity::from));
    let fail_on = judging.fail_on.map_or(document.gate.fail_on, Severity::from);
    let exit = document.judge(fail_on, judging.allow_incomplete || document.gate.allow_incomplete);
    outputs.deliver(&document)?;
    Ok(exit)
}
