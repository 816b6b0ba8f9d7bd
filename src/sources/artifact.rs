//! An artifact: one file, object or text that a source lists, to be opened when its turn comes.

use crate::blob::{Blob, InMemory};
use crate::budget::Limits;
use crate::place::{EntryPath, Origin};
use crate::trouble::Trouble;
use std::sync::Arc;

pub struct Artifact {
    pub entry: EntryPath,
    /// Bytes, as it was listed.
    pub length: u64,
    /// What only this very content has: an artifact with the same identity has the same bytes. `None`
    /// if the source cannot tell.
    pub identity: Option<String>,
    /// Stamped on all that is found in it.
    pub origin: Option<Arc<Origin>>,
    pub content: Box<dyn Content>,
}

/// Where the bytes of an artifact come from.
pub trait Content: Send {
    /// Bytes of memory that it may hold between being opened and being dropped. They are charged
    /// before it is opened.
    fn memory(&self, limits: &Limits) -> u64;

    /// Of what is remote or large, called outside of the pool of workers, so it may wait. A second call opens
    /// it anew.
    fn open(&mut self, entry: &EntryPath) -> Result<Box<dyn Blob>, Trouble>;

    /// Asked when it has been read: whether the identity that it was listed with still holds.
    fn is_as_listed(&self) -> bool {
        true
    }
}

/// What a listing came upon.
pub enum Found {
    Artifact(Artifact),
    Trouble(Trouble),
    /// Left out by the settings.
    LeftOut(EntryPath),
}

/// How the listing of a target ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// To its end, or as far as the trouble that it told allowed.
    Done,
    /// Not to its end, because the scan was stopped.
    Stopped,
    /// It does not exist, or nothing of it can be had; and why.
    Lost(String),
}

/// An artifact that a source knows it cannot give.
pub struct Refused(pub Trouble);

impl Content for Refused {
    fn memory(&self, _limits: &Limits) -> u64 {
        0
    }

    fn open(&mut self, _entry: &EntryPath) -> Result<Box<dyn Blob>, Trouble> {
        Err(self.0.clone())
    }
}

/// Bytes that are in memory already.
pub struct Bytes(pub Arc<Vec<u8>>);

impl Content for Bytes {
    fn memory(&self, _limits: &Limits) -> u64 {
        self.0.len() as u64
    }

    fn open(&mut self, _entry: &EntryPath) -> Result<Box<dyn Blob>, Trouble> {
        Ok(Box::new(InMemory(self.0.clone())))
    }
}
