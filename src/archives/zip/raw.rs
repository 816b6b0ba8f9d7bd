//! Raw: an archive's bytes as its entries need them, read from a file in few large pieces.

use super::directory::{Directory, Record};
use super::local_header::{LENGTH, LONGEST_DESCRIPTOR};
use crate::archives::nesting::SMALL;
use crate::archives::ranged::slice;
use crate::archives::scratch::Scratch;
use crate::blob::Blob;
use std::io;

/// Entries this far apart are still fetched together.
const NEAR: u64 = 64 << 10;
/// A local header may have a longer extra field than the directory says.
const SLACK: u64 = 64;

/// A piece of the archive. Over a blob in memory it is the blob itself.
pub(super) struct Raw<'b> {
    blob: &'b dyn Blob,
    scratch: Option<Scratch>,
    start: u64,
    length: usize,
    /// How far to read on when a piece has to be fetched.
    ahead: u64,
}

impl<'b> Raw<'b> {
    pub(super) fn new(blob: &'b dyn Blob) -> Self {
        Self { blob, scratch: None, start: 0, length: 0, ahead: 0 }
    }

    /// Plans for the entries that come next in the directory, as far as they lie one behind the other.
    pub(super) fn plan(&mut self, directory: &Directory<'_>, next: &[Record]) {
        let Some(first) = next.first() else { return };
        if self.blob.bytes().is_some() || self.holds(first.offset, LENGTH) {
            return;
        }
        let most = first.offset.saturating_add(SMALL as u64);
        self.ahead = first.offset;
        for record in next {
            let headers = LENGTH + directory.name(record).len() + LONGEST_DESCRIPTOR;
            let end = record.offset.saturating_add(record.compressed).saturating_add(headers as u64 + SLACK);
            if record.offset < first.offset || record.offset > self.ahead.saturating_add(NEAR) || end > most {
                break;
            }
            self.ahead = self.ahead.max(end);
        }
    }

    fn holds(&self, start: u64, length: usize) -> bool {
        start >= self.start
            && start.checked_add(length as u64).is_some_and(|end| end <= self.start + self.length as u64)
    }

    /// Copies bytes from `start`. What is large, and not at hand, is read to where it is wanted.
    pub(super) fn copy(&mut self, start: u64, into: &mut [u8]) -> io::Result<()> {
        if into.len() > SMALL && self.blob.bytes().is_none() && !self.holds(start, into.len()) {
            return self.blob.read_at(start, into);
        }
        into.copy_from_slice(self.get(start, into.len())?.get(..into.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    /// Bytes from `start`, fewer than `length` where the blob ends.
    pub(super) fn get(&mut self, start: u64, length: usize) -> io::Result<&[u8]> {
        let left = self.blob.len().saturating_sub(start);
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(length);
        if length == 0 {
            return Ok(&[]);
        }
        if let Some(bytes) = slice(self.blob, start, start + length as u64) {
            return Ok(bytes);
        }
        let holds = self.holds(start, length);
        let scratch = self.scratch.get_or_insert_with(Scratch::take);
        if !holds {
            let planned = usize::try_from(self.ahead.saturating_sub(start).min(left)).unwrap_or(usize::MAX);
            let fetch = length.max(planned);
            self.length = 0;
            self.blob.read_at(start, scratch.room(fetch))?;
            (self.start, self.length) = (start, fetch);
        }
        let from = (start - self.start) as usize;
        Ok(&scratch.get()[from..from + length])
    }
}
