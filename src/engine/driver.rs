//! A driver: a thread that takes artifacts off the queue, waits for memory and for their bytes, and
//! has the pool of workers scan them.

use super::artifact::{self, Outcome, Shared};
use super::cache::{Cache, OutcomeKey};
use super::hop::Pending;
use super::listing::Task;
use super::loose::{Loose, is_loose};
use crate::blob::Blob;
use crate::place::{EntryPath, Origin};
use crate::sources::artifact::Artifact;
use crate::sources::filter::Filter;
use crate::trouble::{Kind, Stage, Trouble};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

/// What drivers take from, and where they work.
pub(super) struct Driver<'a> {
    pub(super) queue: &'a Mutex<Receiver<Task>>,
    pub(super) pool: &'a rayon::ThreadPool,
    pub(super) shared: &'a Shared<'a>,
    pub(super) total: &'a Mutex<Outcome>,
}

impl Driver<'_> {
    pub(super) fn run(&self) {
        loop {
            let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(mut task) = next else { return };
            // A driver that died would leave the queue to fill up for ever.
            let mut outcome = catch_unwind(AssertUnwindSafe(|| self.drive(&mut task))).unwrap_or_else(|_| {
                let cause = "internal error; please report it";
                lost(Trouble::new(&task.artifact.entry, Kind::Corrupt, Stage::Detection, cause))
            });
            self.shared.progress.artifact();
            if task.artifact.origin.is_none() && is_loose(&task.artifact.entry) {
                outcome.loose.classes.push(task.artifact);
            }
            self.total.lock().unwrap_or_else(PoisonError::into_inner).add(outcome);
        }
    }

    fn drive(&self, Task { artifact, filter }: &mut Task) -> Outcome {
        if self.stopped() {
            return lost(interrupted(&artifact.entry, "not scanned"));
        }
        let filter = filter.as_deref().unwrap_or(&self.shared.settings.filter);
        let key = self.shared.cache.and_then(|cache| Some((cache, cache.key(artifact, filter)?)));
        let mut outcome = match key.as_ref().and_then(|(cache, key)| cache.recall(key)) {
            Some(outcome) => {
                self.shared.progress.read(artifact.length);
                outcome
            }
            None => self.scan(artifact, filter, key),
        };
        // Not kept with the outcome: where a version is in use may change while it does not.
        if let Some(origin) = &artifact.origin {
            // Versions of one class are not linked with each other.
            let loose = std::mem::take(&mut outcome.loose);
            outcome.add(self.pool.install(|| Loose { pending: Pending::default(), ..loose }.settle(self.shared)));
            stamp(&mut outcome, origin);
        }
        outcome
    }

    fn stopped(&self) -> bool {
        self.shared.stop.load(Ordering::Relaxed)
    }

    /// An artifact that changes while it is read is read again, once.
    fn scan(&self, artifact: &mut Artifact, filter: &Filter, key: Option<(&Cache, OutcomeKey)>) -> Outcome {
        let Artifact { entry, content, length, .. } = artifact;
        let _memory = self.shared.ledger.wait_for(content.memory(&self.shared.settings.limits));
        if self.stopped() {
            return lost(interrupted(entry, "not scanned"));
        }
        let mut once = || {
            let blob = content.open(entry)?;
            let outcome = self.pool.install(|| artifact::scan(entry, &*blob, filter, self.shared));
            Ok((outcome, blob))
        };
        let stale = |scanned: &Result<(Outcome, Box<dyn Blob>), _>| matches!(scanned, Ok((_, b)) if b.is_stale());
        let mut scanned = once();
        let again = stale(&scanned) && !self.stopped();
        if again {
            drop(scanned);
            scanned = once();
        }
        let changes = stale(&scanned);
        let mut outcome = scanned.map(|(outcome, _)| outcome).unwrap_or_else(|trouble| {
            self.shared.progress.read(*length);
            lost(trouble)
        });
        if changes {
            let cause = "it keeps changing while it is read";
            outcome.trouble.push(Trouble::new(entry, Kind::Unreadable, Stage::Source, cause));
        }
        if self.stopped() {
            outcome.trouble.push(interrupted(entry, "perhaps not scanned to its end"));
        }
        // Read again, it is not what was listed any more.
        if let Some((cache, key)) = key.filter(|_| !again && content.is_as_listed()) {
            cache.keep(&key, &outcome);
        }
        outcome
    }
}

fn interrupted(entry: &EntryPath, cause: &str) -> Trouble {
    Trouble::new(entry, Kind::Interrupted, Stage::Source, cause)
}

/// Says of all that was found which version of the artifact it was found in.
fn stamp(outcome: &mut Outcome, origin: &Arc<Origin>) {
    for location in outcome.findings.iter_mut().flat_map(|finding| &mut finding.locations) {
        location.origin = Some(origin.clone());
    }
}

fn lost(trouble: Trouble) -> Outcome {
    Outcome { trouble: vec![trouble], ..Outcome::default() }
}
