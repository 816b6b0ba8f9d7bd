//! The cache: what earlier scans found in artifacts that have not changed since.
//!
//! An outcome is taken from it only if nothing that decides it has changed: the artifact's identity and
//! name, the rules, the settings, the version of keysift. Only complete outcomes are kept, and findings
//! without their values. What is decided after the scan of an artifact (allow rules, baselines, exit
//! codes) is decided anew each time.

mod circumstances;
mod history;
mod store;
mod trust;

use super::artifact::Outcome;
use super::settings::Settings;
use crate::findings::finding::Finding;
use crate::reports::report::Totals;
use crate::rules::set::RuleSet;
use crate::sources::artifact::Artifact;
use crate::sources::filter::{Filter, Globs};
use circumstances::circumstances;
use sha2::{Digest, Sha256};
use std::path::Path;
use store::{Key, Row, Store};
use trust::Trust;

pub use store::{CacheError, Opened};
pub(super) use trust::Lesson;

/// An open cache. It may be shared by the threads of one scan.
pub struct Cache {
    store: Store,
    /// What all outcomes of this scan depend on.
    circumstances: Vec<u8>,
    /// `None` unless the settings ask for it.
    trust: Option<Trust>,
}

impl Cache {
    /// Opens the file, or makes it. For scans with these settings and rules only.
    pub fn open(path: &Path, settings: &Settings, rules: &RuleSet) -> Result<(Self, Opened), CacheError> {
        let (store, opened) = Store::open(path)?;
        let circumstances = format!("{}\n{}\n{}\n", env!("CARGO_PKG_VERSION"), rules.digest, circumstances(settings));
        let circumstances = circumstances.into_bytes();
        let trust = settings.trust_crc.then(|| Trust::load(&store));
        Ok((Self { store, circumstances, trust }, opened))
    }

    /// Under which an artifact's outcome is kept; `None` if nobody can tell whether it will have changed.
    pub(super) fn key(&self, artifact: &Artifact, filter: &Filter) -> Option<OutcomeKey> {
        let (identity, excluded) = (artifact.identity.as_deref()?, excluded(filter));
        let (name, below) = (artifact.entry.artifact_uri(), artifact.entry.relative());
        let fields = [identity, name, below, &excluded].map(str::as_bytes);
        Some(OutcomeKey(digest(&[&[&*self.circumstances], &fields[..]].concat())))
    }

    /// What an earlier scan found. A row that cannot be read is as good as none.
    pub(super) fn recall(&self, key: &OutcomeKey) -> Option<Outcome> {
        let row = self.store.outcome(&key.0)?;
        let (findings, totals): (Vec<Finding>, Totals) = serde_json::from_slice(&row).ok()?;
        Some(Outcome { findings, totals: Totals { cached: 1, ..totals }, ..Outcome::default() })
    }

    /// Keeps a complete outcome.
    pub(super) fn keep(&self, key: &OutcomeKey, outcome: &Outcome) {
        if outcome.trouble.is_empty()
            && outcome.loose.is_empty()
            && let Ok(row) = serde_json::to_vec(&(&outcome.findings, &outcome.totals))
        {
            self.store.send(Row::Outcome(key.0, row));
        }
    }

    /// For the entries of one artifact.
    pub(super) fn lesson(&self, filter: &Filter) -> Option<Lesson<'_>> {
        let circumstances = || digest(&[&self.circumstances, excluded(filter).as_bytes()]);
        self.trust.as_ref().map(|trust| Lesson::new(trust, circumstances(), &self.store))
    }

    /// Brings the file up to date and closes it.
    pub fn close(self) -> Result<(), CacheError> {
        self.store.close()
    }
}

pub(super) struct OutcomeKey(Key);

/// Which entries are left out; files are asked for one by one.
fn excluded(filter: &Filter) -> String {
    format!("{:?}", filter.exclude.as_ref().map(Globs::patterns))
}

/// Of fields that may hold anything: each goes in with its length.
fn digest(fields: &[&[u8]]) -> Key {
    let mut hasher = Sha256::new();
    for field in fields {
        hasher.update((field.len() as u64).to_le_bytes());
        hasher.update(field);
    }
    let mut key = Key::default();
    key.copy_from_slice(&hasher.finalize()[..size_of::<Key>()]);
    key
}
