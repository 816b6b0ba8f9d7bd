//! Archives: containers, unpacked in memory entry by entry.

use crate::blob::Blob;
use crate::budget::{Budget, Ledger};
use crate::place::EntryPath;
use crate::trouble::Trouble;
pub enum Content<'a> {
    Whole(&'a [u8]),
    Stream { reader: &'a mut dyn std::io::Read, size: Option<u64> },
}
pub trait Visitor: Sync {
    fn wanted(&self, path: &EntryPath) -> bool;
    fn leaf(&self, path: &EntryPath, content: Content<'_>);
    fn container_end(&self, path: &EntryPath, reread: &dyn Reread);
    fn trouble(&self, trouble: Trouble);
    fn progress(&self, compressed_bytes: u64);
    fn stopped(&self) -> bool;
}
pub trait Reread {
    fn read(&self, name: &str) -> Option<Vec<u8>>;
}
pub struct Unpacker<'a> {
    pub budget: &'a Budget,
    pub ledger: &'a Ledger,
    pub visitor: &'a dyn Visitor,
    pub parallel: bool,
}
impl Unpacker<'_> {
    pub fn artifact(&self, _path: &EntryPath, _blob: &dyn Blob) {}
}
