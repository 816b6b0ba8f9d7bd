//! Tar: members read one after the other from a stream.

use super::capped::{Capped, Compressed, End, is_told, told};
use super::nesting::Walk;
use super::window::Window;
use super::{NoReread, Unpacker};
use crate::place::EntryPath;
use crate::trouble::Kind;
use std::cell::Cell;
use std::io::{self, Read};

/// What may be read in front of one member: its header, long names and PAX records. The `tar` crate
/// reads those into memory whatever size they claim.
const HEADER_BYTES: u64 = 4 << 20;

/// Unpacks a tar. Links, directories and devices are no leaves.
pub(super) fn unpack(walk: &Walk<'_>, path: &EntryPath, reader: &mut dyn Read, depth: usize) {
    let taken = Cell::new(0);
    let mut window = Window::new(reader, &taken);
    let allowance = Cell::new(0);
    let outcome = members(walk, path, Gate { source: &mut window, allowance: &allowance }, depth);
    match outcome {
        Ok(()) => {}
        Err(error) if is_told(&error) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof || window.is_empty() => {
            walk.tell_of(path, Kind::Truncated, "tar ends inside a member");
        }
        Err(_) => walk.tell_of(path, Kind::Corrupt, "tar member header is corrupt"),
    }
    // Behind the end there are NULs to fill a block; anything else has been put there.
    window.skip_zeros();
    if !window.is_empty() {
        walk.gap(path, window.position(), &mut window, depth);
    }
    let Unpacker { visitor, .. } = walk.unpacker;
    visitor.container_end(path, &NoReread);
}

fn members(walk: &Walk<'_>, path: &EntryPath, gate: Gate<'_, '_>, depth: usize) -> io::Result<()> {
    let allowance = gate.allowance;
    let mut archive = tar::Archive::new(gate);
    allowance.set(HEADER_BYTES);
    let mut entries = archive.entries()?;
    loop {
        if walk.halted() {
            return Err(told());
        }
        allowance.set(HEADER_BYTES);
        let Some(entry) = entries.next() else { return Ok(()) };
        let mut entry = entry?;
        allowance.set(u64::MAX);
        let kind = entry.header().entry_type();
        // Unknown types are to be read as files (POSIX, pax interchange format).
        let leaf = !(kind.is_dir()
            || kind.is_symlink()
            || kind.is_hard_link()
            || kind.is_character_special()
            || kind.is_block_special()
            || kind.is_fifo()
            || kind.is_pax_global_extensions());
        // A file of the oldest format that is a directory by its name alone.
        let name = entry.path_bytes().into_owned();
        if leaf && !(name.ends_with(b"/") && entry.size() == 0) {
            let child = path.child(&name);
            if walk.wanted(&child) && !member(walk, &child, &mut entry, depth) {
                return Err(told());
            }
        }
        // Left to the next header, the rest of the member would count against the allowance.
        if io::copy(&mut entry, &mut io::sink())? == 0 && entry.size() == 0 {
            continue;
        }
    }
}

/// Visits one member; false when the whole tar cannot go on.
fn member<R: Read>(walk: &Walk<'_>, child: &EntryPath, entry: &mut tar::Entry<'_, R>, depth: usize) -> bool {
    if !walk.charge_entry(child) {
        return false;
    }
    let size = entry.size();
    // Holes of a sparse file are not in the tar: they count as inflated.
    let stored = entry.header().entry_size().unwrap_or(size);
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

/// Lets the `tar` crate read no more than the allowance.
struct Gate<'a, 'w> {
    source: &'a mut Window<'w>,
    allowance: &'a Cell<u64>,
}

impl Read for Gate<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.allowance.get();
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        if length == 0 && !buffer.is_empty() {
            return Err(io::Error::other("tar header is too large"));
        }
        let read = self.source.read(&mut buffer[..length])?;
        if left != u64::MAX {
            self.allowance.set(left - read as u64);
        }
        Ok(read)
    }
}
