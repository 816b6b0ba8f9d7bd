//! Encodings that programs hide a text in: what it decodes to, if that is text.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};

/// Base64 in either alphabet, padded or not.
pub(super) fn base64(text: &str) -> Option<String> {
    String::from_utf8(bytes(text)?).ok()
}

pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().trim_end_matches('=');
    BASE64_NOPAD.decode(text.as_bytes()).or_else(|_| BASE64URL_NOPAD.decode(text.as_bytes())).ok()
}

pub(super) fn hex(text: &str) -> Option<String> {
    String::from_utf8(HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?).ok()
}
