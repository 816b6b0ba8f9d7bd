//! `keysift report`: a report that is there already, written in another form or joined with others.

use super::args::{JudgingArgs, OutputArgs};
use super::baseline::Wish;
use super::config::Config;
use super::output::complain;
use super::outputs::Outputs;
use crate::auxiliary;
use crate::findings::policy::Policy;
use crate::reports::document::Document;
use crate::reports::exit::Exit;
use crate::reports::merge::merge;
use crate::rules::schema::Severity;
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(subcommand)]
    command: ReportCommand,
}

const CONVERT_EXAMPLES: &str = "Examples:
  keysift report convert report.json --format sarif=keysift.sarif --format markdown=summary.md
  aws s3 cp s3://reports/nightly.json - | keysift report convert - --min-severity high

The exit code is the one that the scan had, unless options judge the report anew: --fail-on, --baseline,
--config and others. No keysift.toml is looked for.";

const MERGE_EXAMPLES: &str = "Examples:
  keysift report merge shard-*.json --format json=all.json --format text
  keysift report merge shard-*.json --config keysift.toml --baseline known.toml
  keysift report merge team-a.json team-b.json --format csv=all.csv

The report is incomplete if one of the reports is, or if a shard is missing. The exit codes are
those of a scan; --fail-on is the strictest of the reports' own unless it is given. No keysift.toml
is looked for.";

#[derive(Debug, Subcommand)]
enum ReportCommand {
    /// Write a JSON report in other forms, as the scan would have
    #[command(after_help = CONVERT_EXAMPLES)]
    Convert {
        /// JSON report; `-` for standard input
        #[arg(value_name = "REPORT")]
        report: PathBuf,
        #[command(flatten)]
        output: OutputArgs,
        #[command(flatten)]
        judging: JudgingArgs,
    },
    /// Join JSON reports, of shards or of several scans, into one
    #[command(after_help = MERGE_EXAMPLES)]
    Merge {
        /// JSON reports; `-` for standard input
        #[arg(value_name = "REPORT", required = true)]
        reports: Vec<PathBuf>,
        #[command(flatten)]
        output: OutputArgs,
        #[command(flatten)]
        judging: JudgingArgs,
    },
}

pub(super) fn run(args: ReportArgs) -> anyhow::Result<Exit> {
    match args.command {
        ReportCommand::Convert { report, judging, output } => judge(read(&report)?, judging, &output),
        ReportCommand::Merge { reports, judging, output } => {
            if reports.iter().filter(|report| report.as_os_str() == "-").count() > 1 {
                bail!("`-` is named twice, but standard input can be read only once");
            }
            let documents = reports.iter().map(|report| read(report)).collect::<anyhow::Result<Vec<_>>>()?;
            let (document, warnings) = merge(documents).context("nothing to merge")?;
            for warning in &warnings {
                complain(&format!("warning: {warning}"));
            }
            judge(document, judging, &output)
        }
    }
}

/// Holds a report against what the options say, and writes it. Reports go anywhere: only a configuration
/// that is named counts.
fn judge(mut document: Document, mut judging: JudgingArgs, output: &OutputArgs) -> anyhow::Result<Exit> {
    let config = Config::named(&judging.config)?;
    config.fill_judging(&mut judging);
    let outputs = Outputs::new(output)?;
    outputs.check()?;
    let wish = Wish::new(&judging.baseline, config.key_check()?)?;
    let mut policy = Policy { baseline: wish.baseline()?, ..config.policy()? };
    if wish.changes_files() && !document.is_whole() {
        bail!("no baseline can be made of a report that leaves out findings; scan without --min-severity");
    }
    if let Some(warning) = wish.note(policy.baseline.as_ref(), Some(document.fingerprint_version)) {
        if wish.changes_files() {
            bail!("{warning}");
        }
        complain(&warning);
    }
    policy.strict = judging.baseline.baseline_strict.unwrap_or(document.gate.baseline_strict);
    let allow_incomplete = judging.allow_incomplete.unwrap_or(document.gate.allow_incomplete);
    let ruling = document.apply(&policy);
    let complete = document.is_accepted() || allow_incomplete;
    let pending =
        wish.pending(document.findings.iter(), policy.baseline.as_ref(), complete, document.fingerprint_version);
    if let Some(written) = pending.written() {
        document.apply(&Policy { baseline: Some(written.clone()), strict: policy.strict, ..Policy::default() });
    }
    document.show(output.show_secrets, judging.min_severity.map_or(Severity::Info, Severity::from));
    let exit = document.judge(judging.fail_on.map_or(document.gate.fail_on, Severity::from), allow_incomplete);
    outputs.deliver(&document)?;
    config.tell(&ruling, false);
    pending.write()?;
    Ok(exit)
}

fn read(path: &Path) -> anyhow::Result<Document> {
    let (name, read) = if path.as_os_str() == "-" {
        ("standard input".to_owned(), auxiliary::read_from(io::stdin().lock(), auxiliary::REPORT))
    } else {
        (path.display().to_string(), auxiliary::read(path, auxiliary::REPORT))
    };
    let bytes = read.with_context(|| format!("cannot read {name}"))?;
    Document::parse(&bytes).with_context(|| name)
}
