//! A scalar: one value as it is written in a text, and what it stands for.

use std::borrow::Cow;
use std::ops::Range;

#[derive(Clone, Debug)]
pub(super) struct Scalar<'t> {
    /// Without quotes, escapes undone.
    pub(super) value: Cow<'t, str>,
    /// What stands for it in the text, without quotes.
    pub(super) span: Range<usize>,
    /// Written with backslash escapes: `unescape` of the span is the value.
    pub(super) escapes: bool,
}

/// How far a quoted scalar may reach.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    Line,
    /// Over all following lines that are indented by more than this, or blank (YAML 1.2.2, 7.3).
    Deeper(usize),
    Anywhere,
}

impl<'t> Scalar<'t> {
    /// What stands at a place of the text as it is, without the white space around it.
    pub(super) fn plain(text: &'t str, span: Range<usize>) -> Self {
        let raw = text.get(span.clone()).unwrap_or_default();
        let value = raw.trim();
        let start = span.start + (raw.len() - raw.trim_start().len());
        Self { value: Cow::Borrowed(value), span: start..start + value.len(), escapes: false }
    }

    /// The scalar whose opening quote, double or single, stands at `at`, and the offset behind its
    /// closing quote. `None` if it is not closed within its reach.
    pub(super) fn quoted(text: &'t str, at: usize, reach: Reach) -> Option<(Self, usize)> {
        let bytes = text.as_bytes();
        let quote = *bytes.get(at)?;
        let mut end = at + 1;
        loop {
            end += memchr::memchr3(quote, b'\\', b'\n', bytes.get(end..)?)?;
            match bytes[end] {
                b'\n' => match reach {
                    Reach::Deeper(indent) if !is_deeper(bytes, end + 1, indent) => return None,
                    Reach::Line => return None,
                    _ => end += 1,
                },
                b'\\' => end += if quote == b'"' { 2 } else { 1 },
                _ if quote == b'\'' && bytes.get(end + 1) == Some(&quote) => end += 2,
                _ => break,
            }
        }
        let span = at + 1..end;
        let raw = text.get(span.clone())?;
        let value = if quote == b'"' {
            unescape(raw, &mut |_, _| {})
        } else if raw.contains('\'') || raw.contains('\n') {
            Cow::Owned(fold(&raw.replace("''", "'")))
        } else {
            Cow::Borrowed(raw)
        };
        Some((Self { value, span, escapes: quote == b'"' }, end + 1))
    }
}

/// Whether the line that starts at `start` is blank or indented by more than `indent`.
fn is_deeper(bytes: &[u8], start: usize, indent: usize) -> bool {
    let line = bytes.get(start..).unwrap_or_default();
    let width = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    width > indent || matches!(line.get(width), Some(b'\r' | b'\n'))
}

/// Joins the lines of a quoted scalar as YAML does: a line break is a blank, an empty line a break.
fn fold(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut breaks = 0usize;
    for (index, line) in raw.split('\n').enumerate() {
        let line = if index == 0 { line.trim_end() } else { line.trim() };
        if index > 0 {
            breaks += 1;
        }
        if line.is_empty() && index > 0 {
            continue;
        }
        push_breaks(&mut out, breaks);
        breaks = 0;
        out.push_str(line);
    }
    out
}

fn push_breaks(out: &mut String, breaks: usize) {
    match breaks {
        0 => {}
        1 => out.push(' '),
        _ => out.extend(std::iter::repeat_n('\n', breaks - 1)),
    }
}

/// Undoes the escapes that JSON (RFC 8259, 7) and YAML's double quotes (1.2.2, 5.7) share. After each
/// one `note` learns how long the result is and where in `raw` it goes on.
pub(super) fn unescape<'t>(raw: &'t str, note: &mut dyn FnMut(usize, usize)) -> Cow<'t, str> {
    let bytes = raw.as_bytes();
    if memchr::memchr2(b'\\', b'\n', bytes).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(hit) = memchr::memchr2(b'\\', b'\n', &bytes[at..]) {
        out.push_str(raw.get(at..at + hit).unwrap_or_default());
        at += hit;
        at = if bytes[at] == b'\n' { line_break(raw, at, &mut out) } else { escape(raw, at, &mut out) };
        note(out.len(), at);
    }
    out.push_str(raw.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// A line break at `at`, with the white space around it; gives back where the text goes on.
fn line_break(raw: &str, at: usize, out: &mut String) -> usize {
    out.truncate(out.trim_end_matches([' ', '\t', '\r']).len());
    let rest = &raw[at..];
    let blank = &rest[..rest.len() - rest.trim_start().len()];
    push_breaks(out, memchr::memchr_iter(b'\n', blank.as_bytes()).count());
    at + blank.len()
}

/// The escape whose backslash stands at `at`; gives back where the text goes on.
fn escape(raw: &str, at: usize, out: &mut String) -> usize {
    let Some(kind) = raw[at + 1..].chars().next() else {
        out.push('\\');
        return at + 1;
    };
    let next = at + 1 + kind.len_utf8();
    let single = match kind {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        '0' => '\0',
        'e' => '\u{1b}',
        'u' => return unicode(raw, next, 4, out),
        'x' => return unicode(raw, next, 2, out),
        'U' => return unicode(raw, next, 8, out),
        '\n' | '\r' => {
            let rest = &raw[next..];
            return next + (rest.len() - rest.trim_start().len());
        }
        other => other,
    };
    out.push(single);
    next
}

/// A code point of so many hexadecimal digits; two surrogates in a row are one (RFC 8259, 7).
fn unicode(raw: &str, at: usize, digits: usize, out: &mut String) -> usize {
    let Some(mut code) = hex(raw, at, digits) else {
        // No number: the letter after the backslash stands for itself.
        out.push_str(&raw[at - 1..at]);
        return at;
    };
    let mut next = at + digits;
    if (0xD800..0xDC00).contains(&code)
        && raw.get(next..next + 2) == Some("\\u")
        && let Some(low) = hex(raw, next + 2, 4)
        && (0xDC00..0xE000).contains(&low)
    {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        next += 6;
    }
    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    next
}

/// So many hexadecimal digits at `at`.
pub(super) fn hex(raw: &str, at: usize, digits: usize) -> Option<u32> {
    let number = raw.get(at..at + digits)?;
    if number.bytes().all(|byte| byte.is_ascii_hexdigit()) { u32::from_str_radix(number, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{Reach, Scalar, unescape};

    #[test]
    fn escapes() {
        for (raw, value) in [
            (r"a\tb\u0041\/", "a\tbA/"),
            (r"\ud83d\ude00", "😀"),
            (r"\ud83d x", "\u{fffd} x"),
            (r"\uZZ\", "uZZ\\"),
            ("one  \n   two\n\nthree", "one two\nthree"),
            ("one\\\n   two", "onetwo"),
            (r"\é", "é"),
        ] {
            assert_eq!(unescape(raw, &mut |_, _| {}), value, "{raw}");
        }
    }

    #[test]
    fn quotes_end_within_their_reach() {
        let value = |text, reach| Scalar::quoted(text, 0, reach).map(|(scalar, end)| (scalar.value.into_owned(), end));
        assert_eq!(value(r#""a\"b" c"#, Reach::Line), Some(("a\"b".into(), 6)));
        assert_eq!(value("'it''s'", Reach::Line), Some(("it's".into(), 7)));
        assert_eq!(value("\"a\n  b\"", Reach::Line), None);
        assert_eq!(value("\"a\n  b\"", Reach::Deeper(1)), Some(("a b".into(), 7)));
        assert_eq!(value("\"a\nb\"", Reach::Deeper(1)), None);
        assert_eq!(value("'a\n\n  b'", Reach::Anywhere), Some(("a\nb".into(), 8)));
        assert_eq!(value("\"a\\", Reach::Anywhere), None);
    }
}
