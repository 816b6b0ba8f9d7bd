//! Compressed: gzip, bzip2, xz, lzma, zstd, lz4 and zlib streams, read over all their members.

use super::capped::{Capped, Compressed, End};
use super::nesting::{Spot, Walk};
use super::promise;
use super::sniff::{self, Codec};
use super::window::Window;
use crate::place::EntryPath;
use crate::trouble::Kind;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Memory that a stream may ask for to decode it: `xz -9` and `zstd --ultra --long=27` pass.
const DICTIONARY_BYTES: u64 = 128 << 20;
const STEP: usize = 8 << 10;
/// As much as tools put into frames of their own, to tell the size of the next.
const TRIFLE: u64 = 8;

/// Unpacks a compressed stream. Its content keeps the path: `x.json.gz` is a leaf.
pub(super) fn unpack(walk: &Walk<'_>, spot: Spot<'_>, codec: Codec, reader: &mut dyn Read) {
    let Spot { path, name, depth } = spot;
    let taken = Cell::new(0);
    let source = Window::new(reader, &taken);
    let mut members = Members { walk, path, codec, depth, state: State::Between(source), first: true };
    let mut capped = Capped::new(walk, path, &mut members, Compressed::SoFar(&taken));
    walk.inside(path, promise::inside(name), &mut capped, depth + 1);
    let passed = capped.finish();
    passed.tell(walk, path, None, false);
    if matches!(passed.end, End::Complete)
        && let State::Between(mut rest) = members.state
        && !rest.is_empty()
    {
        let head = rest.peek(sniff::HEAD);
        if sniff::head(head).is_none() && promise::is_binary(head) {
            walk.tell_of(path, Kind::Corrupt, "what follows its end is neither another stream nor a text");
        }
        walk.gap(path, rest.position(), &mut rest, depth);
    }
}

/// The members of a stream, one after the other, as the command line tools read them.
struct Members<'a> {
    walk: &'a Walk<'a>,
    path: &'a EntryPath,
    codec: Codec,
    depth: usize,
    state: State<'a>,
    first: bool,
}

enum State<'a> {
    Between(Window<'a>),
    Inside(Box<Decoder<Window<'a>>>),
    Failed,
}

impl<'a> Members<'a> {
    /// Whether another member begins here. Padding by NULs is allowed in front of all but the first.
    fn more(&mut self, source: &mut Window<'_>) -> bool {
        if std::mem::take(&mut self.first) {
            return true;
        }
        source.skip_zeros();
        let codec = self.codec;
        source.peek(4).len() == 4
            && match codec {
                Codec::Zstd => sniff::is_zstd_magic(source.peek(4)),
                Codec::Lz4 => sniff::is_lz4_magic(source.peek(4)),
                _ => sniff::head(source.peek(sniff::HEAD)) == Some(sniff::Format::Compressed(codec)),
            }
    }

    /// RFC 8878 3.1.2: a frame of user data. Decoders pass over it, so that it may hold anything.
    fn skippable(&self, source: &mut Window<'_>) -> io::Result<bool> {
        let &[0x50..=0x5F, 0x2A, 0x4D, 0x18, a, b, c, d] = source.peek(8) else { return Ok(false) };
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        source.skip(8);
        let (start, end) = (source.position(), source.position() + length);
        if length > TRIFLE {
            self.walk.gap(self.path, start, &mut (&mut *source).take(length), self.depth);
        }
        source.skip(end - source.position());
        if source.position() < end {
            return Err(source.failed().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()));
        }
        Ok(true)
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Failed) {
                State::Failed => return Err(io::ErrorKind::InvalidData.into()),
                State::Between(mut source) => {
                    if !self.more(&mut source) {
                        let failed = source.failed();
                        self.state = State::Between(source);
                        return failed.map_or(Ok(0), Err);
                    }
                    if matches!(self.codec, Codec::Zstd | Codec::Lz4) && self.skippable(&mut source)? {
                        self.state = State::Between(source);
                    } else {
                        self.state = State::Inside(Box::new(Decoder::open(self.codec, source)?));
                    }
                }
                State::Inside(mut decoder) => match decoder.read(buffer) {
                    Ok(0) => {
                        if !decoder.checksum_fits() {
                            self.walk.tell_of(self.path, Kind::Checksum, "checksum does not match");
                        }
                        self.state = State::Between(decoder.into_source());
                    }
                    Ok(n) => {
                        self.state = State::Inside(decoder);
                        return Ok(n);
                    }
                    // The decoder stands behind the member: what follows can still be read.
                    Err(error) if self.codec == Codec::Gzip && error.to_string().contains("checksum") => {
                        self.walk.tell_of(self.path, Kind::Checksum, "checksum does not match");
                        self.state = State::Between(decoder.into_source());
                    }
                    Err(error) => {
                        let mut source = decoder.into_source();
                        return Err(match source.failed() {
                            Some(failed) => failed,
                            // Some decoders do not tell a source that ends from one that is wrong.
                            None if source.is_empty() && error.kind() == io::ErrorKind::Other => {
                                io::ErrorKind::UnexpectedEof.into()
                            }
                            None => error,
                        });
                    }
                },
            }
        }
    }
}

/// A decoder of one member, which leaves its source right behind it.
///
/// What a failing call has put out is lost, so every call is for one step, whatever the caller asks
/// for: how much of a broken stream is read must not depend on the size of a buffer.
pub(super) struct Decoder<R: BufRead> {
    method: Method<R>,
    step: Box<[u8; STEP]>,
    /// What of the step has not been passed on.
    rest: Range<usize>,
}

enum Method<R: BufRead> {
    Gzip(flate2::bufread::GzDecoder<R>),
    Bzip2(bzip2::bufread::BzDecoder<R>),
    Xz(liblzma::bufread::XzDecoder<R>),
    Zstd(Box<StreamingDecoder<R, FrameDecoder>>),
    Lz4(Box<Lz4<R>>),
    Zlib(flate2::bufread::ZlibDecoder<R>),
}

impl<R: BufRead> Decoder<R> {
    fn new(method: Method<R>) -> Self {
        Self { method, step: Box::new([0; STEP]), rest: 0..0 }
    }

    pub(super) fn open(codec: Codec, source: R) -> io::Result<Self> {
        Ok(Self::new(match codec {
            Codec::Gzip => Method::Gzip(flate2::bufread::GzDecoder::new(source)),
            Codec::Bzip2 => Method::Bzip2(bzip2::bufread::BzDecoder::new(source)),
            Codec::Xz => {
                let stream = liblzma::stream::Stream::new_stream_decoder(DICTIONARY_BYTES, 0)?;
                Method::Xz(liblzma::bufread::XzDecoder::new_stream(source, stream))
            }
            Codec::Zstd => {
                let open = || StreamingDecoder::new_with_max_window_size(source, DICTIONARY_BYTES);
                let decoder = shielded(open)?.map_err(|error| match error {
                    FrameDecoderError::WindowSizeTooBig { .. } => io::ErrorKind::OutOfMemory.into(),
                    FrameDecoderError::DictNotProvided { .. } => io::ErrorKind::Unsupported.into(),
                    error => io::Error::other(error),
                })?;
                Method::Zstd(Box::new(decoder))
            }
            Codec::Lz4 => Method::Lz4(Box::new(Lz4::new(source))),
            Codec::Zlib => Method::Zlib(flate2::bufread::ZlibDecoder::new(source)),
            Codec::Lzma => return Self::lzma_alone(source),
        }))
    }

    /// For `.lzma` streams: the header of 13 bytes that zip leaves out has been put back.
    pub(super) fn lzma_alone(source: R) -> io::Result<Self> {
        let stream = liblzma::stream::Stream::new_lzma_decoder(DICTIONARY_BYTES)?;
        Ok(Self::new(Method::Xz(liblzma::bufread::XzDecoder::new_stream(source, stream))))
    }

    fn into_source(self) -> R {
        match self.method {
            Method::Gzip(decoder) => decoder.into_inner(),
            Method::Bzip2(decoder) => decoder.into_inner(),
            Method::Xz(decoder) => decoder.into_inner(),
            Method::Zstd(decoder) => decoder.into_inner(),
            Method::Lz4(decoder) => decoder.into_inner(),
            Method::Zlib(decoder) => decoder.into_inner(),
        }
    }

    /// Only zstd's decoder leaves the comparison to its caller.
    fn checksum_fits(&self) -> bool {
        match &self.method {
            Method::Zstd(decoder) => {
                let stated = decoder.decoder.get_checksum_from_data();
                stated.is_none() || stated == decoder.decoder.get_calculated_checksum()
            }
            _ => true,
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            let step = &mut self.step[..];
            let read = match &mut self.method {
                Method::Gzip(decoder) => decoder.read(step)?,
                Method::Bzip2(decoder) => decoder.read(step)?,
                Method::Xz(decoder) => decoder.read(step).map_err(|error| {
                    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
                    let starved = matches!(inner, Some(liblzma::stream::Error::MemLimit));
                    if starved { io::ErrorKind::OutOfMemory.into() } else { error }
                })?,
                Method::Zstd(decoder) => shielded(|| decoder.read(step))??,
                Method::Lz4(decoder) => shielded(|| decoder.read(step))??,
                Method::Zlib(decoder) => decoder.read(step)?,
            };
            let is_object = matches!(&self.method, Method::Zlib(decoder) if decoder.total_out() == read as u64);
            let header = if is_object { object_header(&self.step[..read]) } else { 0 };
            self.rest = header..read;
            // An object without a content.
            if header > 0 && header == read {
                return self.read(buffer);
            }
        }
        let length = self.rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.step[self.rest.start..self.rest.start + length]);
        self.rest.start += length;
        Ok(length)
    }
}

/// The length of what git writes in front of an object of its own: `blob 1234`, and a NUL.
fn object_header(content: &[u8]) -> usize {
    let Some(end) = content.iter().take(32).position(|&byte| byte == 0) else { return 0 };
    let is_one = content[..end].split(|&byte| byte == b' ').collect::<Vec<_>>();
    match is_one[..] {
        [b"blob" | b"tree" | b"commit" | b"tag", length]
            if !length.is_empty() && length.iter().all(u8::is_ascii_digit) =>
        {
            end + 1
        }
        _ => 0,
    }
}

/// A frame of lz4. The decoder takes a source that ends between two blocks for the end of the frame, as it is in
/// frames of the old kind; of others, it shows by a mark.
struct Lz4<R: Read> {
    decoder: lz4_flex::frame::FrameDecoder<Watched<R>>,
    is_old: Option<bool>,
}

/// A source that remembers whether it was read beyond its end, and how it began.
struct Watched<R> {
    source: R,
    ended: bool,
    first: Option<u8>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.ended |= read == 0 && !buffer.is_empty();
        if self.first.is_none() && read > 0 {
            self.first = buffer.first().copied();
        }
        Ok(read)
    }
}

impl<R: Read> Lz4<R> {
    fn new(source: R) -> Self {
        let watched = Watched { source, ended: false, first: None };
        Self { decoder: lz4_flex::frame::FrameDecoder::new(watched), is_old: None }
    }

    fn into_inner(self) -> R {
        self.decoder.into_inner().source
    }
}

impl<R: Read> Read for Lz4<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        let Watched { ended, first, .. } = self.decoder.get_ref();
        let is_old = *self.is_old.get_or_insert(*first == Some(sniff::LZ4_OLD[0]));
        if read == 0 && *ended && !is_old { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(read) }
    }
}

/// The decoders of zstd and lz4 are young: a panic in one costs the stream, not the scan.
fn shielded<T>(decode: impl FnOnce() -> T) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(decode)).map_err(|_| io::ErrorKind::InvalidData.into())
}
