//! A scan: every target's artifacts through the stages, and one report.

use super::artifact::{self, Outcome, Shared};
use super::progress::Progress;
use super::settings::{Settings, Target};
use crate::budget::Ledger;
use crate::findings::assemble::merge;
use crate::findings::fingerprint::Digester;
use crate::place::EntryPath;
use crate::reports::report::Report;
use crate::rules::set::RuleSet;
use crate::sources::local::{self, FileBlob, Found};
use crate::trouble::{Kind, Stage, Trouble};
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// What a scan needs besides its settings.
pub struct Scan<'a> {
    pub settings: &'a Settings,
    pub rules: &'a RuleSet,
    pub progress: &'a dyn Progress,
    /// Set from outside to end the scan early, with what was found so far.
    pub stop: &'a AtomicBool,
}

/// A report, and the named targets that do not exist.
#[derive(Debug)]
pub struct Scanned {
    pub report: Report,
    pub missing: Vec<String>,
}

/// The machine has no threads to give.
#[derive(Debug, thiserror::Error)]
#[error("worker threads: {0}")]
pub struct NoThreads(#[from] rayon::ThreadPoolBuildError);

enum Job {
    File { path: PathBuf, length: u64 },
    Bytes { name: String, bytes: Vec<u8> },
}

impl Scan<'_> {
    /// Lists while it scans. Drivers take artifacts off a short queue and wait for memory; the pool
    /// does the work. Only drivers wait, so that a worker never waits for itself.
    pub fn run(&self) -> Result<Scanned, NoThreads> {
        let threads = self.settings.threads.max(1);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("scan-{n}")).build()?;
        let ledger = Ledger::new(self.settings.max_memory);
        let digester = Digester::default();
        let shared = Shared {
            rules: self.rules,
            settings: self.settings,
            ledger: &ledger,
            digester: &digester,
            progress: self.progress,
            stop: self.stop,
        };
        let total = Mutex::new(Outcome::default());
        let (sender, receiver) = sync_channel::<Job>(threads * 64);
        let receiver = Mutex::new(receiver);
        let missing = std::thread::scope(|scope| {
            for _ in 0..=threads {
                scope.spawn(|| drive(&receiver, &pool, &shared, &total));
            }
            self.list(sender, &total)
        });
        let outcome = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Scanned { report: self.report(outcome), missing })
    }

    /// Feeds the queue; returns the targets that do not exist.
    fn list(&self, jobs: SyncSender<Job>, total: &Mutex<Outcome>) -> Vec<String> {
        let mut missing = Vec::new();
        let lock = || total.lock().unwrap_or_else(PoisonError::into_inner);
        for target in &self.settings.targets {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            match target {
                Target::Stdin { name } => {
                    let mut bytes = Vec::new();
                    let cap = self.settings.limits.entry_bytes.min(self.settings.max_memory.max(64 << 20) * 4);
                    let read = std::io::stdin().lock().take(cap + 1).read_to_end(&mut bytes);
                    let path = EntryPath::artifact(name);
                    if let Err(error) = read {
                        lock().trouble.push(Trouble::new(&path, Kind::Unreadable, Stage::Source, error.to_string()));
                    }
                    if bytes.len() as u64 > cap {
                        bytes.truncate(cap as usize);
                        lock().trouble.push(
                            Trouble::new(&path, Kind::Limit, Stage::Source, "standard input is larger than memory allows").limit("max-memory"),
                        );
                    }
                    let _ = jobs.send(Job::Bytes { name: name.clone(), bytes });
                }
                Target::Path(path) => {
                    if std::fs::symlink_metadata(path).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound) {
                        missing.push(target.label());
                        continue;
                    }
                    local::list(path, &self.settings.filter, &mut |found| match found {
                        Found::File { path, length } => {
                            if !self.stop.load(Ordering::Relaxed) {
                                self.progress.found(length);
                                let _ = jobs.send(Job::File { path, length });
                            }
                        }
                        Found::Trouble(trouble) => lock().trouble.push(trouble),
                        Found::LeftOut => lock().totals.left_out += 1,
                    });
                }
            }
        }
        missing
    }

    fn report(&self, outcome: Outcome) -> Report {
        let Outcome { findings, mut trouble, totals } = outcome;
        trouble.sort();
        trouble.dedup();
        let (suppressed, findings) = merge(findings).into_iter().partition(|f| f.suppressed.is_some());
        Report {
            targets: self.settings.targets.iter().map(Target::label).collect(),
            rules_digest: self.rules.digest.clone(),
            findings,
            suppressed,
            trouble,
            totals,
            interrupted: self.stop.load(Ordering::Relaxed),
        }
    }
}

fn drive(jobs: &Mutex<Receiver<Job>>, pool: &rayon::ThreadPool, shared: &Shared<'_>, total: &Mutex<Outcome>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if shared.stop.load(Ordering::Relaxed) {
            continue;
        }
        let outcome = match job {
            Job::File { path, length } => {
                let _memory = shared.ledger.wait_for(length.min(shared.settings.limits.whole_bytes));
                match FileBlob::open(&path) {
                    Ok(blob) => {
                        let path = EntryPath::artifact(&path.to_string_lossy());
                        pool.install(|| artifact::scan(&path, &blob, shared))
                    }
                    Err(error) => Outcome { trouble: vec![local::unreadable(&path, &error)], ..Outcome::default() },
                }
            }
            Job::Bytes { name, bytes } => {
                let path = EntryPath::artifact(&name);
                pool.install(|| artifact::scan(&path, &bytes.as_slice(), shared))
            }
        };
        let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
        total.findings.extend(outcome.findings);
        total.trouble.extend(outcome.trouble);
        total.totals.artifacts += outcome.totals.artifacts;
        total.totals.entries += outcome.totals.entries;
        total.totals.bytes += outcome.totals.bytes;
        total.totals.left_out += outcome.totals.left_out;
    }
}
