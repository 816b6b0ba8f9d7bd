//! Capped: a decoded stream under the budget, which remembers how it ended.

use super::nesting::Walk;
use crate::budget::RATIO_FLOOR;
use crate::place::EntryPath;
use crate::trouble::{Kind, Stage, Trouble};
use std::cell::Cell;
use std::io::{self, Read};

/// The error of a reader whose trouble has been told already. It passes through the decoders and
/// readers above, so that one cause is told once.
pub(super) fn told() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

pub(super) fn is_told(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// The compressed bytes that the ratio is taken to.
#[derive(Clone, Copy)]
pub(super) enum Compressed<'a> {
    /// All of them, as the container says and has.
    Known(u64),
    /// Those that the decoder has taken so far.
    SoFar(&'a Cell<u64>),
}

/// How a stream ended.
#[derive(Debug)]
pub(super) enum End {
    /// It was not read to its end.
    Open,
    Complete,
    /// A limit of the entry, by its flag.
    Over(&'static str),
    Failed(io::Error),
    /// A cap of the whole artifact, a stop, or trouble further up that was told there.
    Told,
}

/// Charges what it passes on, and stops at the limits.
pub(super) struct Capped<'a> {
    inner: &'a mut dyn Read,
    walk: &'a Walk<'a>,
    path: &'a EntryPath,
    compressed: Compressed<'a>,
    crc: crc32fast::Hasher,
    produced: u64,
    end: End,
}

/// What is known of a stream when it is done with.
#[derive(Debug)]
pub(super) struct Passed {
    pub(super) bytes: u64,
    pub(super) crc: u32,
    pub(super) end: End,
}

impl<'a> Capped<'a> {
    pub(super) fn new(
        walk: &'a Walk<'a>,
        path: &'a EntryPath,
        inner: &'a mut dyn Read,
        compressed: Compressed<'a>,
    ) -> Self {
        Self { inner, walk, path, compressed, crc: crc32fast::Hasher::new(), produced: 0, end: End::Open }
    }

    pub(super) fn finish(self) -> Passed {
        Passed { bytes: self.produced, crc: self.crc.finalize(), end: self.end }
    }

    /// Reads what is left, so that the source stands behind it.
    pub(super) fn drain(&mut self) {
        let mut buffer = [0; 16 << 10];
        while self.read(&mut buffer).is_ok_and(|n| n > 0) {}
    }

    /// Bytes that may still come, and the flag of the limit that says so.
    fn allowance(&self) -> (u64, &'static str) {
        let limits = &self.walk.budget().limits;
        let compressed = match self.compressed {
            Compressed::Known(bytes) => bytes,
            Compressed::SoFar(bytes) => bytes.get(),
        };
        let by_ratio = compressed.saturating_mul(limits.ratio).max(RATIO_FLOOR);
        let (cap, flag) = if limits.entry_bytes <= by_ratio {
            (limits.entry_bytes, "max-entry-bytes")
        } else {
            (by_ratio, "max-ratio")
        };
        (cap.saturating_sub(self.produced), flag)
    }
}

impl Read for Capped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.end {
            _ if buffer.is_empty() => return Ok(0),
            End::Open => {}
            End::Complete => return Ok(0),
            _ => return Err(told()),
        }
        if self.walk.halted() {
            self.end = End::Told;
            return Err(told());
        }
        let (left, flag) = self.allowance();
        let mut probe = [0];
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = if length == 0 { self.inner.read(&mut probe) } else { self.inner.read(&mut buffer[..length]) };
        match read {
            Ok(0) => {
                self.end = End::Complete;
                Ok(0)
            }
            // More is there, but no more may come. A decoder that has taken more input since may go on.
            Ok(_) if length == 0 => {
                self.end = End::Over(flag);
                Err(told())
            }
            Ok(n) => {
                self.produced += n as u64;
                self.crc.update(&buffer[..n]);
                self.walk.charge_bytes(self.path, n as u64);
                Ok(n)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.end = if is_told(&error) { End::Told } else { End::Failed(error) };
                Err(told())
            }
        }
    }
}

impl Passed {
    /// Tells what kept the stream from being read in full. `declared` is the length it should have;
    /// `cut` says that its source was short, so that an early end is no surprise.
    pub(super) fn tell(&self, walk: &Walk<'_>, path: &EntryPath, declared: Option<u64>, cut: bool) {
        let missing = declared.map(|size| size.saturating_sub(self.bytes)).filter(|&bytes| bytes > 0);
        let trouble = match &self.end {
            End::Open | End::Complete | End::Told => return,
            End::Over(flag) => {
                let cause = match *flag {
                    "max-ratio" => "inflates too far for its compressed size",
                    _ => "inflates to more than an entry may",
                };
                Trouble::new(path, Kind::Limit, Stage::Archive, cause).limit(flag)
            }
            End::Failed(error) => {
                let (kind, cause) = cause(error, cut);
                Trouble::new(path, kind, Stage::Archive, cause)
            }
        };
        walk.tell(match missing {
            Some(bytes) => trouble.unscanned(bytes),
            None => trouble,
        });
    }
}

/// Decoders word their errors in many ways; the report words them in one.
pub(super) fn cause(error: &io::Error, cut: bool) -> (Kind, &'static str) {
    match error.kind() {
        _ if cut => (Kind::Truncated, "ends before its data does"),
        io::ErrorKind::UnexpectedEof => (Kind::Truncated, "compressed data ends early"),
        io::ErrorKind::Unsupported => (Kind::Unsupported, "compressed with an option that is not supported"),
        io::ErrorKind::OutOfMemory => (Kind::Unsupported, "needs a larger dictionary than is allowed"),
        _ if error.to_string().contains("checksum") => (Kind::Checksum, "checksum does not match"),
        _ => (Kind::Corrupt, "compressed data is corrupt"),
    }
}
