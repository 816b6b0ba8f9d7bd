//! A scan: every target's artifacts through the stages, and one report.

use super::artifact::{Outcome, Shared};
use super::cache::Cache;
use super::driver::Driver;
use super::listing::{Lister, Lost};
use super::progress::Progress;
use super::repeats::Repeats;
use super::settings::{Settings, Target};
use crate::budget::Ledger;
use crate::findings::assemble::merge;
use crate::findings::deployed;
use crate::findings::fingerprint::Digester;
use crate::findings::redaction::Redaction;
use crate::reports::report::Report;
use crate::rules::set::RuleSet;
use crate::sources::artifact::Inventory;
#[cfg(feature = "aws")]
use crate::sources::aws::network::Network;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Objects that are fetched at the same time, as far as they fit the ledger.
const REMOTE_DRIVERS: usize = 32;

/// Batches that are listed and not yet taken.
const LONGEST_QUEUE: usize = 256;

/// What a scan needs besides its settings.
pub struct Scan<'a> {
    pub settings: &'a Settings,
    pub rules: &'a RuleSet,
    pub progress: &'a dyn Progress,
    /// What earlier scans found; it was opened with the same settings and rules.
    pub cache: Option<&'a Cache>,
    /// Set from outside to end the scan early, with what was found so far.
    pub stop: &'a Arc<AtomicBool>,
}

/// A report, and the named targets of which there was nothing to scan.
#[derive(Debug)]
pub struct Scanned {
    pub report: Report,
    pub lost: Vec<Lost>,
}

/// The machine has no threads to give.
#[derive(Debug, thiserror::Error)]
pub enum NoThreads {
    #[error("worker threads: {0}")]
    Pool(#[from] rayon::ThreadPoolBuildError),
    #[error("threads: {0}")]
    Driver(#[from] io::Error),
}

impl Scan<'_> {
    /// Lists while it scans. Drivers take artifacts off a short queue and wait for memory; the pool
    /// does the work. Only drivers wait, so that a worker never waits for itself.
    pub fn run(&self) -> Result<Scanned, NoThreads> {
        let threads = self.settings.threads.max(1);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("scan-{n}")).build()?;
        let ledger = Ledger::new(self.settings.max_memory);
        let digester = Digester::new(self.settings.fingerprint_key.as_ref()).with_former(self.settings.former_rules());
        let shared = Shared {
            rules: self.rules,
            settings: self.settings,
            ledger: &ledger,
            digester: &digester,
            progress: self.progress,
            stop: self.stop,
            cache: self.cache,
            repeats: &Repeats::default(),
        };
        // One more than can work, to open the next meanwhile; over the network a wait is a long one.
        let remote = self.settings.targets.iter().any(Target::is_remote);
        let drivers = if remote { (threads + 1).max(REMOTE_DRIVERS) } else { threads + 1 };
        // Outlives the drivers: what they read may still be on its way.
        #[cfg(feature = "aws")]
        let network = remote.then(|| Network::start(self.stop)).transpose()?;
        let total = Mutex::new(Outcome::default());
        let inventories = Mutex::new(Vec::new());
        let (sender, receiver) = sync_channel((threads * 64).min(LONGEST_QUEUE));
        let driver = Driver { queue: &Mutex::new(receiver), pool: &pool, shared: &shared, total: &total };
        let lister = Lister {
            settings: self.settings,
            progress: self.progress,
            stop: self.stop,
            remembered: self.cache.is_some(),
            queue: sender,
            left_out: &|| lock(&total).totals.left_out += 1,
            trouble: &|trouble| lock(&total).trouble.push(trouble),
            inventory: &|inventory| lock(&inventories).push(inventory),
            #[cfg(feature = "aws")]
            network: network.as_ref(),
        };
        let lost = thread::scope(|scope| {
            for _ in 0..drivers {
                thread::Builder::new().name("drive".to_owned()).spawn_scoped(scope, || driver.run())?;
            }
            lister.list()
        })?;
        let mut outcome = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        let loose = std::mem::take(&mut outcome.loose);
        outcome.add(pool.install(|| loose.settle(&shared)));
        let inventories = inventories.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Scanned { report: self.report(outcome, inventories), lost })
    }

    fn report(&self, outcome: Outcome, mut inventories: Vec<Inventory>) -> Report {
        let Outcome { mut findings, mut trouble, totals, .. } = outcome;
        trouble.sort();
        trouble.dedup();
        // Artifacts come as their drivers are done: that must decide nothing.
        findings.sort_by(|a, b| a.locations.first().cmp(&b.locations.first()));
        let mut findings = merge(findings);
        // A secret of one artifact may stand in the name of another.
        let redaction = Redaction::new(&findings, self.rules);
        redaction.apply(&mut findings, &mut trouble);
        let targets = self.settings.targets.iter().map(|target| target.entry().to_string());
        let targets = targets.map(|target| redaction.text(&target).unwrap_or(target)).collect();
        inventories.sort();
        for Inventory { uri, .. } in &mut inventories {
            *uri = redaction.text(uri).unwrap_or_else(|| std::mem::take(uri));
        }
        findings.iter_mut().for_each(deployed::tell);
        let ruling = self.settings.policy.apply(&mut findings, &mut trouble);
        let (suppressed, findings) = findings.into_iter().partition(|f| f.suppressed.is_some());
        Report {
            targets,
            rules_digest: self.rules.digest.clone(),
            findings,
            suppressed,
            trouble,
            totals,
            inventories,
            ruling,
            interrupted: self.stop.load(Ordering::Relaxed),
            shard: self.settings.shard,
            news: None,
        }
    }
}

fn lock<T>(total: &Mutex<T>) -> MutexGuard<'_, T> {
    total.lock().unwrap_or_else(PoisonError::into_inner)
}
