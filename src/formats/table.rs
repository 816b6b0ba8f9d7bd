//! A table: rows of values under a line of names, as spreadsheets export and Markdown draws them.

use super::evidence::Level;
use super::page::{Page, ScopeId};

/// More columns are data.
const MOST_COLUMNS: usize = 64;
const LONGEST_NAME: usize = 64;

/// Reads the text as a table if its first line names a secret, and all tables of Markdown in it.
pub(super) fn read(page: &mut Page<'_>, scope: ScopeId) {
    let text = page.text;
    let mut lines = Lines { text, at: 0 }.peekable();
    if let Some(&(_, head)) = lines.peek()
        && let Some(separator) = [',', ';', '\t', '|'].into_iter().find(|mark| head.contains(*mark))
        && let Some(names) = names(page, head, separator)
    {
        lines.next();
        rows(page, scope, &names, separator, &mut lines);
    }
    let mut above = None;
    while let Some((_, line)) = lines.next() {
        let is_rule = line.contains("--") && line.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' '));
        if let Some(names) = above.replace(line).filter(|_| is_rule).and_then(|head| names(page, head, '|')) {
            rows(page, scope, &names, '|', &mut lines);
        }
    }
}

/// The lines of a text with their offsets.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Lines<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |newline| newline + 1);
        let line = (self.at, rest[..length].trim_end_matches(['\n', '\r']));
        self.at += length;
        Some(line)
    }
}

/// The names in a line, with an empty one for what no rule binds; `None` if there is no other.
fn names<'t>(page: &Page<'_>, head: &'t str, separator: char) -> Option<Vec<&'t str>> {
    let cells: Vec<&str> = cells(head, separator).map(|(_, cell)| cell).collect();
    let is_head = (2..=MOST_COLUMNS).contains(&cells.len()) && cells.iter().all(|cell| cell.len() <= LONGEST_NAME);
    let is_known = |cell: &str| page.vocabulary.is_key(cell) && !cell.contains(['=', '(', '{']);
    let names: Vec<&str> = cells.iter().map(|cell| if is_known(cell) { *cell } else { "" }).collect();
    (is_head && names.iter().any(|name| !name.is_empty())).then_some(names)
}

/// Binds the cells of the lines that have as many as there are names.
fn rows<'t>(
    page: &mut Page<'_>,
    scope: ScopeId,
    names: &[&str],
    separator: char,
    lines: &mut impl Iterator<Item = (usize, &'t str)>,
) {
    for (start, line) in lines {
        let cells: Vec<(usize, &str)> = cells(line, separator).collect();
        if cells.len() != names.len() {
            return;
        }
        let mut row = None;
        for (name, (at, cell)) in names.iter().zip(cells).filter(|(name, _)| !name.is_empty()) {
            // In a table of what is supported, and since when.
            if cell.trim_start_matches('v').bytes().all(|b| b.is_ascii_digit() || b == b'.') {
                continue;
            }
            let row = *row.get_or_insert_with(|| page.scope(scope, Level::Map, "row", start));
            page.offer_known(name, cell, start + at, row);
        }
    }
}

/// The cells of a line with their offsets, without what quotes and frames them.
fn cells(line: &str, separator: char) -> impl Iterator<Item = (usize, &str)> {
    let framed = separator == '|' && line.trim_start().starts_with('|');
    let end = if framed { line.trim_end().strip_suffix('|').map_or(line.len(), str::len) } else { line.len() };
    let start = if framed { line.find('|').map_or(0, |at| at + 1) } else { 0 };
    let mut at = start;
    line.get(start..end).unwrap_or_default().split(separator).map(move |cell| {
        let own = at;
        at += cell.len() + separator.len_utf8();
        let inner = cell.trim_matches([' ', '\t', '"', '`', '*']);
        (own + (inner.as_ptr() as usize - cell.as_ptr() as usize), inner)
    })
}
