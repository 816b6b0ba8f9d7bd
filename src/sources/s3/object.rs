//! An object in S3, or one version of it, as an artifact.

use super::bucket::Bucket;
use super::pages::{self, Pages};
use super::request::Said;
use crate::blob::{Blob, InMemory};
use crate::budget::Limits;
use crate::place::EntryPath;
use crate::sources::artifact::{Asked, Content};
use crate::sources::aws::failure::Failure;
use crate::sources::aws::retry::retried;
use crate::trouble::{Kind, Stage, Trouble};
use std::sync::Arc;

/// Objects up to this size are fetched whole: one request, and no bytes twice.
pub const WHOLE: u64 = 32 << 20;

/// Of bytes that came, but perhaps not all of them.
const ENDLESS: &str = "its size is not known, and the service does not say where it ends: more may follow";

#[derive(Clone, Debug)]
pub struct Object {
    pub bucket: Arc<Bucket>,
    pub key: String,
    /// `None`: the current one.
    pub version: Option<String>,
    pub etag: Option<String>,
    /// Bytes, as far as anybody has said.
    pub size: Option<u64>,
}

/// An object as a blob.
pub(super) struct Opened {
    pub(super) blob: Box<dyn Blob>,
    /// Whether it is certain that this is all of it.
    pub(super) is_whole: bool,
}

impl Object {
    /// What a bucket says of an object that was not listed.
    pub fn look_up(bucket: &Arc<Bucket>, key: &str, version: Option<&str>) -> Result<Self, Failure> {
        let mut object = Self {
            bucket: bucket.clone(),
            key: key.to_owned(),
            version: version.map(ToOwned::to_owned),
            etag: None,
            size: None,
        };
        bucket.line.wait(object.ask())??;
        Ok(object)
    }

    /// The same bytes under the same name have the same identity.
    pub fn identity(&self) -> Option<String> {
        let (tag, size) = (self.etag.as_deref()?, self.size?);
        let version = self.version.as_deref().unwrap_or_default();
        Some(format!("s3\n{}\n{}\n{version}\n{tag}\n{size}", self.bucket.name, self.key))
    }

    /// Asks what there is now: HEAD, and where that says nothing of the size or is not allowed, a GET.
    pub(super) async fn ask(&mut self) -> Result<(), Failure> {
        let mut said = match retried(|| self.head()).await {
            // Its answer has no text; that of a GET says which permission is missing, or what else is wrong.
            Err(Failure::Denied(_) | Failure::Answer(_)) => Said::default(),
            said => said?,
        };
        if said.size.is_none() {
            self.etag = said.etag.take();
            said = match retried(|| self.first_byte()).await {
                // It will show.
                Err(Failure::Changed | Failure::Beyond) => Said { etag: self.etag.take(), size: None },
                said => said?,
            };
        }
        (self.etag, self.size) = (said.etag, said.size);
        Ok(())
    }

    /// The same, where what was said before was not so: of the size, the answer to a GET is the surer word.
    async fn ask_again(&mut self) -> Result<(), Failure> {
        self.etag = None;
        self.ask().await?;
        self.size = match retried(|| self.first_byte()).await {
            Err(Failure::Beyond) if self.size != Some(0) => None,
            Err(Failure::Changed | Failure::Beyond) => self.size,
            said => said?.size.or(self.size),
        };
        Ok(())
    }

    /// Asks again after a failure of opening it, which stays if nothing else is said than before.
    fn correct(&mut self, failure: Option<Failure>) -> Result<(), Failure> {
        let (size, tag) = (self.size, self.etag.clone());
        self.bucket.line.clone().wait(self.ask_again())??;
        match failure {
            Some(failure) if (size, tag) == (self.size, self.etag.clone()) => Err(failure),
            _ => Ok(()),
        }
    }

    /// All of an object that was looked up.
    pub(super) fn whole(&mut self) -> Result<Box<dyn Blob>, Failure> {
        let opened = match self.open() {
            Err(failure) if failure.is_contradiction() => {
                self.correct(Some(failure))?;
                self.open()
            }
            opened => opened,
        }?;
        if opened.is_whole { Ok(opened.blob) } else { Err(Failure::Unusable(ENDLESS.to_owned())) }
    }

    /// If nobody says how large it is, it is read to its end to find out.
    pub(super) fn open(&mut self) -> Result<Opened, Failure> {
        let whole = |blob| Opened { blob, is_whole: true };
        let size = match self.size {
            Some(size) => size,
            None => {
                let read = self.bucket.line.wait(self.read_unmeasured())??;
                if let Some(bytes) = read.bytes {
                    let blob = Box::new(InMemory(bytes));
                    return Ok(Opened { blob, is_whole: read.is_whole });
                }
                self.size = Some(read.length);
                read.length
            }
        };
        if size > WHOLE {
            // Without a tag, its parts could be those of two contents.
            if self.etag.is_none() && self.version.is_none() {
                let mut tagged = self.clone();
                self.bucket.line.wait(tagged.ask())??;
                if tagged.size != Some(size) {
                    return Err(Failure::Changed);
                }
                *self = tagged;
            }
            return Ok(whole(Box::new(Pages::new(self.clone(), size))));
        }
        Ok(whole(Box::new(InMemory(self.bucket.line.wait(self.fetch(0..size))??))))
    }
}

/// An object that is to be scanned.
pub struct Fetched {
    object: Object,
    opened: bool,
    has_grown: bool,
    is_as_listed: bool,
    is_whole: bool,
}

impl Fetched {
    pub fn new(object: Object) -> Self {
        Self { object, opened: false, has_grown: false, is_as_listed: true, is_whole: true }
    }

    fn try_open(&mut self) -> Result<Opened, Failure> {
        self.has_grown = false;
        let mut failure = None;
        if !std::mem::replace(&mut self.opened, true) {
            match self.object.open() {
                Err(cause) if cause.is_contradiction() => failure = Some(cause),
                opened => return opened,
            }
        }
        let (size, listed) = (self.object.size, self.object.identity());
        let corrected = self.object.correct(failure);
        // A cache must not keep other bytes under the identity that was listed.
        self.is_as_listed &= listed.is_some() && self.object.identity() == listed;
        corrected?;
        self.has_grown = size.is_some_and(|size| self.object.size.is_none_or(|now| now > size));
        if self.has_grown {
            self.opened = false;
            return Err(Failure::Larger);
        }
        self.object.open()
    }
}

impl Content for Fetched {
    fn memory(&self, limits: &Limits) -> u64 {
        match self.object.size {
            Some(size) if size <= WHOLE => size,
            size => pages::MEMORY + size.unwrap_or(u64::MAX).min(limits.whole_bytes),
        }
    }

    fn ask(&mut self, entry: &EntryPath) -> Result<Option<Asked>, Trouble> {
        if self.object.size.is_some() {
            return Ok(None);
        }
        let asked = self.object.bucket.line.clone().wait(self.object.ask()).map_err(Failure::from).flatten();
        asked.map_err(|failure| failure.trouble(entry))?;
        Ok(Some(Asked { length: self.object.size, identity: self.object.identity() }))
    }

    fn has_grown(&self) -> bool {
        self.has_grown
    }

    fn is_as_listed(&self) -> bool {
        self.is_as_listed
    }

    fn doubt(&self, entry: &EntryPath) -> Option<Trouble> {
        (!self.is_whole).then(|| Trouble::new(entry, Kind::Truncated, Stage::Source, ENDLESS))
    }

    fn open(&mut self, entry: &EntryPath) -> Result<Box<dyn Blob>, Trouble> {
        match self.try_open() {
            Ok(Opened { blob, is_whole }) => {
                self.is_whole = is_whole;
                Ok(blob)
            }
            Err(failure) => {
                let trouble = failure.trouble(entry);
                Err(Trouble { unscanned_bytes: self.object.size, ..trouble })
            }
        }
    }
}
