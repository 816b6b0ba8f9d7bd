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
use crate::sources::local::{self, FileBlob, Found, Listing};
use crate::trouble::{Kind, Stage, Trouble};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

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
    pub missing: Vec<Target>,
}

/// The machine has no threads to give.
#[derive(Debug, thiserror::Error)]
pub enum NoThreads {
    #[error("worker threads: {0}")]
    Pool(#[from] rayon::ThreadPoolBuildError),
    #[error("threads: {0}")]
    Driver(#[from] io::Error),
}

struct Job {
    entry: EntryPath,
    content: JobContent,
}

enum JobContent {
    File { path: PathBuf, length: u64 },
    Bytes(Vec<u8>),
}

/// How often a wait for standard input looks up whether the scan is to end.
const GLANCE: Duration = Duration::from_millis(100);

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
        let missing = thread::scope(|scope| {
            for _ in 0..=threads {
                thread::Builder::new().spawn_scoped(scope, || drive(&receiver, &pool, &shared, &total))?;
            }
            io::Result::Ok(self.list(sender, &total))
        })?;
        let outcome = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Scanned { report: self.report(outcome), missing })
    }

    /// Feeds the queue; returns the targets that do not exist.
    fn list(&self, jobs: SyncSender<Job>, total: &Mutex<Outcome>) -> Vec<Target> {
        let mut missing = Vec::new();
        let mut listing = Listing::new(&self.settings.filter, self.stop, self.settings.output.as_deref());
        let tell = |trouble| lock(total).trouble.push(trouble);
        for target in &self.settings.targets {
            let complete = match target {
                _ if self.stop.load(Ordering::Relaxed) => false,
                Target::Stdin { .. } => self.standard_input(target.entry(), &jobs, &tell),
                Target::Path { path, .. } if local::is_missing(path) => {
                    tell(Trouble::new(&target.entry(), Kind::Unreadable, Stage::Source, "no such file or folder"));
                    missing.push(target.clone());
                    true
                }
                Target::Path { path, .. } => listing.list(path, &mut |found| match found {
                    Found::File { path, entry, length } => {
                        self.progress.found(length);
                        let _ = jobs.send(Job { entry, content: JobContent::File { path, length } });
                    }
                    Found::Trouble(trouble) => tell(trouble),
                    Found::LeftOut => lock(total).totals.left_out += 1,
                }),
            };
            if !complete {
                tell(Trouble::new(&target.entry(), Kind::Interrupted, Stage::Source, "not all of it was listed"));
            }
        }
        missing
    }

    /// Queues the content of standard input; false if the scan was stopped before its end.
    fn standard_input(&self, entry: EntryPath, jobs: &SyncSender<Job>, tell: &dyn Fn(Trouble)) -> bool {
        let limits = &self.settings.limits;
        let cap = limits.entry_bytes.min(self.settings.max_memory.max(64 << 20).saturating_mul(4));
        let (sender, receiver) = sync_channel(1);
        // A thread of its own, left alone at an interrupt: nothing wakes a read of a silent pipe.
        let reader = thread::Builder::new().spawn(move || {
            let mut bytes = Vec::new();
            let read = io::stdin().lock().take(cap.saturating_add(1)).read_to_end(&mut bytes);
            let _ = sender.send((bytes, read.err()));
        });
        if let Err(error) = reader {
            tell(local::unreadable(&entry, &error));
            return true;
        }
        let (mut bytes, error) = loop {
            match receiver.recv_timeout(GLANCE) {
                Ok(read) => break read,
                Err(RecvTimeoutError::Timeout) if !self.stop.load(Ordering::Relaxed) => {}
                Err(_) => return false,
            }
        };
        if let Some(error) = error {
            tell(local::unreadable(&entry, &error));
        }
        if bytes.len() as u64 > cap {
            bytes.truncate(usize::try_from(cap).unwrap_or(usize::MAX));
            let flag = if cap == limits.entry_bytes { "max-entry-bytes" } else { "max-memory" };
            tell(
                Trouble::new(&entry, Kind::Limit, Stage::Source, "standard input goes on beyond the limit").limit(flag),
            );
        }
        self.progress.found(bytes.len() as u64);
        let _ = jobs.send(Job { entry, content: JobContent::Bytes(bytes) });
        true
    }

    fn report(&self, outcome: Outcome) -> Report {
        let Outcome { findings, mut trouble, totals } = outcome;
        trouble.sort();
        trouble.dedup();
        let (suppressed, findings) = merge(findings).into_iter().partition(|f| f.suppressed.is_some());
        Report {
            targets: self.settings.targets.iter().map(|target| target.entry().to_string()).collect(),
            rules_digest: self.rules.digest.clone(),
            findings,
            suppressed,
            trouble,
            totals,
            interrupted: self.stop.load(Ordering::Relaxed),
        }
    }
}

fn lock(total: &Mutex<Outcome>) -> MutexGuard<'_, Outcome> {
    total.lock().unwrap_or_else(PoisonError::into_inner)
}

fn drive(jobs: &Mutex<Receiver<Job>>, pool: &rayon::ThreadPool, shared: &Shared<'_>, total: &Mutex<Outcome>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { entry, content }) = job else { return };
        // A driver that died would leave the queue to fill up for ever.
        let outcome = catch_unwind(AssertUnwindSafe(|| scan(&entry, content, pool, shared))).unwrap_or_else(|_| {
            lost(Trouble::new(&entry, Kind::Corrupt, Stage::Detection, "internal error; please report it"))
        });
        let mut total = lock(total);
        total.findings.extend(outcome.findings);
        total.trouble.extend(outcome.trouble);
        total.totals.artifacts += outcome.totals.artifacts;
        total.totals.entries += outcome.totals.entries;
        total.totals.bytes += outcome.totals.bytes;
        total.totals.left_out += outcome.totals.left_out;
    }
}

fn scan(entry: &EntryPath, content: JobContent, pool: &rayon::ThreadPool, shared: &Shared<'_>) -> Outcome {
    let held = match &content {
        JobContent::File { length, .. } => (*length).min(shared.settings.limits.whole_bytes),
        JobContent::Bytes(bytes) => bytes.len() as u64,
    };
    let _memory = shared.ledger.wait_for(held);
    let interrupted = |cause| Trouble::new(entry, Kind::Interrupted, Stage::Source, cause);
    if shared.stop.load(Ordering::Relaxed) {
        return lost(interrupted("not scanned"));
    }
    let mut outcome = match content {
        JobContent::File { path, .. } => match FileBlob::open(&path) {
            Ok(blob) => pool.install(|| artifact::scan(entry, &blob, shared)),
            Err(error) => lost(local::unreadable(entry, &error)),
        },
        JobContent::Bytes(bytes) => pool.install(|| artifact::scan(entry, &bytes.as_slice(), shared)),
    };
    if shared.stop.load(Ordering::Relaxed) {
        outcome.trouble.push(interrupted("perhaps not scanned to its end"));
    }
    outcome
}

fn lost(trouble: Trouble) -> Outcome {
    Outcome { trouble: vec![trouble], ..Outcome::default() }
}
