//! Telling: what a walk charges to its budget, and tells its visitor of trouble and progress.

use super::capped::{cause, is_told};
use super::nesting::{TOO_MANY, Walk};
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use std::io;
use std::sync::atomic::Ordering;

impl Walk<'_> {
    /// Whether to stop before the next entry.
    pub(super) fn halted(&self) -> bool {
        self.budget().exhausted() || self.unpacker.visitor.stopped()
    }

    pub(super) fn wants_all(&self) -> bool {
        self.unpacker.visitor.wants_all()
    }

    pub(super) fn wanted(&self, path: &EntryPath) -> bool {
        self.unpacker.visitor.wanted(path)
    }

    /// Charges inflated bytes. What was read is visited all the same; then the walk halts.
    pub(super) fn charge_bytes(&self, path: &EntryPath, bytes: u64) {
        if !self.budget().charge_bytes(bytes) {
            self.tell_cap(path, "max-artifact-bytes", "inflates to more than an artifact may");
        }
    }

    pub(super) fn charge_entry(&self, path: &EntryPath) -> bool {
        let fits = self.budget().charge_entry();
        if !fits {
            self.tell_cap(path, "max-entries", TOO_MANY);
        }
        fits
    }

    /// A cap of the whole artifact is told of the artifact, and once: a file embedded in a leaf that
    /// hits it tells the very same.
    fn tell_cap(&self, path: &EntryPath, flag: &str, cause: &str) {
        if !self.cap_told.swap(true, Ordering::Relaxed) {
            self.tell(Trouble::new(&path.root(), Kind::Limit, Stage::Archive, cause).limit(flag));
        }
    }

    /// A directory that lists more entries than an artifact may have was not even read to its end.
    pub(super) fn tell_entries_cap(&self, path: &EntryPath) {
        self.tell_cap(path, "max-entries", TOO_MANY);
    }

    /// A decoder that could not begin.
    pub(super) fn tell_failed(&self, path: &EntryPath, error: &io::Error, unscanned: u64) {
        if !is_told(error) {
            let (kind, cause) = cause(error, false);
            self.tell_unscanned(path, kind, cause, unscanned);
        }
    }

    pub(super) fn tell(&self, trouble: Trouble) {
        self.unpacker.visitor.trouble(trouble);
    }

    pub(super) fn tell_of(&self, path: &EntryPath, kind: Kind, cause: impl Into<String>) {
        self.tell(Trouble::new(path, kind, Stage::Archive, cause));
    }

    pub(super) fn tell_unscanned(&self, path: &EntryPath, kind: Kind, cause: impl Into<String>, bytes: u64) {
        self.tell(Trouble::new(path, kind, Stage::Archive, cause).unscanned(bytes));
    }

    /// Bytes of the artifact, not of what is nested in it.
    pub(super) fn progress(&self, bytes: u64) {
        if bytes > 0 {
            self.progressed.fetch_add(bytes, Ordering::Relaxed);
            self.unpacker.visitor.progress(bytes);
        }
    }
}
