//! Trust: entries of zips that gave nothing, known again by what a directory says of them.
//!
//! A directory tells of each entry its name, sizes and CRC-32. An entry of which the directory of an
//! archive that was read before told the very same, and which gave nothing then, is not read again.
//! CRC-32 is no cryptographic hash: whoever makes the archive can make an entry pass for a known one. So
//! this is on request only.
//!
//! To give nothing is to hold no candidate and no trouble, at any depth, and to say nothing that what
//! lies beside it is judged by: no facts, nothing left open for other classes, nothing embedded.

use super::digest;
use super::store::{Key, Mark, Row, Store};
use crate::archives::Listed;
use crate::place::EntryPath;
use crate::reports::report::Totals;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The entries that are known, as they were when the scan began: what it learns is of use to the next
/// one, so that the order of the artifacts decides nothing.
pub(super) struct Trust {
    /// Leaves, in order, with the day on which they were last of use.
    leaves: Vec<(Mark, u16)>,
    /// Archives, and whatever else counts as more than one entry of its size.
    containers: FxHashMap<Mark, (u16, Totals)>,
}

impl Trust {
    pub(super) fn load(store: &Store) -> Self {
        let (mut leaves, mut containers) = (Vec::new(), FxHashMap::default());
        // A file that fails here fails when it is closed, too, and that is told.
        let _ = store.marks(&mut |mark, day, totals| match totals {
            None => leaves.push((mark, day)),
            Some(totals) => drop(containers.insert(mark, (day, totals))),
        });
        Self { leaves, containers }
    }

    fn get(&self, mark: Mark, size: u64) -> Option<(u16, Totals)> {
        match self.leaves.binary_search_by_key(&mark, |(mark, _)| *mark) {
            Ok(at) => Some((self.leaves[at].1, leaf(size))),
            Err(_) => self.containers.get(&mark).copied(),
        }
    }
}

/// What an entry counts as that is one leaf of its declared size.
fn leaf(size: u64) -> Totals {
    Totals { entries: 1, bytes: size, ..Totals::default() }
}

/// What the entries of one artifact turn out to be. Told from many threads.
pub(in crate::engine) struct Lesson<'a> {
    trust: &'a Trust,
    /// What else decides what is found in an entry.
    circumstances: Key,
    store: &'a Store,
    learned: Mutex<Learned>,
}

#[derive(Default)]
struct Learned {
    /// What lies in an entry that is being read.
    within: FxHashMap<EntryPath, Totals>,
    /// Entries that give something, by their URI.
    giving: FxHashSet<String>,
    marks: Vec<(Mark, Option<Totals>)>,
}

impl<'a> Lesson<'a> {
    pub(super) fn new(trust: &'a Trust, circumstances: Key, store: &'a Store) -> Self {
        Self { trust, circumstances, store, learned: Mutex::default() }
    }

    /// What is found in an entry depends on its name, and on how deep it lies.
    fn mark(&self, path: &EntryPath, listed: &Listed) -> Mark {
        let Listed { crc, size, compressed } = listed;
        let numbers = [u64::from(*crc), *size, *compressed, path.depth() as u64].map(u64::to_le_bytes);
        let key = digest(&[&self.circumstances, path.innermost().as_bytes(), numbers.as_flattened()]);
        u64::from_le_bytes(std::array::from_fn(|n| key[n]))
    }

    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an entry counts as that is known.
    pub(in crate::engine) fn known(&self, path: &EntryPath, listed: &Listed) -> Option<Totals> {
        let mark = self.mark(path, listed);
        let (day, totals) = self.trust.get(mark, listed.size)?;
        if self.store.is_stale(u32::from(day)) {
            self.learned().marks.push((mark, (totals != leaf(listed.size)).then_some(totals)));
        }
        if let Some(container) = path.parent() {
            self.count(&container, totals);
        }
        Some(Totals { trusted: totals.entries, ..totals })
    }

    /// Something was read or left out.
    pub(in crate::engine) fn count(&self, path: &EntryPath, totals: Totals) {
        let mut learned = self.learned();
        let mut at = path.clone();
        while let Some(parent) = at.parent() {
            *learned.within.entry(std::mem::replace(&mut at, parent)).or_default() += totals;
        }
    }

    /// An entry says something of what lies beside it.
    pub(in crate::engine) fn gives(&self, path: &EntryPath) {
        self.learned().giving.insert(path.to_string());
    }

    /// Something is found here, or missed: neither this nor what it lies in can be passed over.
    pub(in crate::engine) fn holds(&self, uri: &str) {
        let mut learned = self.learned();
        let levels = uri.match_indices("!/").map(|(at, _)| &uri[..at]);
        for level in levels.chain([uri]) {
            if !learned.giving.contains(level) {
                learned.giving.insert(level.to_owned());
            }
        }
    }

    /// An entry has been read to its end, with all that lies in it.
    pub(in crate::engine) fn was_read(&self, path: &EntryPath, listed: &Listed) {
        let mut learned = self.learned();
        let totals = learned.within.remove(path).unwrap_or_default();
        if learned.giving.is_empty() || !learned.giving.contains(&path.to_string()) {
            let mark = self.mark(path, listed);
            learned.marks.push((mark, (totals != leaf(listed.size)).then_some(totals)));
        }
    }

    /// Keeps it for the next scan.
    pub(in crate::engine) fn keep(self) {
        let learned = self.learned.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !learned.marks.is_empty() {
            self.store.send(Row::Marks(learned.marks));
        }
    }
}
