//! Parameters: `k=v` without quotes in URLs, connection strings, command lines and SET statements.

use super::super::lookback::{after_blanks, before_blanks, word_before};
use super::Fragment;
use super::pairs::name_end;
use std::borrow::Cow;

/// A longer value is no parameter.
const LONGEST: usize = 4096;
/// A longer text before the parameters is no URL.
const LONGEST_PEER: usize = 512;

/// Finds parameters from left to right.
pub(super) struct Runs<'t> {
    text: &'t str,
    /// Where the current run of characters without spaces and quotes starts: a whole URL.
    start: usize,
    /// How far runs have been told apart.
    scanned: usize,
}

/// What a parameter stands in says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Url,
    ConnectionString,
    CommandLine,
    Statement,
}

impl<'t> Runs<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, start: 0, scanned: 0 }
    }

    pub(super) fn parameter(&mut self, separator: usize) -> Option<Fragment<'t>> {
        let text = self.text;
        let bytes = text.as_bytes();
        if bytes[separator] != b'=' {
            return None;
        }
        let end = name_end(text, separator)?;
        let tight = end == separator && bytes.get(separator + 1).is_some_and(|b| !b.is_ascii_whitespace());
        let (word, start) = word_before(text, if tight { end } else { before_blanks(text, end) })?;
        let holder = if tight { self.holder(word, start)? } else { set_statement(text, word, start)? };
        let at = after_blanks(text, separator + 1);
        let key = option_name(word);
        let run = self.run_of(start);
        let head = head(text, run, start);
        let is_jdbc = head.contains("jdbc:");
        let raw = value(text, at, holder, is_jdbc)?;
        let is_url = holder == Holder::Url && !is_jdbc;
        let list = if matches!(holder, Holder::Url | Holder::ConnectionString) { run } else { line_start(text, start) };
        Some(Fragment {
            key: Cow::Borrowed(key),
            // JDBC drivers do not agree on percent-encoding: their values stay as they are written.
            value: if is_url { percent_decoded(raw) } else { Cow::Borrowed(raw) },
            at: at + usize::from(bytes[at] == b'{'),
            list,
            peer: peer(head),
        })
    }

    fn holder(&self, word: &str, start: usize) -> Option<Holder> {
        let bytes = self.text.as_bytes();
        if word.starts_with('-') {
            return Some(Holder::CommandLine);
        }
        match start.checked_sub(1).map(|before| bytes[before]) {
            Some(b'?' | b'&') => Some(Holder::Url),
            Some(b';') if self.text[..start].ends_with("&amp;") => Some(Holder::Url),
            None | Some(b';' | b'"' | b'\'' | b'`') => Some(Holder::ConnectionString),
            Some(b) if b.is_ascii_whitespace() => self.after_space(word, start),
            _ => None,
        }
    }

    /// After a space, `k=v` may be code: what stands around it must say otherwise.
    fn after_space(&self, word: &str, start: usize) -> Option<Holder> {
        let bytes = self.text.as_bytes();
        let before = before_blanks(self.text, start);
        let length = bytes[..before].iter().rev().take(200).take_while(|b| !b.is_ascii_whitespace()).count();
        let previous = self.text.get(before - length..before)?;
        let commands = ["env", "export", "set", "SET", "ENV", "ARG", "--conf", "--catalog_conf", "--table_conf"];
        let is_option = previous.starts_with('-') && previous.len() <= 16 && !previous.contains('=');
        if is_option || commands.contains(&previous.trim_start_matches(['"', '\''])) {
            return Some(Holder::CommandLine);
        }
        // libpq: `host=h user=u password=p`.
        let (name, value) = previous.split_once('=').unwrap_or_default();
        let follows_pair =
            !name.is_empty() && !value.is_empty() && !value.ends_with([',', '(', ')', '{', ';']) && !name.contains('(');
        // Names of environment variables and dotted config keys are no variables of code.
        let is_variable =
            word.len() > 4 && word.contains('_') && !word.bytes().any(|b| b.is_ascii_lowercase() || b == b'.');
        let is_config_key = word.contains('.') && !["this.", "self.", "_"].iter().any(|code| word.starts_with(code));
        (follows_pair || is_variable || is_config_key).then_some(Holder::CommandLine)
    }

    fn run_of(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let breaks = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>');
        if start > self.scanned {
            if let Some(last) = bytes[self.scanned..start].iter().rposition(breaks) {
                self.start = self.scanned + last + 1;
            }
            self.scanned = start;
        }
        self.start.min(start)
    }
}

/// The name of a command line option: `-Dk`, `-yDk`, `--k`.
pub(in crate::formats) fn option_name(word: &str) -> &str {
    let Some(option) = word.strip_prefix('-') else { return word };
    let option = option.trim_start_matches('-');
    if word.starts_with("--") {
        return option;
    }
    option.strip_prefix("yD").or_else(|| option.strip_prefix(['D', 'P'])).unwrap_or(option)
}

/// `SET k = v;`: spaces are only allowed around the `=` of a statement, and only dotted keys are options.
fn set_statement(text: &str, word: &str, start: usize) -> Option<Holder> {
    let before = before_blanks(text, start);
    let set = text.get(before.checked_sub(3)?..before)?;
    let whole = before == 3 || !text.as_bytes()[before - 4].is_ascii_alphanumeric();
    (set.eq_ignore_ascii_case("set") && whole && word.contains('.')).then_some(Holder::Statement)
}

fn value(text: &str, at: usize, holder: Holder, jdbc: bool) -> Option<&str> {
    let bytes = text.as_bytes();
    let rest = &bytes[at..text.len().min(at + LONGEST)];
    // ODBC writes a value that holds separators in braces.
    if holder == Holder::ConnectionString && rest.first() == Some(&b'{') && !rest.starts_with(b"{{") {
        let end = memchr::memchr2(b'}', b'\n', rest)?;
        return text.get(at + 1..at + end).filter(|value| !value.is_empty());
    }
    let quotes_or_space = |b: u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\');
    let ends = |b: u8| {
        quotes_or_space(b)
            || match holder {
                Holder::Url => matches!(b, b'&' | b';' | b',' | b')'),
                Holder::ConnectionString => matches!(b, b';' | b'&') || jdbc && matches!(b, b',' | b')'),
                Holder::CommandLine => matches!(b, b';' | b'|' | b'&'),
                Holder::Statement => b == b';',
            }
    };
    let length = rest.iter().position(|&b| ends(b)).unwrap_or(rest.len());
    let value = balanced(text.get(at..at + length)?).trim_end_matches(',');
    // Calls, and commands whose output is the value.
    let computed = value.contains('(') || value.starts_with("$(");
    (!value.is_empty() && !computed && !(length == rest.len() && rest.len() == LONGEST)).then_some(value)
}

/// Cut at the first bracket that closes what the value did not open.
pub(in crate::formats) fn balanced(value: &str) -> &str {
    let mut depth = 0usize;
    for (at, b) in value.bytes().enumerate() {
        match b {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return &value[..at],
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    value
}

/// `%XX` of RFC 3986; what is no such sequence stays.
fn percent_decoded(raw: &str) -> Cow<'_, str> {
    if !raw.contains('%') {
        return Cow::Borrowed(raw);
    }
    let bytes = raw.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%')
            .then(|| raw.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok()))
            .flatten();
        out.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).map_or(Cow::Borrowed(raw), Cow::Owned)
}

/// What stands in a run before its parameter, as far as it may be a URL.
fn head(text: &str, run: usize, start: usize) -> &str {
    let mut end = start.min(run + LONGEST_PEER);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[run..end]
}

/// The URL in front of its parameters.
fn peer(run: &str) -> Option<String> {
    let url = run.split(['?', ';']).next()?;
    // `Endpoint=sb://…`, `url=jdbc:…`.
    let from = match (url.find("jdbc:"), url.find("://")) {
        (Some(at), _) => at,
        (None, Some(at)) => url[..at].rfind('=').map_or(0, |equals| equals + 1),
        (None, None) => return None,
    };
    Some(url[from..].to_owned())
}

fn line_start(text: &str, at: usize) -> usize {
    let floor = at.saturating_sub(4096);
    memchr::memrchr(b'\n', &text.as_bytes()[floor..at]).map_or(floor, |newline| floor + newline + 1)
}
