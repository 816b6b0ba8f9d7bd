//! Mixed: bytes of which some are characters of one byte, and others of two, as when a shell appends
//! UTF-16 to a file in UTF-8, or the other way round.

use super::decoding::leading_nuls;

/// Wide characters in a row that show the width.
const RUN: usize = 8;
/// The same for narrow ones: two of them are one wide character, too, of Chinese for instance.
const NARROW_RUN: usize = 24;

/// The width of the characters at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    Narrow,
    /// UTF-16, the low byte first or not.
    Wide {
        little_endian: bool,
    },
}

/// The bytes as UTF-8, of which the first have the given width; `None` if all of them have.
pub(super) fn narrowed(bytes: &[u8], first: Width) -> Option<Vec<u8>> {
    let mut width = first;
    let mut at = 0;
    let mut out = Vec::new();
    loop {
        let length = match width {
            Width::Narrow => narrow_length(&bytes[at..]),
            Width::Wide { .. } => wide_length(&bytes[at..], width),
        };
        if at == 0 && length == bytes.len() {
            return None;
        }
        let part = &bytes[at..at + length];
        match width {
            Width::Narrow => out.extend_from_slice(part),
            Width::Wide { little_endian } => out.extend_from_slice(decoded(part, little_endian).as_bytes()),
        }
        at += length;
        if at >= bytes.len() {
            return Some(out);
        }
        width = match width {
            Width::Narrow => Width::Wide { little_endian: bytes[at + 1] == 0 },
            Width::Wide { .. } => Width::Narrow,
        };
    }
}

pub(super) fn decoded(bytes: &[u8], little_endian: bool) -> std::borrow::Cow<'_, str> {
    let encoding = if little_endian { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE };
    encoding.decode_without_bom_handling(bytes).0
}

/// How many bytes stand in front of the next run of wide characters.
fn narrow_length(bytes: &[u8]) -> usize {
    let mut from = 0;
    while let Some(found) = memchr::memchr(0, &bytes[from..]) {
        let first = from + found;
        let nul = first + leading_nuls(&bytes[first..]) - 1;
        // The low byte of a little-endian character stands in front of its NUL, that of a big-endian one behind. The
        // end of a line belongs to what is in front.
        let before = nul.checked_sub(1).filter(|_| nul == first);
        for start in [before, Some(nul)].into_iter().flatten() {
            let little_endian = start < nul;
            if little_endian && start > 0 && bytes[start] == b'\n' {
                continue;
            }
            let wide = bytes[start..].chunks_exact(2).take(RUN).filter(|pair| is_wide_latin(pair, little_endian));
            if wide.count() == RUN {
                return start - 2 * wide_before(&bytes[..start], little_endian);
            }
        }
        from = nul + 1;
    }
    bytes.len()
}

/// How many wide characters of any script stand at the end.
fn wide_before(bytes: &[u8], little_endian: bool) -> usize {
    let is_letter = |pair: &&[u8]| {
        let unit =
            if little_endian { u16::from_le_bytes([pair[0], pair[1]]) } else { u16::from_be_bytes([pair[0], pair[1]]) };
        let letter = char::from_u32(unit.into()).is_some_and(char::is_alphanumeric);
        // The ends of lines and blanks of narrow text are halves of letters of some scripts.
        letter && !pair.iter().any(u8::is_ascii_whitespace) && !pair.iter().all(u8::is_ascii_graphic)
            || is_wide_latin(pair, little_endian)
    };
    bytes.rchunks_exact(2).take_while(is_letter).count()
}

/// How many bytes stand in front of the next run of narrow characters.
fn wide_length(bytes: &[u8], width: Width) -> usize {
    let Width::Wide { little_endian } = width else { return 0 };
    let mut at = 0;
    while at + 1 < bytes.len() {
        if is_narrow_run(&bytes[at..]) {
            return at;
        }
        // What has an odd length is written by a program that knows nothing of the width.
        if !is_wide_latin(&bytes[at..at + 2], little_endian) && is_wide_latin_run(&bytes[at + 1..], little_endian) {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// Whether the next bytes, or all that are left, are UTF-8, and most of them ASCII.
fn is_narrow_run(bytes: &[u8]) -> bool {
    let run = &bytes[..bytes.len().min(NARROW_RUN)];
    // Most wide text fails here.
    run.len() >= RUN
        && run.iter().filter(|&&byte| is_text(byte)).count() * 4 >= run.len() * 3
        && run.iter().all(|&byte| is_text(byte) || !byte.is_ascii())
        && std::str::from_utf8(run).map_or_else(|error| error.error_len().is_none(), |_| true)
}

fn is_wide_latin_run(bytes: &[u8], little_endian: bool) -> bool {
    bytes.len() >= 2 * RUN && bytes.chunks_exact(2).take(RUN).all(|pair| is_wide_latin(pair, little_endian))
}

fn is_wide_latin(pair: &[u8], little_endian: bool) -> bool {
    match (pair, little_endian) {
        (&[low, 0], true) | (&[0, low], false) => is_text(low) || low >= 0xA0,
        _ => false,
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::{Width, narrowed};

    fn wide(text: &str, little_endian: bool) -> Vec<u8> {
        let bytes = |unit: u16| if little_endian { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn text(parts: &[&[u8]], first: Width) -> String {
        let bytes = parts.concat();
        String::from_utf8(narrowed(&bytes, first).unwrap_or(bytes)).unwrap()
    }

    #[test]
    fn each_part_is_read_in_its_width() {
        for little_endian in [true, false] {
            let (a, b) = ("host = örtlich\n", "password=Zürich-1234\r\n");
            let other = wide(b, little_endian);
            assert_eq!(text(&[a.as_bytes(), &other], Width::Narrow), [a, b].concat());
            assert_eq!(text(&[a.as_bytes(), &other, a.as_bytes()], Width::Narrow), [a, b, a].concat());
            let first = Width::Wide { little_endian };
            assert_eq!(text(&[&other, a.as_bytes()], first), [b, a].concat());
            assert_eq!(
                text(&[&other, b"some.key.of.it=password1234\n", &other], first),
                [b, "some.key.of.it=password1234\n", b].concat()
            );
        }
    }

    #[test]
    fn one_width_is_left_alone() {
        assert_eq!(narrowed("password = x\0y\0\0\0".as_bytes(), Width::Narrow), None);
        for little_endian in [true, false] {
            let bytes = wide("настройки 設定 中文字符測試 password=x", little_endian);
            assert_eq!(narrowed(&bytes, Width::Wide { little_endian }), None);
        }
        assert_eq!(narrowed(b"", Width::Narrow), None);
    }
}
