//! Assignments: names that get a literal value in source code, scripts and any other text.
//!
//! No grammar is parsed: from each literal the reader looks back to the name it is given to, so that
//! every language, broken code, prose and comments are read alike.

mod arguments;
mod brackets;
mod collections;
mod declarations;
mod literals;
mod templates;
mod words;

use super::page::{Page, ScopeId};
use super::peer::is_peer_value;
use brackets::Brackets;
pub(super) use templates::stands_for;

/// What an unquoted right-hand side means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// An expression: only literals are values, except in comments.
    Code,
    /// A value: scripts, notes, environment files.
    Text,
}

/// Reads a text of an unknown language.
pub(super) fn read(page: &mut Page<'_>, scope: ScopeId) {
    read_as(page, scope, style_of(page.text));
}

pub(super) fn read_as(page: &mut Page<'_>, scope: ScopeId, style: Style) {
    literals::read(page, &mut Brackets::new(scope));
    words::read(page, &mut Brackets::new(scope), style);
}

/// Code, if a good part of the first lines end or begin as those of code do.
fn style_of(text: &str) -> Style {
    let (mut code, mut lines) = (0usize, 0usize);
    for line in
        text.lines().take(200).map(|line| line.get(..400).unwrap_or(line).trim()).filter(|line| !line.is_empty())
    {
        lines += 1;
        let ends = line.ends_with([';', '{', '}', '(', ')', ','] as [char; 6]);
        let begins = [
            "import ", "from ", "def ", "class ", "val ", "var ", "let ", "const ", "package ", "public ", "@",
            "%pyflink", "%flink",
        ];
        code += usize::from(ends || begins.iter().any(|word| line.starts_with(word)));
    }
    if code * 3 > lines { Style::Code } else { Style::Text }
}

/// Binds a value if its key is known, and remembers it if it says which system others open.
fn offer(page: &mut Page<'_>, brackets: &mut Brackets, key: &str, value: &str, at: usize, inside: usize) {
    if !value.is_empty() && (page.vocabulary.is_key(key) || is_peer_value(key, value)) {
        let scope = brackets.scope_at(page, inside);
        page.offer_known(key, value, at, scope);
    }
}
