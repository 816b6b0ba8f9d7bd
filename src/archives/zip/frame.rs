//! A frame: an entry's deflate data as a member of a gzip file.
//!
//! libdeflater says what deflate data inflates to, but not how much of it was used, so that bytes behind the end
//! of the stream would go unseen. Of a gzip member it compares the footer behind the stream with the content:
//! if the footer stands behind the data and nowhere else, all of the data was used.

use super::decode;
use crate::archives::Listed;
use crate::archives::scratch::Scratch;
use memchr::memmem;

/// RFC 1952 2.3: deflate, no name, no time, no system.
const HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
/// CRC-32 and length of the content.
const FOOTER: usize = 8;

pub(super) struct Frame {
    scratch: Scratch,
    /// Of the data.
    length: usize,
}

impl Frame {
    /// With room for `length` bytes of data.
    pub(super) fn of(length: usize) -> Self {
        let mut scratch = Scratch::take();
        scratch.room(HEADER.len() + length + FOOTER)[..HEADER.len()].copy_from_slice(&HEADER);
        Self { scratch, length }
    }

    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.scratch.room(HEADER.len() + self.length + FOOTER)[HEADER.len()..][..self.length]
    }

    pub(super) fn data(&self) -> &[u8] {
        &self.scratch.get()[HEADER.len()..][..self.length]
    }

    /// Inflates the data in one piece. `None` unless it is one stream up to its last byte, and what the directory
    /// says of its size and checksum is true.
    pub(super) fn inflate(mut self, listed: &Listed, out: &mut [u8]) -> Option<usize> {
        let member = self.scratch.room(HEADER.len() + self.length + FOOTER);
        // The footer has the low 32 bits of a size.
        let footer = (listed.size << 32 | u64::from(listed.crc)).to_le_bytes();
        member[HEADER.len() + self.length..].copy_from_slice(&footer);
        let ends = memmem::find(&member[HEADER.len()..], &footer) == Some(self.length);
        let produced = ends.then(|| decode::inflate(member, out))?.ok()?;
        (produced as u64 == listed.size).then_some(produced)
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;
    use crate::archives::Listed;
    use std::io::Write as _;

    fn inflate(data: &[u8], content: &[u8]) -> Option<usize> {
        let (crc, size) = (crc32fast::hash(content), content.len() as u64);
        let mut frame = Frame::of(data.len());
        frame.room().copy_from_slice(data);
        frame.inflate(&Listed { crc, size, compressed: 0 }, &mut vec![0; content.len()])
    }

    #[test]
    fn only_a_stream_that_ends_with_its_data_is_inflated() {
        let content = b"text and text and text";
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(content).unwrap();
        let data = encoder.finish().unwrap();
        assert_eq!(inflate(&data, content), Some(content.len()));
        assert_eq!(inflate(&data[..data.len() - 1], content), None);
        assert_eq!(inflate(&[&data[..], b"x"].concat(), content), None);
        let footer = [crc32fast::hash(content).to_le_bytes(), 22u32.to_le_bytes()].concat();
        for length in 1..=8 {
            assert_eq!(inflate(&[&data[..], &footer[..length]].concat(), content), None, "{length}");
        }
        assert_eq!(inflate(&[&data[..], &footer, b"hidden", &footer].concat(), content), None);
    }
}
