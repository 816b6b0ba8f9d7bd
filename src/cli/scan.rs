//! `keysift scan`.

use super::args::{Level, ScanArgs};
use super::baseline::Wish;
use super::cache;
use super::config::Config;
use super::interrupt;
use super::output::complain;
use super::outputs::Outputs;
#[cfg(feature = "aws")]
use super::policy;
use super::progress::Bar;
use super::shard;
use super::suggestion::suggestion;
use super::targets;
use crate::budget::Limits;
use crate::engine::listing::Lost;
use crate::engine::scan::{Scan, Scanned};
use crate::engine::settings::{Settings, Target};
use crate::findings::fingerprint::VERSION;
use crate::findings::policy::Policy;
use crate::reports::document::Document;
use crate::reports::exit::Exit;
use crate::reports::report::Shown;
use anyhow::{Context as _, bail};

pub(super) fn run(mut args: Box<ScanArgs>) -> anyhow::Result<Exit> {
    let config = Config::load(&args.judging.config)?;
    config.fill(&mut args);
    let args = &*args;
    let outputs = Outputs::new(&args.output)?;
    let mut settings = settings(args, &outputs)?;
    #[cfg(feature = "aws")]
    if args.remote.print_policy {
        return policy::print(&settings.targets);
    }
    let judging = &args.judging;
    let allow_incomplete = judging.allow_incomplete.unwrap_or_default();
    settings.fingerprint_key = config.fingerprint_key()?;
    let wish = Wish::new(&judging.baseline, config.key_check()?)?;
    settings.policy = Policy {
        inline: !args.no_inline_allow.unwrap_or_default(),
        strict: judging.baseline.baseline_strict.unwrap_or_default(),
        baseline: wish.baseline()?,
        ..config.policy()?
    };
    // Hours of scanning must not end in a report that cannot be written.
    outputs.check()?;
    let rules = config.rules(args)?;
    let stop = interrupt::watch().context("signal handler")?;
    let cache = cache::open(args, &settings, &rules);
    let bar = Bar::new(args.output.quiet);
    let scanned = Scan { settings: &settings, rules: &rules, progress: &bar, cache: cache.as_ref(), stop: &stop }.run();
    bar.clear();
    let Scanned { mut report, lost } = scanned?;
    if let Some(cache) = cache {
        cache::close(cache, args, &settings, &mut report);
    }
    let present = report.findings.iter().chain(&report.suppressed);
    let complete = report.is_accepted() || allow_incomplete;
    let pending = wish.pending(present, settings.policy.baseline.as_ref(), complete, VERSION);
    if let Some(written) = pending.written() {
        written.judge(&mut report.findings);
    }
    let ruling = report.ruling.clone();
    let shown = Shown {
        secrets: args.output.show_secrets,
        suppressed: args.output.show_suppressed,
        min_severity: judging.min_severity.unwrap_or(Level::Info).into(),
    };
    let mut document = Document::new(report, shown, &rules);
    document.lost = lost.iter().map(|lost| lost.target.entry().to_string()).collect();
    let exit = document.judge(judging.fail_on.unwrap_or(Level::Medium).into(), allow_incomplete);
    outputs.deliver(&document)?;
    for lost in &lost {
        complain(&lost_message(lost));
    }
    if document.is_void() && document.trouble.is_empty() && !args.output.quiet {
        complain("nothing to scan: no file matched");
    }
    config.tell(&ruling, args.verbose);
    if let Some(note) = wish.note(settings.policy.baseline.as_ref(), None) {
        complain(&note);
    }
    pending.write()?;
    Ok(exit)
}

fn lost_message(Lost { target, cause }: &Lost) -> String {
    let (near, listed) = match target {
        Target::Path { path, listed, .. } => (suggestion(path), listed.as_ref()),
        _ => (None, None),
    };
    let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    let origin = listed.map(|line| format!("{line}: ")).unwrap_or_default();
    format!("{origin}{}: {cause}{hint}", target.entry())
}

fn settings(args: &ScanArgs, outputs: &Outputs) -> anyhow::Result<Settings> {
    let defaults = Settings::default();
    let limits = Limits::default();
    let trust_crc = args.trust_crc.unwrap_or_default() && !args.no_cache;
    if trust_crc && args.cache.is_none() {
        bail!("--trust-crc needs --cache: entries are known from earlier scans");
    }
    Ok(Settings {
        targets: targets::targets(args)?,
        filter: targets::filter(args, None)?,
        outputs: outputs.files().into_iter().chain(args.cache.clone()).collect(),
        trust_crc,
        shard: args.shard.as_deref().map(shard::parse).transpose().context("--shard")?,
        limits: Limits {
            depth: args.limits.max_depth.unwrap_or(limits.depth),
            entry_bytes: args.limits.max_entry_bytes.unwrap_or(limits.entry_bytes),
            artifact_bytes: args.limits.max_artifact_bytes.unwrap_or(limits.artifact_bytes),
            entries: args.limits.max_entries.unwrap_or(limits.entries),
            ratio: args.limits.max_ratio.unwrap_or(limits.ratio),
            findings: args.limits.max_findings.unwrap_or(limits.findings),
            ..limits
        },
        max_memory: args.limits.max_memory.unwrap_or(defaults.max_memory),
        threads: args.threads.map_or(defaults.threads, usize::from),
        ..defaults
    })
}
