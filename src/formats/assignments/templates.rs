//! Templates: placeholders in a literal whose values the program gives as literals, `"…'%s'" % "v"`,
//! `"…{}…".format("v")`, and variables that are set to one above.

use super::super::lookback::{after_blanks, after_space, before_blanks, is_key_byte, word_before};
use super::super::quoted::{Dialect, Quoted, backslashes_before, is_quote, quoted};
use super::arguments::literals_of;
use std::ops::Range;

/// How far behind a placeholder its literal may end, and how far before it that may begin.
const TEMPLATE: usize = 4096;
/// Quotes behind a placeholder of which one may end its literal.
const QUOTES: usize = 64;
/// How far before its use a variable may be set, and how many other mentions of its name are passed over.
const REACH: usize = 16 << 10;
const MENTIONS: usize = 16;
/// A placeholder is no longer.
const LONGEST: usize = 64;

/// The literal that a placeholder at `at` stands for.
pub(in crate::formats) fn stands_for<'t>(text: &'t str, at: usize, placeholder: &str) -> Option<Quoted<'t>> {
    if placeholder.len() > LONGEST {
        return None;
    }
    let inner = |open: &str, close: &str| placeholder.strip_prefix(open)?.strip_suffix(close);
    let name = inner("${", "}").or_else(|| inner("{", "}")).or_else(|| placeholder.strip_prefix('$'));
    match name {
        None if matches!(placeholder, "%s" | "%d") => argument(text, at, None),
        Some("") => argument(text, at, None),
        Some(index) if let Ok(index) = index.parse() => argument(text, at, Some(index)),
        Some(name) if name.bytes().all(|b| is_key_byte(b) && b != b'-') => {
            named_argument(text, at, name).or_else(|| variable(text, at, last_segment(name)))
        }
        _ => None,
    }
}

fn last_segment(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The argument that fills the placeholder at `at`: the one of that number, or the one in its order.
fn argument(text: &str, at: usize, index: Option<usize>) -> Option<Quoted<'_>> {
    let (start, filler) = template(text, at)?;
    let index = index.unwrap_or_else(|| {
        let before = &text[start..at];
        before.matches("%s").count() + before.matches("%d").count() + before.matches("{}").count()
    });
    let opening = match text.as_bytes().get(filler.start)? {
        b'(' => *literals_of(text, filler.start).get(index + filler.len())?,
        _ if index == 0 => Some(filler.start),
        _ => None,
    };
    if let Some(literal) = opening.and_then(|opening| quoted(text, opening, Dialect::Code)) {
        return Some(literal);
    }
    let length = text.as_bytes()[filler.start..].iter().take(LONGEST).take_while(|b| is_key_byte(**b)).count();
    let name = text.get(filler.start..filler.start + length).filter(|name| !name.is_empty())?;
    variable(text, at, last_segment(name))
}

/// The argument of that name: `"…{pw}…".format(pw="v")`.
fn named_argument<'t>(text: &'t str, at: usize, name: &str) -> Option<Quoted<'t>> {
    let (_, filler) = template(text, at)?;
    let end = text.len().min(filler.start + TEMPLATE);
    let arguments = text.get(filler.start..end).filter(|arguments| arguments.starts_with('('))?;
    let name_at = |found: usize| {
        let equals = after_blanks(arguments, found + name.len());
        let is_whole = matches!(arguments.as_bytes()[found - 1], b'(' | b',' | b' ' | b'\n');
        (is_whole && arguments.as_bytes().get(equals) == Some(&b'=')).then_some(equals + 1)
    };
    let equals = memchr::memmem::find_iter(arguments.as_bytes(), name).take(MENTIONS).find_map(name_at)?;
    let opening = after_space(text, filler.start + equals);
    text.as_bytes().get(opening).filter(|b| is_quote(**b)).and_then(|_| quoted(text, opening, Dialect::Code))
}

/// Where the literal around a placeholder begins, and what fills it: a literal, a name, or a bracket with so
/// many arguments before the first as the range is long.
fn template(text: &str, at: usize) -> Option<(usize, Range<usize>)> {
    let bytes = text.as_bytes();
    let limit = text.len().min(at + TEMPLATE);
    let ends = |at: &usize| matches!(bytes[*at], b'"' | b'\'') && backslashes_before(text, *at) == 0;
    for quote in (at..limit).filter(ends).take(QUOTES) {
        let end = quote + 1;
        let behind = &bytes[after_space(text, end)..];
        let opens = |word: &[u8]| behind.starts_with(word).then(|| text.len() - behind.len() + word.len() - 1);
        let filler = if behind.starts_with(b"% ") {
            let filler = after_blanks(text, text.len() - behind.len() + 1);
            filler..filler
        } else if let Some(open) = opens(b".format(").or_else(|| opens(b".formatted(")) {
            open..open
        } else {
            // `String.format("…", "v")`: the template is the first of the call's arguments.
            let Some(start) = begin(text, at, end) else { continue };
            let open = before_blanks(text, start).checked_sub(1).filter(|open| bytes[*open] == b'(');
            let formats = |open: usize| word_before(text, open).is_some_and(|(word, _)| word.ends_with("format"));
            match open.filter(|open| behind.starts_with(b",") && formats(*open)) {
                Some(open) => open..open + 1,
                None => continue,
            }
        };
        return Some((begin(text, at, end)?, filler));
    }
    None
}

/// Where the literal that ends at `end` begins, `at` lying in it.
fn begin(text: &str, at: usize, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = bytes[end - 1];
    let is_triple = end >= 3 && bytes[end - 3..end] == [quote; 3];
    let marks = if is_triple { &bytes[end - 3..end] } else { &bytes[end - 1..end] };
    let floor = at.saturating_sub(TEMPLATE);
    let starts = |found: &usize| backslashes_before(text, floor + found) == 0;
    let start = floor + memchr::memmem::rfind_iter(&bytes[floor..at], marks).take(QUOTES).find(starts)?;
    (is_triple || !bytes[start..at].contains(&b'\n')).then_some(start)
}

/// The literal that a variable was last set to.
fn variable<'t>(text: &'t str, at: usize, name: &str) -> Option<Quoted<'t>> {
    let bytes = text.as_bytes();
    let floor = at.saturating_sub(REACH);
    let mut end = at;
    for _ in 0..MENTIONS {
        let start = floor + memchr::memmem::rfind(&bytes[floor..end], name.as_bytes())?;
        end = start;
        let behind = start + name.len();
        let is_whole = start.checked_sub(1).is_none_or(|at| !is_key_byte(bytes[at]) || bytes[at] == b'.')
            && bytes.get(behind).is_some_and(|b| !is_key_byte(*b));
        if !is_whole {
            continue;
        }
        let mut equals = after_blanks(text, behind);
        if bytes.get(equals) == Some(&b':') {
            let of = after_blanks(text, equals + 1);
            let length = bytes[of..].iter().take(LONGEST).take_while(|b| is_key_byte(**b)).count();
            equals = after_blanks(text, of + length);
        }
        let opening = after_space(text, equals + 1);
        if bytes.get(equals) == Some(&b'=') && bytes.get(opening).is_some_and(|b| is_quote(*b)) {
            return quoted(text, opening, Dialect::Code);
        }
    }
    None
}
