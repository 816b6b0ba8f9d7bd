//! The document: a report as it is written down, `schema_version: 1`. The JSON report is this and
//! nothing else, every other format is a view of it, and what was read back from a JSON report is
//! written in any of them as a scan would write it. Its JSON Schema is docs/report.schema.json.
//!
//! Fields that a newer version has added are passed over; those added since the first version have
//! defaults. No field holds a secret but `Part::value`, which is there under `--show-secrets` only.

use super::exit::{Exit, Gate};
use super::report::Shard;
use crate::findings::baseline::Gone;
use crate::findings::finding::{Owner, State, Suppression};
use crate::rules::schema::{Confidence, Lifetime, Severity};
use crate::sources::artifact::Inventory;
use crate::trouble::Trouble;
use jiff::Timestamp;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub const SCHEMA_VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub schema_version: u32,
    pub tool: Tool,
    /// Of the fingerprints: between versions, those of values that a person chose are not the same.
    #[serde(default = "first")]
    pub fingerprint_version: u32,
    /// What the user named.
    pub targets: Vec<String>,
    /// Those of them that could not be scanned at all.
    #[serde(default)]
    pub lost: Vec<String>,
    /// Which part of the targets this is, if they were split.
    #[serde(default)]
    pub shard: Option<Shard>,
    #[serde(default)]
    pub gate: Gate,
    pub summary: Summary,
    /// The rules of the findings, by id.
    #[serde(default)]
    pub rules: Vec<RuleNote>,
    /// Worst first; suppressed ones, if they are shown, last.
    pub findings: Vec<Finding>,
    /// Findings of the baseline that the scan did not see.
    #[serde(default)]
    pub gone: Vec<Gone>,
    pub trouble: Vec<Trouble>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
    pub rules_digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub complete: bool,
    #[serde(default)]
    pub interrupted: bool,
    pub artifacts: u64,
    pub entries: u64,
    pub bytes: u64,
    /// Findings that count, also those below `--min-severity`.
    pub by_severity: BTreeMap<Severity, usize>,
    pub suppressed: usize,
    /// Findings that do not count because a baseline knows them.
    pub baselined: usize,
    pub left_out: u64,
    /// Of the entries, those that were read as Java classes.
    #[serde(default)]
    pub classes: u64,
    /// Of the entries, those that were read as texts.
    #[serde(default)]
    pub texts: u64,
    /// Rules that were looked for.
    #[serde(default)]
    pub rules: usize,
    /// Artifacts whose outcome came from a cache.
    #[serde(default)]
    pub cached: u64,
    /// Those of the entries that were not read under `--trust-crc`.
    #[serde(default)]
    pub entries_trusted: u64,
    /// The last complete scan of the same targets, if a cache remembers one.
    #[serde(default)]
    pub last_scan: Option<Timestamp>,
    /// Findings that it did not see. Null without a cache.
    #[serde(default)]
    pub new_since_last_scan: Option<usize>,
    /// The lists that targets were listed from: what came after them was not scanned.
    #[serde(default)]
    pub inventories: Vec<Inventory>,
}

/// What a reader wants to know of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleNote {
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub lifetime: Lifetime,
    pub remedy: String,
    pub references: Vec<String>,
}

impl RuleNote {
    fn of(finding: &Finding) -> Self {
        Self {
            id: finding.rule_id.clone(),
            title: finding.title.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            lifetime: finding.lifetime,
            remedy: finding.remedy.clone(),
            references: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub rule_id: String,
    pub title: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub lifetime: Lifetime,
    pub state: State,
    #[serde(default)]
    pub suppression: Option<Suppression>,
    /// Null without a cache.
    #[serde(default)]
    pub first_seen: Option<Timestamp>,
    #[serde(default)]
    pub new_since_last_scan: Option<bool>,
    pub fingerprint: String,
    pub owner: Owner,
    pub attributes: BTreeMap<String, String>,
    pub remedy: String,
    /// Line and binding are those of the first location.
    pub parts: Vec<Part>,
    pub locations: Vec<Location>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub role: String,
    pub redacted: String,
    /// `redacted` is the whole value: an access key id, a user name.
    #[serde(default)]
    pub identifier: bool,
    pub value: Option<String>,
    pub line: Option<u32>,
    pub binding: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    pub uri: String,
    /// The same for the same file and member in every version of the artifact.
    #[serde(default)]
    pub place: String,
    /// In the baseline.
    #[serde(default)]
    pub known: bool,
    pub artifact: String,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub class: Option<String>,
    pub method: Option<String>,
    pub field: Option<String>,
    pub source_file: Option<String>,
    #[serde(default)]
    pub binding: Option<String>,
    pub sink: Option<String>,
    pub scope: String,
    #[serde(default = "unknown")]
    pub owner: Owner,
    pub version_id: Option<String>,
    #[serde(default)]
    pub version_status: Option<String>,
    #[serde(default)]
    pub deployed: Vec<String>,
    pub offset: Option<u64>,
    pub cell: Option<Cell>,
    #[serde(default)]
    pub new_since_last_scan: Option<bool>,
    pub parts: Vec<PartPlace>,
}

fn first() -> u32 {
    1
}

fn unknown() -> Owner {
    Owner::Unknown
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    pub index: u32,
    pub id: Option<String>,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartPlace {
    pub part: usize,
    pub uri: String,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub binding: Option<String>,
}

/// A file that is no report, or not one of these.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    #[error("not a JSON report: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a report of schema version {0}; this version of keysift reads up to {SCHEMA_VERSION}")]
    Newer(u32),
}

/// What is read before the rest: it says whether the rest can be read.
#[derive(Deserialize)]
struct Envelope {
    schema_version: u32,
}

impl Document {
    pub fn parse(json: &[u8]) -> Result<Self, DocumentError> {
        let Envelope { schema_version } = serde_json::from_slice(json)?;
        if schema_version > SCHEMA_VERSION {
            return Err(DocumentError::Newer(schema_version));
        }
        let mut document: Self = serde_json::from_slice(json)?;
        document.note_rules();
        Ok(document)
    }

    /// Every rule has its note: where the report has none, of what its findings say.
    fn note_rules(&mut self) {
        let mut notes: BTreeMap<String, RuleNote> = self.rules.drain(..).map(|note| (note.id.clone(), note)).collect();
        for finding in &self.findings {
            if !notes.contains_key(&finding.rule_id) {
                notes.insert(finding.rule_id.clone(), RuleNote::of(finding));
            }
        }
        self.rules = notes.into_values().collect();
    }

    /// Leaves out what is not to be shown; the counts stay.
    pub fn show(&mut self, secrets: bool, min_severity: Severity) {
        self.findings.retain(|finding| finding.state == State::Suppressed || finding.severity >= min_severity);
        if !secrets {
            self.findings.iter_mut().flat_map(|finding| &mut finding.parts).for_each(|part| part.value = None);
        }
        let shown: FxHashSet<&str> = self.findings.iter().map(|finding| finding.rule_id.as_str()).collect();
        self.rules.retain(|rule| shown.contains(rule.id.as_str()));
    }

    /// Whether a baseline says which findings are new.
    pub fn is_compared(&self) -> bool {
        self.summary.baselined > 0 || !self.gone.is_empty()
    }

    /// Whether a finding decides the exit code.
    pub fn counts(&self, finding: &Finding) -> bool {
        finding.state == State::New || finding.state == State::Spread && self.gate.baseline_strict
    }

    /// The worst severity of what counts.
    pub fn worst(&self) -> Option<Severity> {
        self.summary.by_severity.iter().filter(|(_, count)| **count > 0).map(|(severity, _)| *severity).max()
    }

    /// How many findings count, shown or not.
    pub fn counted(&self) -> usize {
        self.summary.by_severity.values().sum()
    }

    /// Nothing was missed but what the configuration accepts.
    pub fn is_accepted(&self) -> bool {
        !self.summary.interrupted && self.trouble.iter().all(|trouble| trouble.accepted.is_some())
    }

    /// Nothing of what the user named was there to be scanned. Who names nothing, with an empty list of paths, has
    /// an answer.
    pub fn is_void(&self) -> bool {
        self.summary.artifacts == 0 && !self.targets.is_empty()
    }

    /// Judges the report, and keeps the verdict in it.
    pub fn judge(&mut self, fail_on: Severity, allow_incomplete: bool) -> Exit {
        let summary = &self.summary;
        let exit = if summary.interrupted {
            Exit::Interrupted
        } else if !self.lost.is_empty() {
            Exit::Fatal
        } else if self.worst().is_some_and(|worst| worst >= fail_on) {
            Exit::Found
        } else if (!self.is_accepted() || self.is_void()) && !allow_incomplete {
            Exit::Incomplete
        } else {
            Exit::Clean
        };
        self.gate = Gate { fail_on, allow_incomplete, exit_code: exit as u8, ..self.gate };
        exit
    }
}
