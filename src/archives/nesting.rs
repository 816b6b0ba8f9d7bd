//! Nesting: one content after the other, recognised and handed to its reader or to the visitor.

use super::ending::Ending;
use super::held::{Held, PEEK};
use super::payload::Behind;
use super::ranged::{Ranged, bytes_at};
use super::scratch::Scratch;
use super::sniff::{self, Format, Suspicion};
use super::zip::end_record::{self, Lookup, Search};
use super::{Content, Mark, Unpacker, compressed, cpio, payload, promise, tar, zip};
use crate::blob::Blob;
use crate::budget::{Budget, Reservation};
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Contents up to this size are not asked of the ledger, and small files are read in one piece.
pub(super) const SMALL: usize = 4 << 20;

pub(super) const TOO_MANY: &str = "has more entries than an artifact may";

/// Where a content lies.
#[derive(Clone, Copy)]
pub(super) struct Spot<'p> {
    pub(super) path: &'p EntryPath,
    /// What it is called: the path's last name, without the ending of a compressed stream around it.
    pub(super) name: &'p str,
    pub(super) depth: usize,
}

impl<'p> Spot<'p> {
    fn of(path: &'p EntryPath, depth: usize) -> Self {
        Self { path, name: path.file_name(), depth }
    }
}

/// The walk through one artifact.
pub(super) struct Walk<'a> {
    pub(super) unpacker: &'a Unpacker<'a>,
    pub(super) cap_told: AtomicBool,
    pub(super) progressed: AtomicU64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(unpacker: &'a Unpacker<'a>) -> Self {
        Self { unpacker, cap_told: AtomicBool::new(false), progressed: AtomicU64::new(0) }
    }

    pub(super) fn budget(&self) -> &'a Budget {
        self.unpacker.budget
    }

    /// The artifact itself, or a file embedded in one of its leaves.
    pub(super) fn blob(&self, path: &EntryPath, blob: &dyn Blob, depth: usize) {
        if self.halted() {
            return;
        }
        match blob.bytes() {
            // Whoever opened the artifact has taken memory for it; nobody has for a file in one of its leaves.
            Some(bytes) if depth == 0 => self.content(Spot::of(path, depth), bytes, true, None),
            Some(bytes) => {
                self.holding(path, bytes, || self.content(Spot::of(path, depth), bytes, true, None));
            }
            None => self.file(path, blob, depth),
        }
        if depth == 0 {
            self.progress(blob.len().saturating_sub(self.progressed.load(Ordering::Relaxed)));
        }
    }

    fn file(&self, path: &EntryPath, blob: &dyn Blob, depth: usize) {
        let length = blob.len();
        let read = if length <= SMALL as u64 {
            let mut scratch = Scratch::take();
            let bytes = scratch.room(length as usize);
            blob.read_at(0, bytes).map(|()| self.bytes(path, bytes, depth))
        } else {
            bytes_at(blob, 0, sniff::HEAD).and_then(|head| {
                if self.is_zip(&head, blob)? {
                    self.zip(path, blob, depth);
                } else {
                    blob.read_ahead(&mut std::iter::once(0..length));
                    let mut reader = Ranged::new(self, path, blob, 0, length);
                    if depth == 0 {
                        reader = reader.with_progress();
                    }
                    self.stream(path, &mut reader, Some(length), depth);
                }
                Ok(())
            })
        };
        if let Err(error) = read {
            self.tell_unscanned(path, Kind::Unreadable, error.to_string(), length);
        }
    }

    /// Whether a content is a zip, by its head or, where that leaves doubt, by its end.
    fn is_zip(&self, head: &[u8], blob: &dyn Blob) -> io::Result<bool> {
        if let Some(format) = sniff::head(head) {
            return Ok(format == Format::Zip);
        }
        let search = match sniff::suspicion(head) {
            Suspicion::Tail => Search::Tail,
            Suspicion::Whole => Search::Whole,
        };
        Ok(matches!(end_record::find(blob, search)?, Lookup::Found(end) if end.entries > 0))
    }

    /// A content in memory. If it is large and begins like an archive, room has been taken for it.
    pub(super) fn bytes(&self, path: &EntryPath, bytes: &[u8], depth: usize) {
        self.content(Spot::of(path, depth), bytes, false, None);
    }

    /// A content that may turn out to be a leaf with a mark.
    pub(super) fn marked(&self, path: &EntryPath, bytes: &[u8], depth: usize, mark: Option<Mark>) {
        self.content(Spot::of(path, depth), bytes, false, mark);
    }

    /// A content in memory; `has_room` says that room has been taken for it, whatever it is.
    fn content(&self, spot: Spot<'_>, bytes: &[u8], has_room: bool, mark: Option<Mark>) {
        let Spot { path, depth, .. } = spot;
        let head = &bytes[..bytes.len().min(sniff::HEAD)];
        let leaf = || {
            if self.is_as_named(spot, bytes, Some(bytes.len() as u64))
                && let Some(mark) = mark
            {
                self.unpacker.visitor.marked_leaf(path, bytes, mark);
            } else {
                self.leaf(path, bytes);
            }
        };
        match sniff::head(head) {
            None if payload::offset(bytes).is_some() => self.with_payload(spot, bytes),
            None if !zip::may_be_in(bytes) => leaf(),
            None if self.is_zip(head, &bytes).unwrap_or(false) => {
                let open = || self.zip(path, &bytes, depth);
                if has_room {
                    open();
                } else if !self.holding(path, bytes, open) {
                    self.leaf(path, bytes);
                }
            }
            None if zip::has_entries(bytes) => {
                // Without a mark: what lies in it is to be found wherever it comes again.
                self.leaf(path, bytes);
                self.holding(path, bytes, || {
                    if self.may_open(path, Some(bytes.len() as u64), depth) {
                        zip::unpack_within(self, path, bytes, depth);
                    }
                });
            }
            None => leaf(),
            Some(Format::Zip) => self.zip(path, &bytes, depth),
            Some(Format::Foreign(what)) => {
                self.tell(Trouble::new(path, Kind::Unsupported, Stage::Archive, what).unscanned(bytes.len() as u64));
                self.leaf(path, bytes);
            }
            _ => self.own_stream(spot, &mut &*bytes, Some(bytes.len() as u64)),
        }
    }

    /// A program or script, and the archive that stands behind it.
    fn with_payload(&self, spot: Spot<'_>, bytes: &[u8]) {
        let (front, behind) = bytes.split_at(payload::offset(bytes).unwrap_or(bytes.len()).min(bytes.len()));
        self.leaf(spot.path, front);
        self.gap(spot.path, front.len() as u64, &mut &*behind, spot.depth);
    }

    /// Whether a content that is a leaf is what its name says; else it is told.
    fn is_as_named(&self, spot: Spot<'_>, bytes: &[u8], length: Option<u64>) -> bool {
        let head = &bytes[..bytes.len().min(sniff::HEAD)];
        let trouble = if let Some(what) = sniff::far(bytes) {
            Some((Kind::Unsupported, what.to_owned()))
        } else {
            promise::broken(spot.name, head, length)
        };
        let is_fine = trouble.is_none();
        if let Some((kind, cause)) = trouble {
            let trouble = Trouble::new(spot.path, kind, Stage::Archive, cause);
            let unread = length.filter(|_| kind == Kind::Unsupported);
            self.tell(if let Some(bytes) = unread { trouble.unscanned(bytes) } else { trouble });
        }
        is_fine
    }

    /// A content that comes piece by piece. Errors of the reader have been told by whoever made it.
    pub(super) fn stream(&self, path: &EntryPath, reader: &mut dyn Read, size: Option<u64>, depth: usize) {
        self.own_stream(Spot::of(path, depth), reader, size);
    }

    /// What came out of a compressed stream, of another name than the stream.
    pub(super) fn inside(&self, path: &EntryPath, name: &str, reader: &mut dyn Read, depth: usize) {
        self.own_stream(Spot { path, name, depth }, reader, None);
    }

    fn own_stream(&self, spot: Spot<'_>, reader: &mut dyn Read, size: Option<u64>) {
        let Spot { path, depth, .. } = spot;
        let mut held = Held::default();
        held.fill(reader, PEEK);
        match sniff::head(held.get()) {
            Some(Format::Tar) if self.may_open(path, size, depth) => {
                tar::unpack(self, path, &mut held.get().chain(reader), depth);
            }
            Some(Format::Cpio) if self.may_open(path, size, depth) => {
                cpio::unpack(self, path, &mut held.get().chain(reader), depth);
            }
            Some(Format::Compressed(codec)) if self.may_open(path, size, depth) => {
                compressed::unpack(self, spot, codec, &mut held.get().chain(reader));
            }
            Some(Format::Tar | Format::Cpio | Format::Compressed(_)) => {}
            _ if held.ended => self.content(spot, held.get(), false, None),
            Some(Format::Zip) => {
                if self.may_open(path, size, depth) && !self.held_whole(spot, &mut held, reader, size) {
                    zip::unpack_stream(self, path, &mut held.get().chain(reader), depth);
                }
            }
            Some(Format::Foreign(what)) => {
                let trouble = Trouble::new(path, Kind::Unsupported, Stage::Archive, what);
                self.tell(if let Some(size) = size { trouble.unscanned(size) } else { trouble });
                self.leaf_stream(Spot { name: "", ..spot }, &mut held, reader, size, false);
            }
            None if payload::in_script(held.get()).is_some() => {
                let at = payload::in_script(held.get()).unwrap_or_default().min(held.length);
                let (front, behind) = held.get().split_at(at);
                self.leaf(path, front);
                self.gap(path, at as u64, &mut behind.chain(reader), depth);
            }
            None if sniff::suspicion(held.get()) == Suspicion::Whole => {
                if !self.held_whole(spot, &mut held, reader, size) {
                    self.leaf_stream(spot, &mut held, reader, size, false);
                }
            }
            None => self.leaf_stream(spot, &mut held, reader, size, true),
        }
    }

    /// Takes all of a stream into memory, if the ledger has room, and goes on with the bytes.
    fn held_whole(&self, spot: Spot<'_>, held: &mut Held, reader: &mut dyn Read, size: Option<u64>) -> bool {
        let mut reserved: Vec<Reservation<'_>> = Vec::new();
        let mut room = SMALL as u64;
        // One byte more than the size shows the end of the stream.
        let mut target = size.map_or(room, |size| size.saturating_add(1));
        loop {
            if target > room {
                let Some(reservation) = self.reserve(target - room) else { return false };
                reserved.push(reservation);
                room = target;
            }
            held.fill(reader, usize::try_from(target).unwrap_or(usize::MAX));
            if held.ended {
                self.content(spot, held.get(), true, None);
                return true;
            }
            target = target.saturating_mul(2).max(room);
        }
    }

    /// Opens what stays in memory meanwhile; false if there is no room for it, which has been told.
    fn holding(&self, path: &EntryPath, bytes: &[u8], open: impl FnOnce()) -> bool {
        let length = bytes.len() as u64;
        let reservation = if bytes.len() > SMALL { self.reserve(length) } else { None };
        let fits = bytes.len() <= SMALL || reservation.is_some();
        if fits {
            open();
        } else {
            let cause = "no memory to hold it while what lies in it is read";
            self.tell(Trouble::new(path, Kind::Limit, Stage::Archive, cause).limit("max-memory").unscanned(length));
        }
        fits
    }

    /// Memory for what would be read in another way without it.
    pub(super) fn reserve(&self, bytes: u64) -> Option<Reservation<'a>> {
        let reservation = self.unpacker.ledger.try_take(bytes);
        // What does not fit an empty ledger never will.
        if reservation.is_none() && bytes <= self.unpacker.ledger.capacity() {
            self.budget().fall_short();
        }
        reservation
    }

    /// A leaf that may still turn out to end like a zip, if `is_open`.
    fn leaf_stream(&self, spot: Spot<'_>, held: &mut Held, reader: &mut dyn Read, size: Option<u64>, is_open: bool) {
        let path = spot.path;
        let whole = usize::try_from(self.budget().limits.whole_bytes).unwrap_or(usize::MAX);
        held.fill(reader, whole.saturating_add(1));
        if !held.ended || held.length > whole {
            self.is_as_named(spot, held.get(), size);
            let mut behind = Behind::of(held.get().chain(reader), held.get());
            let mut reader = Ending::of(&mut behind);
            self.unpacker.visitor.leaf(path, Content::Stream { reader: &mut reader, size });
            if end_record::is_in(reader.last()) {
                self.tell_of(path, Kind::Limit, "ends like a zip, and is too large to be held: not unpacked");
            } else if behind.is_archive() {
                self.tell_of(
                    path,
                    Kind::Limit,
                    "an archive behind a program that is too large to be held: not unpacked",
                );
            }
        } else if is_open {
            self.content(spot, held.get(), false, None);
        } else {
            self.leaf(path, held.get());
        }
    }

    /// A leaf in memory. Above `whole_bytes` it is a stream, as it is when it comes from a file.
    pub(super) fn leaf(&self, path: &EntryPath, bytes: &[u8]) {
        let visitor = self.unpacker.visitor;
        if bytes.len() as u64 <= self.budget().limits.whole_bytes {
            visitor.leaf(path, Content::Whole(bytes));
        } else {
            visitor.leaf(path, Content::Stream { reader: &mut &*bytes, size: Some(bytes.len() as u64) });
        }
    }

    /// Bytes that belong to no entry of the container at `path`: unpacked if they are an archive, else a leaf.
    pub(super) fn gap(&self, path: &EntryPath, offset: u64, reader: &mut dyn Read, depth: usize) {
        if let Some(child) = self.gap_entry(path, offset) {
            self.stream(&child, reader, None, depth + 1);
        }
    }

    /// Like `gap`, for bytes that are known to be a broken archive.
    pub(super) fn leaf_gap(&self, path: &EntryPath, offset: u64, reader: &mut dyn Read) {
        if let Some(child) = self.gap_entry(path, offset) {
            self.leaf_stream(Spot { path: &child, name: "", depth: 0 }, &mut Held::default(), reader, None, false);
        }
    }

    fn gap_entry(&self, path: &EntryPath, offset: u64) -> Option<EntryPath> {
        let child = path.child(format!("%gap-{offset:#x}").as_bytes());
        (!self.halted() && self.wanted(&child) && self.charge_entry(&child)).then_some(child)
    }

    /// Like `gap`, for bytes in which local headers have been looked for already.
    pub(super) fn searched_gap(&self, path: &EntryPath, offset: u64, bytes: &[u8], depth: usize) {
        if let Some(child) = self.gap_entry(path, offset) {
            match sniff::head(&bytes[..bytes.len().min(sniff::HEAD)]) {
                None | Some(Format::Zip) => self.leaf(&child, bytes),
                Some(_) => self.bytes(&child, bytes, depth + 1),
            }
        }
    }

    fn zip(&self, path: &EntryPath, blob: &dyn Blob, depth: usize) {
        if self.may_open(path, Some(blob.len()), depth) {
            zip::unpack(self, path, blob, depth);
        }
    }

    fn may_open(&self, path: &EntryPath, size: Option<u64>, depth: usize) -> bool {
        let fits = depth <= self.budget().limits.depth;
        if !fits {
            let trouble = Trouble::new(path, Kind::Limit, Stage::Archive, "nested too deeply").limit("max-depth");
            self.tell(if let Some(size) = size { trouble.unscanned(size) } else { trouble });
        }
        fits
    }
}
