//! Window: a stream with as much look-ahead as a header needs.

use super::scratch::Scratch;
use std::cell::Cell;
use std::io::{self, BufRead, Read};

const CHUNK: usize = 64 << 10;

/// Reads a source in chunks. Bytes can be looked at before they are taken, and those taken are counted.
pub(super) struct Window<'a> {
    source: &'a mut dyn Read,
    taken: &'a Cell<u64>,
    scratch: Scratch,
    start: usize,
    end: usize,
    ended: bool,
    failed: Option<io::ErrorKind>,
}

impl<'a> Window<'a> {
    /// `taken` goes on from whatever it holds, so that positions can count from a container's start.
    pub(super) fn new(source: &'a mut dyn Read, taken: &'a Cell<u64>) -> Self {
        Self { source, taken, scratch: Scratch::take(), start: 0, end: 0, ended: false, failed: None }
    }

    /// The position of the next byte.
    pub(super) fn position(&self) -> u64 {
        self.taken.get()
    }

    /// The error that ended the source.
    pub(super) fn failed(&self) -> Option<io::Error> {
        self.failed.map(io::Error::from)
    }

    /// The next `length` bytes, or fewer where the source ends. They stay in the window.
    pub(super) fn peek(&mut self, length: usize) -> &[u8] {
        while !self.ended && self.end - self.start < length {
            // Twice the length: the bytes kept are then moved no more often than they are taken.
            let room = self.scratch.get().len().max(length.saturating_mul(2)).max(CHUNK);
            let spent = self.start == self.end || room - self.start < length.max(CHUNK / 2);
            if self.start > 0 && spent {
                let kept = self.end - self.start;
                self.scratch.grow(self.end, self.end).copy_within(self.start.., 0);
                (self.start, self.end) = (0, kept);
            }
            let buffer = self.scratch.grow(self.end, room);
            match self.source.read(&mut buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.end += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failed = Some(error.kind());
                }
            }
        }
        let held = &self.scratch.get()[self.start..self.end];
        &held[..held.len().min(length)]
    }

    /// Whatever is in the window, at least one byte unless the source has ended.
    pub(super) fn available(&mut self) -> &[u8] {
        self.peek(1);
        &self.scratch.get()[self.start..self.end]
    }

    pub(super) fn is_empty(&mut self) -> bool {
        self.available().is_empty()
    }

    /// Takes `length` bytes without looking at them; returns how many there were.
    pub(super) fn skip(&mut self, length: u64) -> u64 {
        let mut left = length;
        while left > 0 {
            let step = self.available().len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if step == 0 {
                break;
            }
            self.consume(step);
            left -= step as u64;
        }
        length - left
    }

    /// Takes the NULs that come next.
    pub(super) fn skip_zeros(&mut self) {
        loop {
            let bytes = self.available();
            let zeros = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
            let all = zeros == bytes.len();
            self.consume(zeros);
            if !all || zeros == 0 {
                return;
            }
        }
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Window<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1);
        if self.start == self.end
            && let Some(error) = self.failed()
        {
            return Err(error);
        }
        Ok(&self.scratch.get()[self.start..self.end])
    }

    fn consume(&mut self, amount: usize) {
        let amount = amount.min(self.end - self.start);
        self.start += amount;
        self.taken.set(self.taken.get() + amount as u64);
    }
}
