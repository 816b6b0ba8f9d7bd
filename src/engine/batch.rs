//! A batch: what a driver takes off the queue at once, an artifact, or some small files, since reading
//! one of those costs less than handing it over.

use crate::sources::artifact::Artifact;
use crate::sources::filter::Filter;
use std::sync::Arc;

/// An artifact to be scanned.
pub(super) struct Task {
    pub(super) artifact: Artifact,
    /// That of its target, if it has one of its own.
    pub(super) filter: Option<Arc<Filter>>,
}

/// Of a local file that is read together with others.
pub(super) const SMALL: u64 = 64 << 10;
/// Few enough that no worker has much left to do when the others are done.
const BYTES: u64 = 256 << 10;
const TASKS: usize = 64;

#[derive(Default)]
pub(super) struct Batch {
    pub(super) tasks: Vec<Task>,
    bytes: u64,
}

impl Batch {
    pub(super) fn of(task: Task) -> Self {
        Self { bytes: task.artifact.length.unwrap_or_default(), tasks: vec![task] }
    }

    pub(super) fn add(&mut self, task: Task) {
        self.bytes += task.artifact.length.unwrap_or_default();
        self.tasks.push(task);
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes >= BYTES || self.tasks.len() >= TASKS
    }
}
