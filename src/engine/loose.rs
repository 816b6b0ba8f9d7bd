//! Loose classes: class files that are artifacts by themselves, as builds leave them in folders. Those of
//! one scan are linked with each other and assembled as those of a jar are, once all have been read.

use super::artifact::{Outcome, Shared};
use super::hop::Pending;
use super::reader::Reader;
use super::settings::Target;
use crate::archives::{Reread, Visitor};
use crate::budget::Budget;
use crate::detection::pairing::Group;
use crate::place::EntryPath;
use crate::reports::report::Totals;
use crate::sources::artifact::Artifact;
use crate::trouble::{Kind, Stage, Trouble};
use rustc_hash::FxHashMap;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// Class files that are linked with each other; what is known of each stays in memory until all are read.
const MAX_CLASSES: usize = 100_000;

/// What class files leave until all have been read. No outcome with something in it is cached.
#[derive(Default)]
pub(super) struct Loose {
    pub(super) groups: Vec<Group>,
    pub(super) pending: Pending,
    /// To be read again.
    pub(super) classes: Vec<Artifact>,
}

/// Whether an artifact or entry is one of them, by its name.
pub(super) fn is_loose(path: &EntryPath) -> bool {
    path.depth() == 0 && path.file_name().ends_with(".class")
}

impl Loose {
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.pending.is_empty()
    }

    pub(super) fn add(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.pending.add(other.pending);
        let room = (MAX_CLASSES + 1).saturating_sub(self.classes.len());
        self.classes.extend(other.classes.into_iter().take(room));
    }

    /// What the classes say together.
    pub(super) fn settle(self, shared: &Shared<'_>) -> Outcome {
        let Self { groups, pending, classes } = self;
        let budget = Budget::new(shared.settings.limits.clone());
        let target = shared.settings.targets.first().map_or_else(|| EntryPath::artifact(""), Target::entry);
        let reader = Reader::new(&target, shared, &shared.settings.filter, &budget);
        reader.take(groups);
        let many = format!("more than {MAX_CLASSES} loose class files are not linked with each other");
        let problem = if classes.len() > MAX_CLASSES { Some(&*many) } else { pending.problem() };
        if let Some(cause) = problem.filter(|_| !pending.is_empty()) {
            reader.trouble(Trouble::new(&target, Kind::Limit, Stage::Detection, cause));
        }
        if !pending.is_empty() && classes.len() <= MAX_CLASSES {
            let classes = Classes::new(classes, shared);
            let entry = |name: &str| classes.entry(name);
            pending.follow(&entry, &classes, shared.rules, &mut |path, evidence| {
                reader.judge(path, evidence);
            });
        }
        Outcome { totals: Totals::default(), ..reader.finish() }
    }
}

/// Class files by the names that a jar would give them, whatever folder they lie in.
struct Classes<'a> {
    shared: &'a Shared<'a>,
    /// In order.
    classes: Vec<Mutex<Artifact>>,
    entries: Vec<EntryPath>,
    by_name: FxHashMap<String, Vec<usize>>,
}

impl<'a> Classes<'a> {
    fn new(mut classes: Vec<Artifact>, shared: &'a Shared<'a>) -> Self {
        classes.sort_by(|a, b| a.entry.cmp(&b.entry));
        let entries: Vec<EntryPath> = classes.iter().map(|class| class.entry.clone()).collect();
        let mut by_name: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (index, entry) in entries.iter().enumerate() {
            by_name.entry(entry.file_name().to_owned()).or_default().push(index);
        }
        Self { shared, classes: classes.into_iter().map(Mutex::new).collect(), entries, by_name }
    }

    /// The first of that name: a class lies in the folder of its package.
    fn find(&self, name: &str) -> Option<usize> {
        let file = name.rsplit(['/', '\\']).next()?;
        let lies_in = |path: &str| {
            let mut path = path.bytes().rev().map(|byte| if byte == b'\\' { b'/' } else { byte });
            let ends = name.bytes().rev().all(|byte| path.next() == Some(if byte == b'\\' { b'/' } else { byte }));
            ends && path.next().is_none_or(|byte| byte == b'/')
        };
        let candidates = self.by_name.get(file)?;
        candidates.iter().copied().find(|&index| lies_in(self.entries[index].artifact_uri()))
    }

    fn entry(&self, name: &str) -> EntryPath {
        self.find(name).map_or_else(|| EntryPath::artifact(name), |index| self.entries[index].clone())
    }
}

impl Reread for Classes<'_> {
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let index = self.find(name).filter(|_| !self.shared.stop.load(Ordering::Relaxed))?;
        let mut class = self.classes[index].lock().unwrap_or_else(PoisonError::into_inner);
        let longest = self.shared.settings.limits.whole_bytes;
        if class.length.is_some_and(|length| length > longest) {
            return None;
        }
        let blob = class.content.open(&self.entries[index]).ok().filter(|blob| blob.len() <= longest)?;
        let mut bytes = vec![0; usize::try_from(blob.len()).ok()?];
        blob.read_at(0, &mut bytes).ok()?;
        Some(bytes)
    }

    fn names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.artifact_uri().to_owned()).collect()
    }
}
