//! Directory: the central directory of a zip (APPNOTE 4.3.12, 4.5.3).
//!
//! Read by ourselves rather than by the `zip` crate: that one keeps the last of several entries with the
//! same name, and an archive in which one of them hides is what a scanner must not be fooled by.

use super::end_record::{EndRecord, u16_at, u32_at, u64_at};
use super::entry::Extent;
use crate::archives::Listed;
use crate::archives::ranged::bytes_at;
use crate::blob::Blob;
use std::borrow::Cow;
use std::io;

pub(super) const SIGNATURE: &[u8; 4] = b"PK\x01\x02";
pub(super) const LENGTH: usize = 46;
/// APPNOTE 4.5.3: the extra field with the sizes that do not fit 32 bits.
pub(super) const ZIP64_EXTRA: u16 = 0x0001;

/// One record of the directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// Where its name lies in the directory's bytes.
    name: usize,
    name_length: u16,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    /// Offset of the local header in the blob.
    pub(super) offset: u64,
}

impl Record {
    pub(super) fn listed(&self) -> Listed {
        Listed { crc: self.crc, size: self.size, compressed: self.compressed }
    }

    /// APPNOTE 4.4.4, bit 0.
    pub(super) fn encrypted(&self) -> bool {
        self.flags & 1 != 0 || self.method == super::decode::AES
    }
}

/// The records, in directory order.
pub(super) struct Directory<'b> {
    bytes: Cow<'b, [u8]>,
    pub(super) records: Vec<Record>,
    /// Offset in the blob of the first record.
    pub(super) start: u64,
    /// Offset in the blob behind the last record.
    pub(super) end: u64,
    /// Where comments on entries lie in the blob: nobody but people reads those.
    comments: Vec<Extent>,
    /// More records follow than an artifact may have.
    pub(super) capped: bool,
}

impl<'b> Directory<'b> {
    /// Reads records up to the end record, or until something else stands there. `most` is the
    /// number of entries that an artifact may have.
    pub(super) fn read(blob: &'b dyn Blob, end: &EndRecord, most: u64) -> io::Result<Self> {
        let length = usize::try_from(end.start - end.directory).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let bytes = bytes_at(blob, end.directory, length)?;
        // The number in the end record is only a promise; a record takes up 46 bytes.
        let likely = end.entries.min((length / LENGTH) as u64).min(most.saturating_add(1));
        let mut records = Vec::with_capacity(usize::try_from(likely).unwrap_or(0));
        let mut at = 0;
        let mut capped = false;
        let (start, mut comments) = (end.directory, Vec::new());
        while let Some((record, comment, next)) = record(&bytes, at, end.shift) {
            if records.len() as u64 > most {
                capped = true;
                break;
            }
            records.push(record);
            if comment < next {
                comments.push((start + comment as u64, start + next as u64));
            }
            at = next;
        }
        let end = if capped { end.start } else { start + at as u64 };
        Ok(Self { bytes, records, start, end, comments, capped })
    }

    /// The bytes that it takes up. Comments are not among them: they are read like any other gap.
    pub(super) fn extents(&self) -> impl Iterator<Item = Extent> {
        let starts = std::iter::once(self.start).chain(self.comments.iter().map(|&(_, end)| end));
        let ends = self.comments.iter().map(|&(start, _)| start).chain([self.end]);
        starts.zip(ends)
    }

    pub(super) fn name(&self, record: &Record) -> &[u8] {
        self.bytes.get(record.name..record.name + usize::from(record.name_length)).unwrap_or_default()
    }

    /// A directory by its name, without anything in it. Deflating nothing takes two bytes.
    pub(super) fn is_folder(&self, record: &Record) -> bool {
        record.size == 0 && record.compressed <= 2 && self.name(record).ends_with(b"/")
    }
}

/// The record at `at`, where its comment begins, and where the next record does.
fn record(bytes: &[u8], at: usize, shift: u64) -> Option<(Record, usize, usize)> {
    let fixed = bytes.get(at..at.checked_add(LENGTH)?)?;
    if !fixed.starts_with(SIGNATURE) {
        return None;
    }
    let name_length = u16_at(fixed, 28);
    let name = at + LENGTH;
    let extra = name + usize::from(name_length);
    let comment = extra + usize::from(u16_at(fixed, 30));
    let next = comment + usize::from(u16_at(fixed, 32));
    if next > bytes.len() {
        return None;
    }
    let mut wide = Wide::find(&bytes[extra..comment]);
    let size = wide.or(u32_at(fixed, 24));
    let compressed = wide.or(u32_at(fixed, 20));
    let offset = wide.or(u32_at(fixed, 42)).saturating_add(shift);
    let (flags, method, crc) = (u16_at(fixed, 8), u16_at(fixed, 10), u32_at(fixed, 16));
    Some((Record { name, name_length, flags, method, crc, compressed, size, offset }, comment, next))
}

/// The ZIP64 extra field: it holds, in order, only those values whose own field is all ones.
pub(super) struct Wide<'a> {
    values: &'a [u8],
}

impl<'a> Wide<'a> {
    pub(super) fn find(mut extra: &'a [u8]) -> Self {
        while extra.len() >= 4 {
            let length = usize::from(u16_at(extra, 2));
            let rest = &extra[4..];
            let values = &rest[..rest.len().min(length)];
            if u16_at(extra, 0) == ZIP64_EXTRA {
                return Self { values };
            }
            extra = &rest[values.len()..];
        }
        Self { values: &[] }
    }

    /// The next wide value, if the narrow one says that there is one.
    pub(super) fn or(&mut self, narrow: u32) -> u64 {
        if narrow != u32::MAX || self.values.len() < 8 {
            return u64::from(narrow);
        }
        let value = u64_at(self.values, 0);
        self.values = &self.values[8..];
        value
    }
}
