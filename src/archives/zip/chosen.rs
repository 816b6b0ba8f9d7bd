//! Chosen: which entries of a zip are to be read, by offset, which need not be, and the bytes that those
//! take up.

use super::directory::Record;
use super::entry::{Container, Extent, Fate};
use super::local_header::{LENGTH, LONGEST_DESCRIPTOR};
use super::raw::Raw;

/// Bytes between an entry's data and the next header that need no look: its extra field and descriptor.
const SLACK: u64 = 64 + LONGEST_DESCRIPTOR as u64;

#[derive(Default)]
pub(super) struct Chosen {
    /// To be read.
    pub(super) wanted: Vec<Record>,
    /// Of each, the offset at which the next entry, or the directory, begins.
    pub(super) ends: Vec<u64>,
    /// Passed over, but there for whoever asks for them by name.
    pub(super) known: Vec<Record>,
    /// What nobody reads takes up bytes all the same.
    pub(super) passed_over: Vec<Extent>,
}

impl Chosen {
    /// Nothing is read of what is passed over, not even its header, unless there is room behind it to hide
    /// something. Folders are passed over too, unless all is read anyway.
    pub(super) fn of(container: &Container<'_>) -> Self {
        let mut records = container.directory.records.clone();
        records.sort_by_key(|record| record.offset);
        let ends: Vec<u64> =
            records.iter().skip(1).map(|record| record.offset).chain([container.directory.start]).collect();
        if container.walk.wants_all() {
            return Self { wanted: records, ends, ..Self::default() };
        }
        let mut chosen = Self::default();
        for (record, next) in records.into_iter().zip(ends) {
            let fate = if container.directory.is_folder(&record) { Fate::LeftOut } else { container.fate(&record) };
            match fate {
                Fate::ToBeRead => {
                    chosen.wanted.push(record);
                    chosen.ends.push(next);
                    continue;
                }
                Fate::Known => chosen.known.push(record),
                Fate::LeftOut => {}
            }
            let header = (LENGTH + container.directory.name(&record).len()) as u64;
            let end = record.offset.saturating_add(header).saturating_add(record.compressed);
            if end <= next && next - end <= SLACK {
                chosen.passed_over.push((record.offset, next));
            } else if let Ok(Some((_, extent))) = container.locate(&record, &mut Raw::new(container.blob)) {
                chosen.passed_over.push(extent);
            }
            if container.depth == 0 {
                container.walk.progress(record.compressed);
            }
        }
        chosen
    }
}
