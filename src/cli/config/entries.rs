//! The entries of a configuration, compiled: what is allowed and accepted, rules and their changes,
//! targets.

use super::Config;
use super::file::{AcceptEntry, AllowEntry, Day};
use crate::auxiliary::is_harmless;
use crate::cli::args::ScanArgs;
use crate::cli::output::complain;
use crate::findings::allow::{Accept, Allow, Reason};
use crate::findings::policy::Policy;
use crate::rules::builtin::Builtin;
use crate::rules::key::KeyPattern;
use crate::rules::own::{Change, OwnRules};
use crate::rules::set::RuleSet;
use crate::sources::filter::Globs;
use crate::sources::near::nearest;
use anyhow::anyhow;
use std::path::PathBuf;
use toml::Spanned;

impl Config {
    /// The rules of a scan: built-in ones, the file's, those of the command line.
    pub(in crate::cli) fn rules(&self, args: &ScanArgs) -> anyhow::Result<RuleSet> {
        let mut own = OwnRules::default();
        let files = |own: &[PathBuf], more: &[PathBuf]| -> Vec<PathBuf> {
            own.iter().map(|file| self.path(file)).chain(more.iter().cloned()).collect()
        };
        for file in files(&self.file.rule_files, &args.rules) {
            own.read(&file)?;
        }
        for file in files(&self.file.gitleaks_config, &args.gitleaks_config) {
            let left = own.import(&file)?;
            left.iter().filter(|_| !args.output.quiet).for_each(|left| complain(&format!("not carried over: {left}")));
        }
        for (id, change) in &self.file.rules {
            own.changes.insert(id.clone(), Change { severity: change.severity, enabled: change.enabled });
        }
        self.check_ids(&own)?;
        own.checked().map_err(|error| anyhow!("{}", own.locate(&error)))
    }

    /// Rules that entries name have to be there: a typo would allow nothing, and say nothing.
    fn check_ids(&self, own: &OwnRules) -> anyhow::Result<()> {
        let named: Vec<(&str, usize)> = self
            .file
            .rules
            .keys()
            .map(|id| (id.as_str(), self.text.find(&format!("[rules.{id}]")).unwrap_or(0)))
            .chain(
                self.file.allow.iter().filter_map(|entry| Some((entry.get_ref().rule.as_deref()?, entry.span().start))),
            )
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let builtin = Builtin::load()?;
        let ids = || builtin.rules.iter().map(|rule| &rule.id).chain(own.rules.iter().map(|own| &own.rule.id));
        for (id, at) in named {
            if !ids().any(|known| known == id) {
                let near = nearest(id, ids().cloned());
                let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                let named = if is_harmless(id) { id } else { "of that name" };
                return Err(self.error(at, &format!("no rule {named}{hint}")));
            }
        }
        Ok(())
    }

    /// What is allowed and accepted.
    pub(in crate::cli) fn policy(&self) -> anyhow::Result<Policy> {
        let allow = self.file.allow.iter().map(|entry| self.allow(entry)).collect::<Result<_, _>>()?;
        let accept = self.file.accept_trouble.iter().map(|entry| self.accept(entry)).collect::<Result<_, _>>()?;
        Ok(Policy { allow, accept, ..Policy::default() })
    }

    fn allow(&self, spanned: &Spanned<AllowEntry>) -> anyhow::Result<Allow> {
        let (entry, at) = (spanned.get_ref(), spanned.span().start);
        let AllowEntry { rule, path, key, fingerprint, place, reason, expires } = entry;
        if [rule, path, key, fingerprint, place].iter().all(|criterion| criterion.is_none()) {
            return Err(self.error(at, "allow needs a rule, path, key, fingerprint or place"));
        }
        Ok(Allow {
            rule: rule.clone(),
            path: self.globs(path.as_deref(), at)?,
            key: key.as_deref().map(KeyPattern::new),
            fingerprint: fingerprint.clone(),
            place: place.clone(),
            reason: self.reason(reason, *expires, at)?,
        })
    }

    fn accept(&self, spanned: &Spanned<AcceptEntry>) -> anyhow::Result<Accept> {
        let (entry, at) = (spanned.get_ref(), spanned.span().start);
        if entry.kind.is_none() && entry.path.is_none() {
            return Err(self.error(at, "accept-trouble needs a kind or a path"));
        }
        Ok(Accept {
            kind: entry.kind,
            path: self.globs(entry.path.as_deref(), at)?,
            reason: self.reason(&entry.reason, entry.expires, at)?,
        })
    }

    fn globs(&self, glob: Option<&str>, at: usize) -> anyhow::Result<Option<Globs>> {
        let patterns: Vec<String> = glob.map(str::to_owned).into_iter().collect();
        Globs::new(&patterns).map_err(|error| self.error(at, &format!("path is no glob: {}", error.kind())))
    }

    fn reason(&self, text: &str, expires: Option<Day>, at: usize) -> anyhow::Result<Reason> {
        if text.trim().is_empty() {
            return Err(self.error(at, "a reason must not be empty"));
        }
        let (line, _) = super::problem::position(&self.text, at);
        let origin = format!("{}:{line}", self.name);
        Ok(Reason { text: text.trim().to_owned(), expires: expires.map(|day| day.0), origin })
    }
}
