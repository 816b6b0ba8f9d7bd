//! Ranged: a range of a blob, read front to back.

use super::nesting::Walk;
use crate::blob::Blob;
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

/// One request. Large enough that a spinning disk or S3 does not starve a worker.
const REQUEST: usize = 256 << 10;

/// Reads `start..end` of a blob, and tells the progress if it is the artifact's own.
pub(super) struct Ranged<'a> {
    blob: &'a dyn Blob,
    at: u64,
    end: u64,
    progress: Option<&'a Walk<'a>>,
}

impl<'a> Ranged<'a> {
    pub(super) fn new(blob: &'a dyn Blob, start: u64, end: u64) -> Self {
        let end = end.min(blob.len());
        Self { blob, at: start.min(end), end, progress: None }
    }

    pub(super) fn with_progress(mut self, walk: Option<&'a Walk<'a>>) -> Self {
        self.progress = walk;
        self
    }

    /// A buffered reader of a range; over memory there is nothing to buffer.
    pub(super) fn open(blob: &'a dyn Blob, start: u64, end: u64) -> Box<dyn BufRead + 'a> {
        let ranged = Self::new(blob, start, end);
        match blob.bytes().and_then(|bytes| bytes.get(usize::try_from(ranged.at).ok()?..usize::try_from(ranged.end).ok()?)) {
            Some(bytes) => Box::new(bytes),
            None => Box::new(BufReader::with_capacity(REQUEST, ranged)),
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
        self.blob.read_at(self.at, &mut buffer[..length])?;
        self.at += length as u64;
        if let Some(walk) = self.progress {
            walk.progress(length as u64);
        }
        Ok(length)
    }
}

/// The bytes of a range that the caller has checked to be small.
pub(super) fn bytes_at(blob: &dyn Blob, start: u64, length: usize) -> io::Result<Cow<'_, [u8]>> {
    let end = start.checked_add(length as u64).filter(|&end| end <= blob.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
    if let Some(bytes) = blob.bytes() {
        let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        return bytes.get(start..end).map(Cow::Borrowed).ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
    }
    let mut buffer = vec![0; length];
    blob.read_at(start, &mut buffer)?;
    Ok(Cow::Owned(buffer))
}
