//! A blob: bytes of known length that can be read by range. A file is one; so is an object in S3.

use std::io;
use std::ops::{Deref, Range};

/// Positioned reads, so that many workers can share one blob without a cursor.
pub trait Blob: Send + Sync {
    fn len(&self) -> u64;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buffer` from `offset`; fewer bytes than asked for is `UnexpectedEof`.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// The whole content, if it is in memory already.
    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    /// Told before they are read, which ranges will be: what is far away can be fetched ahead. Whoever
    /// has it at hand does not look at them.
    fn read_ahead(&self, _ranges: &mut dyn Iterator<Item = Range<u64>>) {}

    /// Whether no further byte can be had: there is no use in trying the next entry.
    fn is_lost(&self) -> bool {
        false
    }

    /// Whether its content changed while it was read, so that what was read is of two versions.
    fn is_stale(&self) -> bool {
        false
    }
}

/// Bytes in memory: an inflated nested archive.
impl Blob for &[u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(self.get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }
}

/// Bytes in memory that are its own: a small file, standard input, or an object that was fetched whole.
pub struct InMemory<B>(pub B);

impl<B: Deref<Target: AsRef<[u8]>> + Send + Sync> Blob for InMemory<B> {
    fn len(&self) -> u64 {
        self.0.as_ref().len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.0.as_ref().read_at(offset, buffer)
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(self.0.as_ref())
    }
}
