//! A name of something in an artifact, or of an artifact: hostile input, made harmless to print.

use std::borrow::Cow;
use std::sync::Arc;

/// The most bytes of a name in a container. No system allows as many in the name of a file, nor S3 in a key;
/// an archive may, and a report repeats the name with every place in the entry.
const LONGEST_NAME: usize = 1 << 10;
/// How many of them are those at its start: its end says what it is.
const START: usize = 256;

const ELLIPSIS: &[u8] = "…".as_bytes();

/// As reports show it.
pub(super) fn shown(name: &[u8]) -> Arc<str> {
    let name = &*shortened(name);
    match std::str::from_utf8(name) {
        Ok(name) if is_plain(name) => Arc::from(name.trim_start_matches('/')),
        _ => escape_bytes(name).into(),
    }
}

/// A name without its middle, if it is too long.
fn shortened(name: &[u8]) -> Cow<'_, [u8]> {
    if name.len() <= LONGEST_NAME {
        return Cow::Borrowed(name);
    }
    let is_inside = |at: usize| name.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    let start = (START - 3..=START).rev().find(|&at| !is_inside(at)).unwrap_or(START);
    let rest = name.len() - (LONGEST_NAME - START - ELLIPSIS.len());
    let end = (rest..rest + 4).find(|&at| !is_inside(at)).unwrap_or(rest);
    Cow::Owned([&name[..start], ELLIPSIS, &name[end..]].concat())
}

/// A name as nearly all are: nothing in it is escaped.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'!')
}

/// Names in archives are hostile input: control characters and a literal `!/` are percent-encoded.
pub(super) fn escape(name: &str, inner: bool) -> String {
    let mut out = String::with_capacity(name.len());
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_control() || is_bidi(c) {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        } else if inner && c == '!' && chars.peek() == Some(&'/') {
            out.push_str("%21");
        } else {
            out.push(c);
        }
    }
    out
}

/// Characters that reorder text on a terminal and so can disguise a path.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn escape_bytes(name: &[u8]) -> String {
    escape(percent_encoded(name).trim_start_matches('/'), true)
}

/// Text, with the bytes that are no UTF-8 percent-encoded.
pub(super) fn percent_encoded(name: &[u8]) -> String {
    let mut out = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_NAME, shown};

    #[test]
    fn of_a_long_name_the_middle_is_left_out() {
        let name = |length: usize| format!("{}.properties", "ä".repeat(length));
        assert_eq!(&*shown(name(500).as_bytes()), name(500));
        for odd in ["", "x"] {
            let long = format!("{odd}{}", name(30_000));
            let shown = shown(long.as_bytes());
            assert!(shown.len() <= LONGEST_NAME && shown.len() > LONGEST_NAME - 8, "{}", shown.len());
            let (start, end) = shown.split_once('…').unwrap();
            assert!(long.starts_with(start) && long.ends_with(end), "{shown}");
            assert!(start.len() > 250 && end.ends_with("ä.properties"));
        }
        // What is no text at all, too.
        assert!(shown(&[0x80; 5000]).len() <= 3 * LONGEST_NAME);
    }
}
