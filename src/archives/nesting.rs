//! Nesting: one content after the other, recognised and handed to its reader or to the visitor.

use super::capped::{cause, is_told};
use super::ending::Ending;
use super::held::{Held, PEEK};
use super::ranged::{Ranged, bytes_at};
use super::scratch::Scratch;
use super::sniff::{self, Format, Suspicion};
use super::zip::end_record::{self, Lookup, Search};
use super::{Content, Mark, Unpacker, compressed, tar, zip};
use crate::blob::Blob;
use crate::budget::{Budget, Reservation};
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Contents up to this size are not asked of the ledger, and small files are read in one piece.
pub(super) const SMALL: usize = 4 << 20;

const TOO_MANY: &str = "has more entries than an artifact may";

/// The walk through one artifact.
pub(super) struct Walk<'a> {
    pub(super) unpacker: &'a Unpacker<'a>,
    cap_told: AtomicBool,
    progressed: AtomicU64,
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
            Some(bytes) if depth == 0 => self.content(path, bytes, depth, true, None),
            Some(bytes) => {
                self.holding(path, bytes, || self.content(path, bytes, depth, true, None));
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
        self.content(path, bytes, depth, false, None);
    }

    /// A content that may turn out to be a leaf with a mark.
    pub(super) fn marked(&self, path: &EntryPath, bytes: &[u8], depth: usize, mark: Option<Mark>) {
        self.content(path, bytes, depth, false, mark);
    }

    /// A content in memory; `has_room` says that room has been taken for it, whatever it is.
    fn content(&self, path: &EntryPath, bytes: &[u8], depth: usize, has_room: bool, mark: Option<Mark>) {
        let head = &bytes[..bytes.len().min(sniff::HEAD)];
        let leaf = || match mark {
            Some(mark) => self.unpacker.visitor.marked_leaf(path, bytes, mark),
            None => self.leaf(path, bytes),
        };
        match sniff::head(head) {
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
            _ => self.stream(path, &mut &*bytes, Some(bytes.len() as u64), depth),
        }
    }

    /// A content that comes piece by piece. Errors of the reader have been told by whoever made it.
    pub(super) fn stream(&self, path: &EntryPath, reader: &mut dyn Read, size: Option<u64>, depth: usize) {
        let mut held = Held::default();
        held.fill(reader, PEEK);
        match sniff::head(held.get()) {
            Some(Format::Tar) if self.may_open(path, size, depth) => {
                tar::unpack(self, path, &mut held.get().chain(reader), depth);
            }
            Some(Format::Compressed(codec)) if self.may_open(path, size, depth) => {
                compressed::unpack(self, path, codec, &mut held.get().chain(reader), depth);
            }
            Some(Format::Tar | Format::Compressed(_)) => {}
            _ if held.ended => self.bytes(path, held.get(), depth),
            Some(Format::Zip) => {
                if self.may_open(path, size, depth) && !self.held_whole(path, &mut held, reader, size, depth) {
                    zip::unpack_stream(self, path, &mut held.get().chain(reader), depth);
                }
            }
            Some(Format::Foreign(what)) => {
                let trouble = Trouble::new(path, Kind::Unsupported, Stage::Archive, what);
                self.tell(if let Some(size) = size { trouble.unscanned(size) } else { trouble });
                self.leaf_stream(path, &mut held, reader, size, None);
            }
            None if sniff::suspicion(held.get()) == Suspicion::Whole => {
                if !self.held_whole(path, &mut held, reader, size, depth) {
                    self.leaf_stream(path, &mut held, reader, size, None);
                }
            }
            None => self.leaf_stream(path, &mut held, reader, size, Some(depth)),
        }
    }

    /// Takes all of a stream into memory, if the ledger has room, and goes on with the bytes.
    fn held_whole(
        &self,
        path: &EntryPath,
        held: &mut Held,
        reader: &mut dyn Read,
        size: Option<u64>,
        depth: usize,
    ) -> bool {
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
                self.content(path, held.get(), depth, true, None);
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

    /// A leaf that may still turn out to end like a zip, if `depth` is given.
    fn leaf_stream(
        &self,
        path: &EntryPath,
        held: &mut Held,
        reader: &mut dyn Read,
        size: Option<u64>,
        depth: Option<usize>,
    ) {
        let whole = usize::try_from(self.budget().limits.whole_bytes).unwrap_or(usize::MAX);
        held.fill(reader, whole.saturating_add(1));
        if !held.ended || held.length > whole {
            let mut reader = Ending::of(held.get().chain(reader));
            self.unpacker.visitor.leaf(path, Content::Stream { reader: &mut reader, size });
            if end_record::is_in(reader.last()) {
                self.tell_of(path, Kind::Limit, "ends like a zip, and is too large to be held: not unpacked");
            }
        } else if let Some(depth) = depth {
            self.bytes(path, held.get(), depth);
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
            self.leaf_stream(&child, &mut Held::default(), reader, None, None);
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

/// Trouble, limits and progress.
impl Walk<'_> {
    /// Whether to stop before the next entry.
    pub(super) fn halted(&self) -> bool {
        self.budget().exhausted() || self.unpacker.visitor.stopped()
    }

    pub(super) fn wants_all(&self) -> bool {
        self.unpacker.visitor.wants_all()
    }

    pub(super) fn wanted(&self, path: &EntryPath) -> bool {
        self.unpacker.visitor.wanted(path)
    }

    /// Charges inflated bytes. What was read is visited all the same; then the walk halts.
    pub(super) fn charge_bytes(&self, path: &EntryPath, bytes: u64) {
        if !self.budget().charge_bytes(bytes) {
            self.tell_cap(path, "max-artifact-bytes", "inflates to more than an artifact may");
        }
    }

    pub(super) fn charge_entry(&self, path: &EntryPath) -> bool {
        let fits = self.budget().charge_entry();
        if !fits {
            self.tell_cap(path, "max-entries", TOO_MANY);
        }
        fits
    }

    /// A cap of the whole artifact is told of the artifact, and once: a file embedded in a leaf that
    /// hits it tells the very same.
    fn tell_cap(&self, path: &EntryPath, flag: &str, cause: &str) {
        if !self.cap_told.swap(true, Ordering::Relaxed) {
            self.tell(Trouble::new(&path.root(), Kind::Limit, Stage::Archive, cause).limit(flag));
        }
    }

    /// A directory that lists more entries than an artifact may have was not even read to its end.
    pub(super) fn tell_entries_cap(&self, path: &EntryPath) {
        self.tell_cap(path, "max-entries", TOO_MANY);
    }

    /// A decoder that could not begin.
    pub(super) fn tell_failed(&self, path: &EntryPath, error: &io::Error, unscanned: u64) {
        if !is_told(error) {
            let (kind, cause) = cause(error, false);
            self.tell_unscanned(path, kind, cause, unscanned);
        }
    }

    pub(super) fn tell(&self, trouble: Trouble) {
        self.unpacker.visitor.trouble(trouble);
    }

    pub(super) fn tell_of(&self, path: &EntryPath, kind: Kind, cause: impl Into<String>) {
        self.tell(Trouble::new(path, kind, Stage::Archive, cause));
    }

    pub(super) fn tell_unscanned(&self, path: &EntryPath, kind: Kind, cause: impl Into<String>, bytes: u64) {
        self.tell(Trouble::new(path, kind, Stage::Archive, cause).unscanned(bytes));
    }

    /// Bytes of the artifact, not of what is nested in it.
    pub(super) fn progress(&self, bytes: u64) {
        if bytes > 0 {
            self.progressed.fetch_add(bytes, Ordering::Relaxed);
            self.unpacker.visitor.progress(bytes);
        }
    }
}
