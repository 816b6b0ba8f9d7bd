//! Collections: literals that are named by the map, list or tuple that they are elements of.

use super::super::lookback::{after_blanks, after_space, before_blanks, word_before};
use super::super::page::Page;
use super::super::quoted::{Dialect, is_quote, quoted};
use super::arguments::{literals_of, takes_pairs};
use super::brackets::Brackets;
use super::literals::{declared, line_before, separated};
use crate::formats::names::{is_element, of_elements};
use std::ops::Range;

/// Calls that give a collection of their arguments.
const FACTORIES: [&str; 24] = [
    "of",
    "ofEntries",
    "entry",
    "asList",
    "listOf",
    "mapOf",
    "setOf",
    "hashMapOf",
    "mutableMapOf",
    "mutableListOf",
    "linkedMapOf",
    "arrayOf",
    "arrayListOf",
    "singletonMap",
    "singletonList",
    "dict",
    "list",
    "set",
    "frozenset",
    "Map",
    "List",
    "Seq",
    "Set",
    "Array",
];
/// Calls that put their last argument into a collection.
const ADDERS: [&str; 7] = ["put", "putIfAbsent", "add", "addAll", "append", "push", "set"];

/// The name of an element at `opening`, and where the literal stands in its collection.
pub(super) fn name<'t>(
    page: &Page<'t>,
    brackets: &mut Brackets,
    opening: usize,
    before: usize,
) -> Option<(&'t str, usize)> {
    let text = page.text;
    let literal = quoted(text, opening, Dialect::Code).filter(|literal| is_element(&literal.value))?;
    let after = &text.as_bytes()[after_blanks(text, literal.end)..];
    let is_key =
        after.starts_with(b":") || after.starts_with(b"->") || after.starts_with(b"=") || after.starts_with(b"to ");
    if is_key {
        return None;
    }
    if let Some(found) = entry(page, before) {
        return Some(found);
    }
    let (name, open) = brackets.elements_at(page, opening)?;
    let method = word_before(text, open).map_or("", |(word, _)| word);
    let is_value = match text.as_bytes()[before - 1] {
        b'(' | b',' if text.as_bytes()[open] == b'(' && takes_pairs(method) => {
            literals_of(text, open).iter().position(|own| *own == Some(opening)).is_some_and(|index| index % 2 == 1)
        }
        _ => true,
    };
    is_value.then_some((name, opening))
}

/// `TOKENS["eu"] = "v"`.
fn entry<'t>(page: &Page<'t>, before: usize) -> Option<(&'t str, usize)> {
    let text = page.text;
    let end = before_blanks(text, before.checked_sub(1).filter(|at| text.as_bytes()[*at] == b'=')?);
    let close = end.checked_sub(1).filter(|at| text.as_bytes()[*at] == b']')?;
    let open = memchr::memrchr(b'[', &text.as_bytes()[close.saturating_sub(100)..close])? + close.saturating_sub(100);
    let (name, start) = word_before(text, open)?;
    Some((of_elements(page.vocabulary, last_segment(name))?, start))
}

/// Where the name of what a bracket holds stands, if that is a secret's.
pub(super) fn elements(page: &Page<'_>, byte: u8, open: usize) -> Option<Range<usize>> {
    let text = page.text;
    let callee = word_before(text, open).filter(|_| byte == b'(').map(|(word, _)| word);
    let name = match callee.and_then(|callee| callee.rsplit_once('.')) {
        Some((receiver, method)) if ADDERS.contains(&method) => last_segment(receiver),
        _ if callee.is_some_and(|callee| !FACTORIES.contains(&last_segment(callee))) => return None,
        _ => assigned(text, open)?,
    };
    let single = of_elements(page.vocabulary, name)?;
    let start = single.as_ptr() as usize - text.as_ptr() as usize;
    Some(start..start + single.len())
}

/// What the constructor or type that ends at a bracket is given to.
fn assigned(text: &str, open: usize) -> Option<&str> {
    let line = line_before(text, open);
    let constructs =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'<' | b'>' | b',' | b' ' | b'[' | b']' | b'(');
    let length = line.bytes().rev().take_while(|b| constructs(*b)).count();
    // `name => {` ends with what a type may hold.
    let end = line.trim_end().strip_suffix("=>").map_or(open - length, |head| open - line.len() + head.len() + 2);
    separated(text, end).map(|(name, _)| last_segment(name))
}

/// `user, password = "u", "v"`: the name in the place of the literal at `opening`.
pub(super) fn unpacked(text: &str, opening: usize) -> Option<(&str, usize)> {
    let line = line_before(text, opening);
    let start = opening - line.len();
    let bytes = line.as_bytes();
    let equals = memchr::memchr(b'=', bytes).filter(|at| !matches!(bytes.get(at + 1), Some(b'=' | b'>')))?;
    let names = line[..equals].trim_end_matches([' ', ':']).trim_end_matches([')', ']']);
    let open = names.rfind(['(', '[']);
    // `f(host: String, password: String = "v"` has parameters.
    if open.is_some_and(|open| names[..open].ends_with(|c: char| c.is_alphanumeric() || c == '_')) {
        return None;
    }
    let names = &names[open.map_or(0, |at| at + 1)..];
    let count = names.matches(',').count();
    if count == 0 || names.contains(['"', '\'', '=', '{']) {
        return None;
    }
    let index = place(text, start + equals + 1, opening)?;
    let name = names.split(',').nth(index).filter(|_| index <= count)?.trim_end();
    let name = name.split(':').next()?.trim_end();
    let end = name.as_ptr() as usize - text.as_ptr() as usize + name.len();
    declared(text, end)
}

/// How many elements stand between `from` and a literal.
fn place(text: &str, from: usize, opening: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = after_space(text, from);
    at = if matches!(bytes.get(at)?, b'(' | b'[') { at + 1 } else { at };
    let mut index = 0;
    while at < opening {
        match bytes[at] {
            b',' => index += 1,
            // A call's commas are its own.
            b'(' | b'[' | b'{' => return None,
            quote if is_quote(quote) => {
                at = quoted(text, at, Dialect::Code)?.end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Some(index)
}

fn last_segment(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
