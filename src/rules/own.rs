//! Own rules: what a user adds to the built-in set, and what they change of it.

use super::RuleError;
use super::builtin::{Builtin, parse};
use super::gitleaks;
use super::schema::{Rule, RuleFile, Severity};
use super::set::RuleSet;
use crate::auxiliary;
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// A rule with the file that defines it.
#[derive(Clone, Debug)]
pub struct OwnRule {
    pub file: String,
    pub rule: Rule,
}

/// What a configuration says of a rule by its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    pub severity: Option<Severity>,
    /// False: the rule takes no part, in pairs neither.
    pub enabled: Option<bool>,
}

/// All that is laid over the built-in set.
#[derive(Clone, Debug, Default)]
pub struct OwnRules {
    pub rules: Vec<OwnRule>,
    pub changes: BTreeMap<String, Change>,
}

impl OwnRules {
    /// Adds the rules of a file.
    pub fn read(&mut self, path: &Path) -> Result<(), RuleError> {
        let file = path.display().to_string();
        let text = auxiliary::read_text(path, auxiliary::SETTINGS)
            .map_err(|error| RuleError::Unreadable { file: file.clone(), message: error.to_string() })?;
        let parsed = parse::<RuleFile>(&file, &text)?;
        self.rules.extend(parsed.rule.into_iter().map(|rule| OwnRule { file: file.clone(), rule }));
        Ok(())
    }

    /// Adds the rules of a gitleaks configuration; gives back what could not be carried over.
    pub fn import(&mut self, path: &Path) -> Result<Vec<String>, RuleError> {
        let builtin = Builtin::load()?;
        let imported = gitleaks::import(path, &|id| builtin.rules.iter().any(|rule| rule.id == id))?;
        self.rules.extend(imported.rules);
        Ok(imported.left)
    }

    /// The built-in set with all of this. A rule takes the place of the built-in one with its id, but
    /// not of another of one's own.
    pub fn over(&self, mut data: Builtin) -> Result<RuleSet, RuleError> {
        data.rules.retain(|rule| self.rules.iter().all(|own| own.rule.id != rule.id));
        data.rules.extend(self.rules.iter().map(|own| own.rule.clone()));
        for (id, change) in &self.changes {
            let Some(at) = data.rules.iter().position(|rule| rule.id == *id) else {
                return Err(RuleError::Unknown(id.clone()));
            };
            if change.enabled == Some(false) {
                data.rules.remove(at);
            } else if let Some(severity) = change.severity {
                data.rules[at].severity = severity;
            }
        }
        if !self.rules.is_empty() || !self.changes.is_empty() {
            data.digest = self.digest(&data.digest);
        }
        RuleSet::new(data)
    }

    /// Own rules and changed ones decide what is found, too.
    fn digest(&self, builtin: &str) -> String {
        let rules: Vec<&Rule> = self.rules.iter().map(|own| &own.rule).collect();
        let own = serde_json::to_vec(&(builtin, rules, &self.changes)).unwrap_or_default();
        HEXLOWER.encode(&Sha256::digest(own))
    }

    /// The built-in set with all of this, and every own pattern known to compile.
    pub fn checked(&self) -> Result<RuleSet, RuleError> {
        let rules = self.over(Builtin::load()?)?;
        let mut own = self.rules.iter().filter_map(|own| rules.find(&own.rule.id));
        own.try_for_each(|rule| rule.check())?;
        Ok(rules)
    }

    /// An error with the file that defines the rule it is about.
    pub fn locate(&self, error: &RuleError) -> String {
        let id = match error {
            RuleError::Pattern { rule, .. } | RuleError::Incomplete { rule, .. } | RuleError::Duplicate(rule) => {
                Some(rule)
            }
            _ => None,
        };
        // The last one: of two that share an id, it is the one too many.
        match self.rules.iter().rev().find(|own| Some(&own.rule.id) == id) {
            Some(own) => format!("{}: {error}", own.file),
            None => error.to_string(),
        }
    }
}
