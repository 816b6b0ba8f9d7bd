//! Entry: one listed entry of a zip, found by its local header, decoded and passed on.

use super::directory::{Directory, Record};
use super::frame::Frame;
use super::local_header::{Contradiction, LocalHeader};
use super::raw::Raw;
use super::{decode, local_header, salvage};
use crate::archives::capped::{Capped, Compressed, End};
use crate::archives::nesting::{SMALL, Walk};
use crate::archives::ranged::Ranged;
use crate::archives::scratch::Scratch;
use crate::archives::sniff;
use crate::archives::{Packed, Seen};
use crate::blob::Blob;
use crate::budget::RATIO_FLOOR;
use crate::place::EntryPath;
use crate::trouble::Kind;
use std::cell::Cell;
use std::io::{self, Read};

/// Compressed bytes of an entry of a file beyond which it is streamed in any case.
const LARGE: u64 = 48 << 20;

/// The bytes from an entry's local header to behind its descriptor.
pub(super) type Extent = (u64, u64);

/// An open zip.
pub(super) struct Container<'a> {
    pub(super) walk: &'a Walk<'a>,
    pub(super) path: &'a EntryPath,
    pub(super) blob: &'a dyn Blob,
    pub(super) directory: &'a Directory<'a>,
    pub(super) depth: usize,
}

/// What becomes of an entry.
pub(super) enum Fate {
    ToBeRead,
    /// What is in it is known already.
    Known,
    LeftOut,
}

/// Where an entry's data lies.
#[derive(Clone, Copy)]
pub(super) struct Data {
    pub(super) start: u64,
    pub(super) end: u64,
    /// It ends where the archive does, not where it should.
    cut: bool,
}

impl Container<'_> {
    /// Visits one entry, and says which bytes it takes up.
    pub(super) fn visit(&self, record: &Record, raw: &mut Raw<'_>) -> Option<Extent> {
        let (data, extent) = match self.locate(record, raw) {
            Ok(Some(found)) => found,
            Ok(None) => {
                let cause = "no local header where the directory points";
                self.walk.tell_unscanned(&self.child(record), Kind::Corrupt, cause, record.compressed);
                return None;
            }
            Err(error) => {
                self.unreadable(&self.child(record), &error, record);
                return None;
            }
        };
        let contradiction = self.contradiction(record, raw);
        if !self.directory.is_folder(record) {
            let child = self.child(record);
            if self.walk.charge_entry(&child) {
                self.open(&child, record, data, raw);
                self.walk.unpacker.visitor.was_read(&child, &record.listed());
            }
        }
        if let Some(contradiction) = contradiction {
            self.walk.tell_of(&self.child(record), Kind::Corrupt, contradiction.cause());
            if contradiction.is_readable() && !self.walk.halted() {
                let mut reader = Ranged::new(self.walk, self.path, self.blob, record.offset, self.blob.len());
                salvage::entry(self.walk, self.path, &mut reader, record.offset, self.depth);
            }
        }
        if self.depth == 0 {
            self.walk.progress(data.end - data.start);
        }
        Some(extent)
    }

    /// In what the local header contradicts the directory. One that cannot be read has none.
    fn contradiction(&self, record: &Record, raw: &mut Raw<'_>) -> Option<Contradiction> {
        let length = local_header::length(raw.get(record.offset, local_header::LENGTH).ok()?)?;
        let bytes = raw.get(record.offset, length).ok()?;
        let local = LocalHeader::read(bytes)?;
        local.contradiction(
            bytes.get(local_header::LENGTH..)?.get(..local.name_length)?,
            record,
            self.directory.name(record),
        )
    }

    /// What is known counts as if it were read.
    pub(super) fn fate(&self, record: &Record) -> Fate {
        let child = self.child(record);
        if !self.walk.wanted(&child) {
            return Fate::LeftOut;
        }
        if record.encrypted() || !self.walk.unpacker.visitor.is_known(&child, &record.listed()) {
            return Fate::ToBeRead;
        }
        if self.walk.charge_entry(&child) {
            self.walk.charge_bytes(&child, record.size);
        }
        Fate::Known
    }

    pub(super) fn child(&self, record: &Record) -> EntryPath {
        self.path.child(self.directory.name(record))
    }

    fn unreadable(&self, child: &EntryPath, error: &io::Error, record: &Record) {
        self.walk.tell_unscanned(child, Kind::Unreadable, error.to_string(), record.compressed);
    }

    /// Follows the local header to the data: its name and extra field may differ from the directory's.
    pub(super) fn locate(&self, record: &Record, raw: &mut Raw<'_>) -> io::Result<Option<(Data, Extent)>> {
        let Some(length) = local_header::length(raw.get(record.offset, local_header::LENGTH)?) else {
            return Ok(None);
        };
        let start = record.offset.saturating_add(length as u64).min(self.blob.len());
        let full = start.saturating_add(record.compressed);
        let end = full.min(self.blob.len());
        let descriptor = if record.flags & local_header::HAS_DESCRIPTOR != 0 {
            let after = raw.get(end, local_header::LONGEST_DESCRIPTOR)?;
            local_header::descriptor_length(after, record.crc, record.compressed, record.size) as u64
        } else {
            0
        };
        Ok(Some((Data { start, end, cut: end < full }, (record.offset, end + descriptor))))
    }

    fn open(&self, child: &EntryPath, record: &Record, data: Data, raw: &mut Raw<'_>) {
        let compressed = data.end - data.start;
        if record.encrypted() {
            if !self.is_in_clear(child, record, data) {
                return self.walk.tell_unscanned(child, Kind::Encrypted, "entry is encrypted", record.compressed);
            }
            self.walk.tell_of(child, Kind::Corrupt, "marked as encrypted, and is not");
        }
        if !decode::is_supported(record.method) {
            let cause = format!("compression method {}", record.method);
            return self.walk.tell_unscanned(child, Kind::Unsupported, cause, record.compressed);
        }
        let limits = &self.walk.budget().limits;
        let cap = limits.entry_bytes.min(compressed.saturating_mul(limits.ratio).max(RATIO_FLOOR));
        let in_memory = self.blob.bytes().is_some();
        // Inflating in one piece takes half the time of streaming: worth the memory while there is some.
        let large = !in_memory && compressed > SMALL as u64;
        let held = (large && compressed <= LARGE)
            .then(|| self.walk.unpacker.ledger.try_take(compressed.saturating_add(record.size)))
            .flatten();
        let at_once = !large || held.is_some();
        let done = match record.method {
            decode::STORED if compressed <= limits.entry_bytes && (in_memory || compressed <= SMALL as u64) => {
                self.stored(child, record, data, raw)
            }
            decode::DEFLATED if record.size <= cap.min(limits.whole_bytes) && at_once => {
                self.deflated(child, record, data, raw)
            }
            _ => Ok(false),
        };
        drop(held);
        match done {
            Ok(true) => {}
            Ok(false) => self.streamed(child, record, data),
            Err(error) => self.unreadable(child, &error, record),
        }
    }

    fn stored(&self, child: &EntryPath, record: &Record, data: Data, raw: &mut Raw<'_>) -> io::Result<bool> {
        let Ok(length) = usize::try_from(data.end - data.start) else { return Ok(false) };
        let bytes = raw.get(data.start, length)?;
        let mark = match self.recognise(child, record, bytes) {
            Seen::Before => return Ok(true),
            Seen::First(mark) => mark,
        };
        self.walk.charge_bytes(child, bytes.len() as u64);
        let is_as_listed = self.check(child, record, data, bytes.len() as u64, crc32fast::hash(bytes));
        self.walk.marked(child, bytes, self.depth + 1, mark.filter(|_| is_as_listed));
        Ok(true)
    }

    /// The usual case: inflated in one piece. False if that does not work out, or if it is not what the directory
    /// says: the stream shows how far it goes.
    fn deflated(&self, child: &EntryPath, record: &Record, data: Data, raw: &mut Raw<'_>) -> io::Result<bool> {
        let ledger = self.walk.unpacker.ledger;
        let Ok(length) = usize::try_from(data.end - data.start) else { return Ok(false) };
        // Of a file, room has been taken for it.
        let copied = if length > SMALL && self.blob.bytes().is_some() { ledger.try_take(length as u64) } else { None };
        if length > SMALL && self.blob.bytes().is_some() && copied.is_none() {
            return Ok(false);
        }
        let mut frame = Frame::of(length);
        raw.copy(data.start, frame.room())?;
        let mark = match self.recognise(child, record, frame.data()) {
            Seen::Before => return Ok(true),
            Seen::First(mark) => mark,
        };
        let room = decode::deflate_room(length as u64, record.size);
        let mut reservation = None;
        if room > SMALL && begins_archive(frame.data()) {
            reservation = ledger.try_take(room as u64);
            if reservation.is_none() {
                return Ok(false);
            }
        }
        let mut scratch = Scratch::take();
        let Some(produced) = frame.inflate(&record.listed(), scratch.room(room)) else { return Ok(false) };
        drop(copied);
        self.walk.charge_bytes(child, produced as u64);
        self.walk.marked(child, &scratch.get()[..produced], self.depth + 1, mark);
        drop(reservation);
        Ok(true)
    }

    /// What was seen before counts as if it were read.
    fn recognise(&self, child: &EntryPath, record: &Record, bytes: &[u8]) -> Seen {
        // Of what may not be held as a whole, or is not what its flags say, something is told.
        if record.encrypted() || record.size > self.walk.budget().limits.whole_bytes {
            return Seen::First(None);
        }
        let packed = Packed { method: record.method, listed: record.listed(), bytes };
        let seen = self.walk.unpacker.visitor.recognise(child, &packed);
        if matches!(seen, Seen::Before) {
            self.walk.charge_bytes(child, record.size);
        }
        seen
    }

    /// Whether data that is said to be encrypted has the checksum of the content as it stands. There are
    /// readers that do not ask for the flag, so setting it must hide nothing.
    fn is_in_clear(&self, child: &EntryPath, record: &Record, data: Data) -> bool {
        let compressed = data.end - data.start;
        if record.method == decode::STORED && compressed != record.size {
            return false;
        }
        let taken = Cell::new(0);
        let Ok(mut reader) = self.decoder(child, record, data, &taken) else { return false };
        let mut capped = Capped::new(self.walk, child, &mut reader, Compressed::Known(compressed));
        capped.drain();
        let passed = capped.finish();
        matches!(passed.end, End::Complete) && (passed.bytes, passed.crc) == (record.size, record.crc)
    }

    /// A reader of the content, whatever its size and method.
    pub(super) fn decoder<'r>(
        &'r self,
        path: &'r EntryPath,
        record: &Record,
        data: Data,
        taken: &'r Cell<u64>,
    ) -> io::Result<Box<dyn Read + 'r>> {
        let source = Ranged::new(self.walk, path, self.blob, data.start, data.end).buffered();
        decode::open(record.method, record.flags, record.size, source, taken)
    }

    /// Large entries, other methods, and whatever is not as declared.
    fn streamed(&self, child: &EntryPath, record: &Record, data: Data) {
        let taken = Cell::new(0);
        let mut reader = match self.decoder(child, record, data, &taken) {
            Ok(reader) => reader,
            Err(error) => return self.walk.tell_failed(child, &error, record.compressed),
        };
        let compressed = Compressed::Known(data.end - data.start);
        let mut capped = Capped::new(self.walk, child, &mut reader, compressed);
        self.walk.stream(child, &mut capped, Some(record.size), self.depth + 1);
        let passed = capped.finish();
        passed.tell(self.walk, child, Some(record.size), data.cut);
        if matches!(passed.end, End::Complete) {
            self.check(child, record, data, passed.bytes, passed.crc);
            let end = data.start.saturating_add(taken.get());
            if decode::shows_end(record.method) && end < data.end {
                self.walk.tell_of(child, Kind::Corrupt, "its data goes on behind the end of the compressed stream");
                let mut tail = Ranged::new(self.walk, self.path, self.blob, end, data.end);
                salvage::run(self.walk, self.path, &mut tail, end, self.depth);
            }
        }
    }

    /// Whether what was read is what the directory says. It is scanned in any case.
    fn check(&self, child: &EntryPath, record: &Record, data: Data, bytes: u64, crc: u32) -> bool {
        if bytes != record.size {
            if data.cut {
                let missing = record.size.saturating_sub(bytes);
                self.walk.tell_unscanned(child, Kind::Truncated, "ends before its data does", missing);
            } else {
                self.walk.tell_of(child, Kind::Corrupt, "has another size than the directory says");
            }
        } else if crc != record.crc {
            self.walk.tell_of(child, Kind::Checksum, "checksum does not match");
        }
        bytes == record.size && crc == record.crc
    }
}

/// Whether deflated data begins like an archive. Only large entries are worth the look: their bytes
/// are reserved before they are inflated, if they are to be held while what they contain is.
fn begins_archive(raw: &[u8]) -> bool {
    let mut head = [0; sniff::HEAD];
    let mut reader = decode::Inflate::new(raw);
    let mut length = 0;
    while length < head.len() {
        match reader.read(&mut head[length..]) {
            Ok(n) if n > 0 => length += n,
            _ => break,
        }
    }
    sniff::head(&head[..length]).is_some()
}
