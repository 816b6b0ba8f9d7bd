//! `keysift scan`.

use super::args::{Format, ScanArgs};
use super::exit::Exit;
use super::output::{complain, deliver};
use super::progress::Bar;
use crate::budget::Limits;
use crate::engine::scan::Scan;
use crate::engine::settings::{Settings, Target};
use crate::reports::report::{Report, Shown};
use crate::reports::{json, text};
use crate::rules::schema::Severity;
use crate::rules::set::RuleSet;
use crate::sources::local::Filter;
use anyhow::{Context as _, bail};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) fn run(args: &ScanArgs) -> anyhow::Result<Exit> {
    let settings = settings(args)?;
    let rules = RuleSet::builtin().context("built-in rules")?;
    let stop = stop_on_signal()?;
    let bar = Bar::new(args.quiet);
    let scanned = Scan { settings: &settings, rules: &rules, progress: &bar, stop: &stop }.run()?;
    bar.clear();
    let shown =
        Shown { secrets: args.show_secrets, suppressed: args.show_suppressed, min_severity: args.min_severity.into() };
    let report = &scanned.report;
    deliver(args.output.as_deref(), &mut |out| match args.format {
        Format::Text => text::write(report, shown, out),
        Format::Json => json::write(report, shown, out),
    })?;
    for target in &scanned.missing {
        complain(&format!("{target}: no such file or folder{}", suggestion(target)));
    }
    if report.totals.artifacts == 0 && scanned.missing.is_empty() && !args.quiet {
        complain("nothing to scan: no file matched");
    }
    Ok(exit(report, !scanned.missing.is_empty(), args.fail_on.into(), args.allow_incomplete))
}

fn exit(report: &Report, missing: bool, fail_on: Severity, allow_incomplete: bool) -> Exit {
    if report.interrupted {
        Exit::Interrupted
    } else if missing {
        Exit::Fatal
    } else if report.worst().is_some_and(|worst| worst >= fail_on) {
        Exit::Found
    } else if (!report.is_complete() || report.totals.artifacts == 0) && !allow_incomplete {
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}

fn settings(args: &ScanArgs) -> anyhow::Result<Settings> {
    let mut targets: Vec<Target> = args.targets.iter().map(|word| target(word, args)).collect::<anyhow::Result<_>>()?;
    if let Some(list) = &args.files_from {
        if list == "-" && targets.iter().any(|t| matches!(t, Target::Stdin { .. })) {
            bail!("standard input cannot be both a list of paths and content");
        }
        targets.extend(paths_in(list)?);
    } else if targets.is_empty() {
        bail!("nothing to scan: name a file or folder, or `-` for standard input");
    }
    let defaults = Settings::default();
    Ok(Settings {
        targets,
        filter: Filter { include: globs(&args.include)?, exclude: globs(&args.exclude)? },
        limits: Limits {
            depth: args.limits.max_depth,
            entry_bytes: args.limits.max_entry_bytes,
            artifact_bytes: args.limits.max_artifact_bytes,
            entries: args.limits.max_entries,
            ratio: args.limits.max_ratio,
            ..Limits::default()
        },
        max_memory: args.limits.max_memory,
        threads: args.threads.unwrap_or(defaults.threads),
    })
}

fn target(word: &str, args: &ScanArgs) -> anyhow::Result<Target> {
    if word == "-" {
        return Ok(Target::Stdin { name: args.stdin_name.clone() });
    }
    if let Some((scheme @ ("s3" | "msf"), _)) = word.split_once("://") {
        bail!("{scheme}:// targets are not supported by this version");
    }
    Ok(Target::Path(PathBuf::from(word)))
}

/// One path a line; empty lines do not count.
fn paths_in(list: &str) -> anyhow::Result<Vec<Target>> {
    let reader: Box<dyn BufRead> = if list == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(std::fs::File::open(list).with_context(|| format!("--files-from {list}"))?))
    };
    let mut targets = Vec::new();
    for line in reader.lines() {
        let line = line.with_context(|| format!("--files-from {list}"))?;
        let path = line.trim_end_matches('\r');
        if !path.is_empty() {
            targets.push(Target::Path(PathBuf::from(path)));
        }
    }
    Ok(targets)
}

fn globs(patterns: &[String]) -> anyhow::Result<Option<GlobSet>> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // `foo/**` given for a tree below the target also matches from any folder.
        let add = |set: &mut GlobSetBuilder, text: &str| -> anyhow::Result<()> {
            let glob = GlobBuilder::new(text).build().with_context(|| format!("glob {pattern}"))?;
            set.add(glob);
            Ok(())
        };
        add(&mut set, pattern)?;
        if !pattern.starts_with("**/") && !pattern.starts_with('/') {
            add(&mut set, &format!("**/{pattern}"))?;
        }
    }
    Ok(Some(set.build()?))
}

/// Ctrl-C and SIGTERM end the scan with what was found; a second one ends the process.
fn stop_on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::SeqCst) {
            abort_at_once();
        }
    })
    .context("signal handler")?;
    Ok(stop)
}

#[allow(clippy::exit, reason = "the second Ctrl-C means now; there is nothing left to unwind")]
fn abort_at_once() {
    std::process::exit(Exit::Interrupted as i32);
}

/// A neighbour in the same folder whose name is nearly the one that was typed.
fn suggestion(target: &str) -> String {
    let path = std::path::Path::new(target);
    let (Some(name), folder) = (path.file_name().and_then(|n| n.to_str()), path.parent()) else { return String::new() };
    let folder = folder.filter(|f| !f.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else { return String::new() };
    let names = entries.flatten().filter_map(|e| e.file_name().into_string().ok());
    let nearest = names.map(|n| (edits(name, &n), n)).filter(|(d, n)| *d <= 1 + n.len() / 5).min();
    nearest.map(|(_, n)| format!("; did you mean {}?", path.with_file_name(n).display())).unwrap_or_default()
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swap = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = swap.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
