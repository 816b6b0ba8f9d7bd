//! Words: values without quotes, in scripts, notes and comments.

use super::super::fragments::{balanced, option_name};
use super::super::lookback::{after_blanks, before_blanks, is_key_byte, word_before};
use super::super::page::Page;
use super::brackets::Brackets;
use super::{Style, offer};

const LONGEST: usize = 4096;
/// How far back the start of a line is looked for.
const LINE: usize = 256;

pub(super) fn read(page: &mut Page<'_>, brackets: &mut Brackets, style: Style) {
    let text = page.text;
    for separator in memchr::memchr2_iter(b'=', b':', text.as_bytes()) {
        let Some((key, at)) = tight(text, separator, style).or_else(|| whole_line(text, separator, style)) else {
            continue;
        };
        if !page.vocabulary.mentions_key(key.as_bytes()) && !super::is_peer_value(key, "some") || page.is_bound(at) {
            continue;
        }
        if let Some(value) = value(text, at) {
            offer(page, brackets, option_name(key), value, at, separator);
        }
    }
    if style == Style::Text {
        spaced(page, brackets);
    }
}

/// `KEY=value`, without a space around.
fn tight(text: &str, separator: usize, style: Style) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let at = separator + 1;
    if bytes[separator] != b'='
        || bytes.get(at).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'=' | b'~' | b'>'))
    {
        return None;
    }
    let (key, start) = word_before(text, separator)?;
    let opens = match start.checked_sub(1).map(|before| bytes[before]) {
        None => true,
        Some(b) => b.is_ascii_whitespace() || matches!(b, b',' | b'{' | b'(' | b'[' | b'|' | b'`'),
    };
    // In code, `f(key=value)` is a variable; only comments hold values without quotes.
    (opens && (style == Style::Text || in_comment(text, start))).then_some((key, at))
}

/// `key: value` and `key = value` on a line of their own.
fn whole_line(text: &str, separator: usize, style: Style) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    if style == Style::Code || !matches!(bytes.get(separator + 1), Some(b' ' | b'\t' | b'*' | b'`')) {
        return None;
    }
    // Markdown: `**Password:** v`, `- `password`: v`.
    let decoration = |at: usize| bytes[..at].iter().rev().take(3).take_while(|b| matches!(b, b'*' | b'`')).count();
    let blanks = before_blanks(text, separator);
    let (key, start) = word_before(text, blanks - decoration(blanks))?;
    let start = before_blanks(text, start - decoration(start));
    let bullets = bytes[..start]
        .iter()
        .rev()
        .take(16)
        .take_while(|b| matches!(b, b' ' | b'\t' | b'-' | b'*' | b'#' | b'>' | b'/' | b'|'))
        .count();
    let line = start - bullets;
    if line > 0 && bytes[line - 1] != b'\n' {
        return None;
    }
    let marks = bytes[separator + 1..].iter().take(3).take_while(|b| matches!(b, b'*' | b'`')).count();
    let at = after_blanks(text, separator + 1 + marks);
    let at = at + usize::from(bytes.get(at) == Some(&b'`'));
    let length = token_length(&bytes[at..])?;
    // More than one word is a sentence.
    let end = after_blanks(text, at + length + usize::from(bytes.get(at + length) == Some(&b'`')));
    matches!(bytes.get(end), None | Some(b'\n' | b'\r' | b'|' | b'#')).then_some((key, at))
}

/// `ENV KEY value` of a Dockerfile.
fn spaced(page: &mut Page<'_>, brackets: &mut Brackets) {
    let text = page.text;
    for keyword in memchr::memmem::find_iter(text.as_bytes(), b"ENV ") {
        if keyword > 0 && text.as_bytes()[keyword - 1] != b'\n' {
            continue;
        }
        let start = after_blanks(text, keyword + 4);
        let length = text.as_bytes()[start..].iter().take(160).take_while(|b| is_key_byte(**b)).count();
        let Some(key) = text.get(start..start + length) else { continue };
        let at = after_blanks(text, start + length);
        if at > start + length
            && !key.is_empty()
            && let Some(value) = value(text, at)
        {
            offer(page, brackets, key, value, at, start);
        }
    }
}

fn token_length(rest: &[u8]) -> Option<usize> {
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b';' | b'<' | b'>' | b'|');
    let rest = &rest[..rest.len().min(LONGEST)];
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    (length > 0 && length < LONGEST).then_some(length)
}

fn value(text: &str, at: usize) -> Option<&str> {
    let bytes = text.as_bytes();
    let length = token_length(bytes.get(at..)?)?;
    let end = at + length;
    let token = text.get(at..end)?;
    // `${A:-b c}` is one value.
    let token = match token.starts_with("${") && !token.contains('}') {
        true => text.get(at..end + memchr::memchr2(b'}', b'\n', &bytes[end..bytes.len().min(end + LINE)])? + 1)?,
        false => token,
    };
    let value = balanced(token).trim_end_matches([',', '\\']);
    let value = value.strip_suffix('.').unwrap_or(value);
    // `{A=b,C=d}`: the next name ends the value.
    let value = match value.split_once(',') {
        Some((first, rest))
            if rest.split('=').next().is_some_and(|name| name.len() < rest.len() && name.bytes().all(is_key_byte)) =>
        {
            first
        }
        _ => value,
    };
    // Calls and references are no values.
    (!value.is_empty() && !value.contains('(') && !value.starts_with(['&', '*', '=', '>'])).then_some(value)
}

/// Whether a line's text before `at` opens a comment.
fn in_comment(text: &str, at: usize) -> bool {
    let floor = at.saturating_sub(LINE);
    let before = &text.as_bytes()[floor..at];
    let line = &before[memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)..];
    let opens = |mark: &[u8]| {
        memchr::memmem::find_iter(line, mark).any(|found| found == 0 || line[found - 1].is_ascii_whitespace())
    };
    line.trim_ascii_start().starts_with(b"* ") || [&b"//"[..], b"/*", b"#", b"--"].iter().any(|mark| opens(mark))
}
