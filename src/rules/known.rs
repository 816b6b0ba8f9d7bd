//! Known values: published keys with a verdict, placeholders, references, weak defaults.

use super::RuleError;
use super::schema::{Known, ValueFile, Verdict};
use data_encoding::HEXLOWER;
use globset::GlobMatcher;
use regex::{Regex, RegexSet};
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// A table of values that are no secrets, or published ones.
#[derive(Debug)]
pub struct KnownValues {
    exact: FxHashMap<String, Vec<Entry>>,
    patterns: Vec<(LazyWhole, Entry)>,
    hashes: FxHashMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    verdict: Verdict,
    reason: String,
    path: Option<GlobMatcher>,
}

#[derive(Debug)]
struct LazyWhole {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyWhole {
    fn is_match(&self, value: &str) -> bool {
        self.compiled
            .get_or_init(|| Regex::new(&format!("^(?:{})$", self.source)).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(value))
    }
}

impl KnownValues {
    pub fn new(known: &[Known]) -> Result<Self, RuleError> {
        let mut table = Self { exact: FxHashMap::default(), patterns: Vec::new(), hashes: FxHashMap::default() };
        for item in known {
            let path = match &item.path {
                Some(glob) => Some(
                    globset::Glob::new(glob)
                        .map_err(|e| RuleError::Pattern { rule: "known-public".into(), message: e.to_string() })?
                        .compile_matcher(),
                ),
                None => None,
            };
            let entry = Entry { verdict: item.verdict, reason: item.reason.clone(), path };
            if let Some(value) = &item.value {
                table.exact.entry(value.clone()).or_default().push(entry);
            } else if let Some(pattern) = &item.pattern {
                table.patterns.push((LazyWhole { source: pattern.clone(), compiled: OnceLock::new() }, entry));
            } else if let Some(hash) = &item.sha256 {
                table.hashes.insert(hash.to_ascii_lowercase(), entry);
            }
        }
        Ok(table)
    }

    /// The verdict on a published value and its reason.
    pub fn verdict(&self, value: &str, path: &str) -> Option<(Verdict, &str)> {
        let fits = |entry: &&Entry| entry.path.as_ref().is_none_or(|glob| glob.is_match(path));
        let exact = self.exact.get(value).into_iter().flatten();
        let found = exact.into_iter().find(fits).or_else(|| {
            self.patterns.iter().filter(|(_, e)| fits(&e)).find(|(regex, _)| regex.is_match(value)).map(|(_, e)| e)
        });
        let found = found.or_else(|| {
            if self.hashes.is_empty() {
                return None;
            }
            // The same PEM file has other line ends and indentation wherever it is copied.
            let bare: String = value.split_whitespace().collect();
            self.hashes.get(&HEXLOWER.encode(&Sha256::digest(bare.as_bytes()))).filter(fits)
        });
        found.map(|entry| (entry.verdict, entry.reason.as_str()))
    }
}

/// `values.toml`, compiled.
#[derive(Debug)]
pub struct ValueTable {
    placeholders: RegexSet,
    references: RegexSet,
    defaults: Vec<Regex>,
    weak: FxHashSet<String>,
    naming: FxHashSet<String>,
    localhost: RegexSet,
}

impl ValueTable {
    pub fn new(file: &ValueFile) -> Result<Self, RuleError> {
        let fail = |e: regex::Error| RuleError::Pattern { rule: "values.toml".into(), message: e.to_string() };
        let whole = |patterns: &[String]| RegexSet::new(patterns.iter().map(|p| format!("^(?:{p})$"))).map_err(fail);
        Ok(Self {
            placeholders: whole(&file.placeholders.patterns)?,
            references: whole(&file.references.patterns)?,
            defaults: file
                .defaults
                .patterns
                .iter()
                .map(|p| Regex::new(&format!("^(?:{p})$")).map_err(fail))
                .collect::<Result<_, _>>()?,
            weak: file.weak.values.iter().map(|v| v.to_lowercase()).collect(),
            naming: file.naming.values.iter().cloned().collect(),
            localhost: RegexSet::new(&file.localhost.patterns).map_err(fail)?,
        })
    }

    /// The default inside a placeholder: `${DB_PW:-real}` gives `real`.
    pub fn default_of<'a>(&self, value: &'a str) -> Option<&'a str> {
        self.defaults.iter().find_map(|regex| regex.captures(value)?.name("default").map(|m| m.as_str()))
    }

    pub fn is_placeholder(&self, value: &str) -> bool {
        self.placeholders.is_match(value)
    }

    pub fn is_reference(&self, value: &str) -> bool {
        self.references.is_match(value)
    }

    /// A listed weak default such as `changeme`.
    pub fn is_weak_default(&self, value: &str) -> bool {
        self.weak.contains(&value.to_lowercase())
    }

    /// A word that the names of things are made of: `orders-db-secret` is one, a passphrase is not.
    pub fn is_naming(&self, word: &str) -> bool {
        self.naming.contains(&word.to_lowercase())
    }

    pub fn is_localhost(&self, peer: &str) -> bool {
        self.localhost.is_match(peer)
    }
}
