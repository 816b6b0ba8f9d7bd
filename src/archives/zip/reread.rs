//! Reread: an entry of a zip, inflated a second time for whoever found out late that it matters.

use super::chosen::Chosen;
use super::decode;
use super::directory::Record;
use super::entry::Container;
use super::raw::Raw;
use crate::archives::Reread;
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell};
use std::io::Read;

/// The entries of a container by name. What was left out on request does not exist.
pub(super) struct ByName<'a> {
    container: &'a Container<'a>,
    chosen: &'a Chosen,
    /// Built at the first question; most containers are never asked.
    records: OnceCell<FxHashMap<&'a [u8], &'a Record>>,
}

impl<'a> ByName<'a> {
    pub(super) fn new(container: &'a Container<'a>, chosen: &'a Chosen) -> Self {
        Self { container, chosen, records: OnceCell::new() }
    }

    fn there(&self) -> impl Iterator<Item = &'a Record> {
        self.chosen.wanted.iter().chain(&self.chosen.known)
    }
}

impl Reread for ByName<'_> {
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let Container { walk, path, blob, directory, .. } = *self.container;
        let records =
            self.records.get_or_init(|| self.there().map(|record| (directory.name(record), record)).collect());
        let record = *records.get(name.as_bytes())?;
        let most = walk.budget().limits.whole_bytes.min(walk.budget().limits.entry_bytes);
        if record.encrypted() || record.size > most || walk.halted() {
            return None;
        }
        let (data, _) = self.container.locate(record, &mut Raw::new(blob)).ok()??;
        let taken = Cell::new(0);
        let reader = self.container.decoder(path, record, data, &taken).ok()?;
        let mut bytes = Vec::with_capacity(decode::deflate_room(data.end - data.start, record.size));
        reader.take(most + 1).read_to_end(&mut bytes).ok()?;
        walk.charge_bytes(path, bytes.len() as u64);
        (bytes.len() as u64 <= most).then_some(bytes)
    }

    fn names(&self) -> Vec<String> {
        let directory = self.container.directory;
        let mut there: Vec<&Record> = self.there().collect();
        // As they lie: who reads them one after the other reads forward.
        there.sort_by_key(|record| record.offset);
        there.into_iter().map(|record| String::from_utf8_lossy(directory.name(record)).into_owned()).collect()
    }
}
