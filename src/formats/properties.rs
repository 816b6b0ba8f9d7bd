//! Java properties: the format of `java.util.Properties.load`, with Spring Boot's documents.

use super::evidence::Level;
use super::page::{Page, ScopeId};
use super::scalar::hex;
use std::borrow::Cow;
use std::ops::Range;

pub(super) fn read(page: &mut Page<'_>, scope: ScopeId) {
    let text = page.text;
    let bytes = text.as_bytes();
    let mut reader = Reader { page, text, document: scope, scope };
    let mut at = 0;
    while at < bytes.len() {
        let start = at + blanks(&bytes[at..]);
        let mut end = line_end(bytes, start);
        if matches!(bytes.get(start), Some(b'#' | b'!')) {
            reader.comment(start, end);
        } else {
            while continues(&bytes[start..end]) && end < bytes.len() {
                end = line_end(bytes, next_line(bytes, end));
            }
            reader.assignment(start..end);
        }
        at = next_line(bytes, end);
    }
}

struct Reader<'a, 't> {
    page: &'a mut Page<'t>,
    text: &'t str,
    scope: ScopeId,
    /// The scope of the document that the lines belong to.
    document: ScopeId,
}

impl<'t> Reader<'_, 't> {
    /// A logical line.
    fn assignment(&mut self, line: Range<usize>) {
        let bytes = &self.text.as_bytes()[..line.end];
        let mut key_end = line.start;
        while let Some(byte) = bytes.get(key_end) {
            match byte {
                b'=' | b':' | b' ' | b'\t' | b'\x0c' => break,
                b'\\' => key_end += 2,
                _ => key_end += 1,
            }
        }
        let key_end = key_end.min(line.end);
        if key_end == line.start {
            return;
        }
        let mut at = skip_blanks(bytes, key_end);
        if matches!(bytes.get(at), Some(b'=' | b':')) {
            at = skip_blanks(bytes, at + 1);
        }
        let Some(key) = self.text.get(line.start..key_end) else { return };
        let Some(value) = self.text.get(at..line.end) else { return };
        let value = value.trim_end();
        let span = at..at + value.len();
        let (key, value) = (unescape(key), unescape(value));
        let escaped = matches!(value, Cow::Owned(_));
        if self.document != self.scope && matches!(&*key, "spring.config.activate.on-profile" | "spring.profiles") {
            self.page.rename_scope(self.document, &value);
        }
        if self.page.wants(&key, &value, escaped) {
            self.page.offer(&key, &value, span, self.document);
        }
    }

    /// A comment: what was commented out is still in the file.
    fn comment(&mut self, start: usize, end: usize) {
        let raw = &self.text[start..end];
        if matches!(raw.trim_end(), "#---" | "!---") {
            self.document = self.page.scope(self.scope, Level::Section, "", start);
            return;
        }
        let text = raw.trim_start_matches(['#', '!', ' ', '\t']);
        let Some(separator) = text.find(['=', ':']) else { return };
        let (key, value) = (text[..separator].trim(), text[separator + 1..].trim());
        if key.is_empty() || key.contains(char::is_whitespace) || value.is_empty() {
            return;
        }
        let at = end - text[separator + 1..].trim_start().len();
        let (key, value) = (unescape(key), unescape(value));
        if self.page.wants(&key, &value, false) {
            self.page.offer_known(&key, &value, at, self.document);
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c')
}

fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&byte| is_blank(byte)).count()
}

/// Skips blanks and line continuations.
fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at += blanks(bytes.get(at..).unwrap_or_default());
        match bytes.get(at..) {
            Some([b'\\', b'\r' | b'\n', ..]) => at = next_line(bytes, at + 1),
            _ => return at,
        }
    }
}

fn line_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len())
}

/// The start of the line behind the line terminator at `end`.
fn next_line(bytes: &[u8], end: usize) -> usize {
    match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        _ => end + 1,
    }
}

/// Whether a line ends with an odd number of backslashes.
fn continues(line: &[u8]) -> bool {
    line.iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// Undoes the escapes of `Properties.load`: a backslash before any other character is dropped.
fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        rest = match chars.next() {
            Some('t') => push(&mut out, '\t', chars.as_str()),
            Some('n') => push(&mut out, '\n', chars.as_str()),
            Some('r') => push(&mut out, '\r', chars.as_str()),
            Some('f') => push(&mut out, '\x0c', chars.as_str()),
            Some('u') => unicode(after, &mut out),
            Some('\r' | '\n') => after[next_line(after.as_bytes(), 0)..].trim_start_matches([' ', '\t', '\x0c']),
            Some(other) => push(&mut out, other, chars.as_str()),
            None => after,
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn push<'t>(out: &mut String, c: char, rest: &'t str) -> &'t str {
    out.push(c);
    rest
}

/// `uXXXX`, a UTF-16 unit; what follows it.
fn unicode<'t>(after: &'t str, out: &mut String) -> &'t str {
    let Some(high) = hex(after, 1, 4) else { return after };
    if let Ok(c) = char::try_from(high) {
        return push(out, c, &after[5..]);
    }
    if after.get(5..7) == Some("\\u")
        && let Some(low) = hex(after, 7, 4)
        && let Some(Ok(c)) = char::decode_utf16([high as u16, low as u16]).next()
    {
        return push(out, c, &after[11..]);
    }
    push(out, char::REPLACEMENT_CHARACTER, &after[5..])
}
