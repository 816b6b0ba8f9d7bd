//! One artifact's way through the stages: unpacked, read, detected, assembled.

use super::cache::Cache;
use super::loose::{Loose, is_loose};
use super::progress::Progress;
use super::reader::Reader;
use super::repeats::Repeats;
use super::settings::Settings;
use crate::archives::Unpacker;
use crate::blob::Blob;
use crate::budget::{Budget, Ledger};
use crate::findings::finding::Finding;
use crate::findings::fingerprint::Digester;
use crate::place::EntryPath;
use crate::reports::report::Totals;
use crate::rules::set::RuleSet;
use crate::sources::filter::Filter;
use crate::trouble::Trouble;
use std::sync::atomic::{AtomicBool, Ordering};

/// What all artifacts of a scan share.
#[derive(Clone, Copy)]
pub struct Shared<'a> {
    pub rules: &'a RuleSet,
    pub settings: &'a Settings,
    pub ledger: &'a Ledger,
    pub digester: &'a Digester,
    pub progress: &'a dyn Progress,
    pub stop: &'a AtomicBool,
    pub cache: Option<&'a Cache>,
    pub repeats: &'a Repeats,
}

/// What came of one artifact.
#[derive(Default)]
pub struct Outcome {
    pub findings: Vec<Finding>,
    pub trouble: Vec<Trouble>,
    pub totals: Totals,
    /// What is told once all loose classes have been read.
    pub(super) loose: Loose,
}

impl Outcome {
    /// Takes in what came of another artifact.
    pub fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.trouble.extend(other.trouble);
        self.totals += other.totals;
        self.loose.add(other.loose);
    }
}

/// Scans one artifact. Where a cap of the whole artifact was hit, the order of the workers decided
/// what it left out; the artifact is read again in directory order, so that every run tells the same.
/// Also tells whether it fell short of memory: then what else is read at the time decided the outcome.
pub fn scan(
    path: &EntryPath,
    blob: &dyn Blob,
    filter: &Filter,
    shared: &Shared<'_>,
    parallel: bool,
) -> (Outcome, bool) {
    let (outcome, budget) = run(path, blob, filter, shared, parallel);
    if !parallel || !budget.exhausted() || shared.stop.load(Ordering::Relaxed) {
        return (outcome, budget.is_short());
    }
    let (outcome, budget) = run(path, blob, filter, shared, false);
    (outcome, budget.is_short())
}

fn run(path: &EntryPath, blob: &dyn Blob, filter: &Filter, shared: &Shared<'_>, parallel: bool) -> (Outcome, Budget) {
    let budget = Budget::new(shared.settings.limits.clone());
    let reader = Reader::new(path, shared, filter, &budget);
    Unpacker { budget: &budget, ledger: shared.ledger, visitor: &reader, parallel }.artifact(path, blob);
    let outcome = if is_loose(path) { reader.leave(path) } else { reader.finish() };
    (outcome, budget)
}
