//! Tar: members read one after the other from a stream.

use super::NoReread;
use super::capped::{Capped, Compressed, End, is_told, told};
use super::nesting::Walk;
use super::sniff;
use super::window::Window;
use crate::place::EntryPath;
use crate::trouble::Kind;
use std::cell::Cell;
use std::io::{self, BufRead, Read};

const BLOCK: usize = 512;
/// What may be read in front of one member: its header, long names and PAX records. The `tar` crate
/// reads those into memory whatever size they claim.
const HEADER_BYTES: u64 = 4 << 20;

/// Unpacks a tar. Links, directories and devices are no leaves, unless they have data.
pub(super) fn unpack(walk: &Walk<'_>, path: &EntryPath, reader: &mut dyn Read, depth: usize) {
    let taken = Cell::new(0);
    let mut window = Window::new(reader, &taken);
    let progress = Progress { taken: &taken, limit: Cell::new(HEADER_BYTES), block: Cell::new([0; BLOCK]) };
    let outcome = members(walk, path, Gate { source: &mut window, progress: &progress }, depth);
    // A block that was taken for a header and is none belongs to the rest.
    let mut lost: &[u8] = &[];
    let block = progress.block.get();
    match outcome {
        Ok(()) => {}
        Err(error) if is_told(&error) => {}
        Err(_) if window.is_empty() => walk.tell_of(path, Kind::Truncated, "tar ends inside a member"),
        Err(_) => {
            walk.tell_of(path, Kind::Corrupt, "tar member header is corrupt");
            lost = &block;
        }
    }
    if lost.is_empty() {
        // Behind the end there are NULs to fill a block; anything else has been put there.
        window.skip_zeros();
        if !window.is_empty() {
            walk.gap(path, window.position(), &mut window, depth);
        }
    } else {
        let offset = window.position() - lost.len() as u64;
        walk.leaf_gap(path, offset, &mut lost.chain(&mut window));
    }
    walk.unpacker.visitor.container_end(path, &NoReread);
}

fn members(walk: &Walk<'_>, path: &EntryPath, gate: Gate<'_, '_>, depth: usize) -> io::Result<()> {
    let progress = gate.progress;
    let mut archive = tar::Archive::new(gate);
    let mut next = 0u64;
    let mut entries = archive.entries()?;
    loop {
        if walk.halted() {
            return Err(told());
        }
        // What the visitor left of the last member is skipped on the way to the next header.
        progress.limit.set(next.max(progress.taken.get()).saturating_add(HEADER_BYTES));
        let Some(entry) = entries.next() else { return Ok(()) };
        let mut entry = entry?;
        progress.limit.set(u64::MAX);
        let kind = entry.header().entry_type();
        // Holes of a sparse file are not in the tar.
        let stored = if kind.is_gnu_sparse() { entry.header().entry_size()? } else { entry.size() };
        next = entry.raw_file_position().saturating_add(stored);
        // Types that POSIX does not know are to be read as files.
        let special = kind.is_dir()
            || kind.is_symlink()
            || kind.is_hard_link()
            || kind.is_character_special()
            || kind.is_block_special()
            || kind.is_fifo();
        // Those have no data. Where one says that it has, others take that for the next members.
        let leaf = !kind.is_pax_global_extensions() && (!special || stored > 0);
        let name = entry.path_bytes().into_owned();
        // The oldest format knows a directory by its name alone.
        if leaf && !(name.ends_with(b"/") && entry.size() == 0) {
            let child = path.child(&name);
            if walk.wanted(&child) && !member(walk, &child, &mut entry, stored, depth) {
                return Err(told());
            }
        }
    }
}

/// Visits one member; false when the tar cannot go on, which has been told.
fn member<R: Read>(
    walk: &Walk<'_>,
    child: &EntryPath,
    entry: &mut tar::Entry<'_, R>,
    stored: u64,
    depth: usize,
) -> bool {
    if !walk.charge_entry(child) {
        return false;
    }
    let size = entry.size();
    let mut capped = Capped::new(walk, child, entry, Compressed::Known(stored));
    walk.stream(child, &mut capped, Some(size), depth + 1);
    let passed = capped.finish();
    passed.tell(walk, child, Some(size), false);
    match passed.end {
        End::Complete if passed.bytes < size => {
            walk.tell_unscanned(child, Kind::Truncated, "ends before its data does", size - passed.bytes);
            false
        }
        End::Open | End::Complete | End::Over(_) => true,
        End::Failed(_) | End::Told => false,
    }
}

/// How far the `tar` crate has read, and how far it may.
struct Progress<'a> {
    taken: &'a Cell<u64>,
    limit: Cell<u64>,
    /// The last block that was read as a header.
    block: Cell<[u8; BLOCK]>,
}

/// Holds the `tar` crate to its limit.
struct Gate<'a, 'w> {
    source: &'a mut Window<'w>,
    progress: &'a Progress<'a>,
}

impl Read for Gate<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.progress.limit.get().saturating_sub(self.progress.taken.get());
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if length == 0 && !buffer.is_empty() {
            return Err(io::Error::other("tar header is too large"));
        }
        if length == BLOCK {
            // In one piece, to be kept.
            let bytes = self.source.peek(BLOCK);
            if let Some(block) = bytes.first_chunk() {
                self.progress.block.set(*block);
                buffer[..BLOCK].copy_from_slice(block);
                // Between members, it is a header; the `tar` crate knows no checksums with signs.
                if self.progress.limit.get() != u64::MAX
                    && let Some(sum) = sniff::unsigned_sum(block)
                {
                    buffer[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
                }
                self.source.consume(BLOCK);
                return Ok(BLOCK);
            }
        }
        self.source.read(&mut buffer[..length])
    }
}
