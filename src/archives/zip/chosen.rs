//! Chosen: the entries of a zip that are to be read, by offset, and the bytes that the others take up.

use super::directory::Record;
use super::entry::{Container, Extent};
use super::local_header::{LENGTH, LONGEST_DESCRIPTOR};
use super::raw::Raw;

/// Bytes between an entry's data and the next header that need no look: its extra field and descriptor.
const SLACK: u64 = 64 + LONGEST_DESCRIPTOR as u64;

pub(super) struct Chosen {
    pub(super) wanted: Vec<Record>,
    /// Of each, the offset at which the next entry, or the directory, begins.
    pub(super) ends: Vec<u64>,
    pub(super) left_out: Vec<Extent>,
}

impl Chosen {
    /// Nothing is read of an entry that is left out, not even its header, unless there is room behind it
    /// to hide something.
    pub(super) fn of(container: &Container<'_>) -> Self {
        let mut records = container.directory.records.clone();
        records.sort_by_key(|record| record.offset);
        let ends: Vec<u64> =
            records.iter().skip(1).map(|record| record.offset).chain([container.directory.start]).collect();
        if container.walk.wants_all() {
            return Self { wanted: records, ends, left_out: Vec::new() };
        }
        let mut chosen = Self { wanted: Vec::new(), ends: Vec::new(), left_out: Vec::new() };
        for (record, next) in records.into_iter().zip(ends) {
            if container.directory.is_folder(&record) || container.is_to_be_read(&record) {
                chosen.wanted.push(record);
                chosen.ends.push(next);
                continue;
            }
            let header = (LENGTH + container.directory.name(&record).len()) as u64;
            let end = record.offset.saturating_add(header).saturating_add(record.compressed);
            if end <= next && next - end <= SLACK {
                chosen.left_out.push((record.offset, next));
            } else if let Ok(Some((_, extent))) = container.locate(&record, &mut Raw::new(container.blob)) {
                chosen.left_out.push(extent);
            }
            if container.depth == 0 {
                container.walk.progress(record.compressed);
            }
        }
        chosen
    }
}
