//! Pairs: `'k' = 'v'` of SQL lists and hints, `k="v"` of JAAS, `"k": "v"` of JSON in a string.

use super::super::lookback::{after_space, before_space, is_key_byte, quoted_before, word_before};
use super::super::quoted::{Dialect, Quoted, backslashes_before, is_quote, quoted};
use super::Fragment;
use super::parameters::{Runs, option_name};
use std::borrow::Cow;
use std::ops::Range;

/// How far apart two pairs of one list may be: options without quotes or comments may stand between.
const LIST_GAP: usize = 400;
/// How far behind `LoginModule` the rule for JAAS statements looks for a password.
const STATEMENT: usize = 400;

pub(super) fn read<'t>(text: &'t str, emit: &mut dyn FnMut(Fragment<'t>)) {
    let mut lists = Lists { text, last: None };
    let mut runs = Runs::new(text);
    for separator in memchr::memchr2_iter(b'=', b':', text.as_bytes()) {
        let found = pair(text, separator, &mut lists).or_else(|| line(text, separator));
        if let Some(fragment) = found.or_else(|| runs.parameter(separator)) {
            emit(fragment);
        }
    }
}

/// `"s3.secret-key: v"`: a line of a configuration file that a script or a program writes. Only dotted keys are
/// surely none of a message.
fn line(text: &str, separator: usize) -> Option<Fragment<'_>> {
    const LONGEST: usize = 512;
    let bytes = text.as_bytes();
    if bytes[separator] != b':' || bytes.get(separator + 1) != Some(&b' ') {
        return None;
    }
    let (key, start) = word_before(text, separator).filter(|(key, _)| key.contains('.'))?;
    let quote = start.checked_sub(1).map(|at| bytes[at]).filter(|b| is_quote(*b))?;
    let at = separator + 2;
    let rest = &bytes[at..text.len().min(at + LONGEST)];
    let length = rest.iter().position(|b| b.is_ascii_whitespace() || *b == quote)?;
    let ends = rest[length] == quote || rest[length..].starts_with(b"\\n");
    let value = text.get(at..at + length).filter(|value| ends && !value.is_empty())?;
    Some(Fragment { key: Cow::Borrowed(key), value: Cow::Borrowed(value), at, list: start, peer: None })
}

/// Where the name in front of a `=` or `:` ends; `None` where the character is part of another
/// operator.
pub(super) fn name_end(text: &str, separator: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if matches!(bytes.get(separator + 1), Some(b'=' | b'~' | b'>')) {
        return None;
    }
    match separator.checked_sub(1).map(|before| bytes[before]) {
        None | Some(b'=' | b'!' | b'<' | b'>' | b'~' | b'+' | b'(' | b'{') => None,
        Some(b':' | b'?') => Some(separator - 1),
        Some(_) => Some(separator),
    }
}

fn pair<'t>(text: &'t str, separator: usize, lists: &mut Lists<'t>) -> Option<Fragment<'t>> {
    let bytes = text.as_bytes();
    let colon = bytes[separator] == b':';
    // The value first: most separators are followed by none.
    let mut opening = after_space(text, separator + 1);
    opening += bytes.get(opening..)?.iter().take(8).take_while(|&&b| b == b'\\').count();
    if !matches!(bytes.get(opening), Some(b'"' | b'\'')) {
        return None;
    }
    let name = before_space(text, if colon { separator } else { name_end(text, separator)? });
    let quoted_key = quoted_before(text, name);
    let (key, start, dialect) = match quoted_key {
        Some((key, start)) if bytes[name - 1] == b'\'' && !colon => (key, start, Dialect::Sql),
        Some((key, start)) => (key, start, Dialect::Code),
        None if colon => return None,
        None => {
            let (word, start) = word_before(text, name)?;
            (option_name(word), start, Dialect::Code)
        }
    };
    let literal = quoted(text, opening, dialect)?;
    if quoted_key.is_none() && is_last_of_tuple(text, start, separator) {
        return None;
    }
    if key.is_empty() {
        return None;
    }
    if is_gap(&literal.value) && !is_placeholder(&literal.value) {
        // What the program puts there is the placeholder of that name.
        let value = Cow::Owned(format!("{{{}}}", variable_between(&literal.value)?));
        let list = lists.of(start, literal.end);
        return Some(Fragment { key: Cow::Borrowed(key), value, at: literal.inner.start, list, peer: None });
    }
    let list = lists.of(start, literal.end);
    let key = if quoted_key.is_none() && is_jaas_user(text, key, start) {
        Cow::Owned(format!("{key}.password"))
    } else if quoted_key.is_none() && is_hidden_jaas(text, key, start, &literal, opening) {
        Cow::Owned(format!("sasl.jaas.config.{key}"))
    } else {
        Cow::Borrowed(key)
    };
    Some(Fragment { key, value: literal.value, at: literal.inner.start, list, peer: None })
}

/// Whether a "value" is what stands between two literals, `"password=" + x + "…"`: the quote before
/// it closed a literal instead of opening one.
pub(in crate::formats) fn is_gap(value: &str) -> bool {
    let joins = |c: char| c.is_whitespace() || "+,().;|%:?[]{}\"'".contains(c);
    value.starts_with(joins) && value.ends_with(joins) && !is_generated(value)
        || value.contains("\" +")
        || value.contains("+ \"")
}

/// `user, password = "u", "v"`: what follows belongs to the first name.
fn is_last_of_tuple(text: &str, start: usize, separator: usize) -> bool {
    const LINE: usize = 200;
    let bytes = text.as_bytes();
    let line = bytes[start.saturating_sub(LINE)..start].rsplit(|b| *b == b'\n').next().unwrap_or_default();
    bytes[separator - 1] == b' '
        && line.trim_ascii_end().ends_with(b",")
        && line.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b',' | b' ' | b'\t'))
}

/// `{}`, `{0}` and `{name}`, which the program fills.
fn is_placeholder(value: &str) -> bool {
    let inner = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
    inner.is_some_and(|inner| inner.bytes().all(is_key_byte))
}

/// The variable of `" + name + "`.
fn variable_between(gap: &str) -> Option<&str> {
    let quote = gap.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let inner = gap.strip_prefix(quote)?.strip_suffix(quote)?.trim();
    let name = inner.strip_prefix('+')?.strip_suffix('+')?.trim();
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))).then_some(name)
}

/// A value of many kinds of characters, with whatever a generator puts at its edges: no code is so dense.
fn is_generated(value: &str) -> bool {
    const SHORTEST: usize = 10;
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    // Calls have names: four small letters in a row.
    let is_named = || value.as_bytes().windows(4).any(|run| run.iter().all(u8::is_ascii_lowercase));
    value.len() >= SHORTEST
        && !value.contains(|c: char| c.is_whitespace() || "\"'".contains(c))
        && (!value.contains(['(', ')']) || !is_named())
        // Behind an operand stands another operator, or a bracket opens.
        && !value.ends_with(['+', ','])
        && (!value.starts_with(['+', ',']) || !value.ends_with(['[', '{', '=', '?']))
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
}

/// A secret of a JAAS statement that is quoted in such a way that the token rule does not see it.
/// What that rule sees needs no second name.
fn is_hidden_jaas(text: &str, key: &str, start: usize, literal: &Quoted<'_>, opening: usize) -> bool {
    let Some(statement) = jaas_statement(text, key, start) else { return false };
    let raw = &text[literal.inner.clone()];
    let plain = !raw.contains(['"', '\'', '\\']) && !raw.contains(char::is_whitespace);
    let seen = plain && backslashes_before(text, opening) <= 1 && statement.starts_with("required");
    !seen
}

/// `user_admin="…"` of a broker's login module: the user is in the key, the password is the value.
fn is_jaas_user(text: &str, key: &str, start: usize) -> bool {
    key.starts_with("user_") && statement_before(text, start).is_some()
}

/// What follows `LoginModule` of the JAAS statement that goes on with a secret's key at `start`.
pub(in crate::formats) fn jaas_statement<'t>(text: &'t str, key: &str, start: usize) -> Option<&'t str> {
    if !matches!(key, "password" | "clientSecret") {
        return None;
    }
    statement_before(text, start)
}

fn statement_before(text: &str, start: usize) -> Option<&str> {
    let mut floor = start.saturating_sub(STATEMENT);
    while !text.is_char_boundary(floor) {
        floor += 1;
    }
    let before = &text[floor..start];
    let module = memchr::memmem::rfind(before.as_bytes(), b"LoginModule")?;
    let statement = before[module + "LoginModule".len()..].trim_start();
    (!statement.contains(';')).then_some(statement)
}

/// The list that pairs belong to, told by what stands between two of them.
struct Lists<'t> {
    text: &'t str,
    last: Option<List>,
}

struct List {
    at: usize,
    /// Opened by a bracket: until that closes, anything may stand between its pairs.
    bracketed: bool,
    end: usize,
}

impl Lists<'_> {
    fn of(&mut self, start: usize, end: usize) -> usize {
        if let Some(last) = &mut self.last {
            // A pair inside the value of another leaves the outer list as it is.
            if end <= last.end {
                return start;
            }
            if last.end <= start && goes_on(self.text, last.end..start, last.bracketed) {
                last.end = end;
                return last.at;
            }
        }
        let at = opening_before(self.text, start);
        let list = List { at: at.unwrap_or(start), bracketed: at.is_some(), end };
        self.last.insert(list).at
    }
}

fn goes_on(text: &str, gap: Range<usize>, bracketed: bool) -> bool {
    if gap.len() > LIST_GAP {
        return false;
    }
    let gap = &text.as_bytes()[gap];
    if bracketed {
        return !gap.iter().any(|b| matches!(b, b'(' | b')' | b'{' | b'}'));
    }
    let separators = |b: &u8| b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'&' | b'\\' | b'"' | b'\'' | b'+');
    // `SET 'a' = 'b'; SET 'c' = 'd'` is one list.
    gap.split(separators).filter(|word| !word.is_empty()).all(|word| word.eq_ignore_ascii_case(b"set"))
}

/// The bracket that opens a list right before its first pair.
fn opening_before(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = before_space(text, start);
    // The list may start in one literal and go on in the next: `"WITH (" + "'k' = 'v'"`.
    while at > 0 && start - at < 64 && (is_quote(bytes[at - 1]) || matches!(bytes[at - 1], b'+' | b'\\')) {
        at = before_space(text, at - 1);
    }
    matches!(bytes.get(at.checked_sub(1)?)?, b'(' | b'{').then(|| at - 1)
}
