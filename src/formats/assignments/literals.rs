//! Literals: quoted values, each with the name that the text before it gives to it.

use super::super::fragments::{is_gap, jaas_statement};
use super::super::lookback::{after_space, before_blanks, before_space, quoted_before, word_before};
use super::super::page::Page;
use super::super::quoted::{Dialect, Quoted, backslashes_before, is_quote, quoted};
use super::brackets::Brackets;
use super::{arguments, offer};
use crate::formats::evidence::HOLE;

/// Wrappers of a literal that name nothing by themselves.
pub(super) const WRAPPERS: [&str; 9] =
    ["Some", "Option", "of", "ofNullable", "just", "SecretStr", "lit", "apply", "asList"];

/// A condition and its first choice are no longer.
const CONDITION: usize = 240;

pub(super) fn read(page: &mut Page<'_>, brackets: &mut Brackets) {
    let text = page.text;
    // Shared by all literals of a list, so that none is joined twice.
    let mut joined_until = 0;
    for opening in memchr::memchr3_iter(b'"', b'\'', b'`', text.as_bytes()) {
        if opening < joined_until {
            continue;
        }
        let start = opening - backslashes_before(text, opening);
        let before = before_space(text, without_prefix(text, start));
        let Some(last) = before.checked_sub(1).map(|at| text.as_bytes()[at]) else { continue };
        let found = match last {
            b'(' | b',' => arguments::name(page, brackets, opening, before),
            b':' if in_prose(text, before - 1) => None,
            b'?' | b':' if let Some((key, inside)) = chosen(text, before - 1) => Some((key, inside, opening)),
            b'=' | b':' | b'>' | b'|' | b'?' => separated(text, before).map(|(key, inside)| (key, inside, opening)),
            b'o' | b'r' | b'O' | b'R' => infix(text, before).map(|(key, inside)| (key, inside, opening)),
            _ => defined(text, before, start).map(|(key, inside)| (key, inside, opening)),
        };
        let Some((key, inside, opening)) = found else { continue };
        if key == "default" || key == "value" {
            labelled(page, brackets, opening);
            continue;
        }
        if !page.vocabulary.mentions_key(key.as_bytes()) && !super::is_peer_value(key, "some") {
            continue;
        }
        let Some(literal) = quoted(text, opening, Dialect::Code) else { continue };
        if is_gap(&literal.value) || jaas_statement(text, key, inside).is_some() {
            continue;
        }
        let (value, end) = joined(text, &literal);
        joined_until = joined_until.max(if end > literal.end { end } else { 0 });
        offer(page, brackets, key, &value, literal.inner.start, inside);
    }
}

/// Without the letters that say how a literal is read: `r"…"`, `f'…'`, `b"…"`, `s"…"`.
fn without_prefix(text: &str, start: usize) -> usize {
    let bytes = &text.as_bytes()[..start];
    let letters = bytes.iter().rev().take(3).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let prefix = &bytes[start - letters..];
    let is_prefix = letters <= 2
        && prefix.iter().all(|b| matches!(b.to_ascii_lowercase(), b'r' | b'f' | b'b' | b's' | b'u' | b'l'));
    if is_prefix { start - letters } else { start }
}

/// A name in front of `=`, `:`, `:=`, `=>`, `->`, `||`, `??` or `?:`, and an offset in its scope.
pub(super) fn separated(text: &str, end: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let two = end.checked_sub(2).map_or(b"" as &[u8], |from| &bytes[from..end]);
    let (end, defaults) = match two {
        b"=>" | b"->" | b":=" | b"?=" => (end - 2, false),
        b"||" | b"??" | b"?:" => (end - 2, true),
        [b'=' | b'!' | b'<' | b'>' | b'~' | b'+', b'='] | b"::" | [_, b'>' | b'|' | b'?'] => return None,
        _ => (end - 1, false),
    };
    let name_end = before_blanks(text, end);
    // `'name' = 'v'` is a fragment: a list of SQL, with its own quoting.
    let is_sql = two.ends_with(b"=") && name_end > 0 && is_quote(bytes[name_end - 1]);
    match defaults {
        true => defaulted(text, name_end),
        false if is_sql => None,
        false => name(text, name_end),
    }
}

/// The name that ends at `end`: quoted, in brackets, or bare.
fn name(text: &str, end: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    match *bytes.get(end.checked_sub(1)?)? {
        quote if is_quote(quote) => quoted_before(text, end),
        b']' => bracketed(text, end),
        // Markdown: `**Password**: "v"`; optional types: `password: String? = "v"`.
        b'*' | b'?' => {
            let end = end - bytes[..end].iter().rev().take(4).take_while(|b| matches!(b, b'*' | b'?')).count();
            declared(text, end)
        }
        _ => declared(text, end),
    }
}

/// `name`, or `name: Type`.
fn declared(text: &str, end: usize) -> Option<(&str, usize)> {
    let (word, start) = word_before(text, end)?;
    let colon = before_blanks(text, start);
    let bytes = text.as_bytes();
    let typed = colon > 1 && bytes[colon - 1] == b':' && bytes[colon - 2] != b':';
    if typed && let Some(found) = word_before(text, before_blanks(text, colon - 1)) {
        return Some(found);
    }
    Some((word, start))
}

/// `conf["name"]`, `names[NAME]`, `char name[]`, `name: Optional[str]`.
fn bracketed(text: &str, end: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let floor = end.saturating_sub(200);
    let open = floor + memchr::memrchr(b'[', &bytes[floor..end])?;
    let inner = before_blanks(text, end - 1);
    if inner == open + 1 {
        return word_before(text, open);
    }
    if is_quote(bytes[inner - 1]) {
        return quoted_before(text, inner);
    }
    let (_, start) = word_before(text, open)?;
    let colon = before_blanks(text, start);
    if colon > 0 && bytes[colon - 1] == b':' {
        return word_before(text, before_blanks(text, colon - 1));
    }
    let (word, start) = word_before(text, inner)?;
    (start == open + 1 && !word.bytes().all(|b| b.is_ascii_digit())).then_some((word, start))
}

/// `name = condition ? "v" : "w"`, on one line.
fn chosen(text: &str, sign: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let floor = sign.saturating_sub(CONDITION);
    // `??` and `?:` are operators of their own.
    if sign > 0 && bytes[sign - 1] == b'?' {
        return None;
    }
    let line = memchr::memrchr(b'\n', &bytes[floor..sign]).map_or(floor, |newline| floor + newline + 1);
    let question = if bytes[sign] == b'?' { sign } else { line + memchr::memrchr(b'?', &bytes[line..sign])? };
    let equals = line + memchr::memmem::find(&bytes[line..question], b" = ")?;
    declared(text, equals)
}

/// Whether the name before a colon is a noun of a sentence: `this is not a secret: "v"`.
fn in_prose(text: &str, colon: usize) -> bool {
    let Some((_, start)) = word_before(text, before_blanks(text, colon)) else { return false };
    let article = word_before(text, before_blanks(text, start)).map_or("", |(word, _)| word);
    ["a", "an", "the", "no", "any", "this", "your"].iter().any(|word| article.eq_ignore_ascii_case(word))
}

/// What a default stands in for: `getenv("NAME") ?: "v"`, `process.env.NAME || "v"`.
fn defaulted(text: &str, end: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    match *bytes.get(end.checked_sub(1)?)? {
        b')' | b']' => {
            let inner = before_blanks(text, end - 1);
            let (key, start) = is_quote(*bytes.get(inner.checked_sub(1)?)?).then(|| quoted_before(text, inner))??;
            // `x.equals("password") || "changeit".equals(x)` compares.
            let asks = start.checked_sub(1).and_then(|open| word_before(text, open)).is_some_and(|(method, _)| {
                let method = method.rsplit('.').next().unwrap_or(method);
                matches!(method, "equals" | "equalsIgnoreCase" | "contains" | "containsKey" | "startsWith" | "endsWith")
            });
            (!asks).then_some((key, start))
        }
        _ => word_before(text, end),
    }
}

/// `"name" to "v"` of Kotlin, `x["name"] or "v"` of Python.
fn infix(text: &str, end: usize) -> Option<(&str, usize)> {
    let (word, start) = word_before(text, end)?;
    let left = before_blanks(text, start);
    if left == start {
        return None;
    }
    match word {
        "to" => quoted_before(text, left),
        "or" => defaulted(text, left),
        _ => None,
    }
}

/// `#define NAME "v"`, `ENV NAME "v"`.
fn defined(text: &str, end: usize, start: usize) -> Option<(&str, usize)> {
    if end == start {
        return None;
    }
    let (word, at) = word_before(text, end)?;
    let head = before_blanks(text, at);
    let keyword = word_before(text, head)?.0;
    matches!(keyword, "define" | "ENV" | "ARG" | "setenv" | "setx").then_some((word, at))
}

/// `variable "db_password" { default = "v" }` of Terraform: the block's label is the name.
fn labelled(page: &mut Page<'_>, brackets: &mut Brackets, opening: usize) {
    let text = page.text;
    let Some(block) = brackets.block_at(text, opening) else { return };
    let Some((label, _)) = quoted_before(text, before_blanks(text, block)) else { return };
    if page.vocabulary.mentions_key(label.as_bytes())
        && let Some(literal) = quoted(text, opening, Dialect::Code)
    {
        offer(page, brackets, label, &literal.value, literal.inner.start, opening);
    }
}

/// A value written as a sum: `"AKIA" + "…"`. What is added to it and is no literal is a hole.
fn joined<'t>(text: &'t str, first: &Quoted<'t>) -> (std::borrow::Cow<'t, str>, usize) {
    const MOST: usize = 64;
    let bytes = text.as_bytes();
    let (mut value, mut end) = (first.value.clone(), first.end);
    for _ in 0..MOST {
        let plus = after_space(text, end);
        if bytes.get(plus) != Some(&b'+') || bytes.get(plus + 1) == Some(&b'=') {
            break;
        }
        let next = after_space(text, plus + 1);
        let literal = bytes.get(next).filter(|b| is_quote(**b)).and_then(|_| quoted(text, next, Dialect::Code));
        let Some(literal) = literal else {
            value.to_mut().push(HOLE);
            break;
        };
        value.to_mut().push_str(&literal.value);
        end = literal.end;
    }
    (value, end)
}
