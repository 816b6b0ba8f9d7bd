//! Logs: the lines in which Flink prints its configuration, arguments and JVM options.
//!
//! Flink hides some values by their key and none by what they are (GlobalConfiguration); program
//! arguments are hidden word by word, so that the value behind a hidden option name stands in clear.

use super::lookback::is_key_byte;
use super::page::{Page, ScopeId};
use std::ops::Range;

/// A longer line is no line of a configuration.
const LONGEST: usize = 64 << 10;
/// What Flink prints instead of a sensitive option name (EnvironmentInformation).
const HIDDEN: &str = "(sensitive information)";

pub(super) fn read(page: &mut Page<'_>, scope: ScopeId) {
    let text = page.text;
    let mut option: Option<&str> = None;
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |newline| start + newline);
        if end - start <= LONGEST {
            option = line(page, scope, start..end, option);
        }
        start = end + 1;
    }
}

/// Reads one line; gives back the option whose value the next line is.
fn line<'t>(page: &mut Page<'t>, scope: ScopeId, span: Range<usize>, option: Option<&str>) -> Option<&'t str> {
    let text = page.text;
    let line = &text[span.clone()];
    for (marker, separator) in [("configuration property: ", ", "), ("Dynamic Property set: ", "=")] {
        if let Some(at) = line.find(marker) {
            assignment(page, scope, span.start + at + marker.len()..span.end, separator);
            return None;
        }
    }
    let argument = argument(text, span.clone());
    let word = &text[argument.clone()];
    if let Some(option) = option
        && !word.starts_with('-')
    {
        page.offer_known(option, word, argument.start, scope);
        return None;
    }
    if let Some(definition) = word.strip_prefix("-D") {
        let blanks = definition.len() - definition.trim_start().len();
        assignment(page, scope, argument.start + 2 + blanks..argument.end, "=");
        return None;
    }
    if word.ends_with(HIDDEN) {
        return Some("password");
    }
    let Some(name) = word.strip_prefix("--") else {
        statement(page, scope, span);
        return None;
    };
    if name.contains('=') {
        assignment(page, scope, argument.start + 2..argument.end, "=");
        return None;
    }
    (!name.is_empty() && name.bytes().all(is_key_byte)).then_some(name)
}

/// What a line ends with, if that is a key with words of its own and one value: `… INFO using s3.secret-key: value`.
fn statement(page: &mut Page<'_>, scope: ScopeId, span: Range<usize>) {
    let line = page.text[span.clone()].trim_end_matches(['\r', '.', ',', ';', ')', ']', '}']);
    let Some(at) = line.rfind(": ") else { return };
    let value = &line[at + 2..];
    let front = line[..at].trim_end_matches(|c: char| c.is_ascii() && is_key_byte(c as u8));
    let key = &line[front.len()..at];
    let has_words = key.trim_matches(['.', '-', '_']).contains(['.', '-', '_']);
    let is_class = key.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_uppercase()));
    if has_words && (!is_class || !key.contains('.')) && !value.is_empty() && !value.contains(char::is_whitespace) {
        page.offer_known(key, value, span.start + at + 2, scope);
    }
}

/// What a line says behind the layout's date, level and logger: `… INFO o.a.f.Class [] -   --name`.
fn argument(text: &str, span: Range<usize>) -> Range<usize> {
    let line = &text[span.clone()];
    let message = line.find(" - ").map_or(0, |dash| dash + 3);
    let rest = &line[message..];
    let start = span.start + message + (rest.len() - rest.trim_start().len());
    start..start + rest.trim().len()
}

fn assignment(page: &mut Page<'_>, scope: ScopeId, span: Range<usize>, separator: &str) {
    let text = &page.text[span.clone()];
    if let Some((key, value)) = text.split_once(separator) {
        page.offer_known(key.trim(), value.trim_end(), span.start + key.len() + separator.len(), scope);
    }
}
