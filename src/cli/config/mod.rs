//! The configuration: `keysift.toml`, found, read, checked, and laid under what the command line says.

mod args;
mod command;
mod entries;
mod file;
mod fill;
mod problem;

pub(super) use args::{ConfigArgs, ConfigCommandArgs};
pub use command::problems_of;
pub(super) use command::run;
pub(super) use file::TargetEntry;

use super::output::complain;
#[cfg(feature = "aws")]
use super::remote::{is_same, malformed};
use super::targets::unsupported;
use crate::auxiliary;
use crate::findings::fingerprint::Digester;
use crate::findings::policy::Ruling;
use crate::secret::Secret;
use anyhow::{Context as _, anyhow, bail};
use file::File;
use std::fs;
use std::path::{Path, PathBuf};

const NAME: &str = "keysift.toml";

/// A configuration file, read; or none, which says nothing.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// As messages name it; empty without a file.
    name: String,
    /// What paths in it are relative to.
    folder: PathBuf,
    text: String,
    file: File,
}

impl Config {
    /// The file that the flags name, or the nearest one.
    pub(super) fn load(args: &ConfigArgs) -> anyhow::Result<Self> {
        if args.no_config {
            return Ok(Self::default());
        }
        match args.config.clone().or_else(found) {
            Some(path) => Self::read(&path),
            None => Ok(Self::default()),
        }
    }

    /// The file that the flags or the environment name, and no other.
    pub(super) fn named(args: &ConfigArgs) -> anyhow::Result<Self> {
        args.config.as_deref().filter(|_| !args.no_config).map_or_else(|| Ok(Self::default()), Self::read)
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let text = auxiliary::read_text(path, auxiliary::SETTINGS)
            .with_context(|| format!("cannot read the configuration {name}"))?;
        let file: File = toml::from_str(&text).map_err(|error| anyhow!(problem::describe(&name, &text, &error)))?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let config = Self { name, folder, text, file };
        config.check_targets()?;
        let File { rule_files, gitleaks_config, baseline, .. } = &config.file;
        for path in rule_files.iter().chain(gitleaks_config).chain(baseline) {
            auxiliary::at_rest(&config.path(path)).with_context(|| format!("{}: {}", config.name, path.display()))?;
        }
        for word in &config.file.formats {
            config.format(word).map_err(|problem| anyhow!("{}: formats: {problem}", config.name))?;
        }
        Ok(config)
    }

    fn check_targets(&self) -> anyhow::Result<()> {
        for (index, target) in self.file.target.iter().enumerate() {
            let (entry, at) = (target.get_ref(), target.span().start);
            if entry.path.is_some() == entry.uri.is_some() {
                return Err(self.error(at, "a target needs a path or a uri, and not both"));
            }
            if let Some(problem) = entry.uri.as_deref().and_then(problem_of) {
                return Err(self.error(at, &problem));
            }
            for earlier in &self.file.target[..index] {
                let Some(key) = entry.difference(earlier.get_ref()).filter(|_| self.is_same(entry, earlier.get_ref()))
                else {
                    continue;
                };
                let (line, _) = problem::position(&self.text, earlier.span().start);
                let problem = format!(
                    "the same target as in line {line}, with another {key}: a run reads a target in one way; name \
                     different prefixes, or scan them in two runs"
                );
                return Err(self.error(at, &problem));
            }
        }
        Ok(())
    }

    /// Whether two entries are for one target.
    fn is_same(&self, one: &TargetEntry, other: &TargetEntry) -> bool {
        match (&one.path, &other.path, &one.uri, &other.uri) {
            (Some(one), Some(other), ..) => {
                let [one, other] = [one, other].map(|path| self.path(path));
                one == other || fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|o| o == one))
            }
            (_, _, Some(one), Some(other)) => is_same(one, other),
            _ => false,
        }
    }

    /// What the user should know of the file's entries.
    pub(super) fn tell(&self, ruling: &Ruling, verbose: bool) {
        for reason in &ruling.expired {
            complain(&format!("expired: {reason}"));
        }
        if verbose {
            let name = if self.is_there() { &self.name } else { "none" };
            complain(&format!("configuration: {name}"));
            for reason in &ruling.unused {
                complain(&format!("matches nothing: {reason}"));
            }
        }
    }

    fn is_there(&self) -> bool {
        !self.name.is_empty()
    }

    /// A path of the file, as seen from the working directory.
    fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// An error at an offset of the file.
    fn error(&self, offset: usize, problem: &str) -> anyhow::Error {
        let (line, column) = problem::position(&self.text, offset);
        anyhow!("{}:{line}:{column}: {problem}", self.name)
    }

    /// The fingerprint key, from the variable that the file names.
    pub(super) fn fingerprint_key(&self) -> anyhow::Result<Option<Secret>> {
        let Some(variable) = &self.file.fingerprint_key_env else { return Ok(None) };
        // Somebody may have put the key where its variable's name belongs.
        if variable.is_empty() || !variable.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') {
            bail!("{}: fingerprint-key-env takes the name of an environment variable, in capitals", self.name);
        }
        match std::env::var(variable) {
            Ok(key) if key.chars().count() >= 16 => Ok(Some(Secret::new(key))),
            Ok(_) => bail!("{variable} (fingerprint-key-env in {}) has less than 16 characters", self.name),
            Err(_) => bail!("{variable} (fingerprint-key-env in {}) is not set", self.name),
        }
    }

    /// What a baseline recognises the fingerprint key by.
    pub(super) fn key_check(&self) -> anyhow::Result<Option<String>> {
        Ok(Digester::new(self.fingerprint_key()?.as_ref()).key_check())
    }
}

/// What is wrong with the `uri` of a target.
fn problem_of(uri: &str) -> Option<String> {
    if !uri.contains("://") {
        return Some("uri takes s3://… or msf://…; a path belongs into `path`".to_owned());
    }
    unsupported(uri).map(|problem| problem.to_string()).or_else(|| malformed(uri))
}

#[cfg(not(feature = "aws"))]
fn is_same(one: &str, other: &str) -> bool {
    one == other
}

/// It is said when it is to be scanned.
#[cfg(not(feature = "aws"))]
fn malformed(_uri: &str) -> Option<String> {
    None
}

/// The nearest file from the working directory up to the root of its repository or to the home folder.
/// Where neither lies above, only the working directory counts: a file in a shared folder such as /tmp
/// is somebody else's.
fn found() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let home = std::env::home_dir();
    let is_end = |folder: &Path| folder.join(".git").exists() || Some(folder) == home.as_deref();
    let end = here.ancestors().position(is_end).unwrap_or(0);
    (0..=end).map(|ups| PathBuf::from("../".repeat(ups)).join(NAME)).find(|path| path.is_file())
}
