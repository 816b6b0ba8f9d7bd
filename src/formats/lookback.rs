//! Lookback: the name that stands in front of a value, read from right to left within a short reach.

use super::quoted::{backslashes_before, is_quote};

/// No key is longer; what looks back further would make a hostile text quadratic.
const REACH: usize = 160;
/// How much space may stand between a name and its value: an indented continuation line.
const SPACE: usize = 200;

/// The end of what stands in front of the spaces before `at`; lines do not matter.
pub(super) fn before_space(text: &str, at: usize) -> usize {
    let space = text.as_bytes()[..at].iter().rev().take(SPACE).take_while(|b| b.is_ascii_whitespace()).count();
    at - space
}

/// The same within the line.
pub(super) fn before_blanks(text: &str, at: usize) -> usize {
    let blanks = text.as_bytes()[..at].iter().rev().take(SPACE).take_while(|&&b| matches!(b, b' ' | b'\t')).count();
    at - blanks
}

/// The first offset behind the spaces at `at`.
pub(super) fn after_space(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    at + bytes.get(at..).unwrap_or_default().iter().take(SPACE).take_while(|b| b.is_ascii_whitespace()).count()
}

pub(super) fn after_blanks(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    at + bytes.get(at..).unwrap_or_default().iter().take(SPACE).take_while(|&&b| matches!(b, b' ' | b'\t')).count()
}

/// What a bare key is made of: letters, digits and the separators of dotted, dashed and snake names.
pub(super) fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80
}

/// The bare word that ends at `end`, and where it starts.
pub(super) fn word_before(text: &str, end: usize) -> Option<(&str, usize)> {
    let length = text.as_bytes()[..end].iter().rev().take(REACH + 1).take_while(|b| is_key_byte(**b)).count();
    if length == 0 || length > REACH {
        return None;
    }
    let start = end - length;
    Some((text.get(start..end)?, start))
}

/// The quoted key whose closing quote ends at `end`, and where its opening quote (with any
/// backslashes) starts.
pub(super) fn quoted_before(text: &str, end: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let quote = *bytes.get(end.checked_sub(1)?).filter(|b| is_quote(**b))?;
    let depth = backslashes_before(text, end - 1);
    let close = end - 1 - depth;
    let floor = close.saturating_sub(REACH);
    let open = floor + memchr::memrchr(quote, &bytes[floor..close])?;
    let key = text.get(open + 1..close)?;
    if backslashes_before(text, open) != depth || !is_quoted_key(key) {
        return None;
    }
    Some((key, open - depth))
}

/// Quoted keys may hold what JSON and header names hold; sentences are none.
fn is_quoted_key(key: &str) -> bool {
    !key.is_empty()
        && key.bytes().all(|b| is_key_byte(b) || matches!(b, b'/' | b':' | b'@' | b'$' | b' ' | b'[' | b']'))
        && key.bytes().filter(|&b| b == b' ').count() <= 2
}
