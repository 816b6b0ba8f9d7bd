//! Literals: quoted values, each with the name that the text before it gives to it.

use super::super::fragments::{is_gap, jaas_statement};
use super::super::lookback::{after_blanks, after_space, before_blanks, before_space, quoted_before, word_before};
use super::super::page::Page;
use super::super::quoted::{Dialect, Quoted, backslashes_before, is_quote, quoted};
use super::brackets::Brackets;
use super::declarations::Declarations;
use super::{arguments, collections, offer};
use crate::formats::evidence::HOLE;
use crate::formats::names::is_name;
use data_encoding::BASE64;
use std::borrow::Cow;

/// Wrappers of a literal that name nothing by themselves.
pub(super) const WRAPPERS: [&str; 13] = [
    "Some",
    "Option",
    "of",
    "ofNullable",
    "just",
    "SecretStr",
    "lit",
    "apply",
    "asList",
    "Field",
    "Secret",
    "Password",
    "SecretString",
];
/// Wrappers of a literal in Base64.
pub(super) const DECODERS: [&str; 8] = [
    "b64decode",
    "urlsafe_b64decode",
    "decodebytes",
    "decode",
    "decodeBase64",
    "parseBase64Binary",
    "FromBase64String",
    "atob",
];
/// Arguments that hold a default: what it stands in for, an argument or the variable says.
const DEFAULTS: [&str; 6] = ["default", "value", "default_value", "defaultValue", "fallback", "default_factory"];

/// How far before a value its name may stand.
const SIBLING: usize = 400;
/// A condition and its first choice are no longer.
const CONDITION: usize = 240;

pub(super) fn read(page: &mut Page<'_>, brackets: &mut Brackets) {
    let text = page.text;
    let mut declarations = Declarations::default();
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
            b'=' if let Some((key, inside)) = collections::unpacked(text, opening) => Some((key, inside, opening)),
            b'=' | b':' | b'>' | b'|' | b'?' => separated(text, before).map(|(key, inside)| (key, inside, opening)),
            b'{' => lazily(text, before - 1).map(|(key, inside)| (key, inside, opening)),
            b')' => conditional(text, before).map(|(key, inside)| (key, inside, opening)),
            b'n' => returned(text, before).map(|(key, inside)| (key, inside, opening)),
            b'o' | b'r' | b'e' | b'O' | b'R' => infix(text, before).map(|(key, inside)| (key, inside, opening)),
            _ => defined(text, before, start).map(|(key, inside)| (key, inside, opening)),
        };
        let is_named = |key: &str| page.vocabulary.is_key(key) || super::is_peer_value(key, "some");
        let found = found.filter(|(key, ..)| is_named(key) || DEFAULTS.contains(key)).or_else(|| {
            let tuple = matches!(last, b',' | b'(' | b'[').then(|| collections::unpacked(text, opening)).flatten();
            let tuple = tuple.filter(|(key, _)| is_named(key));
            tuple
                .or_else(|| collections::name(page, brackets, opening, before))
                .or_else(|| declarations.name(page, brackets, opening).filter(|(key, _)| page.vocabulary.is_key(key)))
                .map(|(key, at)| (key, at, opening))
        });
        let Some((key, inside, opening)) = found else { continue };
        if DEFAULTS.contains(&key) {
            labelled(page, brackets, opening);
            continue;
        }
        let Some(literal) = quoted(text, opening, Dialect::Code) else { continue };
        let is_compared = last == b'=' && text.as_bytes().get(before.wrapping_sub(2)) == Some(&b'=');
        if is_compared && is_name(&literal.value) {
            continue;
        }
        if is_gap(&literal.value) || jaas_statement(text, key, inside).is_some() {
            continue;
        }
        let (value, end) = match decoded(text, before, &literal.value) {
            Some(value) => (Cow::Owned(value), literal.end),
            None => joined(text, &literal),
        };
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
    if !matches!(bytes.get(end.checked_sub(1)?)?, b'=' | b':' | b'>' | b'|' | b'?') {
        return None;
    }
    let two = end.checked_sub(2).map_or(b"" as &[u8], |from| &bytes[from..end]);
    let (end, defaults) = match two {
        b"=>" | b"->" | b":=" | b"?=" => (end - 2, false),
        // `password == "v"`, `password === "v"`.
        b"==" if !matches!(end.checked_sub(3).map(|at| bytes[at]), Some(b'!')) => {
            (end - 2 - usize::from(end > 2 && bytes[end - 3] == b'='), false)
        }
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
        // `name = lambda: "v"`
        false if text[..name_end].ends_with("lambda") => {
            let sign = before_blanks(text, name_end - "lambda".len());
            sign.checked_sub(1).filter(|at| bytes[*at] == b'=').and_then(|at| declared(text, before_blanks(text, at)))
        }
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

/// `name`, or `name: Type`; `fun name() = "v"`.
pub(super) fn declared(text: &str, end: usize) -> Option<(&str, usize)> {
    let Some((word, start)) = word_before(text, end) else { return called(text, end) };
    let colon = before_blanks(text, start);
    let bytes = text.as_bytes();
    let typed = colon > 1 && bytes[colon - 1] == b':' && bytes[colon - 2] != b':';
    let before = before_blanks(text, colon.saturating_sub(1));
    if typed && let Some(found) = word_before(text, before).or_else(|| called(text, before)) {
        return Some(found);
    }
    Some((word, start))
}

/// The name before the parameters that end at `end`; where they have none, what is given to a lambda's name.
fn called(text: &str, end: usize) -> Option<(&str, usize)> {
    let close = end.checked_sub(1).filter(|at| text.as_bytes()[*at] == b')')?;
    // `hash(x) == "v"`
    if text[end..].trim_start().starts_with("==") {
        return None;
    }
    let line = line_before(text, close);
    let open = close - line.len() + line.rfind('(')?;
    word_before(text, open).or_else(|| assigned(text, open))
}

/// `String dbPassword() { return "v"; }`: the function that a literal is returned from at once.
fn returned(text: &str, end: usize) -> Option<(&str, usize)> {
    let (_, start) = word_before(text, end).filter(|(word, _)| *word == "return")?;
    let mut floor = start.saturating_sub(CONDITION);
    while !text.is_char_boundary(floor) {
        floor += 1;
    }
    let head = text[floor..start].trim_end().strip_suffix(['{', ':'])?;
    // What the function returns may stand before its body.
    let close = head.rfind(')').filter(|close| !head[close + 1..].contains([';', '\n', '}', '=']))?;
    let open = head[..close].rfind('(')?;
    word_before(text, floor + open).filter(|(name, _)| !matches!(*name, "if" | "while" | "for" | "switch" | "catch"))
}

/// What a literal in Base64 stands for, if it is handed to what decodes it.
fn decoded(text: &str, before: usize, value: &str) -> Option<String> {
    let open = before.checked_sub(1).filter(|at| text.as_bytes()[*at] == b'(')?;
    let (callee, _) = word_before(text, open)?;
    DECODERS
        .contains(&callee.rsplit('.').next()?)
        .then(|| BASE64.decode(value.as_bytes()).ok())?
        .and_then(|bytes| String::from_utf8(bytes).ok())
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
        "else" => assigned(text, left),
        _ => None,
    }
}

/// `name = if (condition) "v" else "w"`.
fn conditional(text: &str, end: usize) -> Option<(&str, usize)> {
    let line = line_before(text, end);
    let condition = line.split_once("= if")?.1;
    condition.trim_start().starts_with('(').then(|| assigned(text, end))?
}

/// `name by lazy { "v" }`, `name by extra { "v" }`.
fn lazily(text: &str, open: usize) -> Option<(&str, usize)> {
    let (word, start) = word_before(text, before_blanks(text, open))?;
    let (by, start) = word_before(text, before_blanks(text, start)).filter(|_| matches!(word, "lazy" | "extra"))?;
    (by == "by").then(|| declared(text, before_blanks(text, start)))?
}

/// The name that the line of a value assigns to.
pub(super) fn assigned(text: &str, end: usize) -> Option<(&str, usize)> {
    let line = line_before(text, end);
    let equals = line.find(" = ").or_else(|| line.find('='))?;
    declared(text, before_blanks(text, end - line.len() + equals))
}

/// What stands before an offset in its line, as far as it matters.
pub(super) fn line_before(text: &str, end: usize) -> &str {
    let mut floor = end.saturating_sub(CONDITION);
    while !text.is_char_boundary(floor) {
        floor += 1;
    }
    let line = &text[floor..end];
    line.rsplit_once('\n').map_or(line, |(_, line)| line)
}

/// `#define NAME "v"`, `ENV NAME "v"`.
fn defined(text: &str, end: usize, start: usize) -> Option<(&str, usize)> {
    if end == start {
        return None;
    }
    let (word, at) = word_before(text, end)?;
    let head = before_blanks(text, at);
    // `credentials { username "ci"; password "v" }` of Gradle: a statement of its own.
    let begins = head.checked_sub(1).is_none_or(|at| matches!(text.as_bytes()[at], b'{' | b';' | b'\n'));
    if begins && quoted(text, start, Dialect::Code).is_some_and(|literal| ends_statement(text, literal.end)) {
        return Some((word, at));
    }
    let keyword = word_before(text, head)?.0;
    matches!(keyword, "define" | "ENV" | "ARG" | "setenv" | "setx").then_some((word, at))
}

pub(super) fn ends_statement(text: &str, end: usize) -> bool {
    matches!(text.as_bytes().get(after_blanks(text, end)), None | Some(b'\n' | b'\r' | b';' | b'}'))
}

/// `variable "db_password" { default = "v" }` of Terraform: the block's label is the name, or what stands
/// beside the value. In a call, it is the first argument, or what the call's result is given to.
fn labelled(page: &mut Page<'_>, brackets: &mut Brackets, opening: usize) {
    let text = page.text;
    let is_key = |label: &&str| page.vocabulary.is_key(label);
    let label = match brackets.innermost(text, b'{', opening) {
        Some(block) => quoted_before(text, before_blanks(text, block))
            .map(|(label, _)| label)
            .filter(is_key)
            .or_else(|| sibling(text, block + 1, opening)),
        None => brackets.innermost(text, b'(', opening).and_then(|call| {
            // `add_argument("-p", "--password", default="v")`
            let arguments = arguments::literals_of(text, call).into_iter().flatten().take_while(|at| *at < opening);
            let literals = arguments.filter_map(|at| text.get(quoted(text, at, Dialect::Code)?.inner));
            literals.map(|name| name.trim_start_matches('-')).find(is_key).or_else(|| {
                let (_, start) = word_before(text, call)?;
                separated(text, before_space(text, start)).map(|(name, _)| name)
            })
        }),
    };
    let Some(label) = label else { return };
    if page.vocabulary.mentions_key(label.as_bytes())
        && let Some(literal) = quoted(text, opening, Dialect::Code)
    {
        offer(page, brackets, label, &literal.value, literal.inner.start, opening);
    }
}

/// `name = "/prod/db/password"` before `value = "v"`, in one block.
fn sibling(text: &str, block: usize, opening: usize) -> Option<&str> {
    let mut start = block.max(opening.saturating_sub(SIBLING));
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let line = text[start..opening].lines().rev().find(|line| line.trim_start().starts_with("name"))?;
    let (_, value) = line.split_once('=')?;
    value.trim().strip_prefix('"')?.split('"').next()
}

/// A value written as a sum: `"AKIA" + "…"`. What is added to it and is no literal is a hole.
fn joined<'t>(text: &'t str, first: &Quoted<'t>) -> (Cow<'t, str>, usize) {
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
