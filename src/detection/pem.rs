//! PEM: a private key as text (RFC 7468). It is one key however it is written down: indented, with escaped ends
//! of lines, put together of literals, in Base64.

use data_encoding::BASE64;
use std::borrow::Cow;

/// `-----BEGIN` in Base64.
const ENCODED: &str = "LS0tLS1CRUdJTi";
const MARK: &str = "-----";

/// What a key in Base64 stands for.
pub(super) fn decoded(value: &str) -> Option<String> {
    let text: String = value.strip_prefix(ENCODED).map(|_| value.split_ascii_whitespace().collect())?;
    BASE64.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

/// The lines between the marks of a key, without what they are wrapped in.
pub(super) fn body(value: &str) -> String {
    let body = value.split_once("PRIVATE KEY").map_or(value, |(_, rest)| rest);
    let body = body.trim_start_matches(" BLOCK").trim_start_matches('-');
    let body = body.split(MARK).next().unwrap_or(body);
    let body = body.replace("\\n", "\n").replace("\\r", "");
    body.lines()
        .map(|line| {
            let line = line.trim().trim_start_matches(['#', '*', '!']).trim_start();
            let line = line.strip_prefix("//").map_or(line, |comment| comment.trim_start_matches(['/', '!', ' ']));
            // `+ "…" +` of source code; a bare `+` belongs to the key.
            if line.contains(['"', '\'', '\\']) { line.trim_matches(['"', '\'', '+', '\\', ' ', ',']) } else { line }
        })
        // `Proc-Type: 4,ENCRYPTED`
        .filter(|line| !line.contains(':'))
        .collect()
}

/// The same value for the same key; what is no key stays as it is.
pub(super) fn normal(value: &str) -> Cow<'_, str> {
    let decoded = decoded(value);
    let text = decoded.as_deref().unwrap_or(value);
    let Some(start) = text.find("-----BEGIN ") else { return Cow::Borrowed(value) };
    let label = text[start + "-----BEGIN ".len()..].split(MARK).next().unwrap_or_default();
    if !label.contains("PRIVATE KEY") {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("-----BEGIN {label}-----\n{}\n-----END", body(text)))
}
