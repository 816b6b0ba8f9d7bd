//! Listing: every target's artifacts, put into the queue while others are scanned already.

use super::batch::{Batch, SMALL, Task};
use super::progress::Progress;
use super::settings::{Settings, Target};
use crate::place::EntryPath;
use crate::sources::artifact::{Artifact, Bytes, Found, Inventory, Listed};
#[cfg(feature = "aws")]
use crate::sources::aws::network::Network;
use crate::sources::filter::Filter;
use crate::sources::{file, local};
#[cfg(feature = "aws")]
use crate::sources::{msf, s3};
use crate::trouble::{Kind, Stage, Trouble};
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How often a wait for standard input looks up whether the scan is to end.
const GLANCE: Duration = Duration::from_millis(100);
/// Remote targets that are listed at the same time: each listing holds a page and a connection.
const AT_ONCE: usize = 8;

/// A named target that does not exist, or of which nothing can be had.
#[derive(Clone, Debug)]
pub struct Lost {
    pub target: Target,
    pub cause: String,
}

/// What is listed, and where it goes. A full queue halts a listing until somebody takes from it.
pub(super) struct Lister<'a> {
    pub(super) settings: &'a Settings,
    pub(super) progress: &'a dyn Progress,
    pub(super) stop: &'a AtomicBool,
    /// Whether there is a cache to ask of files.
    pub(super) remembered: bool,
    pub(super) queue: SyncSender<Batch>,
    pub(super) left_out: &'a (dyn Fn() + Sync),
    pub(super) trouble: &'a (dyn Fn(Trouble) + Sync),
    pub(super) inventory: &'a (dyn Fn(Inventory) + Sync),
    /// There if a target is remote.
    #[cfg(feature = "aws")]
    pub(super) network: Option<&'a Network>,
}

impl Lister<'_> {
    /// Lists local targets one after the other, since a file is scanned once by whatever names, and
    /// the remote ones beside them. Returns those of which there is nothing to scan.
    pub(super) fn list(self) -> io::Result<Vec<Lost>> {
        let targets = &self.settings.targets;
        let (remote, local): (Vec<usize>, Vec<usize>) =
            (0..targets.len()).partition(|&index| targets[index].is_remote());
        let lost = Mutex::new(Vec::new());
        let lose = |index, cause| lost.lock().unwrap_or_else(PoisonError::into_inner).push((index, cause));
        let next = AtomicUsize::new(0);
        let list_remote = || {
            while let Some(&index) = remote.get(next.fetch_add(1, Ordering::Relaxed)) {
                let target = &targets[index];
                let mut batch = Batch::default();
                let listed = self.remote(target, &mut |found| self.emit(&mut batch, target, found));
                self.ended(index, listed, &lose);
            }
        };
        thread::scope(|scope| {
            for _ in 0..remote.len().min(AT_ONCE) {
                thread::Builder::new().name("list".to_owned()).spawn_scoped(scope, list_remote)?;
            }
            let mut listing = local::Listing::new(self.stop, self.remembered, &self.settings.outputs);
            for &index in &local {
                let target = &targets[index];
                let mut batch = Batch::default();
                let listed = match target {
                    _ if self.stop.load(Ordering::Relaxed) => Listed::Stopped,
                    Target::Path { path, .. } => {
                        listing.list(path, self.filter(target), &mut |found| self.emit(&mut batch, target, found))
                    }
                    _ => self.standard_input(&mut batch, target),
                };
                self.send(batch);
                self.ended(index, listed, &lose);
            }
            io::Result::Ok(())
        })?;
        self.progress.listed();
        let mut lost = lost.into_inner().unwrap_or_else(PoisonError::into_inner);
        lost.sort();
        Ok(lost.into_iter().map(|(index, cause)| Lost { target: targets[index].clone(), cause }).collect())
    }

    fn filter<'t>(&'t self, target: &'t Target) -> &'t Filter {
        target.filter().map_or(&self.settings.filter, |own| own)
    }

    /// What belongs to another shard is not even counted: that one does.
    fn emit(&self, batch: &mut Batch, target: &Target, found: Found) {
        let shard = self.settings.shard.as_ref();
        let own = |entry: &EntryPath| shard.is_none_or(|shard| shard.holds(entry.artifact_uri()));
        match found {
            Found::Artifact(Artifact { entry, .. }) | Found::LeftOut(entry) if !own(&entry) => {}
            Found::Artifact(artifact) => {
                self.progress.found(artifact.length.unwrap_or_default());
                let is_small = !target.is_remote() && artifact.length.is_some_and(|length| length <= SMALL);
                let task = Task { artifact, filter: target.filter().cloned() };
                if !is_small {
                    return self.send(Batch::of(task));
                }
                batch.add(task);
                if batch.is_full() {
                    self.send(std::mem::take(batch));
                }
            }
            Found::Trouble(trouble) => (self.trouble)(trouble),
            Found::LeftOut(_) => (self.left_out)(),
            Found::Inventory(inventory) => (self.inventory)(inventory),
        }
    }

    fn send(&self, batch: Batch) {
        if !batch.tasks.is_empty() {
            let _ = self.queue.send(batch);
        }
    }

    fn ended(&self, index: usize, listed: Listed, lose: &dyn Fn(usize, String)) {
        let tell = |kind, cause| {
            (self.trouble)(Trouble::new(&self.settings.targets[index].entry(), kind, Stage::Source, cause));
        };
        match listed {
            Listed::Done => {}
            Listed::Stopped => tell(Kind::Interrupted, "not all of it was listed".to_owned()),
            Listed::Lost(cause) => {
                tell(Kind::Unreadable, cause.clone());
                lose(index, cause);
            }
        }
    }

    #[cfg(feature = "aws")]
    fn remote(&self, target: &Target, emit: &mut dyn FnMut(Found)) -> Listed {
        let Some(line) = self.network.map(Network::line) else { return Listed::Stopped };
        match target {
            Target::S3(selection) => s3::list(selection, self.filter(target), line, emit),
            Target::Msf { address, access, .. } => msf::list(address, access, self.filter(target), line, emit),
            Target::Path { .. } | Target::Stdin { .. } => Listed::Done,
        }
    }

    /// There are none.
    #[cfg(not(feature = "aws"))]
    fn remote(&self, _target: &Target, _emit: &mut dyn FnMut(Found)) -> Listed {
        Listed::Done
    }

    /// Queues the content of standard input.
    fn standard_input(&self, batch: &mut Batch, target: &Target) -> Listed {
        let entry = target.entry();
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
            (self.trouble)(file::unreadable(&entry, &error));
            return Listed::Done;
        }
        let (mut bytes, error) = loop {
            match receiver.recv_timeout(GLANCE) {
                Ok(read) => break read,
                Err(RecvTimeoutError::Timeout) if !self.stop.load(Ordering::Relaxed) => {}
                Err(_) => return Listed::Stopped,
            }
        };
        if bytes.is_empty() && error.is_none() {
            // Whoever should have written to it has perhaps failed.
            let cause = "empty: nothing came on standard input";
            (self.trouble)(Trouble::new(&entry, Kind::Truncated, Stage::Source, cause));
            return Listed::Done;
        }
        if let Some(error) = error {
            (self.trouble)(file::unreadable(&entry, &error));
        }
        if bytes.len() as u64 > cap {
            bytes.truncate(usize::try_from(cap).unwrap_or(usize::MAX));
            let flag = if cap == limits.entry_bytes { "max-entry-bytes" } else { "max-memory" };
            let cause = "standard input goes on beyond the limit";
            (self.trouble)(Trouble::new(&entry, Kind::Limit, Stage::Source, cause).limit(flag));
        }
        let length = Some(bytes.len() as u64);
        let content = Box::new(Bytes(Arc::new(bytes)));
        let artifact = Artifact { entry, length, identity: None, origin: None, content };
        self.emit(batch, target, Found::Artifact(artifact));
        Listed::Done
    }
}
