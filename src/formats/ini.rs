//! Ini and its kin: lines that assign values to names. Credentials files, `.env`, systemd units, the
//! simple part of TOML and HOCON.

use super::evidence::Level;
use super::flow::{Dialect, Flow};
use super::keypath::{KeyPath, MOST_STEPS};
use super::lookback::{after_space, is_key_byte};
use super::page::{Page, ScopeId};
use super::scalar::{Reach, Scalar};
use std::borrow::Cow;
use std::ops::Range;

/// A longer name is prose.
const LONGEST_NAME: usize = 256;

pub(super) fn read(page: &mut Page<'_>, scope: ScopeId) {
    let text = page.text;
    let path = KeyPath::new(scope, MOST_STEPS, 0);
    let mut reader = Reader { page, text, scope, path, at: 0, no_triple: false };
    while reader.at < text.len() {
        let start = reader.at;
        let rest = &text.as_bytes()[start..];
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        reader.at += length + 1;
        let line = text.get(start..start + length).unwrap_or_default();
        let end = start + line.trim_end().len();
        let start = (start + line.len() - line.trim_start().len()).min(end);
        reader.line(start, end);
    }
    reader.path.truncate(reader.page, 0);
}

struct Reader<'a, 't> {
    page: &'a mut Page<'t>,
    text: &'t str,
    scope: ScopeId,
    path: KeyPath<'t>,
    /// Where the next line starts.
    at: usize,
    /// No `"""` follows any more.
    no_triple: bool,
}

impl<'t> Reader<'_, 't> {
    fn line(&mut self, start: usize, end: usize) {
        let line = &self.text[start..end];
        match line.as_bytes() {
            [] => {}
            // `//registry/:_authToken=…` of npm is no comment.
            [b'/', b'/', ..] if line.contains("/:_") => self.assignment(start..end, false),
            [b'#' | b';', ..] | [b'/', b'/', ..] => {
                let comment = line.trim_start_matches(['#', ';', '/', ' ', '\t']);
                self.assignment(end - comment.len()..end, true);
            }
            [b'[', ..] if self.section(line, start) => {}
            [b'}', ..] => {
                for _ in line.bytes().take_while(|byte| matches!(byte, b'}' | b',' | b' ')).filter(|&byte| byte == b'}')
                {
                    self.path.pop(self.page);
                }
            }
            [.., b'{'] => {
                let name = line.trim_end_matches(['{', ' ', '\t', '=', ':']).trim_matches('"');
                self.path.push(Cow::Borrowed(name), Level::Map, start);
            }
            [.., b'}'] if self.table(start, end) => {}
            // HOCON: `user = me, password = secret`.
            _ if self.path.depth() > 0 && divides(line) => self.members(start, end),
            _ => self.assignment(start..end, false),
        }
    }

    /// `name = { key = value, key = value }`, `name { … }` or `{ … }` on one line.
    fn table(&mut self, start: usize, end: usize) -> bool {
        let line = &self.text[start..end];
        let Some(open) = line.find('{') else { return false };
        let name = line[..open].trim_end_matches([' ', '\t', '=', ':']).trim_matches('"');
        if name.contains([' ', '\t', '=', '$', '"', '\'', '#']) || line[open + 1..].starts_with('{') {
            return false;
        }
        self.members(start, end);
        true
    }

    /// Assignments that commas and braces divide.
    fn members(&mut self, start: usize, end: usize) {
        let bytes = &self.text.as_bytes()[..end];
        let mut member = start;
        let (mut quote, mut reference) = (None, false);
        for at in start..end {
            let byte = bytes[at];
            match byte {
                b'"' | b'\'' if quote.is_none() => quote = Some(byte),
                _ if quote == Some(byte) => quote = None,
                _ if quote.is_some() => {}
                b'{' if at > start && bytes[at - 1] == b'$' => reference = true,
                b'}' if reference => reference = false,
                _ if reference => {}
                b'{' => {
                    let name = self.text[member..at].trim_end_matches([' ', '\t', '=', ':']).trim();
                    self.path.push(Cow::Borrowed(name.trim_matches('"')), Level::Map, member);
                    member = at + 1;
                }
                b',' | b'}' => {
                    self.member(member, at);
                    member = at + 1;
                    if byte == b'}' {
                        self.path.pop(self.page);
                    }
                }
                _ => {}
            }
        }
        self.member(member, end);
    }

    fn member(&mut self, start: usize, end: usize) {
        let blanks = self.text[start..end].len() - self.text[start..end].trim_start().len();
        if start + blanks < end {
            self.assignment(start + blanks..end, false);
        }
    }

    /// `[name]`, in TOML also `[[name]]`.
    fn section(&mut self, line: &str, at: usize) -> bool {
        let header = line.split([';', '#']).next().unwrap_or_default().trim_end();
        if !header.ends_with(']') || header.contains('=') {
            return false;
        }
        let name = header.trim_matches(['[', ']', ' ', '"']);
        self.path.truncate(self.page, 0);
        let section = self.page.scope(self.scope, Level::Section, name, at);
        self.path = KeyPath::new(section, MOST_STEPS, 0);
        true
    }

    fn assignment(&mut self, line: Range<usize>, commented: bool) {
        let Some((name, at, sure)) = split(&self.text[line.clone()]) else { return };
        let rest = &self.text[line.start + at..line.end];
        let at = line.end - rest.trim_start().len();
        if name == "Environment" && !commented {
            self.environment(at..line.end);
            return;
        }
        if !commented && self.text.as_bytes()[at..line.end].starts_with(b"[") && self.holds_texts(at) {
            self.list(name, line.start, at);
            return;
        }
        let scalar = match self.text.as_bytes()[at..line.end] {
            [b'"', b'"', b'"', ..] if !commented => self.triple(at + 3),
            [b'"' | b'\'', ..] => Scalar::quoted(self.text, at, Reach::Line).map(|(scalar, _)| scalar),
            _ => None,
        };
        let scalar = scalar.unwrap_or_else(|| unquoted(self.text, at..line.end));
        if commented || !sure {
            self.path.comment(self.page, MOST_STEPS, name, &scalar);
        } else {
            self.path.value(self.page, name, scalar);
        }
    }

    /// Whether the list that starts here is one of quoted texts.
    fn holds_texts(&self, at: usize) -> bool {
        matches!(self.text.as_bytes().get(after_space(self.text, at + 1)), Some(b'"' | b'\''))
    }

    /// `names = ["a", "b"]`, which may go on over lines that are indented.
    fn list(&mut self, name: &'t str, start: usize, at: usize) {
        let column = start - self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let mut flow = Flow::new(self.page, &mut self.path, Dialect::Yaml(Some(column)), at).named(Cow::Borrowed(name));
        let closed = flow.run();
        self.at = flow.at;
        if closed {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        }
    }

    /// The rest of a string in three quotes.
    fn triple(&mut self, start: usize) -> Option<Scalar<'t>> {
        let rest = if self.no_triple { None } else { self.text.get(start..) };
        let Some(length) = rest.and_then(|rest| rest.find("\"\"\"")) else {
            self.no_triple = true;
            return None;
        };
        let behind = &self.text.as_bytes()[start + length..];
        // TOML 1.0: a newline right behind the opening quotes is no part of the value.
        let skipped = rest.map_or(0, |rest| rest.len() - rest.trim_start_matches(['\r', '\n']).len()).min(length);
        self.at = start + length + memchr::memchr(b'\n', behind).map_or(behind.len(), |at| at + 1);
        Some(Scalar::plain(self.text, start + skipped..start + length))
    }

    /// `Environment="A=b" 'C=d' E=f` of a systemd unit.
    fn environment(&mut self, line: Range<usize>) {
        let bytes = &self.text.as_bytes()[..line.end];
        let mut at = line.start;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_whitespace() {
                at += 1;
                continue;
            }
            let quoted = if matches!(byte, b'"' | b'\'') { Scalar::quoted(self.text, at, Reach::Line) } else { None };
            let (scalar, end) = quoted.unwrap_or_else(|| {
                let word = bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
                (Scalar::plain(self.text, at..at + word), at + word)
            });
            at = end;
            self.path.item(self.page, &scalar);
        }
    }
}

/// Whether a comma of the line stands in front of another assignment, or a brace ends it.
fn divides(line: &str) -> bool {
    line.ends_with('}') && !line.contains('{')
        || line.split(',').skip(1).any(|rest| {
            let name = rest.trim_start();
            let length = name.bytes().take_while(|byte| is_key_byte(*byte)).count();
            length > 0 && name[length..].trim_start().starts_with(['=', ':'])
        })
}

/// The name that a line assigns to, where its value starts, and whether it surely is an assignment.
fn split(line: &str) -> Option<(&str, usize, bool)> {
    let command = ["export ", "set ", "setenv "].iter().find(|command| line.starts_with(**command));
    let skipped = command.map_or(0, |command| command.len());
    let bytes = line.as_bytes();
    let separator = (skipped..bytes.len()).find(|&at| {
        bytes[at] == b'=' || bytes[at] == b':' && matches!(bytes.get(at + 1), None | Some(b' ' | b'\t' | b'"' | b'\''))
    });
    if let Some(separator) = separator {
        let name = line[skipped..separator].trim_end_matches(['+', '?', ':']).trim().trim_matches(['"', '\'']);
        if name.is_empty() || name.len() > LONGEST_NAME {
            return None;
        }
        let words = name.split_whitespace().count();
        if words == 1 {
            return Some((name, separator + 1, true));
        }
        if words <= 4 && !name.contains(['.', '(', '<']) {
            return Some((name, separator + 1, false));
        }
    }
    // `spark.hadoop.fs.s3a.secret.key value`
    let end = skipped + line[skipped..].find([' ', '\t'])?;
    let name = &line[skipped..end];
    let is_pair = !line[end..].trim().contains(char::is_whitespace);
    (is_pair && name.contains(['.', '_']) && name.len() <= LONGEST_NAME).then_some((name, end, false))
}

/// A value without quotes: it ends before a comment.
fn unquoted(text: &str, line: Range<usize>) -> Scalar<'_> {
    let bytes = &text.as_bytes()[..line.end];
    let comment = (line.start..line.end).find(|&at| {
        let starts = matches!(bytes[at], b'#' | b';') || bytes[at..].starts_with(b"//");
        starts && (at == line.start || bytes[at - 1].is_ascii_whitespace())
    });
    let end = comment.unwrap_or(line.end);
    // The last option of a login module, or of anything else that ends its statements.
    let end = line.start + text[line.start..end].trim_end().trim_end_matches(';').len();
    Scalar::plain(text, line.start..end)
}
