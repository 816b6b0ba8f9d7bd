//! Known values: published keys with a verdict, placeholders, references, weak defaults.

use super::RuleError;
use super::lazy_regex::{LazyRegex, problem};
use super::schema::{Known, ValueFile, Verdict};
use data_encoding::HEXLOWER;
use globset::GlobMatcher;
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};

/// A table of values that are no secrets, or published ones.
#[derive(Debug)]
pub struct KnownValues {
    exact: FxHashMap<String, Vec<Entry>>,
    patterns: Vec<(LazyRegex, Entry)>,
    hashes: FxHashMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    verdict: Verdict,
    reason: String,
    path: Option<GlobMatcher>,
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
                table.patterns.push((LazyRegex::whole(pattern), entry));
            } else if let Some(hash) = &item.sha256 {
                table.hashes.insert(hash.to_ascii_lowercase(), entry);
            }
        }
        Ok(table)
    }

    pub(super) fn check(&self) -> Result<(), RuleError> {
        compile("known-public.toml", self.patterns.iter().map(|(pattern, _)| pattern))
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
    placeholders: LazyRegex,
    references: LazyRegex,
    defaults: Vec<LazyRegex>,
    weak: FxHashSet<String>,
    naming: FxHashSet<String>,
    localhost: LazyRegex,
}

impl ValueTable {
    pub fn new(file: &ValueFile) -> Self {
        // One pattern of them all: a value that is none of it, as most are, is gone through once.
        let any = |patterns: &[String]| {
            let parts: Vec<String> = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect();
            LazyRegex::whole(&parts.join("|"))
        };
        Self {
            placeholders: any(&file.placeholders.patterns),
            references: any(&file.references.patterns),
            defaults: file.defaults.patterns.iter().map(|pattern| LazyRegex::whole(pattern)).collect(),
            weak: file.weak.values.iter().map(|v| v.to_lowercase()).collect(),
            naming: file.naming.values.iter().cloned().collect(),
            localhost: any(&file.localhost.patterns),
        }
    }

    pub(super) fn check(&self) -> Result<(), RuleError> {
        let alone = [&self.placeholders, &self.references, &self.localhost];
        compile("values.toml", alone.into_iter().chain(&self.defaults))
    }

    /// The default inside a placeholder: `${DB_PW:-real}` gives `real`.
    pub fn default_of<'a>(&self, value: &'a str) -> Option<&'a str> {
        let captures = |regex: &LazyRegex| regex.get()?.captures(value.as_bytes());
        self.defaults.iter().find_map(|regex| value.get(captures(regex)?.name("default")?.range()))
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

fn compile<'r>(file: &str, mut patterns: impl Iterator<Item = &'r LazyRegex>) -> Result<(), RuleError> {
    let failed = |error| RuleError::Pattern { rule: file.into(), message: problem(&error) };
    patterns.try_for_each(|pattern| pattern.check().map(|_| ()).map_err(failed))
}
