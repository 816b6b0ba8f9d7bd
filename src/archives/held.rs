//! Held: the beginning of a stream, as far as it had to be read.

use super::scratch::Scratch;
use std::io::{self, Read};

/// What is read of a stream before it is judged.
pub(super) const PEEK: usize = 64 << 10;

#[derive(Default)]
pub(super) struct Held {
    scratch: Option<Scratch>,
    pub(super) length: usize,
    /// Nothing more will come: the stream ended or failed.
    pub(super) ended: bool,
}

impl Held {
    pub(super) fn get(&self) -> &[u8] {
        self.scratch.as_ref().map_or(&[], |scratch| &scratch.get()[..self.length])
    }

    /// Reads until `target` bytes are held. Room grows with what comes, not with what was promised.
    pub(super) fn fill(&mut self, reader: &mut dyn Read, target: usize) {
        let scratch = self.scratch.get_or_insert_with(Scratch::take);
        while !self.ended && self.length < target {
            if scratch.get().len() == self.length {
                scratch.grow(self.length, target.min((self.length * 2).max(PEEK)));
            }
            let end = target.min(scratch.get().len());
            match reader.read(&mut scratch.grow(self.length, end)[self.length..]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.length += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => self.ended = true,
            }
        }
    }
}
