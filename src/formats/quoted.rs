//! A quoted string: a literal as source code and SQL write it, in any text and at any depth of escaping.

use std::borrow::Cow;
use std::ops::Range;

/// Strings longer than this hold documents rather than values.
const LONGEST: usize = 16 << 10;

/// A string literal in a text.
#[derive(Debug)]
pub(super) struct Quoted<'t> {
    /// What the literal stands for.
    pub(super) value: Cow<'t, str>,
    /// What stands between the quotes.
    pub(super) inner: Range<usize>,
    /// Behind the closing quote.
    pub(super) end: usize,
}

/// How a quote is written inside its own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Doubled; a backslash is an ordinary character (SQL-92, 5.3).
    Sql,
    /// Behind a backslash.
    Code,
}

/// How many backslashes stand in front of an offset.
pub(super) fn backslashes_before(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rev().take(8).take_while(|&&b| b == b'\\').count()
}

/// Reads the literal whose opening quote is at `at`. Backslashes in front of the quote say that the
/// literal stands inside another one: `"… password=\"x\""`; the closing quote then has as many.
pub(super) fn quoted(text: &str, at: usize, dialect: Dialect) -> Option<Quoted<'_>> {
    let bytes = text.as_bytes();
    let quote = *bytes.get(at).filter(|b| is_quote(**b))?;
    let depth = backslashes_before(text, at);
    let start = at + 1;
    if depth == 0 && dialect == Dialect::Code && quote != b'`' && bytes[start..].starts_with(&[quote, quote]) {
        return triple_quoted(text, start + 2, quote);
    }
    let limit = bytes.len().min(start + LONGEST);
    let mut doubled = false;
    let mut at = start;
    loop {
        at += memchr::memchr3(quote, b'\\', b'\n', bytes.get(at..limit)?)?;
        let run = bytes[at..limit].iter().take_while(|&&b| b == b'\\').count();
        let behind = bytes.get(at + run).copied()?;
        if behind != quote {
            match behind {
                // A line's end ends a broken literal, unless it is escaped or the quote allows it.
                b'\n' if quote != b'`' && (run % 2 == 0 || dialect == Dialect::Sql) => return None,
                _ => at += run.max(1),
            }
            if behind == b'\n' && run > 0 {
                at += 1;
            }
            continue;
        }
        let closes = match (depth, dialect) {
            (0, Dialect::Sql) => true,
            (0, Dialect::Code) => run % 2 == 0,
            // Fewer backslashes: the outer literal ends before the inner one does.
            (depth, _) if run < depth => return None,
            (depth, _) => run == depth,
        };
        let next = at + run + 1;
        if !closes {
            at = next;
            continue;
        }
        if dialect == Dialect::Sql && bytes[next..].starts_with(&bytes[next - 1 - depth.min(run)..next]) {
            doubled = true;
            at = next + depth + 1;
            continue;
        }
        let inner_end = if depth == 0 { at + run } else { at };
        return Some(literal(text, start..inner_end, next, depth, doubled.then_some(quote), dialect));
    }
}

/// Python, Java, Scala and Kotlin: three quotes, over any number of lines.
fn triple_quoted(text: &str, start: usize, quote: u8) -> Option<Quoted<'_>> {
    // Text blocks of Java and strings of TOML start on the line below their quotes.
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let start = start + if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
    let limit = text.len().min(start + LONGEST);
    let end = start + memchr::memmem::find(&text.as_bytes()[start..limit], &[quote; 3])?;
    Some(literal(text, start..end, end + 3, 0, None, Dialect::Code))
}

fn literal(
    text: &str,
    inner: Range<usize>,
    end: usize,
    depth: usize,
    doubled: Option<u8>,
    dialect: Dialect,
) -> Quoted<'_> {
    let raw = text.get(inner.clone()).unwrap_or_default();
    let mut value = Cow::Borrowed(raw);
    if depth > 0 && raw.contains('\\') {
        value = Cow::Owned(unescape(&value));
    }
    if dialect == Dialect::Code && value.contains('\\') {
        value = Cow::Owned(unescape(&value));
    }
    if let Some(quote) = doubled {
        let quote = char::from(quote);
        value = Cow::Owned(value.replace(&format!("{quote}{quote}"), &quote.to_string()));
    }
    Quoted { value, inner, end }
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The escapes that Java, Scala, Kotlin, Python, JavaScript and Go share. What is no escape stays.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let Some(escape) = tail.chars().next() else {
            out.push('\\');
            return out;
        };
        let (decoded, length) = match escape {
            'n' => (Some('\n'), 1),
            't' => (Some('\t'), 1),
            'r' => (Some('\r'), 1),
            'b' => (Some('\u{8}'), 1),
            'f' => (Some('\u{c}'), 1),
            '\\' | '"' | '\'' | '`' | '$' | '/' => (Some(escape), 1),
            'u' => unicode(tail),
            'x' => (hex(tail, 1, 2), 3),
            '\n' => (None, 1),
            _ => {
                out.push('\\');
                (Some(escape), escape.len_utf8())
            }
        };
        match decoded {
            Some(c) => out.push(c),
            None if escape != '\n' => out.extend(['\\', escape]),
            None => {}
        }
        let length = if decoded.is_none() { escape.len_utf8() } else { length };
        rest = tail.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// `u0041`, also as a surrogate pair `ud83d\ude00`; the length counts from the `u`.
fn unicode(tail: &str) -> (Option<char>, usize) {
    let unit = |at: usize| tail.get(at..at + 4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let Some(high) = unit(1) else { return (None, 1) };
    if !(0xD800..0xDC00).contains(&high) {
        return (char::from_u32(u32::from(high)), 5);
    }
    let low = if tail.get(5..7) == Some("\\u") { unit(7) } else { None };
    let pair = low.and_then(|low| char::decode_utf16([high, low]).next()?.ok());
    (pair, 11)
}

fn hex(tail: &str, from: usize, digits: usize) -> Option<char> {
    u32::from_str_radix(tail.get(from..from + digits)?, 16).ok().and_then(char::from_u32)
}
