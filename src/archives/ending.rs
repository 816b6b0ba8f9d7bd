//! An ending: the last bytes of a stream that was too large to be held.

use super::zip::end_record::TAIL;
use std::io::{self, Read};

/// Passes a stream on, and keeps as much of its end as the end record of a zip may lie in.
pub(super) struct Ending<R> {
    inner: R,
    bytes: Vec<u8>,
}

impl<R: Read> Ending<R> {
    pub(super) fn of(inner: R) -> Self {
        Self { inner, bytes: Vec::new() }
    }

    /// Of what has been read.
    pub(super) fn last(&self) -> &[u8] {
        &self.bytes[self.bytes.len().saturating_sub(TAIL as usize)..]
    }

    fn keep(&mut self, bytes: &[u8]) {
        let most = TAIL as usize;
        let bytes = &bytes[bytes.len().saturating_sub(most)..];
        // Now and then, so that each byte is moved once.
        if self.bytes.len() + bytes.len() > most * 2 {
            self.bytes.drain(..self.bytes.len().saturating_sub(most - bytes.len()));
        }
        self.bytes.extend_from_slice(bytes);
    }
}

impl<R: Read> Read for Ending<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.keep(&buffer[..read]);
        Ok(read)
    }
}
