//! Modified UTF-8: how class files write strings (JVMS 4.4.7). NUL takes two bytes, characters
//! beyond the first plane are two surrogates of three bytes each.

use std::borrow::Cow;

/// The string in true UTF-8; what has no true form (a lone surrogate) becomes U+FFFD.
pub(in crate::formats) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        // The two forms agree wherever the text is valid UTF-8: it holds no C0 80, no surrogates.
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(decode_units(bytes)),
    }
}

fn decode_units(bytes: &[u8]) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&first) = bytes.get(at) {
        let follow = |n: usize| bytes.get(at + n).filter(|b| **b & 0xC0 == 0x80).map(|b| u16::from(b & 0x3F));
        let (unit, length) = match (first, follow(1), follow(2)) {
            (0x00..=0x7F, _, _) => (u16::from(first), 1),
            (0xC0..=0xDF, Some(second), _) => (u16::from(first & 0x1F) << 6 | second, 2),
            (0xE0..=0xEF, Some(second), Some(third)) => (u16::from(first & 0x0F) << 12 | second << 6 | third, 3),
            _ => (0xFFFD, 1),
        };
        units.push(unit);
        at += length;
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn follows_the_specification() {
        assert_eq!(decode(b"plain"), "plain");
        assert_eq!(decode("Größe €".as_bytes()), "Größe €");
        assert_eq!(decode(&[b'a', 0xC0, 0x80, b'b']), "a\0b");
        // U+1F511 as the surrogates D83D DD11.
        assert_eq!(decode(&[0xED, 0xA0, 0xBD, 0xED, 0xB4, 0x91]), "\u{1F511}");
        assert_eq!(decode(&[0xED, 0xA0, 0xBD, b'x']), "\u{FFFD}x");
        assert_eq!(decode(&[0xFF, b'x', 0xE0]), "\u{FFFD}x\u{FFFD}");
    }
}
