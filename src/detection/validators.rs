//! Validators: named tests that a pattern cannot express.

use super::{pem, shape};
use data_encoding::{BASE64, BASE64URL_NOPAD};

/// Whether the validator of this name accepts the value. An unknown name accepts nothing: the
/// self-check of the rules tells before a release does.
pub fn holds(name: &str, value: &str) -> bool {
    match name {
        "aws-access-key-id" => is_access_key_id(value),
        "mixed-case-digits" => shape::is_mixed(value) && !shape::is_sequence(value),
        "base64" => is_base64(value),
        "password-like" => is_password_like(value),
        "hex" => value.len() >= 8 && value.bytes().all(|b| b.is_ascii_hexdigit()) && !shape::is_sequence(value),
        "jwt" => is_jwt(value),
        "pem-body" => match pem::decoded(value) {
            // An encrypted key is another rule's, and a certificate nobody's.
            Some(text) => text.contains("PRIVATE KEY") && !text.contains("ENCRYPTED") && is_pem(&text),
            None => is_pem(value),
        },
        "gcp-service-account" => is_pem(&value.replace("\\n", "\n")) || value.contains("private_key"),
        "ses-smtp" => {
            value.len() == 44
                && BASE64.decode(value.as_bytes()).is_ok_and(|b| b.first().is_some_and(|v| matches!(v, 2 | 4)))
        }
        "aws-session" => {
            value.len() >= 100 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(&b))
        }
        "github-crc32" => github_checksum(value),
        "url-userinfo" => is_userinfo(value),
        _ => false,
    }
}

/// The names that `holds` knows.
pub const NAMES: [&str; 12] = [
    "aws-access-key-id",
    "mixed-case-digits",
    "base64",
    "password-like",
    "hex",
    "jwt",
    "pem-body",
    "gcp-service-account",
    "ses-smtp",
    "aws-session",
    "github-crc32",
    "url-userinfo",
];

/// A password as it stands in a URL: no variable, and no mask. A star is a character like any other.
fn is_userinfo(value: &str) -> bool {
    let is_mask = value.contains("**") || value == "*";
    !value.is_empty() && !is_mask && !value.contains(['$', '{', '<', '%']) || percent_ok(value)
}

/// Letters and digits, of both cases or with odd characters, that are no name, path or piece of code.
fn is_password_like(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    let odd: fn(&u8) -> bool = |byte| byte.is_ascii_punctuation() && !b"-_./:=".contains(byte);
    has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && (has(u8::is_ascii_uppercase) || has(odd))
        && !value.contains(['(', ')', '[', ']', '='])
        && !value.starts_with('-')
        && !shape::is_camel_case(value)
        && !shape::is_path(value)
        && !shape::is_url(value)
        && !shape::is_class_name(value)
        && !shape::is_sequence(value)
        && !shape::is_uuid(value)
}

fn is_access_key_id(value: &str) -> bool {
    value.len() == 20
        && !value.contains("EXAMPLE")
        && shape::entropy(&value[4..]) >= 2.0
        && !shape::is_sequence(&value[4..])
}

fn is_base64(value: &str) -> bool {
    let trimmed = value.trim_end_matches('=');
    trimmed.len() >= 8
        && trimmed.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'))
        && !shape::is_camel_case(trimmed)
        && !shape::is_sequence(trimmed)
}

/// Three base64url segments, of which the first is a JSON object with `alg` or `typ`.
fn is_jwt(value: &str) -> bool {
    let mut parts = value.split('.');
    let Some(header) = parts.next() else { return false };
    let header = BASE64URL_NOPAD.decode(header.trim_end_matches('=').as_bytes()).unwrap_or_default();
    let is_header = serde_json::from_slice::<serde_json::Value>(&header)
        .is_ok_and(|json| json.get("alg").is_some() || json.get("typ").is_some() || json.get("enc").is_some());
    is_header && parts.next().is_some_and(|payload| payload.len() >= 8)
}

/// A PEM header is a constant of every parser; a key has a body: at least 64 characters of base64
/// behind the header, not only dots or words.
fn is_pem(value: &str) -> bool {
    let base64 = pem::body(value);
    let count = base64.bytes().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')).count();
    count >= 64 && count * 10 >= base64.len() * 9 && shape::entropy(&base64) >= 3.5
}

/// GitHub tokens end in the base62 CRC-32 of what stands between prefix and checksum.
fn github_checksum(value: &str) -> bool {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((_, body)) = value.split_once('_') else { return false };
    let Some((random, checksum)) = body.len().checked_sub(6).and_then(|at| body.split_at_checked(at)) else {
        return false;
    };
    let mut crc = crc32fast::hash(random.as_bytes());
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(crc % 62) as usize];
        crc /= 62;
    }
    checksum.as_bytes() == digits
}

fn percent_ok(value: &str) -> bool {
    let bytes = value.as_bytes();
    value.contains('%')
        && !value.contains(['$', '{', '<', '*'])
        && bytes
            .iter()
            .enumerate()
            .filter(|&(_, &b)| b == b'%')
            .all(|(i, _)| bytes.get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)))
}
