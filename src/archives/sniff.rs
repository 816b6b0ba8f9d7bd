//! Sniffing: what the first bytes say a content is. Names are never asked.

use super::cpio;
use super::kinds::{self, Fate};
use flate2::{Decompress, FlushDecompress, Status};

/// A stream format that wraps one content and adds no level to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    Lz4,
    Zlib,
    /// What stood in front of xz: a header of 13 bytes and no checksum.
    Lzma,
}

/// A content that holds other contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Tar,
    Cpio,
    Compressed(Codec),
    /// A container that keysift does not open, by its usual name.
    Foreign(&'static str),
}

/// How far to look for the end record of a zip that does not begin like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// The last 64 KiB: anything may carry an archive behind it, with a comment and more.
    Tail,
    /// Everything: a launcher script, or a damaged first header.
    Whole,
}

/// How much of a content `head` needs to see.
pub(super) const HEAD: usize = 512;

/// Three bits of context for literals, none of position for them, two of position else.
const USUAL: u8 = 0x5D;
/// As many bytes of deflate data are wrong if they are text.
const ENOUGH: usize = 100;

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const END_RECORD: &[u8] = b"PK\x05\x06";
/// APPNOTE 8.5.3 and 8.5.4: the markers in front of a split archive and of one that was split for a time.
const SPANNED: [&[u8]; 2] = [b"PK\x07\x08PK\x03\x04", b"PK00PK\x03\x04"];
const ZSTD_FRAME: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];

/// Judges by the first `HEAD` bytes, or by all of them if there are fewer.
///
/// Of the same content it says the same, however much of it is there.
pub(super) fn head(content: &[u8]) -> Option<Format> {
    let head = &content[..content.len().min(HEAD)];
    // Most leaves are class files; they leave here.
    if head.starts_with(&[0xCA, 0xFE, 0xBA, 0xBE]) {
        return None;
    }
    let by_magic = kinds::of(head).and_then(|kind| match kind.fate {
        Fate::Opened(format) => Some(format),
        Fate::Named => Some(Format::Foreign(kind.name)),
        Fate::Plain | Fate::Data => None,
    });
    by_magic.or_else(|| is_tar(head).then_some(Format::Tar))
}

/// A container that is known by what stands behind its first `HEAD` bytes.
pub(super) fn far(bytes: &[u8]) -> Option<&'static str> {
    kinds::of(bytes).filter(|kind| kind.fate == Fate::Named).map(|kind| kind.name)
}

/// Where a content that `head` did not recognise may still turn out to end like a zip.
pub(super) fn suspicion(head: &[u8]) -> Suspicion {
    match head {
        [b'#', b'!', ..] | [b'P', b'K', ..] => Suspicion::Whole,
        _ => Suspicion::Tail,
    }
}

pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(LOCAL_HEADER)
        || (head.starts_with(END_RECORD) && head.len() >= 22)
        || SPANNED.iter().any(|marker| head.starts_with(marker))
}

/// The magic alone is text; the first block's (or the end's) own magic is not.
pub(super) fn is_bzip2(head: &[u8]) -> bool {
    let blocks: [&[u8]; 2] = [&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], &[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]];
    head.starts_with(b"BZh")
        && head.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
        && head.get(4..10).is_some_and(|magic| blocks.contains(&magic))
}

/// RFC 1950. Two bytes that text may begin with, too: what follows has to inflate, as far as it can be seen.
pub(super) fn is_zlib(head: &[u8]) -> bool {
    let &[_, 0x01 | 0x5E | 0x9C | 0xDA, ..] = head else { return false };
    let mut content = [0; 4096];
    let mut state = Decompress::new(true);
    match state.decompress(head, &mut content, FlushDecompress::None) {
        Ok(Status::StreamEnd) => true,
        Ok(_) => state.total_out() > 0 && (head.len() >= ENOUGH || state.total_out() == content.len() as u64),
        Err(_) => false,
    }
}

/// Properties as encoders choose them unless they are asked not to, the size of a dictionary as they choose it, a size
/// that can be or none, and the zero that range coders begin with: 14 bytes, none of which is chance.
pub(super) fn is_lzma(head: &[u8]) -> bool {
    let Some((&[properties, a, b, c, d], rest)) = head.split_first_chunk::<5>() else { return false };
    let Some((&size, [0, ..])) = rest.split_first_chunk::<8>() else { return false };
    let (dictionary, size) = (u32::from_le_bytes([a, b, c, d]), u64::from_le_bytes(size));
    let is_usual = dictionary.is_power_of_two() || dictionary % 3 == 0 && (dictionary / 3).is_power_of_two();
    let in_range = dictionary >= 1 << 12 && is_usual || dictionary == u32::MAX;
    properties == USUAL && in_range && (size == u64::MAX || (1..1 << 38).contains(&size))
}

pub(super) fn is_cpio(head: &[u8]) -> bool {
    cpio::begins(head)
}

/// RFC 8878 3.1.2. lz4 shares these frames: what follows has to be zstd's, where it can be seen.
pub(super) fn begins_with_skippable_frame(head: &[u8]) -> bool {
    let Some((&[_, 0x2A, 0x4D, 0x18, a, b, c, d], _)) = head.split_first_chunk::<8>() else {
        return false;
    };
    let next = u32::from_le_bytes([a, b, c, d]) as usize;
    match head.get(8..).and_then(|rest| rest.get(next..)) {
        Some(rest) if rest.len() >= 4 => is_zstd_magic(rest),
        _ => true,
    }
}

/// Whether a zstd frame of either kind begins here.
pub(super) fn is_zstd_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(ZSTD_FRAME) || matches!(bytes, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])
}

/// The magic of frames of the old kind.
pub(super) const LZ4_OLD: [u8; 4] = [0x02, 0x21, 0x4C, 0x18];

/// Whether a frame of lz4, or one of user data, begins here.
pub(super) fn is_lz4_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x04, 0x22, 0x4D, 0x18])
        || bytes.starts_with(&LZ4_OLD)
        || matches!(bytes, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])
}

/// POSIX says `ustar`; older archives have nothing but a checksum that fits.
fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<HEAD>() else { return false };
    if &block[257..262] == b"ustar" {
        return true;
    }
    // The checksum field is tried first: in anything but a tar it is hardly ever octal.
    let Some(stated) = octal(&block[148..156]) else { return false };
    if block[0] == 0 || octal(&block[124..136]).is_none() {
        return false;
    }
    sums(block).iter().any(|&sum| i64::try_from(stated) == Ok(sum))
}

/// The checksums that a header may have: of its bytes, and of its bytes as numbers with a sign, as some old
/// programs have added them up. The field itself counts as blanks.
fn sums(block: &[u8; HEAD]) -> [i64; 2] {
    let bytes = || block[..148].iter().chain(&block[156..]).copied();
    let blanks = 8 * i64::from(b' ');
    [bytes().map(i64::from).sum::<i64>() + blanks, bytes().map(|byte| i64::from(byte as i8)).sum::<i64>() + blanks]
}

/// The checksum of a header that was added up with signs, as everybody else does it.
pub(super) fn unsigned_sum(block: &[u8; HEAD]) -> Option<i64> {
    let stated = i64::try_from(octal(&block[148..156])?).ok()?;
    let [unsigned, signed] = sums(block);
    (stated == signed && stated != unsigned).then_some(unsigned)
}

/// A number as tar writes it: blanks, octal digits, then blanks or NULs.
fn octal(field: &[u8]) -> Option<u64> {
    let digits = field.trim_ascii_start();
    let end = digits.iter().position(|byte| !(b'0'..=b'7').contains(byte)).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    if digits.is_empty() || !rest.iter().all(|&byte| byte == 0 || byte == b' ') {
        return None;
    }
    Some(digits.iter().fold(0, |value, digit| value * 8 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_programs_are_no_archives() {
        for bytes in [
            &b"PK is short for Phil Katz"[..],
            b"BZh9 is how bzip2 begins",
            b"7z and Rar! are names",
            b"\x7FELF\x02\x01\x01",
            b"\xCA\xFE\xBA\xBE\0\0\0\x37",
            b"PK\x05\x06",
            b"\x1F\x8B\x08\xFF",
            b"!<arch>\nlib.o/",
            b"\x1F\x9D\xFF",
            b"MSCF is what cabinets begin with",
            b"xar! and hsqs are names, in whatever text they begin",
            b"",
        ] {
            assert_eq!(head(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_skippable_frame_of_lz4_is_not_zstd() {
        let mut bytes = vec![0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 1, 1];
        bytes.extend([0x04, 0x22, 0x4D, 0x18]);
        assert_eq!(head(&bytes), None);
        bytes.truncate(10);
        bytes.extend(ZSTD_FRAME);
        assert_eq!(head(&bytes), Some(Format::Compressed(Codec::Zstd)));
    }

    #[test]
    fn octal_numbers_end_in_blanks() {
        assert_eq!(octal(b"0000644\0"), Some(0o644));
        assert_eq!(octal(b"  17 \0\0\0"), Some(0o17));
        assert_eq!(octal(b"        "), None);
        assert_eq!(octal(b"12345x7\0"), None);
    }
}
