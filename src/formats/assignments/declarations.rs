//! Declarations: functions, constructors and records of a text, whose parameters name what calls give them.

use super::super::lookback::{before_blanks, word_before};
use super::super::page::Page;
use super::super::quoted::{Dialect, quoted};
use super::arguments::literals_of;
use super::brackets::Brackets;
use crate::formats::names::is_element;
use rustc_hash::FxHashMap;

/// Declarations of a text: each costs a look ahead.
const MOST: usize = 10_000;
/// Declarations of one name, parameters of each, and how long a list of them may be.
const MOST_OF_ONE: usize = 8;
const MOST_PARAMETERS: usize = 16;
const LONGEST: usize = 600;

/// By name, the parameters of each declaration. Read once somebody asks.
#[derive(Debug, Default)]
pub(super) struct Declarations<'t>(Option<FxHashMap<&'t str, Vec<Vec<&'t str>>>>);

impl<'t> Declarations<'t> {
    /// The parameter that the literal at `opening` is given to: `login("svc", "v")` of `def login(user, password)`.
    pub(super) fn name(
        &mut self,
        page: &Page<'t>,
        brackets: &mut Brackets,
        opening: usize,
    ) -> Option<(&'t str, usize)> {
        let text = page.text;
        quoted(text, opening, Dialect::Code).filter(|literal| is_element(&literal.value))?;
        let open = brackets.innermost(text, b'(', opening)?;
        let (callee, _) = word_before(text, open)?;
        let callee = ["self.", "this.", "cls."].iter().find_map(|own| callee.strip_prefix(own)).unwrap_or(callee);
        let of_callee = self.0.get_or_insert_with(|| read(text)).get(callee)?;
        let arguments = literals_of(text, open);
        let index = arguments.iter().position(|argument| *argument == Some(opening))?;
        let fits = |parameters: &&Vec<&str>| parameters.len() == arguments.len();
        let parameters = of_callee.iter().find(fits).or_else(|| of_callee.iter().find(|list| list.len() > index))?;
        parameters.get(index).map(|name| (*name, opening))
    }
}

/// `def name(`, `record Name(`, `String name(`: two words in front of a bracket, or the constructor of a class.
fn read(text: &str) -> FxHashMap<&str, Vec<Vec<&str>>> {
    const NO_TYPES: [&str; 14] =
        ["new", "return", "throw", "else", "await", "yield", "in", "and", "or", "not", "case", "if", "assert", "del"];
    let mut found: FxHashMap<&str, Vec<Vec<&str>>> = FxHashMap::default();
    let mut class = "";
    let mut left = MOST;
    for open in memchr::memchr_iter(b'(', text.as_bytes()) {
        let Some((name, start)) = word_before(text, open) else { continue };
        let Some((before, at)) = word_before(text, before_blanks(text, start)).filter(|_| !name.contains('.')) else {
            continue;
        };
        if at + before.len() == start || NO_TYPES.contains(&before) {
            continue;
        }
        if before == "class" {
            class = name;
        }
        let is_constructor = matches!(name, "__init__" | "constructor");
        if is_constructor {
            class = class_above(text, start).unwrap_or(class);
        }
        let name = if is_constructor { class } else { name };
        let Some(next) = left.checked_sub(1) else { break };
        left = next;
        let of_name = found.entry(name).or_default();
        if of_name.len() < MOST_OF_ONE
            && let Some(parameters) = parameters(text, open)
        {
            of_name.push(parameters);
        }
    }
    found
}

/// `class Name:` in the lines above its constructor.
fn class_above(text: &str, at: usize) -> Option<&str> {
    const REACH: usize = 4096;
    let floor = at.saturating_sub(REACH);
    let start = floor + memchr::memmem::rfind(&text.as_bytes()[floor..at], b"class ")? + "class ".len();
    let rest = text.get(start..at)?;
    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    rest.get(..length)
}

/// The names between brackets; `None` if that is no list of parameters.
fn parameters(text: &str, open: usize) -> Option<Vec<&str>> {
    let mut limit = text.len().min(open + LONGEST);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let rest = &text[open + 1..limit];
    let (mut depth, mut start, mut names) = (0usize, 0, Vec::new());
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' if depth == 0 => {
                names.extend(parameter(&rest[start..at]));
                names.retain(|name| !matches!(*name, "self" | "cls"));
                return (!names.is_empty()).then_some(names);
            }
            b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
            b',' if depth == 0 && names.len() < MOST_PARAMETERS => {
                names.push(parameter(&rest[start..at])?);
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// `name`, `name: Type = x`, `Type name`, `@Annotation final Type name`.
fn parameter(text: &str) -> Option<&str> {
    let head = text.split(['=', ':']).next()?.trim_end();
    let name = head.rsplit(|c: char| c.is_whitespace() || c == '*').next()?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(name)
}
