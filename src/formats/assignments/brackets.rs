//! Brackets: which calls, maps and blocks an offset lies in, told well enough for pairing.

use super::super::evidence::Level;
use super::super::lookback::{before_space, word_before};
use super::super::page::{Page, ScopeId};
use super::collections;
use std::ops::Range;

/// Deeper brackets are not told apart.
const DEEPEST: usize = 64;
/// How far a closing bracket may look for its opening one: strings and comments hold brackets too.
const FARTHEST: usize = 4;

#[derive(Debug)]
struct Open {
    byte: u8,
    at: usize,
    /// Made when the first value inside it is bound.
    scope: Option<ScopeId>,
    /// What its elements are called, once somebody has asked.
    elements: Option<Option<Range<usize>>>,
}

/// A Python function: it ends where a line is indented no further than its head.
#[derive(Debug)]
struct Def {
    indent: usize,
    at: usize,
    scope: Option<ScopeId>,
}

/// Reads brackets from left to right, up to where it was last asked.
#[derive(Debug)]
pub(super) struct Brackets {
    root: ScopeId,
    open: Vec<Open>,
    def: Option<Def>,
    read: usize,
    /// The call that `new_call_at` has given last.
    call: Option<usize>,
}

impl Brackets {
    pub(super) fn new(root: ScopeId) -> Self {
        Self { root, open: Vec::new(), def: None, read: 0, call: None }
    }

    /// The scope that an offset lies in. Offsets ascend, or lie a little behind the last one.
    pub(super) fn scope_at(&mut self, page: &mut Page<'_>, at: usize) -> ScopeId {
        self.advance(page.text, at);
        let mut scope = self.root;
        if let Some(def) = self.def.as_mut().filter(|def| def.at <= at) {
            scope = *def.scope.get_or_insert_with(|| page.scope(scope, Level::Block, "", def.at));
        }
        for open in self.open.iter_mut().filter(|open| open.at < at) {
            let Some((level, name)) = kind(page.text, open) else { continue };
            scope = *open.scope.get_or_insert_with(|| page.scope(scope, level, name, open.at));
        }
        scope
    }

    /// The opening bracket of the call whose argument an offset is, once for each call.
    pub(super) fn new_call_at(&mut self, text: &str, at: usize) -> Option<usize> {
        self.advance(text, at);
        let call = self.open.last().filter(|open| open.byte == b'(').map(|open| open.at)?;
        (self.call.replace(call) != Some(call)).then_some(call)
    }

    /// The opening bracket, of this kind, that an offset lies in.
    pub(super) fn innermost(&mut self, text: &str, byte: u8, at: usize) -> Option<usize> {
        self.advance(text, at);
        self.open.last().filter(|open| open.byte == byte).map(|open| open.at)
    }

    /// What the elements of the collection that an offset lies in are called, and its opening bracket.
    pub(super) fn elements_at<'t>(&mut self, page: &Page<'t>, at: usize) -> Option<(&'t str, usize)> {
        self.advance(page.text, at);
        // A list may be an element of a map.
        for open in self.open.iter_mut().rev().take(2) {
            let elements = || collections::elements(page, open.byte, open.at);
            if let Some(name) = open.elements.get_or_insert_with(elements) {
                return Some((page.text.get(name.clone())?, open.at));
            }
            if open.byte == b'{' {
                return None;
            }
        }
        None
    }

    fn advance(&mut self, text: &str, to: usize) {
        let bytes = text.as_bytes();
        if self.read == 0 && to > 0 {
            self.line(text, 0);
        }
        while self.read < to {
            let at = self.read;
            match bytes[at] {
                byte @ (b'(' | b'[' | b'{') if self.open.len() < DEEPEST => {
                    self.open.push(Open { byte, at, scope: None, elements: None });
                }
                b')' => self.close(b'('),
                b']' => self.close(b'['),
                b'}' => {
                    // In the first column it ends all that is open, whatever was misread before.
                    if at == 0 || bytes[at - 1] == b'\n' {
                        self.open.clear();
                    }
                    self.close(b'{');
                }
                b'\n' => self.line(text, at + 1),
                _ => {}
            }
            self.read += 1;
        }
    }

    fn close(&mut self, opening: u8) {
        let from = self.open.len().saturating_sub(FARTHEST);
        if let Some(found) = self.open[from..].iter().rposition(|open| open.byte == opening) {
            self.open.truncate(from + found);
        }
    }

    fn line(&mut self, text: &str, start: usize) {
        let line = &text.as_bytes()[start..];
        let indent = line.iter().take(200).take_while(|b| matches!(b, b' ' | b'\t')).count();
        if matches!(line.get(indent), None | Some(b'\n' | b'\r' | b'#' | b')')) {
            return;
        }
        if self.def.as_ref().is_some_and(|def| indent <= def.indent) {
            self.def = None;
        }
        let head = &line[indent..];
        if self.def.is_none() && (head.starts_with(b"def ") || head.starts_with(b"async def ")) {
            // What a broken line above left open does not reach into the next function.
            self.open.clear();
            self.def = Some(Def { indent, at: start + indent, scope: None });
        }
    }
}

/// What a bracket opens: a call, a map, a block. Lists are no scope of their own.
fn kind<'t>(text: &'t str, open: &Open) -> Option<(Level, &'t str)> {
    let before = before_space(text, open.at);
    match open.byte {
        b'(' => {
            let name = word_before(text, open.at).map_or("", |(word, _)| word);
            // SQL lists: `WITH (`, `OPTIONS (`, `SET (`.
            let level = if name.is_empty() || name.eq_ignore_ascii_case("options") { Level::Map } else { Level::Call };
            Some((level, name))
        }
        b'{' => {
            let opens_map =
                matches!(before.checked_sub(1).map(|at| text.as_bytes()[at]), Some(b'=' | b':' | b'(' | b',' | b'['));
            Some((if opens_map { Level::Map } else { Level::Block }, ""))
        }
        _ => None,
    }
}
