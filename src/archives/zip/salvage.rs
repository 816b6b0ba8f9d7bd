//! Salvage: entries found by their local headers alone, in bytes that no directory describes.

use super::directory;
use super::end_record::{self, u16_at, u32_at, u64_at};
use super::local_header::{self, LocalHeader, SIGNATURE};
use super::{decode, end_record::SIGNATURE as END_RECORD};
use crate::archives::capped::{Capped, Compressed, End, Passed};
use crate::archives::nesting::Walk;
use crate::archives::scratch::Scratch;
use crate::archives::window::Window;
use crate::place::EntryPath;
use crate::trouble::Kind;
use memchr::memmem;
use std::cell::Cell;
use std::io::{self, Read};

/// Reads front to back: entries where local headers stand, and the rest as gaps. `base` is the
/// offset of the first byte in the archive.
pub(super) fn run(walk: &Walk<'_>, path: &EntryPath, reader: &mut dyn Read, base: u64, depth: usize) {
    let taken = Cell::new(base);
    let gap = Some(Gap { scratch: Scratch::take(), length: 0 });
    Salvage { walk, path, depth, window: Window::new(reader, &taken), gap }.run();
}

/// Reads the entries alone.
pub(super) fn entries(walk: &Walk<'_>, path: &EntryPath, mut bytes: &[u8], depth: usize) {
    let taken = Cell::new(0);
    Salvage { walk, path, depth, window: Window::new(&mut bytes, &taken), gap: None }.run();
}

/// Reads the one entry whose local header stands at the beginning.
pub(super) fn entry(walk: &Walk<'_>, path: &EntryPath, reader: &mut dyn Read, base: u64, depth: usize) {
    let taken = Cell::new(base);
    let mut salvage = Salvage { walk, path, depth, window: Window::new(reader, &taken), gap: None };
    let fixed = salvage.window.peek(local_header::LENGTH);
    // What stands where the directory points is no chance, whatever its version or name.
    let Some(length) = local_header::length(fixed) else { return };
    let header = salvage.window.peek(length).to_vec();
    let name = |local: &LocalHeader| header.get(local_header::LENGTH..)?.get(..local.name_length);
    if let Some(local) = LocalHeader::read(&header)
        && let Some(name) = name(&local)
    {
        salvage.window.skip(length as u64);
        salvage.entry(&local, name);
    }
}

/// Whether an entry stands anywhere in the bytes, for certain: programs that write zips hold the signature, too,
/// in front of whatever follows in their code.
pub(super) fn is_in(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, SIGNATURE).any(|at| {
        let rest = &bytes[at..];
        let named = local_header::length(rest).and_then(|length| LocalHeader::named(rest.get(..length)?));
        named.is_some_and(|(local, name)| {
            let fits = local.compressed <= (rest.len() - local.length) as u64;
            LocalHeader::usual(rest) || fits && !name.iter().any(u8::is_ascii_control)
        })
    })
}

struct Salvage<'a> {
    walk: &'a Walk<'a>,
    path: &'a EntryPath,
    depth: usize,
    window: Window<'a>,
    /// If what is no entry is to be visited, too.
    gap: Option<Gap>,
}

/// Bytes that nothing has claimed; they end where the window begins.
struct Gap {
    scratch: Scratch,
    length: usize,
}

impl Salvage<'_> {
    fn run(&mut self) {
        while !self.walk.halted() && !self.window.is_empty() {
            if let Some((local, name)) = self.local_header() {
                self.close_gap();
                self.window.skip(local.length as u64);
                self.entry(&local, &name);
                continue;
            }
            let known = structure_length(self.window.peek(directory::LENGTH));
            if known > 0 {
                self.close_gap();
                self.window.skip(known);
            } else {
                self.widen_gap();
            }
        }
        self.close_gap();
    }

    fn local_header(&mut self) -> Option<(LocalHeader, Vec<u8>)> {
        let fixed = self.window.peek(local_header::LENGTH);
        if !LocalHeader::plausible(fixed) {
            return None;
        }
        let length = local_header::length(fixed)?;
        LocalHeader::named(self.window.peek(length)).map(|(local, name)| (local, name.to_vec()))
    }

    /// Adds bytes up to the next place where a signature may begin.
    fn widen_gap(&mut self) {
        let whole = usize::try_from(self.walk.budget().limits.whole_bytes).unwrap_or(usize::MAX).max(1);
        let bytes = self.window.available();
        let next = bytes.get(1..).and_then(|rest| memmem::find(rest, b"PK"));
        let length = match next {
            Some(found) => found + 1,
            // The signature may go on in the next piece.
            None if bytes.len() > 1 && bytes.ends_with(b"P") => bytes.len() - 1,
            None => bytes.len(),
        };
        let Some(Gap { scratch, length: kept }) = &mut self.gap else {
            self.window.skip(length.max(1) as u64);
            return;
        };
        // A gap larger than that is visited in parts, as is any leaf that cannot be held.
        let length = length.min(whole.saturating_sub(*kept)).max(1);
        let needed = *kept + length;
        if scratch.get().len() < needed {
            scratch.grow(*kept, needed.next_power_of_two());
        }
        let bytes = self.window.peek(length);
        let length = bytes.len();
        scratch.grow(*kept, needed)[*kept..*kept + length].copy_from_slice(bytes);
        *kept += length;
        let is_full = *kept >= whole;
        self.window.skip(length as u64);
        if is_full {
            self.close_gap();
        }
    }

    /// Visits what was unclaimed, unless it is nothing: padding, or fewer than four bytes.
    fn close_gap(&mut self) {
        let Some(gap) = &mut self.gap else { return };
        let length = std::mem::take(&mut gap.length);
        let bytes = &gap.scratch.get()[..length];
        if length >= 4 && bytes.iter().any(|&byte| byte != 0) {
            let offset = self.window.position() - length as u64;
            self.walk.searched_gap(self.path, offset, bytes, self.depth);
        }
    }

    fn entry(&mut self, local: &LocalHeader, name: &[u8]) {
        let child = self.path.child(name);
        let folder = name.ends_with(b"/") && local.size == 0 && local.compressed <= 2 && !local.open_ended();
        let wanted = !folder && self.walk.wanted(&child);
        if wanted && !self.walk.charge_entry(&child) {
            return;
        }
        let unreadable = if local.encrypted() {
            Some((Kind::Encrypted, "entry is encrypted".to_owned()))
        } else if !decode::is_supported(local.method) {
            Some((Kind::Unsupported, format!("compression method {}", local.method)))
        } else {
            None
        };
        match unreadable {
            // Where the data of unknown length ends, the next signature will show.
            Some((kind, cause)) => {
                if wanted {
                    self.walk.tell_unscanned(&child, kind, cause, local.compressed);
                }
                self.window.skip(local.compressed);
            }
            None if !local.open_ended() => self.sized(local, &child, wanted),
            None if decode::needs_no_size(local.method, local.flags) => self.unsized_stream(local, &child, wanted),
            None if local.method == decode::STORED => self.stored(&child, wanted),
            None => {
                let cause = format!("compression method {} without sizes", local.method);
                self.walk.tell_of(&child, Kind::Unsupported, cause);
            }
        }
    }

    fn sized(&mut self, local: &LocalHeader, child: &EntryPath, wanted: bool) {
        let end = self.window.position().saturating_add(local.compressed);
        let taken = Cell::new(0);
        let mut passed = None;
        // Where the data shows its end, a size that lies must not hide what follows, whoever wants the entry.
        let shows_end = decode::shows_end(local.method);
        if wanted || shows_end {
            let raw = (&mut self.window).take(local.compressed);
            let compressed = Compressed::Known(local.compressed);
            match decode::open(local.method, local.flags, local.size, raw, &taken) {
                Ok(mut reader) if wanted => {
                    passed = Some(visit(self.walk, child, &mut reader, compressed, Some(local.size), self.depth));
                }
                Ok(mut reader) => passed = Some(pass(self.walk, child, &mut reader, compressed)),
                Err(error) => self.walk.tell_failed(child, &error, local.compressed),
            }
        }
        let is = |wanted: fn(&End) -> bool| shows_end && passed.as_ref().is_some_and(|passed| wanted(&passed.end));
        let (ended, broken) = (is(|end| matches!(end, End::Complete)), is(|end| matches!(end, End::Failed(_))));
        if !ended && !broken {
            self.window.skip(end.saturating_sub(self.window.position()));
        }
        let short = self.window.position() < end;
        let cut = short && !ended && self.window.is_empty();
        let Some(passed) = passed.filter(|_| wanted) else { return };
        if short && ended {
            self.walk.tell_of(child, Kind::Corrupt, "its data goes on behind the end of the compressed stream");
        }
        passed.tell(self.walk, child, Some(local.size), cut);
        if matches!(passed.end, End::Complete) {
            let missing = local.size.saturating_sub(passed.bytes);
            // With a descriptor the header may have left them zero.
            let stated = local.flags & local_header::HAS_DESCRIPTOR == 0;
            if cut && missing > 0 {
                self.walk.tell_unscanned(child, Kind::Truncated, "ends before its data does", missing);
            } else if stated && passed.bytes != local.size {
                self.walk.tell_of(child, Kind::Corrupt, "has another size than its header says");
            } else if stated && passed.crc != local.crc {
                self.walk.tell_of(child, Kind::Checksum, "checksum does not match");
            }
        }
        let judge = matches!(passed.end, End::Complete) && local.flags & local_header::HAS_DESCRIPTOR != 0;
        let compressed = if ended { taken.get() } else { local.compressed };
        self.descriptor(local, child, compressed, &passed, judge);
    }

    /// Data of unknown length that shows its own end.
    fn unsized_stream(&mut self, local: &LocalHeader, child: &EntryPath, wanted: bool) {
        let taken = Cell::new(0);
        let compressed = Compressed::SoFar(&taken);
        let passed = match decode::open(local.method, local.flags, local.size, &mut self.window, &taken) {
            Ok(mut reader) if wanted => visit(self.walk, child, &mut reader, compressed, None, self.depth),
            Ok(mut reader) => pass(self.walk, child, &mut reader, compressed),
            Err(error) => return self.walk.tell_failed(child, &error, 0),
        };
        passed.tell(self.walk, child, None, self.window.is_empty());
        if matches!(passed.end, End::Complete) {
            self.descriptor(local, child, taken.get(), &passed, true);
        }
    }

    /// Stored data ends where a descriptor says just as many bytes as have been read.
    fn stored(&mut self, child: &EntryPath, wanted: bool) {
        let mut reader = UntilDescriptor { window: &mut self.window, passed: 0, found: false };
        let unbounded = Compressed::Known(u64::MAX);
        let passed = if wanted {
            visit(self.walk, child, &mut reader, unbounded, None, self.depth)
        } else {
            pass(self.walk, child, &mut reader, unbounded)
        };
        let found = reader.found;
        passed.tell(self.walk, child, None, false);
        if found {
            let stated = u32_at(self.window.peek(8), 4);
            if matches!(passed.end, End::Complete) && stated != passed.crc {
                self.walk.tell_of(child, Kind::Checksum, "checksum does not match");
            }
            self.window.skip(16);
        } else if matches!(passed.end, End::Complete) {
            self.walk.tell_of(child, Kind::Truncated, "ends before its data does");
        }
    }

    /// Takes the descriptor behind the data, and compares if it is the only one to tell the CRC.
    fn descriptor(&mut self, local: &LocalHeader, child: &EntryPath, compressed: u64, passed: &Passed, judge: bool) {
        if local.flags & local_header::HAS_DESCRIPTOR == 0 {
            return;
        }
        let after = self.window.peek(local_header::LONGEST_DESCRIPTOR);
        let length = local_header::descriptor_length(after, passed.crc, compressed, passed.bytes);
        let signed = after.starts_with(local_header::DESCRIPTOR);
        let fits = !signed || u32_at(after, 4) == passed.crc;
        self.window.skip(length as u64);
        if judge && !fits {
            self.walk.tell_of(child, Kind::Checksum, "checksum does not match");
        }
    }
}

fn visit(
    walk: &Walk<'_>,
    child: &EntryPath,
    reader: &mut dyn Read,
    compressed: Compressed<'_>,
    size: Option<u64>,
    depth: usize,
) -> Passed {
    let mut capped = Capped::new(walk, child, reader, compressed);
    walk.stream(child, &mut capped, size, depth + 1);
    // A visitor may stop early; the source has to stand behind the data.
    capped.drain();
    capped.finish()
}

/// Reads over data that nobody wants, to find its end.
fn pass(walk: &Walk<'_>, child: &EntryPath, reader: &mut dyn Read, compressed: Compressed<'_>) -> Passed {
    let mut capped = Capped::new(walk, child, reader, compressed);
    capped.drain();
    capped.finish()
}

/// The length of the directory's own structures, which are no gaps; 0 for anything else.
fn structure_length(bytes: &[u8]) -> u64 {
    let fields = |at: [usize; 3]| at.iter().map(|&at| u64::from(u16_at(bytes, at))).sum::<u64>();
    match bytes.first_chunk::<4>() {
        Some(directory::SIGNATURE) if bytes.len() >= directory::LENGTH => {
            directory::LENGTH as u64 + fields([28, 30, 32])
        }
        Some(END_RECORD) if bytes.len() as u64 >= end_record::LENGTH => end_record::LENGTH,
        // APPNOTE 4.3.14 and 4.3.15. The size of the ZIP64 record leaves out its first twelve bytes.
        Some(b"PK\x06\x06") if u64_at(bytes, 4) == 44 => 56,
        Some(b"PK\x06\x07") => 20,
        // APPNOTE 8.5.3 and 8.5.4: the marker in front of the first entry of a split archive. If that
        // entry is listed, the gap ends here.
        Some(local_header::DESCRIPTOR | b"PK00") if bytes.len() == 4 || bytes[4..].starts_with(SIGNATURE) => 4,
        _ => 0,
    }
}

/// Reads a window up to the descriptor of the data read so far.
struct UntilDescriptor<'a, 'w> {
    window: &'a mut Window<'w>,
    passed: u64,
    found: bool,
}

impl Read for UntilDescriptor<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.found {
            return Ok(0);
        }
        let ahead = self.window.peek(16);
        let narrow = |at| u64::from(u32_at(ahead, at));
        if ahead.starts_with(local_header::DESCRIPTOR) && narrow(8) == self.passed && narrow(12) == self.passed {
            self.found = true;
            return Ok(0);
        }
        let bytes = self.window.available();
        let next = bytes.get(1..).and_then(|rest| memmem::find(rest, b"PK")).map(|found| found + 1);
        let length = match next {
            Some(found) => found,
            None if bytes.len() > 1 && bytes.ends_with(b"P") => bytes.len() - 1,
            None => bytes.len(),
        };
        let length = length.min(buffer.len());
        let read = self.window.read(&mut buffer[..length])?;
        self.passed += read as u64;
        Ok(read)
    }
}
