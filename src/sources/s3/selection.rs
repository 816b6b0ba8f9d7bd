//! A selection: which objects of a bucket are to be scanned.

use super::address::Address;
use super::bucket::Bucket;
use super::object::{Fetched, Object};
use crate::place::Origin;
use crate::sources::artifact::{Artifact, Content, Found, Inventory, Refused};
use crate::sources::aws::access::Access;
use crate::sources::aws::failure::Failure;
use crate::sources::filter::{Filter, Path};
use crate::trouble::Trouble;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// A target in S3. Each has its own access and criteria, so that one run can read many accounts.
#[derive(Clone, Debug, PartialEq)]
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

impl Criteria {
    fn is_of_size(&self) -> bool {
        self.min_size.is_some() || self.max_size.is_some()
    }
}

/// Objects that are asked for their size at the same time.
const AT_ONCE: usize = 32;

/// An object as a listing tells of it.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) key: String,
    /// None: the listing does not say.
    pub(super) size: Option<u64>,
    pub(super) etag: Option<String>,
    /// Seconds since 1970.
    pub(super) modified: Option<i64>,
    /// None: the listing does not say.
    pub(super) class: Option<String>,
    /// Archived, but with a copy that can be read.
    pub(super) restored: bool,
    pub(super) origin: Option<Origin>,
}

impl Item {
    /// What consoles make to show a folder.
    fn is_folder(&self) -> bool {
        self.size == Some(0) && self.key.ends_with('/')
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
    /// Keys among `elsewhere` that are whole: such a target is the one object, and the folder of the same name.
    /// By name it comes before the keys that only begin so.
    whole: Vec<String>,
    /// Items whose size has to be asked for before they can be judged: many at the same time.
    unjudged: Vec<Item>,
}

impl<'a> Selecting<'a> {
    pub(super) fn new(
        selection: &'a Selection,
        filter: &'a Filter,
        bucket: &'a Arc<Bucket>,
        emit: &'a mut dyn FnMut(Found),
    ) -> Self {
        Self { selection, bucket, filter, emit, met: 0, whole: Vec::new(), unjudged: Vec::new() }
    }

    pub(super) fn take(&mut self, item: Item) -> Result<(), Failure> {
        self.met += 1;
        if item.is_folder() || self.is_elsewhere(&item.key) {
            return Ok(());
        }
        if item.size.is_none() && self.selection.criteria.is_of_size() && !self.is_named(&item) {
            self.unjudged.push(item);
            return if self.unjudged.len() >= AT_ONCE { self.judge() } else { Ok(()) };
        }
        self.settle(item);
        Ok(())
    }

    /// Called at the end of the listing.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.judge()
    }

    /// Something of the listing that is not an object as it should be.
    pub(super) fn tell(&mut self, trouble: Trouble) {
        self.met += 1;
        (self.emit)(Found::Trouble(trouble));
    }

    /// What takes the place of the listing.
    pub(super) fn date(&mut self, inventory: Inventory) {
        (self.emit)(Found::Inventory(inventory));
    }

    /// A key of which there is nothing to take, but by which others are known to be whole.
    pub(super) fn pass(&mut self, key: &str) {
        self.is_elsewhere(key);
    }

    /// Asks for sizes. What is not said even then does not leave an object out.
    fn judge(&mut self) -> Result<(), Failure> {
        let items = std::mem::take(&mut self.unjudged);
        let waiting = items.iter().enumerate().filter(|(_, item)| !item.is_archived());
        let objects: Vec<(usize, Object)> = waiting.map(|(index, item)| (index, self.object(item))).collect();
        let asked = self.bucket.line.wait(async {
            let mut asked = JoinSet::new();
            for (index, mut object) in objects {
                asked.spawn(async move { (index, object.ask().await.ok().map(|()| object)) });
            }
            asked.join_all().await
        })?;
        let mut objects: BTreeMap<usize, Option<Object>> = asked.into_iter().collect();
        for (index, mut item) in items.into_iter().enumerate() {
            if let Some(object) = objects.remove(&index).flatten() {
                (item.size, item.etag) = (object.size, object.etag);
            }
            self.settle(item);
        }
        Ok(())
    }

    fn is_named(&self, item: &Item) -> bool {
        item.key == self.selection.address.prefix
    }

    fn object(&self, item: &Item) -> Object {
        Object {
            bucket: self.bucket.clone(),
            version: item.origin.as_ref().and_then(|origin| origin.version_id.clone()),
            key: item.key.clone(),
            etag: item.etag.clone(),
            size: item.size,
        }
    }

    fn settle(&mut self, item: Item) {
        let entry = self.selection.address.entry(&item.key);
        if !self.is_named(&item) && !self.admits(&item, entry.artifact_uri()) {
            return (self.emit)(Found::LeftOut(entry));
        }
        let object = self.object(&item);
        let (length, identity) = (object.size, object.identity());
        let origin = item.origin.as_ref().map(|origin| Arc::new(origin.clone()));
        let (length, content): (_, Box<dyn Content>) = if item.is_archived() {
            let trouble = Failure::Archived.trouble(&entry);
            (Some(0), Box::new(Refused(Trouble { unscanned_bytes: length, ..trouble })))
        } else {
            (length, Box::new(Fetched::new(object)))
        };
        let identity = identity.filter(|_| !item.is_archived());
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
            let is_below = key[prefix.len()..].starts_with('/');
            elsewhere |= same || is_below || !self.whole.contains(prefix);
        }
        elsewhere
    }

    fn admits(&self, item: &Item, uri: &str) -> bool {
        let Criteria { keys, min_size, max_size, modified_since, classes } = &self.selection.criteria;
        let address = &self.selection.address;
        let folder = address.folder().trim_end_matches('/');
        let above = folder.rfind('/').map_or(0, |slash| slash + 1);
        let path = Path { whole: uri, below: item.key.get(above..).unwrap_or_default() };
        let is_class = |class: &str| classes.iter().any(|named| named.eq_ignore_ascii_case(class));
        // What the listing does not say leaves nothing out.
        min_size.is_none_or(|least| item.size.is_none_or(|size| size >= least))
            && max_size.is_none_or(|most| item.size.is_none_or(|size| size <= most))
            && modified_since.is_none_or(|since| item.modified.is_none_or(|modified| modified >= since))
            && (classes.is_empty() || item.class.as_deref().is_none_or(is_class))
            && keys.as_deref().unwrap_or(self.filter).admits(&path)
    }
}
