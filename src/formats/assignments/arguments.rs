//! Arguments: literals that a call takes, named by the argument before them, by the method, or by
//! the known position of a credential.

use super::super::lookback::{after_space, before_blanks, before_space, quoted_before, word_before};
use super::super::page::Page;
use super::super::quoted::{Dialect, quoted};
use super::brackets::Brackets;
use super::literals::{DECODERS, WRAPPERS, assigned, declared, ends_statement, separated};
use super::offer;
use crate::formats::names::{is_login, is_name, key_of_constant, logs_in};
use crate::rules::vocabulary::Call;

/// Methods whose string arguments are compared, searched or shown rather than set.
const NO_SETTERS: [&str; 28] = [
    "get", "is", "has", "find", "read", "resolve", "remove", "contains", "decrypt", "load", "lookup", "fetch",
    "require", "prompt", "ask", "check", "validate", "env", "describe", "delete", "hide", "mask", "generate", "derive",
    "import", "export", "verify", "hash",
];
const NO_MAPS: [&str; 27] = [
    "replace",
    "assert",
    "equals",
    "log",
    "print",
    "format",
    "debug",
    "info",
    "warn",
    "error",
    "trace",
    "split",
    "compare",
    "rename",
    "withcolumn",
    "help",
    "describe",
    "sub",
    "translate",
    "matches",
    "expect",
    "raise",
    "i18n",
    "gettext",
    "bytes",
    "encode",
    "decode",
];
/// Calls that take any number of keys and values.
const MAPS: [&str; 6] = ["Map.of", "mapOf", "Map", "HashMap", "hmset", "hset"];
/// No call with more arguments is a credential's.
const MOST: usize = 16;

type Named<'t> = (&'t str, usize, usize);

/// The name of the literal at `opening`, an offset in its scope, and the literal. `before` is the
/// end of the `(` or `,` in front of it.
pub(super) fn name<'t>(
    page: &mut Page<'t>,
    brackets: &mut Brackets,
    opening: usize,
    before: usize,
) -> Option<Named<'t>> {
    let text = page.text;
    let bytes = text.as_bytes();
    sinks(page, brackets, opening);
    if bytes[before - 1] == b'(' {
        let Some((method, start)) = word_before(text, before - 1) else {
            // `name = (` before a literal on a line of its own.
            let literal = quoted(text, opening, Dialect::Code).filter(|literal| closes(text, literal.end))?;
            let outer = before_space(text, before - 1);
            return separated_before(text, outer).map(|(key, inside)| (key, inside, literal.inner.start - 1));
        };
        let last = method.rsplit('.').next().unwrap_or(method);
        if DECODERS.contains(&last) {
            return assigned(text, start).map(|(key, inside)| (key, inside, opening));
        }
        if let Some((by, end)) = word_before(text, before_blanks(text, start)).filter(|_| last == "extra") {
            // `val name by extra("v")` of Gradle.
            return (by == "by").then(|| declared(text, before_blanks(text, end)))?.map(|(key, at)| (key, at, opening));
        }
        if WRAPPERS.contains(&last) {
            let outer = before_space(text, start);
            return separated_before(text, outer).map(|(key, inside)| (key, inside, opening));
        }
        if matches!(last, "orElse" | "getOrElse" | "unwrap_or") {
            // `.orElse("v")` behind `getenv("NAME"))`.
            let receiver = text[..start + method.len() - last.len()].trim_end_matches(['.', ' ']);
            let closing = receiver.bytes().rev().take_while(|&b| b == b')').take(4).count();
            let name = (closing > 0).then(|| quoted_before(text, receiver.len() - closing))?;
            return name.map(|(key, _)| (key, start, opening));
        }
        // `password.equals("v")`.
        if let Some(compared) = method.strip_suffix(".equals").filter(|name| page.vocabulary.is_key(name)) {
            return Some((compared, start, opening));
        }
        let is_setter = !NO_SETTERS.iter().any(|verb| starts_with_word(last, verb));
        if !is_setter || !page.vocabulary.is_key(last) && !super::is_peer_value(last, "some") {
            return None;
        }
        let literal = quoted(text, opening, Dialect::Code)?;
        return closes(text, literal.end).then_some((last, start, opening));
    }
    let key_end = before_space(text, before - 1);
    if key_end > 0 && bytes[key_end - 1] == b')' {
        // `requireNonNullElse(getenv("NAME"), "v")`.
        let (key, start) = quoted_before(text, before_space(text, key_end - 1))?;
        let ends = || quoted(text, opening, Dialect::Code).is_some_and(|literal| closes(text, literal.end));
        return (page.vocabulary.is_key(key) && ends()).then_some((key, start, opening));
    }
    if let Some(inside) = user_before(text, key_end) {
        let literal = quoted(text, opening, Dialect::Code)?;
        return closes(text, literal.end).then_some(("password", inside, opening));
    }
    let (key, start) = quoted_before(text, key_end).or_else(|| word_before(text, key_end))?;
    let key = if page.vocabulary.is_key(key) { key } else { key_of_constant(key) };
    if !page.vocabulary.is_key(key) && !super::is_peer_value(key, "some") {
        return None;
    }
    let literal = quoted(text, opening, Dialect::Code)?;
    let list = before_space(text, start);
    let open = list.checked_sub(1)?;
    let is_bare = quoted_before(text, key_end).is_none();
    match bytes[open] {
        b'(' => {
            let method = word_before(text, open).map_or("", |(word, _)| word);
            let last = method.rsplit('.').next().unwrap_or(method);
            let first_pair = closes(text, literal.end) || takes_pairs(method);
            // A tuple is a row of two, as below.
            let is_row = last.is_empty() && is_name(&literal.value);
            (first_pair && is_map_like(last) && !is_row).then_some((key, open, opening))
        }
        // A row of two: `{"name", "v"}`. Lists of names look the same, so the value must be none.
        b'{' | b'[' if !is_bare && !is_name(&literal.value) => {
            matches!(bytes.get(after_space(text, literal.end)), Some(b'}' | b']')).then_some((key, open, opening))
        }
        // `environment 'NAME', 'v'` of Gradle.
        _ if !is_bare
            && word_before(text, list)
                .is_some_and(|(command, _)| matches!(command, "environment" | "systemProperty"))
            && ends_statement(text, literal.end) =>
        {
            Some((key, start, opening))
        }
        b',' if !is_bare => further_pair(text, start, &literal.end).map(|open| (key, open, opening)),
        _ => None,
    }
}

/// `login("svc", …`, `auth=("svc", …`: the user before a password, and an offset in their scope.
fn user_before(text: &str, end: usize) -> Option<usize> {
    let (_, start) = quoted_before(text, end)?;
    let open = before_space(text, start).checked_sub(1).filter(|open| text.as_bytes()[*open] == b'(')?;
    let name = match word_before(text, open) {
        Some((method, _)) => method.rsplit('.').next().filter(|method| logs_in(method)),
        None => separated(text, before_space(text, open)).map(|(name, _)| name).filter(|name| is_login(name)),
    };
    name.map(|_| open)
}

/// The bracket of a call in which an even number of arguments stands before the key at `start`, or
/// one that is no literal: `Map.of("a", "b", "name", "v")`, `set(section, "name", "v")`.
fn further_pair(text: &str, start: usize, end: &usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = before_space(text, start);
    for count in 1..MOST {
        let argument = before_space(text, at.checked_sub(1)?);
        let (first, is_literal) = match quoted_before(text, argument) {
            Some((_, first)) => (first, true),
            None => (word_before(text, argument)?.1, false),
        };
        at = before_space(text, first);
        match bytes[at.checked_sub(1)?] {
            b',' => {}
            b'(' => {
                let method = word_before(text, at - 1).map_or("", |(word, _)| word);
                let last = method.rsplit('.').next().unwrap_or(method);
                let takes_pairs = count % 2 == 0 && takes_pairs(method);
                // `ConfigParser.set("section", "name", "v")`
                let is_section = !is_literal || last == "set";
                let takes_section = count == 1 && is_section && is_map_like(last) && closes(text, *end);
                return (takes_pairs || takes_section).then_some(at - 1);
            }
            _ => return None,
        }
    }
    None
}

fn separated_before(text: &str, end: usize) -> Option<(&str, usize)> {
    matches!(text.as_bytes().get(end.checked_sub(1)?)?, b'=' | b':' | b'>').then(|| separated(text, end))?
}

/// Whether the call ends behind its literal.
fn closes(text: &str, end: usize) -> bool {
    text.as_bytes().get(after_space(text, end)) == Some(&b')')
}

pub(super) fn takes_pairs(method: &str) -> bool {
    MAPS.iter().any(|map| method.ends_with(map))
}

fn is_map_like(method: &str) -> bool {
    let method = method.to_ascii_lowercase();
    !NO_MAPS.iter().any(|verb| method.starts_with(verb))
}

/// `getPassword`, `get_password`, but not `gettysburg`.
fn starts_with_word(method: &str, verb: &str) -> bool {
    let Some(rest) =
        method.get(..verb.len()).filter(|head| head.eq_ignore_ascii_case(verb)).map(|_| &method[verb.len()..])
    else {
        return false;
    };
    !rest.starts_with(|c: char| c.is_ascii_lowercase())
}

/// `new BasicAWSCredentials("…", "…")`: positions that `sinks.toml` knows. The role is the key.
fn sinks(page: &mut Page<'_>, brackets: &mut Brackets, opening: usize) {
    let text = page.text;
    let Some(open) = brackets.new_call_at(text, opening) else { return };
    let Some((callee, _)) = word_before(text, open) else { return };
    let (owner, method) = callee.rsplit_once('.').unwrap_or((callee, "<init>"));
    let constructor = Call { class: callee, method: "<init>", types: &[], arity: 0 };
    let calls = [constructor, Call { class: owner, method, ..constructor }];
    if !calls.iter().any(|call| page.vocabulary.is_sink_owner(call.class.as_bytes())) {
        return;
    }
    let arguments = literals_of(text, open);
    let roles = calls.iter().find_map(|call| page.vocabulary.sink(Call { arity: arguments.len(), ..*call }));
    for (position, role) in roles.into_iter().flat_map(|sink| &sink.args) {
        if let Some(Some(opening)) = arguments.get(*position)
            && let Some(literal) = quoted(text, *opening, Dialect::Code)
        {
            offer(page, brackets, role, &literal.value, literal.inner.start, open + 1);
        }
    }
}

/// The end of `.toCharArray()`, `.getBytes(UTF_8)` or `.encode()` behind a literal.
fn after_conversion(text: &str, end: usize) -> usize {
    const CONVERSIONS: [&str; 4] = [".toCharArray(", ".getBytes(", ".encode(", ".toByteArray("];
    const CHARSET: usize = 40;
    let rest = &text.as_bytes()[end..];
    let conversion = CONVERSIONS.iter().find(|conversion| rest.starts_with(conversion.as_bytes()));
    let close = conversion.and_then(|conversion| {
        let inside = &rest[conversion.len()..rest.len().min(conversion.len() + CHARSET)];
        Some(conversion.len() + memchr::memchr(b')', inside)? + 1)
    });
    end + close.unwrap_or(0)
}

/// Where the literals among a call's arguments open; `None` for an argument that is none.
pub(super) fn literals_of(text: &str, open: usize) -> Vec<Option<usize>> {
    let bytes = text.as_bytes();
    let mut arguments = Vec::new();
    let mut at = open + 1;
    while arguments.len() < MOST {
        at = after_space(text, at);
        // `b"…"` of Python.
        at += usize::from(matches!(bytes.get(at..at + 2), Some([b'b' | b'r' | b'f' | b'u', b'"' | b'\''])));
        match quoted(text, at, Dialect::Code) {
            Some(literal) => {
                let end = after_space(text, after_conversion(text, literal.end));
                arguments.push(matches!(bytes.get(end), Some(b',' | b')')).then_some(at));
                at = end;
            }
            None => arguments.push(None),
        }
        // To the comma that ends the argument.
        let mut depth = 0usize;
        let rest = bytes.get(at..text.len().min(at + 400)).unwrap_or_default();
        let end = rest.iter().position(|b| {
            match b {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth > 0 => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(b, b',' | b')')
        });
        match end {
            Some(end) if rest[end] == b',' => at += end + 1,
            _ => break,
        }
    }
    arguments
}
