//! An artifact: one file, object or text that a source lists, to be opened when its turn comes.

use crate::blob::{Blob, InMemory};
use crate::budget::Limits;
use crate::place::{EntryPath, Origin};
use crate::trouble::Trouble;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub struct Artifact {
    pub entry: EntryPath,
    /// Bytes, as it was listed. `None` if the listing does not say.
    pub length: Option<u64>,
    /// What only this very content has: an artifact with the same identity has the same bytes. `None`
    /// if the source cannot tell.
    pub identity: Option<String>,
    /// Stamped on all that is found in it.
    pub origin: Option<Arc<Origin>>,
    pub content: Box<dyn Content>,
}

impl Artifact {
    /// Has the source asked for what the listing left open.
    pub fn ask(&mut self) -> Result<(), Trouble> {
        if let Some(Asked { length, identity }) = self.content.ask(&self.entry)? {
            (self.length, self.identity) = (length, identity);
        }
        Ok(())
    }
}

/// What a source said of an artifact when it was asked.
pub struct Asked {
    pub length: Option<u64>,
    pub identity: Option<String>,
}

/// Where the bytes of an artifact come from.
pub trait Content: Send {
    /// Bytes of memory that it may hold between being opened and being dropped. They are charged
    /// before it is opened.
    fn memory(&self, limits: &Limits) -> u64;

    /// Called first, outside of the pool of workers, so it may wait. `None` if the listing said it all.
    fn ask(&mut self, _entry: &EntryPath) -> Result<Option<Asked>, Trouble> {
        Ok(None)
    }

    /// Of what is remote or large, called outside of the pool of workers, so it may wait. A second call opens
    /// it anew.
    fn open(&mut self, entry: &EntryPath) -> Result<Box<dyn Blob>, Trouble>;

    /// Asked when it could not be opened: whether that is because it takes more memory than it said.
    fn has_grown(&self) -> bool {
        false
    }

    /// Asked when it has been read: whether the identity that it was listed with still holds.
    fn is_as_listed(&self) -> bool {
        true
    }

    /// Asked when it has been read: what of it may be missing.
    fn doubt(&self, _entry: &EntryPath) -> Option<Trouble> {
        None
    }
}

/// What a listing came upon.
pub enum Found {
    Artifact(Artifact),
    Trouble(Trouble),
    /// Left out by the settings.
    LeftOut(EntryPath),
    /// What is listed is what such a list has.
    Inventory(Inventory),
}

/// A list of objects that was written earlier, and that a target was listed from: what came later is not in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Inventory {
    /// Of its manifest.
    pub uri: String,
    /// `None` if it does not say.
    pub created: Option<Timestamp>,
    /// Whole hours from then to the scan.
    pub age_hours: Option<u64>,
}

impl Inventory {
    pub fn new(uri: String, created: Option<Timestamp>) -> Self {
        let age = |created: Timestamp| Timestamp::now().duration_since(created).as_hours();
        // Clocks differ; a day in the future is no time to be right.
        let created = created.filter(|&created| age(created) > -24);
        Self { uri, created, age_hours: created.map(|created| u64::try_from(age(created)).unwrap_or_default()) }
    }
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
