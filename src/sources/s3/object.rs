//! An object in S3, or one version of it, and how its bytes are fetched.

use super::bucket::Bucket;
use super::pages::{self, Pages};
use crate::blob::{Blob, InMemory};
use crate::budget::Limits;
use crate::place::EntryPath;
use crate::sources::artifact::Content;
use crate::sources::aws::failure::Failure;
use crate::sources::aws::retry::retried;
use crate::trouble::Trouble;
use std::ops::Range;
use std::sync::Arc;

/// Objects up to this size are fetched whole: one request, and no bytes twice.
pub const WHOLE: u64 = 32 << 20;

/// glibc keeps freed blocks of up to 32 MiB, for each thread that ever had one. Larger ones come from the
/// system and go back to it; of a reservation only what is written to takes up memory.
const OWN_MAPPING: usize = (32 << 20) + 1;
const LARGE: usize = 256 << 10;

#[derive(Clone, Debug)]
pub struct Object {
    pub bucket: Arc<Bucket>,
    pub key: String,
    /// `None`: the current one.
    pub version: Option<String>,
    pub etag: Option<String>,
    pub size: u64,
}

impl Object {
    /// What a bucket says of an object that was not listed.
    pub fn look_up(bucket: &Arc<Bucket>, key: &str, version: Option<&str>) -> Result<Self, Failure> {
        let mut object = Self {
            bucket: bucket.clone(),
            key: key.to_owned(),
            version: version.map(ToOwned::to_owned),
            etag: None,
            size: 0,
        };
        bucket.line.wait(object.refresh())??;
        Ok(object)
    }

    /// The same bytes under the same name have the same identity.
    pub fn identity(&self) -> Option<String> {
        let tag = self.etag.as_deref()?;
        let version = self.version.as_deref().unwrap_or_default();
        Some(format!("s3\n{}\n{}\n{version}\n{tag}\n{}", self.bucket.name, self.key, self.size))
    }

    /// Asks again what there is now.
    async fn refresh(&mut self) -> Result<(), Failure> {
        let Bucket { client, name, payer, .. } = &*self.bucket;
        let request = client.head_object().bucket(name).key(&self.key).set_version_id(self.version.clone());
        let answer = request.set_request_payer(payer.clone()).send().await;
        let answer = answer.map_err(|error| Failure::of(&error, "s3:GetObject"))?;
        self.etag = answer.e_tag().map(ToOwned::to_owned);
        self.size = u64::try_from(answer.content_length().unwrap_or_default()).unwrap_or_default();
        Ok(())
    }

    /// A range of its bytes. They are of the version that was listed, or there are none.
    pub(super) async fn fetch(&self, range: Range<u64>) -> Result<Vec<u8>, Failure> {
        if range.is_empty() { Ok(Vec::new()) } else { retried(|| self.fetch_once(&range)).await }
    }

    async fn fetch_once(&self, range: &Range<u64>) -> Result<Vec<u8>, Failure> {
        let Bucket { client, name, payer, .. } = &*self.bucket;
        let mut request = client.get_object().bucket(name).key(&self.key).set_request_payer(payer.clone());
        request = match &self.version {
            Some(version) => request.version_id(version),
            None => request.set_if_match(self.etag.clone()),
        };
        if *range != (0..self.size) {
            request = request.range(format!("bytes={}-{}", range.start, range.end - 1));
        }
        let answer = request.send().await.map_err(|error| Failure::of(&error, "s3:GetObject"))?;
        let expected = range.end - range.start;
        if answer.content_length().is_some_and(|length| u64::try_from(length) != Ok(expected)) {
            // An inventory is days old, and may not say which tag the object had.
            let same = answer.e_tag().is_some() && answer.e_tag() == self.etag.as_deref();
            return Err(if same { Failure::Cut } else { Failure::Changed });
        }
        let length = usize::try_from(expected).map_err(|_| Failure::Cut)?;
        let mut bytes = Vec::with_capacity(if length >= LARGE { length.max(OWN_MAPPING) } else { length });
        let mut body = answer.body;
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|_| Failure::Cut)?;
            if piece.len() > length - bytes.len() {
                return Err(Failure::Cut);
            }
            bytes.extend_from_slice(&piece);
        }
        if bytes.len() == length { Ok(bytes) } else { Err(Failure::Cut) }
    }

    pub(super) fn blob(&self) -> Result<Box<dyn Blob>, Failure> {
        if self.size > WHOLE {
            return Ok(Box::new(Pages::new(self.clone())));
        }
        Ok(Box::new(InMemory(self.bucket.line.wait(self.fetch(0..self.size))??)))
    }
}

/// An object that is to be scanned.
pub struct Fetched {
    object: Object,
    opened: bool,
    is_as_listed: bool,
}

impl Fetched {
    pub fn new(object: Object) -> Self {
        Self { object, opened: false, is_as_listed: true }
    }

    fn try_open(&mut self) -> Result<Box<dyn Blob>, Failure> {
        let anew = std::mem::replace(&mut self.opened, true);
        if !anew {
            match self.object.blob() {
                Err(Failure::Changed) => {}
                opened => return opened,
            }
        }
        let (line, listed) = (self.object.bucket.line.clone(), self.object.identity());
        line.wait(self.object.refresh())??;
        // A cache must not keep other bytes under the identity that was listed.
        self.is_as_listed &= listed.is_some() && self.object.identity() == listed;
        self.object.blob()
    }
}

impl Content for Fetched {
    fn memory(&self, limits: &Limits) -> u64 {
        let size = self.object.size;
        if size <= WHOLE { size } else { pages::MEMORY + size.min(limits.whole_bytes) }
    }

    fn is_as_listed(&self) -> bool {
        self.is_as_listed
    }

    fn open(&mut self, entry: &EntryPath) -> Result<Box<dyn Blob>, Trouble> {
        self.try_open().map_err(|failure| failure.trouble(entry).unscanned(self.object.size))
    }
}
