//! A selection: which objects of a bucket are to be scanned.

use super::address::Address;
use super::bucket::Bucket;
use super::object::{Fetched, Object};
use crate::place::Origin;
use crate::sources::artifact::{Artifact, Found, Refused};
use crate::sources::aws::access::Access;
use crate::sources::aws::failure::Failure;
use crate::sources::filter::{Filter, Path};
use std::sync::Arc;

/// A target in S3. Each has its own access and criteria, so that one run can read many accounts.
#[derive(Clone, Debug)]
pub struct Selection {
    pub address: Address,
    pub access: Access,
    pub criteria: Criteria,
    /// Versions that are not current, too.
    pub all_versions: bool,
    /// The manifest of an S3 Inventory of the bucket, to be read instead of listing it.
    pub inventory: Option<Address>,
    /// Longer prefixes that other targets name: what they take is left to them.
    pub elsewhere: Vec<String>,
}

/// What an object that was not named itself must meet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Criteria {
    /// Instead of the filter of the whole scan, for keys and for what lies in archives.
    pub keys: Option<Arc<Filter>>,
    pub min_size: Option<u64>,
    pub max_size: Option<u64>,
    /// Seconds since 1970.
    pub modified_since: Option<i64>,
    /// `STANDARD`, `GLACIER_IR`, ...; empty: all.
    pub classes: Vec<String>,
}

/// An object as a listing tells of it.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) key: String,
    pub(super) size: u64,
    pub(super) etag: Option<String>,
    /// Seconds since 1970.
    pub(super) modified: Option<i64>,
    /// None: STANDARD.
    pub(super) class: Option<String>,
    /// Archived, but with a copy that can be read.
    pub(super) restored: bool,
    pub(super) origin: Option<Origin>,
}

impl Item {
    /// What consoles make to show a folder.
    fn is_folder(&self) -> bool {
        self.size == 0 && self.key.ends_with('/')
    }

    fn is_archived(&self) -> bool {
        !self.restored && matches!(self.class.as_deref(), Some("GLACIER" | "DEEP_ARCHIVE"))
    }
}

/// A listing on its way from items to artifacts.
pub(super) struct Selecting<'a> {
    pub(super) selection: &'a Selection,
    pub(super) bucket: &'a Arc<Bucket>,
    filter: &'a Filter,
    emit: &'a mut dyn FnMut(Found),
    /// Items so far, whatever became of them.
    pub(super) met: u64,
    /// Keys among `elsewhere` that are whole: such a target is the one object. By name it comes before the
    /// keys that only begin so.
    whole: Vec<String>,
}

impl<'a> Selecting<'a> {
    pub(super) fn new(
        selection: &'a Selection,
        filter: &'a Filter,
        bucket: &'a Arc<Bucket>,
        emit: &'a mut dyn FnMut(Found),
    ) -> Self {
        Self { selection, bucket, filter, emit, met: 0, whole: Vec::new() }
    }

    pub(super) fn take(&mut self, item: Item) {
        self.met += 1;
        if item.is_folder() || self.is_elsewhere(&item.key) {
            return;
        }
        let entry = self.selection.address.entry(&item.key);
        let is_named = item.key == self.selection.address.prefix;
        if !is_named && !self.admits(&item, entry.artifact_uri()) {
            return (self.emit)(Found::LeftOut(entry));
        }
        let origin = item.origin.clone().map(Arc::new);
        let length = item.size;
        if item.is_archived() {
            let refused = Refused(Failure::Archived.trouble(&entry).unscanned(length));
            let content = Box::new(refused);
            return (self.emit)(Found::Artifact(Artifact { entry, length: 0, identity: None, origin, content }));
        }
        let object = Object {
            bucket: self.bucket.clone(),
            version: item.origin.and_then(|origin| origin.version_id),
            key: item.key,
            etag: item.etag,
            size: item.size,
        };
        let identity = object.identity();
        let content = Box::new(Fetched::new(object));
        (self.emit)(Found::Artifact(Artifact { entry, length, identity, origin, content }));
    }

    /// Whether another target of the scan takes it.
    fn is_elsewhere(&mut self, key: &str) -> bool {
        let mut elsewhere = false;
        for prefix in self.selection.elsewhere.iter().filter(|prefix| key.starts_with(prefix.as_str())) {
            let same = key == prefix;
            if same && !key.ends_with('/') && !self.whole.contains(prefix) {
                self.whole.push(prefix.clone());
            }
            elsewhere |= same || !self.whole.contains(prefix);
        }
        elsewhere
    }

    fn admits(&self, item: &Item, uri: &str) -> bool {
        let Criteria { keys, min_size, max_size, modified_since, classes } = &self.selection.criteria;
        let class = item.class.as_deref().unwrap_or("STANDARD");
        let address = &self.selection.address;
        let folder = address.folder().trim_end_matches('/');
        let above = folder.rfind('/').map_or(0, |slash| slash + 1);
        let path = Path { whole: uri, below: item.key.get(above..).unwrap_or_default() };
        min_size.is_none_or(|least| item.size >= least)
            && max_size.is_none_or(|most| item.size <= most)
            && modified_since.is_none_or(|since| item.modified.is_none_or(|modified| modified >= since))
            && (classes.is_empty() || classes.iter().any(|named| named.eq_ignore_ascii_case(class)))
            && keys.as_deref().unwrap_or(self.filter).admits(&path)
    }
}
