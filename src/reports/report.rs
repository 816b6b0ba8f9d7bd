//! A report: the sorted findings, the trouble, the totals.

use crate::findings::finding::{Finding, State};
use crate::findings::policy::Ruling;
use crate::rules::schema::Severity;
use crate::sources::artifact::Inventory;
use crate::trouble::Trouble;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub artifacts: u64,
    pub entries: u64,
    /// Inflated bytes.
    pub bytes: u64,
    /// Files and entries that the settings left out.
    pub left_out: u64,
    /// Of the entries, those that were read as Java classes.
    pub classes: u64,
    /// Of the entries, those that were read as texts.
    pub texts: u64,
    /// Those of the entries that were not read, because their directory says what a cache knows.
    pub trusted: u64,
    /// Artifacts whose outcome came from a cache.
    #[serde(skip)]
    pub cached: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        let Self { artifacts, entries, bytes, left_out, classes, texts, trusted, cached } = other;
        self.artifacts += artifacts;
        self.entries += entries;
        self.bytes += bytes;
        self.left_out += left_out;
        self.classes += classes;
        self.texts += texts;
        self.trusted += trusted;
        self.cached += cached;
    }
}

/// What is new since the last scan of the same targets, as a cache remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// The last complete one; `None` if there was none.
    pub last_scan: Option<Timestamp>,
    /// Findings that it did not see.
    pub new: usize,
}

/// One of the parts that a scan was split into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    pub index: u32,
    pub count: u32,
}

impl Shard {
    /// Whether an artifact belongs to it: by a hash that is the same everywhere and always.
    pub fn holds(&self, uri: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(uri).into();
        let number = digest[..8].iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.count.max(1)) == u64::from(self.index)
    }
}

#[derive(Clone, Debug)]
pub struct Report {
    pub targets: Vec<String>,
    pub rules_digest: String,
    /// Findings that count, worst first.
    pub findings: Vec<Finding>,
    /// Published examples and the like: shown only on request.
    pub suppressed: Vec<Finding>,
    pub trouble: Vec<Trouble>,
    pub totals: Totals,
    /// The lists that targets were listed from.
    pub inventories: Vec<Inventory>,
    /// What became of the baseline and of the configuration's entries.
    pub ruling: Ruling,
    pub interrupted: bool,
    /// Which part this is of a scan that was split.
    pub shard: Option<Shard>,
    /// `None` without a cache.
    pub news: Option<News>,
}

impl Report {
    /// Nothing was missed.
    pub fn is_complete(&self) -> bool {
        self.trouble.is_empty() && !self.interrupted
    }

    /// Nothing was missed but what the configuration accepts.
    pub fn is_accepted(&self) -> bool {
        !self.interrupted && self.trouble.iter().all(|trouble| trouble.accepted.is_some())
    }

    /// Whether a finding decides the exit code: not one that the baseline knows.
    pub fn counts(&self, finding: &Finding) -> bool {
        finding.state == State::New || finding.state == State::Spread && self.ruling.strict
    }

    /// How many count of each severity.
    pub fn by_severity(&self) -> BTreeMap<Severity, usize> {
        let mut counts = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| self.counts(finding)) {
            *counts.entry(finding.severity).or_insert(0) += 1;
        }
        counts
    }
}

/// What a view shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub secrets: bool,
    pub suppressed: bool,
    pub min_severity: Severity,
}
