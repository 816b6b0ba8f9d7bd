//! Decoding: the bytes of an entry as text, if they are text.

use std::borrow::Cow;

/// How much of an entry decides what it is.
const SAMPLE: usize = 32 << 10;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decoded<'a> {
    Text(Cow<'a, str>),
    Binary,
}

/// UTF-8 and UTF-16 with or without a byte order mark. Bytes that are no UTF-8 are Latin-1, one by
/// one: a file of mixed origin keeps what it says in either.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some((little_endian, body)) = utf16(bytes) {
        let encoding = if little_endian { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE };
        return Decoded::Text(encoding.decode_without_bom_handling(body).0);
    }
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if !is_mostly_text(body) {
        return Decoded::Binary;
    }
    match std::str::from_utf8(body) {
        Ok(text) => Decoded::Text(Cow::Borrowed(text)),
        Err(_) => Decoded::Text(Cow::Owned(with_latin1(body))),
    }
}

/// By its byte order mark, or by every other byte being NUL as in ASCII text.
fn utf16(bytes: &[u8]) -> Option<(bool, &[u8])> {
    match bytes {
        [0xFF, 0xFE, body @ ..] => return Some((true, body)),
        [0xFE, 0xFF, body @ ..] => return Some((false, body)),
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(512)];
    let pairs = sample.len() / 2;
    let ascii = |text: usize, nul: usize| {
        sample.chunks_exact(2).filter(|pair| pair[nul] == 0 && is_printable(pair[text])).count() * 10 >= pairs * 9
    };
    match pairs >= 8 {
        true if ascii(0, 1) => Some((true, bytes)),
        true if ascii(1, 0) => Some((false, bytes)),
        _ => None,
    }
}

/// Text may hold a stray control character or escape sequence, and some bytes of another encoding.
fn is_mostly_text(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    // Counted in bytes of one lane each, which the compiler makes vectors of: every binary is counted.
    let controls = |block: &[u8]| block.iter().map(|&byte| u8::from(is_control(byte))).sum::<u8>();
    let controls: usize = sample.chunks(128).map(|block| usize::from(controls(block))).sum();
    let foreign = || match std::str::from_utf8(sample) {
        Ok(_) => 0,
        Err(_) => sample.utf8_chunks().map(|chunk| chunk.invalid().len()).sum(),
    };
    // Two in a hundred, but one is never too many.
    controls <= 1 + sample.len() / 50 && foreign() <= 1 + sample.len() / 4
}

/// What text has no use for. Without branches.
fn is_control(byte: u8) -> bool {
    let blank = (byte == b'\t') | (byte == b'\n') | (byte == b'\r') | (byte == 0x0C) | (byte == 0x1B);
    (byte < 0x20) & !blank | (byte == 0x7F)
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | b'\t' | b'\n' | b'\r' | 0x0C)
}

fn with_latin1(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| char::from(byte)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Decoded, decode};
    use std::borrow::Cow;

    fn text(bytes: &[u8]) -> String {
        match decode(bytes) {
            Decoded::Text(text) => text.into_owned(),
            Decoded::Binary => panic!("binary"),
        }
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let wanted = "password=grün\nkey=x";
        let little: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let latin: Vec<u8> = wanted.chars().map(|c| c as u8).collect();
        assert!(matches!(decode(wanted.as_bytes()), Decoded::Text(Cow::Borrowed(text)) if text == wanted));
        assert_eq!(text(&[b"\xEF\xBB\xBF", wanted.as_bytes()].concat()), wanted);
        assert_eq!(text(&[b"\xFF\xFE", little.as_slice()].concat()), wanted);
        assert_eq!(text(&[b"\xFE\xFF", big.as_slice()].concat()), wanted);
        assert_eq!(text(&little), wanted);
        assert_eq!(text(&big), wanted);
        assert_eq!(text(&latin), wanted);
    }

    #[test]
    fn binaries_are_none() {
        assert_eq!(decode(&[0, 1, 2, 3, 0xFF, 0xD8, 4, 5]), Decoded::Binary);
        let random: Vec<u8> = (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(decode(&random), Decoded::Binary);
        assert_eq!(decode(b""), Decoded::Text(Cow::Borrowed("")));
    }
}
