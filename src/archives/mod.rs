//! Archives: containers, unpacked in memory entry by entry.
//!
//! Nothing is ever written to disk, so a name with `..` or a leading `/` is only a name. What was not
//! read in full is told as [`Trouble`]; what could be read is visited all the same.

mod capped;
mod compressed;
mod cpio;
mod ending;
mod held;
mod kinds;
mod nesting;
mod payload;
mod promise;
mod ranged;
mod scratch;
mod signs;
mod sniff;
mod tar;
mod telling;
mod unread;
mod window;
mod zip;

pub use kinds::is_data;
pub use scratch::wipe;
pub use unread::unread;

use crate::blob::Blob;
use crate::budget::{Budget, Ledger};
use crate::place::EntryPath;
use crate::trouble::Trouble;

/// The content of one leaf.
pub enum Content<'a> {
    /// All of it. The bytes are gone when `leaf` returns.
    Whole(&'a [u8]),
    /// More than `Limits::whole_bytes`: read it piece by piece. An error means that the rest cannot be
    /// had, and has already been told as trouble.
    Stream { reader: &'a mut dyn std::io::Read, size: Option<u64> },
}

/// What the unpacker calls. Leaves of one artifact are visited by many threads at once.
pub trait Visitor: Sync {
    /// Asked before a leaf or nested archive is read.
    fn wanted(&self, path: &EntryPath) -> bool;
    /// Whether there is nothing that `wanted` would say no to, and nothing known.
    fn wants_all(&self) -> bool {
        false
    }
    /// Asked of what is wanted and listed in a directory: whether what is in it is known already, so that
    /// it needs not be read. What is known is not visited.
    fn is_known(&self, _path: &EntryPath, _listed: &Listed) -> bool {
        false
    }
    /// Asked of a listed entry that is all there, before it is decoded.
    fn recognise(&self, _path: &EntryPath, _packed: &Packed<'_>) -> Seen {
        Seen::First(None)
    }
    fn leaf(&self, path: &EntryPath, content: Content<'_>);
    /// A leaf without trouble that `recognise` gave a mark.
    fn marked_leaf(&self, path: &EntryPath, bytes: &[u8], _mark: Mark) {
        self.leaf(path, Content::Whole(bytes));
    }
    /// Called when a listed entry has been read, and all that lies in it.
    fn was_read(&self, _path: &EntryPath, _listed: &Listed) {}
    /// Called once per zip or tar, when all its entries have been visited.
    fn container_end(&self, path: &EntryPath, reread: &dyn Reread);
    fn trouble(&self, trouble: Trouble);
    /// Bytes of the artifact that are done with; in the end they add up to its length.
    fn progress(&self, compressed_bytes: u64);
    fn stopped(&self) -> bool;
}

/// What a directory says of an entry besides its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// CRC-32.
    pub crc: u32,
    pub size: u64,
    pub compressed: u64,
}

/// An entry as it lies in its archive.
#[derive(Clone, Copy, Debug)]
pub struct Packed<'a> {
    /// Of compression (APPNOTE 4.4.5).
    pub method: u16,
    pub listed: Listed,
    /// Compressed.
    pub bytes: &'a [u8],
}

/// What a visitor knows an entry by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark(pub u64);

/// Whether an entry was read before.
pub enum Seen {
    /// There is no use in reading it again. The visitor has counted it.
    Before,
    /// Not, or something came of it.
    First(Option<Mark>),
}

/// A second look at an entry of a container that has just ended.
pub trait Reread {
    /// Inflates the named entry again. `None` if there is no such entry, if it is larger than
    /// `Limits::whole_bytes` or unreadable, or if the container cannot go back (tar, streams).
    fn read(&self, name: &str) -> Option<Vec<u8>>;
    /// The names of its entries; none if the container cannot go back.
    fn names(&self) -> Vec<String>;
}

/// A container that was read front to back.
struct NoReread;

impl Reread for NoReread {
    fn read(&self, _name: &str) -> Option<Vec<u8>> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Unpacks one artifact, or one file embedded in it.
pub struct Unpacker<'a> {
    pub budget: &'a Budget,
    pub ledger: &'a Ledger,
    pub visitor: &'a dyn Visitor,
    /// Whether entries may be spread over the current rayon pool. If not, leaves come in directory order.
    pub parallel: bool,
}

impl Unpacker<'_> {
    /// Visits every leaf of `blob`, whatever containers it lies in.
    ///
    /// Bytes of a zip that its directory does not list are searched for entries too; what is left of
    /// them is visited as a leaf named `%gap-0x…` after its offset in the archive. The same name is given
    /// to what follows the end of a tar or of a compressed stream.
    pub fn artifact(&self, path: &EntryPath, blob: &dyn Blob) {
        nesting::Walk::new(self).blob(path, blob, path.depth());
    }
}
