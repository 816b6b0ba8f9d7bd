//! A driver: a thread that takes artifacts off the queue, waits for memory and for their bytes, and
//! has the pool of workers scan them.

use super::artifact::{self, Outcome, Shared};
use super::batch::{Batch, SMALL, Task};
use super::cache::{Cache, OutcomeKey};
use super::hop::Pending;
use super::loose::{Loose, is_loose};
use super::progress::Silent;
use crate::budget::Ledger;
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
    pub(super) queue: &'a Mutex<Receiver<Batch>>,
    pub(super) pool: &'a rayon::ThreadPool,
    pub(super) shared: &'a Shared<'a>,
    pub(super) total: &'a Mutex<Outcome>,
}

/// How often an artifact may turn out to be larger than was known.
const GROWTHS: usize = 2;

/// Who sees to it that there is memory for an artifact.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    /// It waits for it itself.
    Awaited,
    /// There is room for it. It is read by a worker, who must not wait.
    Held,
}

impl Driver<'_> {
    pub(super) fn run(&self) {
        loop {
            let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Batch { mut tasks, .. }) = next else { return };
            let mut total = Outcome::default();
            if tasks.len() > 1 {
                // One worker reads them one after the other: that takes the room of one.
                let _held = self.shared.ledger.wait_for(SMALL);
                let all = || tasks.into_iter().filter_map(|task| self.settle(task, Room::Held, &mut total)).collect();
                tasks = self.pool.install(all);
            }
            for task in tasks {
                self.settle(task, Room::Awaited, &mut total);
            }
            self.total.lock().unwrap_or_else(PoisonError::into_inner).add(total);
        }
    }

    /// Adds what comes of an artifact; gives it back if its room has to be waited for.
    fn settle(&self, mut task: Task, room: Room, total: &mut Outcome) -> Option<Task> {
        // A driver that died would leave the queue to fill up for ever.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.drive(&mut task, room))).unwrap_or_else(|_| {
            let cause = "internal error; please report it";
            Some(lost(Trouble::new(&task.artifact.entry, Kind::Corrupt, Stage::Detection, cause)))
        });
        let Some(mut outcome) = outcome else { return Some(task) };
        self.shared.progress.artifact();
        if task.artifact.origin.is_none() && is_loose(&task.artifact.entry) {
            outcome.loose.classes.push(task.artifact);
        }
        total.add(outcome);
        None
    }

    fn drive(&self, Task { artifact, filter }: &mut Task, room: Room) -> Option<Outcome> {
        if self.stopped() {
            return Some(lost(interrupted(&artifact.entry, "not scanned")));
        }
        let listed = artifact.length;
        if let Err(trouble) = artifact.ask() {
            return Some(lost(trouble));
        }
        if listed.is_none() {
            self.shared.progress.measured(artifact.length.unwrap_or_default());
        }
        let filter = filter.as_deref().unwrap_or(&self.shared.settings.filter);
        let key = self.shared.cache.and_then(|cache| Some((cache, cache.key(artifact, filter)?)));
        let mut outcome = match key.as_ref().and_then(|(cache, key)| cache.recall(key)) {
            Some(outcome) => {
                self.shared.progress.read(artifact.length.unwrap_or_default());
                outcome
            }
            None => self.scan(artifact, filter, key, room)?,
        };
        // Not kept with the outcome: where a version is in use may change while it does not.
        if let Some(origin) = &artifact.origin {
            // Versions of one class are not linked with each other.
            let loose = std::mem::take(&mut outcome.loose);
            outcome.add(self.pool.install(|| Loose { pending: Pending::default(), ..loose }.settle(self.shared)));
            stamp(&mut outcome, origin);
        }
        Some(outcome)
    }

    fn stopped(&self) -> bool {
        self.shared.stop.load(Ordering::Relaxed)
    }

    /// An artifact that fell short of memory is scanned once more, alone and from an empty ledger, so that what
    /// else was read at the time decides nothing: at first as any other, and if it still falls short, in
    /// directory order. `None` if it has to wait and must not.
    fn scan(
        &self,
        artifact: &mut Artifact,
        filter: &Filter,
        key: Option<(&Cache, OutcomeKey)>,
        room: Room,
    ) -> Option<Outcome> {
        let (ledger, limits) = (self.shared.ledger, &self.shared.settings.limits);
        let mut reserved = (room == Room::Awaited).then(|| ledger.wait_for(artifact.content.memory(limits)));
        if self.stopped() {
            return Some(lost(interrupted(&artifact.entry, "not scanned")));
        }
        let mut read = self.read(artifact, filter, self.shared, true);
        // It is larger than it was listed: it waits for what it takes.
        for _ in 0..GROWTHS {
            if read.opened || !artifact.content.has_grown() || self.stopped() {
                break;
            }
            drop(reserved.take());
            reserved = Some(ledger.wait_for(artifact.content.memory(limits)));
            read = self.read(artifact, filter, self.shared, true);
        }
        if !read.opened {
            self.shared.progress.read(artifact.length.unwrap_or_default());
        }
        drop(reserved);
        if read.short && !self.stopped() {
            if room == Room::Held {
                return None;
            }
            let _all = ledger.wait_for(ledger.capacity());
            for parallel in [true, false].into_iter().take_while(|_| !self.stopped()) {
                let own = Ledger::new(ledger.capacity());
                let _reserved = own.wait_for(artifact.content.memory(limits));
                let alone = Shared { ledger: &own, progress: &Silent, ..*self.shared };
                read = self.read(artifact, filter, &alone, parallel);
                if !read.short {
                    break;
                }
            }
        }
        let mut outcome = read.outcome;
        if self.stopped() {
            outcome.trouble.push(interrupted(&artifact.entry, "perhaps not scanned to its end"));
        }
        if let Some((cache, key)) = key.filter(|_| artifact.content.is_as_listed() && !read.again) {
            cache.keep(&key, &outcome);
        }
        Some(outcome)
    }

    /// An artifact that changes while it is read is read again, once.
    fn read(&self, artifact: &mut Artifact, filter: &Filter, shared: &Shared<'_>, parallel: bool) -> Read {
        let Artifact { entry, content, .. } = artifact;
        let mut again = false;
        loop {
            let blob = match content.open(entry) {
                Ok(blob) => blob,
                Err(trouble) => return Read { outcome: lost(trouble), opened: false, again, short: false },
            };
            let (mut outcome, short) = self.pool.install(|| artifact::scan(entry, &*blob, filter, shared, parallel));
            if blob.is_stale() && !again && !self.stopped() {
                again = true;
                continue;
            }
            if blob.is_stale() {
                let cause = "it keeps changing while it is read";
                outcome.trouble.push(Trouble::new(entry, Kind::Unreadable, Stage::Source, cause));
            }
            outcome.trouble.extend(content.doubt(entry));
            return Read { outcome, opened: true, again, short };
        }
    }
}

/// What came of reading an artifact.
struct Read {
    outcome: Outcome,
    /// There were bytes to be read.
    opened: bool,
    /// Once more, so that it is not what was listed.
    again: bool,
    /// With less memory than it could use.
    short: bool,
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
