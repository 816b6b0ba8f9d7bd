//! Zip: archives with a central directory, jars above all.

mod chosen;
mod decode;
mod directory;
pub(super) mod end_record;
mod entry;
mod frame;
mod gaps;
mod local_header;
mod raw;
mod reread;
mod salvage;

use super::NoReread;
use super::nesting::{SMALL, Walk};
use super::ranged::{Ranged, bytes_at};
use crate::blob::Blob;
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use chosen::Chosen;
use directory::{Directory, Record};
use end_record::{EndRecord, Lookup, Search};
use entry::{Container, Extent};
use raw::Raw;
use rayon::prelude::*;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What one task takes: enough to be worth handing over, little enough to share out.
const CHUNK_ENTRIES: usize = 64;
const CHUNK_BYTES: u64 = 4 << 20;
/// How far behind an entry its reader may look: a descriptor, and a longer extra field than is known of.
const OVERREAD: u64 = 128;

/// Unpacks a zip whose bytes can be read in any order.
pub(super) fn unpack(walk: &Walk<'_>, path: &EntryPath, blob: &dyn Blob, depth: usize) {
    match end_record(blob) {
        Ok(Lookup::Found(end)) => listed(walk, path, blob, depth, &end),
        Ok(Lookup::Unusable) => {
            walk.tell_of(path, Kind::Corrupt, "end record does not lead to a directory");
            salvage(walk, path, blob, depth);
        }
        Ok(Lookup::Missing) => {
            walk.tell_of(path, Kind::Truncated, "zip without an end record of its own");
            salvage(walk, path, blob, depth);
        }
        Err(error) => walk.tell_unscanned(path, Kind::Unreadable, error.to_string(), blob.len()),
    }
}

/// Whether the bytes of what is no zip could hold one: nearly nothing does, and it is seen at a glance.
pub(super) fn may_be_in(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, local_header::SIGNATURE).is_some()
}

/// Whether entries stand in the bytes of what is no zip.
pub(super) fn has_entries(bytes: &[u8]) -> bool {
    salvage::is_in(bytes)
}

/// Unpacks the entries that stand in what is no zip, and has been visited as what it is.
pub(super) fn unpack_within(walk: &Walk<'_>, path: &EntryPath, bytes: &[u8], depth: usize) {
    salvage::entries(walk, path, bytes, depth);
    walk.unpacker.visitor.container_end(path, &NoReread);
}

/// Unpacks a zip that comes front to back, by its local headers.
pub(super) fn unpack_stream(walk: &Walk<'_>, path: &EntryPath, reader: &mut dyn Read, depth: usize) {
    salvage::run(walk, path, reader, 0, depth);
    walk.unpacker.visitor.container_end(path, &NoReread);
}

fn salvage(walk: &Walk<'_>, path: &EntryPath, blob: &dyn Blob, depth: usize) {
    blob.read_ahead(&mut std::iter::once(0..blob.len()));
    let mut reader = Ranged::new(walk, path, blob, 0, blob.len());
    if depth == 0 {
        reader = reader.with_progress();
    }
    salvage::run(walk, path, &mut reader, 0, depth);
    walk.unpacker.visitor.container_end(path, &NoReread);
}

/// The record that describes this archive, not one stored inside of it: in a torn archive the last
/// record is that of a nested jar, which begins somewhere in the middle and is followed by more.
fn end_record(blob: &dyn Blob) -> io::Result<Lookup> {
    let lookup = end_record::find(blob, Search::Whole)?;
    if let Lookup::Found(end) = &lookup
        && end.shift > 0
        && end.followed
        && *bytes_at(blob, 0, 4)? == *local_header::SIGNATURE
    {
        return Ok(Lookup::Missing);
    }
    Ok(lookup)
}

fn listed(walk: &Walk<'_>, path: &EntryPath, blob: &dyn Blob, depth: usize, end: &EndRecord) {
    // Its bytes (of a file) and the records made of them.
    let needed = (end.start - end.directory).saturating_mul(2);
    let reservation = if needed > SMALL as u64 { walk.reserve(needed) } else { None };
    if needed > SMALL as u64 * 16 && reservation.is_none() {
        let cause = "directory is too large for memory; read by its local headers";
        walk.tell(Trouble::new(path, Kind::Limit, Stage::Archive, cause).limit("max-memory"));
        return salvage(walk, path, blob, depth);
    }
    let directory = match Directory::read(blob, end, walk.budget().limits.entries) {
        Ok(directory) => directory,
        Err(error) => return walk.tell_unscanned(path, Kind::Unreadable, error.to_string(), blob.len()),
    };
    let read = directory.records.len() as u64;
    let complete = if end.exact { read == end.entries } else { read & 0xFFFF == end.entries };
    if !complete && !directory.capped {
        walk.tell_of(path, Kind::Corrupt, "directory does not list as many entries as its end record says");
    }
    let container = Container { walk, path, blob, directory: &directory, depth };
    let mut chosen = Chosen::of(&container);
    let mut parts = std::mem::take(&mut chosen.passed_over);
    parts.extend(entries(&container, &chosen));
    parts.extend(directory.extents());
    parts.extend(end.extents());
    if directory.capped {
        walk.tell_entries_cap(path);
    }
    if blob.is_lost() {
        walk.tell_of(path, Kind::Unreadable, "not read to its end");
    } else if end.torn {
        // Behind what is missing, nothing is where the directory says.
        walk.tell_of(path, Kind::Corrupt, "bytes are missing in front of its directory");
        salvage::run(walk, path, &mut Ranged::new(walk, path, blob, 0, end.directory), 0, depth);
    } else if !walk.halted() && !directory.capped {
        gaps(&container, parts);
    }
    walk.unpacker.visitor.container_end(path, &reread::ByName::new(&container, &chosen));
}

/// Visits all entries that are to be read, and tells which bytes they take up.
fn entries(container: &Container<'_>, chosen: &Chosen) -> Vec<Extent> {
    let records = &chosen.wanted;
    let ranges = records.iter().zip(&chosen.ends).map(|(record, end)| record.offset..end.saturating_add(OVERREAD));
    container.blob.read_ahead(&mut { ranges });
    let chunks = chunks(records);
    let next = AtomicUsize::new(0);
    // In order, by whoever is free: what is fetched ahead is what is read next.
    let work = || {
        let mut parts = Vec::new();
        while let Some(range) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            parts.extend(chunk(container, records.get(range.clone()).unwrap_or_default()));
        }
        parts
    };
    let parts = if container.walk.unpacker.parallel && chunks.len() > 1 {
        let workers = rayon::current_num_threads().min(chunks.len());
        (0..workers).into_par_iter().with_max_len(1).flat_map_iter(|_| work()).collect()
    } else {
        work()
    };
    container.blob.read_ahead(&mut std::iter::empty());
    parts
}

fn chunk(container: &Container<'_>, records: &[Record]) -> Vec<Extent> {
    let mut raw = Raw::new(container.blob);
    let mut parts = Vec::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        if container.walk.halted() || container.blob.is_lost() {
            break;
        }
        raw.plan(container.directory, &records[index..]);
        parts.extend(container.visit(record, &mut raw));
    }
    parts
}

fn chunks(records: &[Record]) -> Vec<Range<usize>> {
    let mut chunks = Vec::with_capacity(records.len() / CHUNK_ENTRIES + 1);
    let mut start = 0;
    let mut bytes = 0u64;
    for (index, record) in records.iter().enumerate() {
        bytes = bytes.saturating_add(record.size.max(record.compressed));
        if bytes >= CHUNK_BYTES || index + 1 - start >= CHUNK_ENTRIES {
            chunks.push(start..index + 1);
            (start, bytes) = (index + 1, 0);
        }
    }
    if start < records.len() {
        chunks.push(start..records.len());
    }
    chunks
}

/// Looks into what nothing covers: a launcher in front, hidden entries, bytes at the end.
fn gaps(container: &Container<'_>, parts: Vec<Extent>) {
    let Container { walk, path, blob, depth, .. } = *container;
    let coverage = gaps::coverage(parts, blob.len());
    if coverage.overlaps > 0 {
        walk.tell_of(path, Kind::Corrupt, format!("{} entries overlap others", coverage.overlaps));
    }
    for (start, end) in coverage.gaps {
        if walk.halted() {
            break;
        }
        let mut reader = Ranged::new(walk, path, blob, start, end);
        salvage::run(walk, path, &mut reader, start, depth);
    }
}
