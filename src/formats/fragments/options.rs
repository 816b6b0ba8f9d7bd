//! Options: `--key value` of command lines, also where each word is quoted or a list item.

use super::super::lookback::{after_blanks, after_space, is_key_byte};
use super::super::quoted::{Dialect, quoted};
use super::Fragment;
use super::parameters::balanced;
use std::borrow::Cow;
use std::ops::Range;

const LONGEST: usize = 4096;
/// Options of one command: further apart they belong to another.
const COMMAND_GAP: usize = 300;

pub(super) fn read<'t>(text: &'t str, emit: &mut dyn FnMut(Fragment<'t>)) {
    let bytes = text.as_bytes();
    let (mut list, mut end) = (0usize, None::<usize>);
    for dashes in memchr::memmem::find_iter(bytes, b"--") {
        let starts = dashes == 0
            || matches!(bytes[dashes - 1], b'"' | b'\'' | b'[' | b',' | b'`')
            || bytes[dashes - 1].is_ascii_whitespace();
        let name = dashes + 2;
        if !starts || !bytes.get(name).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let length = bytes[name..].iter().take(160).take_while(|b| is_key_byte(**b)).count();
        let Some(key) = text.get(name..name + length) else { continue };
        let Some((value, span)) = value_after(text, dashes, name + length) else { continue };
        if end.is_none_or(|end| dashes.saturating_sub(end) > COMMAND_GAP || dashes < end) {
            list = dashes;
        }
        end = Some(span.end);
        emit(Fragment { key: Cow::Borrowed(key), value, at: span.start, list, peer: None });
    }
}

fn value_after(text: &str, dashes: usize, end: usize) -> Option<(Cow<'_, str>, Range<usize>)> {
    let bytes = text.as_bytes();
    let at = after_blanks(text, end);
    match *bytes.get(at)? {
        // `"--key", "value"`, at any depth of escaping.
        b'"' | b'\'' | b'\\' if at == end => {
            let open = dashes.checked_sub(1)?;
            let comma = at + bytes[at..].iter().take(9).take_while(|b| matches!(b, b'\\' | b'"' | b'\'')).count();
            if bytes[comma - 1] != bytes[open] || bytes.get(comma) != Some(&b',') {
                return None;
            }
            literal_at(text, after_space(text, comma + 1))
        }
        b'\n' | b'\r' => list_item(text, at),
        _ if at == end => None,
        _ => literal_at(text, at).or_else(|| bare(text, at)),
    }
}

fn literal_at(text: &str, at: usize) -> Option<(Cow<'_, str>, Range<usize>)> {
    let bytes = text.as_bytes();
    let opening = at + bytes.get(at..)?.iter().take(8).take_while(|&&b| b == b'\\').count();
    let literal = quoted(text, opening, Dialect::Code)?;
    Some((literal.value, literal.inner))
}

/// `- --key` and `- value` on the next line: a YAML list of arguments.
fn list_item(text: &str, at: usize) -> Option<(Cow<'_, str>, Range<usize>)> {
    let bytes = text.as_bytes();
    let dash = after_space(text, at);
    if bytes.get(dash..dash + 2)? != b"- " {
        return None;
    }
    let at = after_blanks(text, dash + 1);
    literal_at(text, at).or_else(|| bare(text, at))
}

fn bare(text: &str, at: usize) -> Option<(Cow<'_, str>, Range<usize>)> {
    let rest = &text.as_bytes()[at..text.len().min(at + LONGEST)];
    let ends =
        |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b';' | b'|' | b'&');
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let value = balanced(text.get(at..at + length)?).trim_end_matches(',');
    // The next option, and what help texts write for a value: `--password PASSWORD`, `--token string`.
    let is_name =
        value.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-')) || matches!(value, "string" | "text");
    // `If the --password parameter is given`: a sentence goes on.
    let next = text.get(at + value.len()..).map(str::trim_start).unwrap_or_default();
    let word = next.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
    let is_plain = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    let is_prose = is_plain(value) && is_plain(word) && next[word.len()..].starts_with([' ', '.', ',', ')']);
    let is_name = is_name || is_prose;
    (!value.is_empty() && !value.starts_with(['-', '$', '[', '(', '=']) && !value.contains('(') && !is_name)
        .then(|| (Cow::Borrowed(value), at..at + value.len()))
}
