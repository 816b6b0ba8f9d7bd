//! Inserts: rows of SQL whose values are named by the columns before them, `INSERT INTO t (name, password)
//! VALUES ('a', 'v')`.

use super::super::lookback::{after_space, before_space};
use super::super::names::is_digest;
use super::super::quoted::{Dialect, quoted};
use super::Fragment;
use std::borrow::Cow;
use std::ops::Range;

/// A list of columns is no longer.
const COLUMNS: usize = 4096;

pub(super) fn read<'t>(text: &'t str, emit: &mut dyn FnMut(Fragment<'t>)) {
    let bytes = text.as_bytes();
    for word in [&b"VALUES"[..], b"values"] {
        for keyword in memchr::memmem::find_iter(bytes, word) {
            let Some(columns) = columns(text, keyword) else { continue };
            let mut at = after_space(text, keyword + word.len());
            while bytes.get(at) == Some(&b'(') {
                let Some(end) = row(text, at, &columns, emit) else { break };
                at = after_space(text, end);
                if bytes.get(at) != Some(&b',') {
                    break;
                }
                at = after_space(text, at + 1);
            }
        }
    }
}

/// The names between the brackets that end before `at`.
fn columns(text: &str, at: usize) -> Option<Vec<&str>> {
    let close = before_space(text, at).checked_sub(1).filter(|close| text.as_bytes()[*close] == b')')?;
    let floor = close.saturating_sub(COLUMNS);
    let open = floor + memchr::memrchr(b'(', &text.as_bytes()[floor..close])?;
    let names = text.get(open + 1..close)?.split(',').map(|name| name.trim().trim_matches(['"', '`', '[', ']', '\'']));
    Some(names.collect())
}

/// Emits the literals of a row; gives back where it ends.
fn row<'t>(text: &'t str, open: usize, columns: &[&'t str], emit: &mut dyn FnMut(Fragment<'t>)) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut column) = (open + 1, 0usize, 0);
    let mut last: Option<(Cow<'t, str>, Range<usize>)> = None;
    loop {
        match bytes.get(at)? {
            b'\'' => {
                let literal = quoted(text, at, Dialect::Sql)?;
                last = (depth == 0).then_some((literal.value, literal.inner));
                at = literal.end;
                continue;
            }
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            end @ (b',' | b')') if depth == 0 => {
                let key = columns.get(column).filter(|key| !key.is_empty());
                if let (Some(key), Some((value, inner))) = (key, last.take().filter(|(value, _)| !is_digest(value))) {
                    emit(Fragment { key: Cow::Borrowed(key), value, at: inner.start, list: open, peer: None });
                }
                column += 1;
                if *end == b')' {
                    return Some(at + 1);
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            // A literal inside an expression is not the column's value.
            _ => last = None,
        }
        at += 1;
    }
}
