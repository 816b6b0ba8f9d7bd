//! Filling: what the command line and the environment leave open, the configuration says.

use super::Config;
use super::file::{File, TargetEntry};
use crate::cli::args::{BaselineArgs, FormatArg, JudgingArgs, ScanArgs};
use serde::Serialize;
use std::fmt::Display;
use std::path::PathBuf;

/// A setting as it is in effect, and who says so.
#[derive(Debug)]
pub(super) struct Effective {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) origin: String,
}

impl Config {
    /// Scalars of the command line win over those of the file; lists add up.
    pub(in crate::cli) fn fill(&self, args: &mut ScanArgs) {
        self.settle(args);
    }

    /// The same for what a report is judged by.
    pub(in crate::cli) fn fill_judging(&self, args: &mut JudgingArgs) {
        self.settle_judging(args, &mut Scalars { config: self, told: &mut Vec::new() });
    }

    fn settle_judging(&self, args: &mut JudgingArgs, scalars: &mut Scalars<'_>) {
        scalars.fill("fail-on", &mut args.fail_on, self.file.fail_on, "medium");
        scalars.fill("min-severity", &mut args.min_severity, self.file.min_severity, "info");
        scalars.fill("allow-incomplete", &mut args.allow_incomplete, self.file.allow_incomplete, "false");
        let BaselineArgs { baseline, no_baseline, baseline_strict, .. } = &mut args.baseline;
        let file = self.file.baseline.as_deref().map(|path| self.path(path));
        scalars.fill("baseline", baseline, file, "none");
        baseline.take_if(|_| *no_baseline);
        scalars.fill("baseline-strict", baseline_strict, self.file.baseline_strict, "false");
    }

    /// Fills, and tells what came of it.
    pub(super) fn settle(&self, args: &mut ScanArgs) -> Vec<Effective> {
        let File { limits, .. } = &self.file;
        let mut told = Vec::new();
        let mut scalars = Scalars { config: self, told: &mut told };
        self.settle_judging(&mut args.judging, &mut scalars);
        scalars.fill("threads", &mut args.threads, self.file.threads, "all cores");
        let cache = self.file.cache.as_deref().map(|path| self.path(path));
        scalars.fill("cache", &mut args.cache, cache, "none");
        args.cache.take_if(|_| args.no_cache);
        scalars.fill("trust-crc", &mut args.trust_crc, self.file.trust_crc, "false");
        let mut inline = args.no_inline_allow.map(|no| !no);
        scalars.fill("inline-allow", &mut inline, self.file.inline_allow, "true");
        args.no_inline_allow = inline.map(|inline| !inline);
        let given = &mut args.limits;
        scalars.fill("limits.max-memory", &mut given.max_memory, limits.max_memory.map(|size| size.0), "256M");
        scalars.fill("limits.max-depth", &mut given.max_depth, limits.max_depth, "8");
        scalars.fill("limits.max-entry-bytes", &mut given.max_entry_bytes, limits.max_entry_bytes.map(|s| s.0), "4G");
        let artifact = limits.max_artifact_bytes.map(|size| size.0);
        scalars.fill("limits.max-artifact-bytes", &mut given.max_artifact_bytes, artifact, "16G");
        scalars.fill("limits.max-entries", &mut given.max_entries, limits.max_entries, "2000000");
        scalars.fill("limits.max-ratio", &mut given.max_ratio, limits.max_ratio, "400");
        scalars.fill("limits.max-findings", &mut given.max_findings, limits.max_findings, "50000");
        for (name, list, more) in
            [("include", &mut args.include, &self.file.include), ("exclude", &mut args.exclude, &self.file.exclude)]
        {
            list.extend(more.iter().cloned());
            scalars.tell(name, json(&*list), (!more.is_empty()).then_some(&self.name));
        }
        if args.targets.is_empty() && args.files_from.is_none() {
            args.targets = self.targets();
        }
        args.places = self.file.target.iter().map(|entry| entry.get_ref().clone()).collect();
        for path in args.places.iter_mut().filter_map(|place| place.path.as_mut()) {
            *path = self.path(path);
        }
        let formats = &self.file.formats;
        if args.output.formats.is_empty() && args.output.output.is_none() {
            // They were tried when the file was read.
            args.output.formats = formats.iter().filter_map(|word| self.format(word).ok()).collect();
        }
        let mut tell = Scalars { config: self, told: &mut told };
        tell.tell("formats", json(formats), (!formats.is_empty()).then_some(&self.name));
        told
    }

    /// A format, with its file beside the configuration.
    pub(super) fn format(&self, word: &str) -> Result<FormatArg, String> {
        let FormatArg { format, file } = word.parse()?;
        Ok(FormatArg { format, file: file.map(|file| self.path(&file)) })
    }

    /// What the file names, as words of the command line.
    fn targets(&self) -> Vec<PathBuf> {
        let word = |entry: &TargetEntry| match (&entry.path, &entry.uri) {
            (Some(path), _) => Some(self.path(path)),
            (None, uri) => uri.as_ref().map(PathBuf::from),
        };
        self.file.target.iter().filter_map(|entry| word(entry.get_ref())).collect()
    }
}

struct Scalars<'a> {
    config: &'a Config,
    told: &'a mut Vec<Effective>,
}

impl Scalars<'_> {
    fn fill<T: Serialize>(&mut self, name: &'static str, given: &mut Option<T>, file: Option<T>, default: &str) {
        let origin = match (&given, &file) {
            (Some(_), _) => "environment",
            (None, Some(_)) => &self.config.name,
            (None, None) => "default",
        };
        if given.is_none() {
            *given = file;
        }
        let value = given.as_ref().map_or_else(|| default.to_owned(), json);
        self.told.push(Effective { name, value, origin: origin.to_owned() });
    }

    fn tell(&mut self, name: &'static str, value: impl Display, origin: Option<&String>) {
        let origin = origin.cloned().unwrap_or_else(|| "default".to_owned());
        self.told.push(Effective { name, value: value.to_string(), origin });
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
