//! End record: where a zip says that its directory lies (APPNOTE 4.3.14 to 4.3.16).

use super::directory;
use crate::archives::ranged::{bytes_at, slice};
use crate::blob::Blob;
use memchr::memmem::FinderRev;
use std::io;

pub(super) const SIGNATURE: &[u8; 4] = b"PK\x05\x06";
pub(super) const LENGTH: u64 = 22;
/// The longest archive comment: 64 KiB less one.
const COMMENT: u64 = u16::MAX as u64;
/// As far from the end as a record with its comment may begin.
pub(in crate::archives) const TAIL: u64 = LENGTH + COMMENT;
const STEP: u64 = 1 << 20;
/// A file made of signatures alone would cost a read for each.
const CANDIDATES: usize = 4096;

const ZIP64_SIGNATURE: &[u8] = b"PK\x06\x06";
const ZIP64_LENGTH: usize = 56;
const LOCATOR_SIGNATURE: &[u8] = b"PK\x06\x07";
const LOCATOR_LENGTH: u64 = 20;

/// How far from the end to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archives) enum Search {
    /// As far as a comment may reach.
    Tail,
    /// To the first byte: other bytes may have been appended.
    Whole,
}

/// An end record whose directory is where it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::archives) struct EndRecord {
    /// Offset of the record itself, of the ZIP64 one if there is one.
    pub(in crate::archives) start: u64,
    /// Offset behind the record. Its comment is not part of it: it is read like any other gap.
    pub(in crate::archives) end: u64,
    /// Whether more follows than the archive comment.
    pub(in crate::archives) followed: bool,
    pub(in crate::archives) entries: u64,
    /// Whether `entries` is the whole number, or only its low 16 bits.
    pub(in crate::archives) exact: bool,
    /// Offset of the directory in the blob.
    pub(in crate::archives) directory: u64,
    /// What to add to the offsets in the directory: bytes that were put in front of the archive.
    pub(in crate::archives) shift: u64,
    /// The directory begins earlier than it says: bytes of the archive are missing.
    pub(in crate::archives) torn: bool,
}

impl EndRecord {
    /// The bytes that the record (and the ZIP64 record and locator) takes up.
    pub(super) fn extents(&self) -> [(u64, u64); 2] {
        let last = self.end - LENGTH;
        if self.start == last {
            return [(last, self.end), (self.end, self.end)];
        }
        [(self.start, self.start + ZIP64_LENGTH as u64), (last - LOCATOR_LENGTH, self.end)]
    }
}

/// What a search came upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::archives) enum Lookup {
    Found(EndRecord),
    /// Signatures, but no directory where they point.
    Unusable,
    Missing,
}

/// The last end record with a directory.
pub(in crate::archives) fn find(blob: &dyn Blob, search: Search) -> io::Result<Lookup> {
    let length = blob.len();
    if length < LENGTH {
        return Ok(Lookup::Missing);
    }
    let lowest = match search {
        Search::Tail => length.saturating_sub(TAIL),
        Search::Whole => 0,
    };
    let finder = FinderRev::new(SIGNATURE);
    let mut candidates = 0;
    // The usual place first; then backwards in steps, which overlap by a record.
    let mut end = length;
    let mut step = TAIL;
    loop {
        let start = end.saturating_sub(step).max(lowest);
        let bytes = match slice(blob, start, end) {
            Some(bytes) => std::borrow::Cow::Borrowed(bytes),
            None => bytes_at(blob, start, (end - start) as usize)?,
        };
        let mut until = bytes.len();
        while let Some(found) = finder.rfind(&bytes[..until]) {
            // Cut short, it leads nowhere, but it is not wrong either.
            candidates += usize::from(length - (start + found as u64) >= LENGTH);
            if let Some(record) = read(blob, start + found as u64)? {
                return Ok(Lookup::Found(record));
            }
            if candidates >= CANDIDATES {
                return Ok(Lookup::Unusable);
            }
            until = found + SIGNATURE.len() - 1;
        }
        if start == lowest {
            return Ok(if candidates > 0 { Lookup::Unusable } else { Lookup::Missing });
        }
        end = start + LENGTH - 1;
        step = STEP;
    }
}

/// Whether the last bytes of what is no longer there show that it was a zip with entries.
pub(in crate::archives) fn is_in(tail: &[u8]) -> bool {
    memchr::memmem::rfind_iter(tail, SIGNATURE).any(|at| {
        let record = &tail[at..];
        let (entries, size) = (u16_at(record, 10), u32_at(record, 12));
        // APPNOTE 4.3.16: one disk, and the directory in front of the record, as far as it can be seen.
        let begins = at.checked_sub(size as usize).map(|start| tail[start..].starts_with(directory::SIGNATURE));
        record.len() as u64 >= LENGTH
            && record[4..8] == [0; 4]
            && entries > 0
            && u16_at(record, 8) == entries
            && size >= u32::from(entries) * directory::LENGTH as u32
            && begins.unwrap_or(true)
    })
}

/// Reads the record at `at`; `None` if it cannot be one.
fn read(blob: &dyn Blob, at: u64) -> io::Result<Option<EndRecord>> {
    if blob.len().saturating_sub(at) < LENGTH {
        return Ok(None);
    }
    let bytes = bytes_at(blob, at, LENGTH as usize)?;
    let mut record = EndRecord {
        start: at,
        end: at + LENGTH,
        followed: at + LENGTH + u64::from(u16_at(&bytes, 20)) < blob.len(),
        entries: u64::from(u16_at(&bytes, 10)),
        exact: false,
        directory: 0,
        shift: 0,
        torn: false,
    };
    let mut size = u64::from(u32_at(&bytes, 12));
    let mut offset = u64::from(u32_at(&bytes, 16));
    if let Some((start, wide)) = zip64(blob, at)? {
        record.start = start;
        record.entries = u64_at(&wide, 32);
        record.exact = true;
        size = u64_at(&wide, 40);
        offset = u64_at(&wide, 48);
    }
    if size == 0 && record.entries == 0 {
        record.directory = record.start;
        return Ok(Some(record));
    }
    // The directory ends where the record begins. If it begins elsewhere than it says, the archive has
    // been moved by that much; `zip -A` corrects the offsets, and then there is nothing to add. If it begins
    // earlier, bytes have been lost: what lies in front of them is still where the directory points.
    let adjacent = record.start.checked_sub(size);
    let moved = adjacent.filter(|&start| start >= offset);
    for start in [moved, Some(offset), adjacent].into_iter().flatten() {
        if start.checked_add(directory::LENGTH as u64).is_some_and(|end| end <= record.start)
            && *bytes_at(blob, start, 4)? == *directory::SIGNATURE
        {
            record.directory = start;
            record.shift = start.saturating_sub(offset);
            record.torn = start < offset;
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// The ZIP64 record that the locator in front of the end record points to.
fn zip64(blob: &dyn Blob, end_record: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
    let Some(locator) = end_record.checked_sub(LOCATOR_LENGTH) else { return Ok(None) };
    let bytes = bytes_at(blob, locator, LOCATOR_LENGTH as usize)?;
    if !bytes.starts_with(LOCATOR_SIGNATURE) {
        return Ok(None);
    }
    // In a moved archive the pointer is wrong, but the record is in its usual place.
    for start in [Some(u64_at(&bytes, 8)), locator.checked_sub(ZIP64_LENGTH as u64)].into_iter().flatten() {
        if start.checked_add(ZIP64_LENGTH as u64).is_some_and(|end| end <= locator) {
            let record = bytes_at(blob, start, ZIP64_LENGTH)?;
            if record.starts_with(ZIP64_SIGNATURE) {
                return Ok(Some((start, record.into_owned())));
            }
        }
    }
    Ok(None)
}

/// Little-endian fields. What lies outside of `bytes` reads as zero; callers check lengths first.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |field| u16::from_le_bytes(*field))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |field| u32::from_le_bytes(*field))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |field| u64::from_le_bytes(*field))
}
