//! Ranged: a range of a blob, read front to back.

use super::capped::told;
use super::nesting::Walk;
use crate::blob::Blob;
use crate::place::EntryPath;
use crate::trouble::Kind;
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

/// One request. Large enough that a spinning disk or S3 does not starve a worker.
const REQUEST: usize = 256 << 10;

/// Reads `start..end` of a blob. What the blob does not give is told as trouble of `path`, once.
pub(super) struct Ranged<'a> {
    walk: &'a Walk<'a>,
    path: &'a EntryPath,
    blob: &'a dyn Blob,
    at: u64,
    end: u64,
    progress: bool,
}

impl<'a> Ranged<'a> {
    pub(super) fn new(walk: &'a Walk<'a>, path: &'a EntryPath, blob: &'a dyn Blob, start: u64, end: u64) -> Self {
        let end = end.min(blob.len());
        Self { walk, path, blob, at: start.min(end), end, progress: false }
    }

    /// Counts what is read as progress of the artifact.
    pub(super) fn with_progress(mut self) -> Self {
        self.progress = true;
        self
    }

    /// Buffered, where the blob is not in memory anyway.
    pub(super) fn buffered(self) -> Box<dyn BufRead + 'a> {
        match slice(self.blob, self.at, self.end) {
            Some(bytes) => Box::new(bytes),
            None => Box::new(BufReader::with_capacity(REQUEST, self)),
        }
    }
}

impl Read for Ranged<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        if length == 0 {
            return Ok(0);
        }
        if let Err(error) = self.blob.read_at(self.at, &mut buffer[..length]) {
            self.walk.tell_unscanned(self.path, Kind::Unreadable, error.to_string(), self.end - self.at);
            self.end = self.at;
            return Err(told());
        }
        self.at += length as u64;
        if self.progress {
            self.walk.progress(length as u64);
        }
        Ok(length)
    }
}

/// A range of a blob that is in memory.
pub(super) fn slice(blob: &dyn Blob, start: u64, end: u64) -> Option<&[u8]> {
    blob.bytes()?.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// The bytes of a range whose length the caller has checked.
pub(super) fn bytes_at(blob: &dyn Blob, start: u64, length: usize) -> io::Result<Cow<'_, [u8]>> {
    let end = start.checked_add(length as u64).filter(|&end| end <= blob.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
    if let Some(bytes) = slice(blob, start, end) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut buffer = vec![0; length];
    blob.read_at(start, &mut buffer)?;
    Ok(Cow::Owned(buffer))
}
