//! Decoding: an entry's data by its compression method (APPNOTE 4.4.5).

use crate::archives::compressed::Decoder;
use crate::archives::sniff::Codec;
use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::{DecompressionError, Decompressor};
use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Cursor, Read};

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;
const BZIP2: u16 = 12;
pub(super) const LZMA: u16 = 14;
const ZSTD: u16 = 93;
const XZ: u16 = 95;
/// WinZip's marker for encryption: the true method is in an extra field.
pub(super) const AES: u16 = 99;

/// APPNOTE 4.4.4, bit 1 of LZMA data: an end marker shows where it ends.
pub(super) const END_MARKER: u16 = 1 << 1;

/// No deflate stream inflates to more than this many times its length.
const DEFLATE_RATIO: u64 = 1032;

thread_local! {
    static INFLATER: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

/// Whether APPNOTE knows the method at all.
pub(super) fn is_registered(method: u16) -> bool {
    matches!(method, 0..=10 | 12 | 14 | 16 | 18..=20 | 93..=99)
}

pub(super) fn is_supported(method: u16) -> bool {
    matches!(method, STORED | DEFLATED | BZIP2 | LZMA | ZSTD | XZ)
}

/// Room for what `compressed` bytes of deflate data can inflate to, if that is less than declared.
pub(super) fn deflate_room(compressed: u64, declared: u64) -> usize {
    let most = compressed.saturating_mul(DEFLATE_RATIO).saturating_add(1);
    usize::try_from(declared.min(most)).unwrap_or(usize::MAX)
}

/// Whether data of the method shows where it ends.
pub(super) fn shows_end(method: u16) -> bool {
    method != STORED
}

/// Whether data can be decoded of which nobody says how long its content is.
pub(super) fn needs_no_size(method: u16, flags: u16) -> bool {
    is_supported(method) && shows_end(method) && (method != LZMA || flags & END_MARKER != 0)
}

/// Inflates a gzip member in one piece.
pub(super) fn inflate(member: &[u8], out: &mut [u8]) -> Result<usize, DecompressionError> {
    INFLATER.with(|inflater| match inflater.try_borrow_mut() {
        Ok(mut inflater) => inflater.gzip_decompress(member, out),
        Err(_) => Decompressor::new().gzip_decompress(member, out),
    })
}

/// A reader of an entry's content, which leaves its source right behind the stream. `taken` counts what it takes
/// of the source.
pub(super) fn open<'a, R: BufRead + 'a>(
    method: u16,
    flags: u16,
    size: u64,
    source: R,
    taken: &'a Cell<u64>,
) -> io::Result<Box<dyn Read + 'a>> {
    let mut source = Counted { source, taken };
    Ok(match method {
        STORED => Box::new(source),
        DEFLATED => Box::new(Inflate::new(source)),
        BZIP2 => Box::new(Decoder::open(Codec::Bzip2, source)?),
        ZSTD => Box::new(Decoder::open(Codec::Zstd, source)?),
        XZ => Box::new(Decoder::open(Codec::Xz, source)?),
        LZMA => {
            // APPNOTE 5.8.8: version, length of the properties, properties. The size that an `.lzma`
            // file has behind them is left out; bit 1 says that an end marker takes its place.
            let mut header = [0; 9];
            source.read_exact(&mut header)?;
            let &[_, _, 5, 0, ref properties @ ..] = &header else {
                return Err(io::ErrorKind::Unsupported.into());
            };
            let size = if flags & END_MARKER != 0 { u64::MAX } else { size };
            let mut alone = properties.to_vec();
            alone.extend(size.to_le_bytes());
            Box::new(Decoder::lzma_alone(Cursor::new(alone).chain(source))?)
        }
        _ => return Err(io::ErrorKind::Unsupported.into()),
    })
}

/// A source whose bytes are counted as they are taken.
struct Counted<'a, R> {
    source: R,
    taken: &'a Cell<u64>,
}

impl<R: BufRead> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.source.consume(amount);
        self.taken.set(self.taken.get() + amount as u64);
    }
}

/// A raw deflate stream. Unlike flate2's own reader it says when the data ends before the stream does,
/// and it leaves its source right behind the stream.
pub(super) struct Inflate<R> {
    source: R,
    state: Decompress,
    done: bool,
}

impl<R: BufRead> Inflate<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, state: Decompress::new(false), done: false }
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while !self.done {
            let input = self.source.fill_buf()?;
            let ended = input.is_empty();
            let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, buffer, FlushDecompress::None);
            let taken = (self.state.total_in() - before_in) as usize;
            let produced = (self.state.total_out() - before_out) as usize;
            self.source.consume(taken);
            self.done = matches!(status, Ok(Status::StreamEnd));
            // What came out in front of an error counts; the next call meets the error again.
            if produced > 0 {
                return Ok(produced);
            }
            if status.is_err() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if !self.done && ended {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if !self.done && taken == 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(0)
    }
}
