//! Sniffing: what the first bytes say a content is. Names are never asked.

/// A stream format that wraps one content and adds no level to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

/// A content that holds other contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Tar,
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

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const END_RECORD: &[u8] = b"PK\x05\x06";
/// APPNOTE 8.5.3 and 8.5.4: the markers in front of a split archive and of one that was split for a time.
const SPANNED: [&[u8]; 2] = [b"PK\x07\x08PK\x03\x04", b"PK00PK\x03\x04"];
const ZSTD_FRAME: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];

/// Judges by the first `HEAD` bytes, or by all of them if there are fewer.
pub(super) fn head(head: &[u8]) -> Option<Format> {
    // Most leaves are class files; they leave here.
    if head.starts_with(&[0xCA, 0xFE, 0xBA, 0xBE]) {
        return None;
    }
    by_magic(head).or_else(|| is_tar(head).then_some(Format::Tar))
}

/// Where a content that `head` did not recognise may still turn out to end like a zip.
pub(super) fn suspicion(head: &[u8]) -> Suspicion {
    match head {
        [b'#', b'!', ..] | [b'P', b'K', ..] => Suspicion::Whole,
        _ => Suspicion::Tail,
    }
}

fn by_magic(head: &[u8]) -> Option<Format> {
    let compressed = |codec| Some(Format::Compressed(codec));
    match *head.first()? {
        b'P' if is_zip(head) => Some(Format::Zip),
        // RFC 1952: method 8, the three high flags reserved.
        0x1F if head.starts_with(&[0x1F, 0x8B, 8]) && head.get(3).is_some_and(|flags| flags & 0xE0 == 0) => {
            compressed(Codec::Gzip)
        }
        b'B' if is_bzip2(head) => compressed(Codec::Bzip2),
        0xFD if head.starts_with(b"\xFD7zXZ\0") => compressed(Codec::Xz),
        0x28 if head.starts_with(ZSTD_FRAME) => compressed(Codec::Zstd),
        0x50..=0x5F if begins_with_skippable_frame(head) => compressed(Codec::Zstd),
        b'7' if head.starts_with(b"7z\xBC\xAF\x27\x1C") => Some(Format::Foreign("7z archive")),
        b'R' if head.starts_with(b"Rar!\x1A\x07\0") || head.starts_with(b"Rar!\x1A\x07\x01\0") => {
            Some(Format::Foreign("rar archive"))
        }
        0x04 if head.starts_with(&[0x04, 0x22, 0x4D, 0x18]) => Some(Format::Foreign("lz4 stream")),
        b'L' if head.starts_with(b"LZIP\x01") => Some(Format::Foreign("lzip stream")),
        0xFF if head.starts_with(b"\xFF\x06\0\0sNaPpY") => Some(Format::Foreign("snappy stream")),
        // Of `ar` archives only these are packed: what lies in a library of objects is seen as it is.
        b'!' if head.starts_with(b"!<arch>\ndebian-binary") => Some(Format::Foreign("Debian package")),
        0xED if head.starts_with(b"\xED\xAB\xEE\xDB") => Some(Format::Foreign("RPM package")),
        b'M' if head.starts_with(b"MSCF\0\0\0\0") => Some(Format::Foreign("cabinet")),
        b'x' if head.starts_with(b"xar!\0") => Some(Format::Foreign("xar archive")),
        // Of the flags, the width of codes may be 9 to 16, and two bits are reserved.
        0x1F if matches!(head, [0x1F, 0x9D, flags, ..] if flags & 0x60 == 0 && (9..=16).contains(&(flags & 0x1F))) => {
            Some(Format::Foreign("compress stream"))
        }
        0x89 if head.starts_with(b"\x89LZO\0\r\n\x1A\n") => Some(Format::Foreign("lzop stream")),
        0xCA if head.starts_with(b"\xCA\xFE\xD0\x0D") => Some(Format::Foreign("pack200 archive")),
        // With its version, since the magic alone is text.
        b'h' if head.starts_with(b"hsqs") && head.get(28..32) == Some(&[4, 0, 0, 0]) => {
            Some(Format::Foreign("SquashFS image"))
        }
        _ => None,
    }
}

fn is_zip(head: &[u8]) -> bool {
    head.starts_with(LOCAL_HEADER)
        || (head.starts_with(END_RECORD) && head.len() >= 22)
        || SPANNED.iter().any(|marker| head.starts_with(marker))
}

/// The magic alone is text; the first block's (or the end's) own magic is not.
fn is_bzip2(head: &[u8]) -> bool {
    let blocks: [&[u8]; 2] = [&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], &[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]];
    head.starts_with(b"BZh")
        && head.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
        && head.get(4..10).is_some_and(|magic| blocks.contains(&magic))
}

/// RFC 8878 3.1.2. lz4 shares these frames: what follows has to be zstd's, where it can be seen.
fn begins_with_skippable_frame(head: &[u8]) -> bool {
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
    let field: u32 = block[148..156].iter().map(|&byte| u32::from(byte)).sum();
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum::<u32>() - field + 8 * u32::from(b' ');
    u64::from(sum) == stated
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
