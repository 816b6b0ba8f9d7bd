//! A flow: collections written in brackets. JSON is nothing else, YAML has them inside its blocks.

use super::evidence::Level;
use super::keypath::KeyPath;
use super::page::Page;
use super::scalar::{Reach, Scalar};
use super::syntax::SyntaxError;
use std::borrow::Cow;

/// The language a flow is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Json,
    /// The flow belongs to a block of this column: lines that are not deeper are no part of it, but
    /// for its closing brackets. `None` where it is all there is.
    Yaml(Option<usize>),
}

/// Reads collections from an offset on, and keeps going whatever it meets.
#[derive(Debug)]
pub(super) struct Flow<'a, 't> {
    page: &'a mut Page<'t>,
    path: &'a mut KeyPath<'t>,
    text: &'t str,
    dialect: Dialect,
    pub(super) at: usize,
    /// How many brackets are open.
    open: usize,
    key: Option<Cow<'t, str>>,
    /// Up to here no template expression ends.
    no_template: usize,
    no_comment: bool,
    pub(super) error: Option<SyntaxError>,
}

impl<'a, 't> Flow<'a, 't> {
    pub(super) fn new(page: &'a mut Page<'t>, path: &'a mut KeyPath<'t>, dialect: Dialect, at: usize) -> Self {
        let text = page.text;
        Self { page, path, text, dialect, at, open: 0, key: None, no_template: 0, no_comment: false, error: None }
    }

    /// The name of the member whose value the flow is.
    pub(super) fn named(mut self, key: Cow<'t, str>) -> Self {
        self.key = Some(key);
        self
    }

    /// Reads on to the end of the text; in YAML to the closing bracket. `false` if one is missing.
    pub(super) fn run(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    if self.is_left() {
                        break;
                    }
                }
                b' ' | b'\t' | b'\r' | b'\x0c' => self.at += 1,
                b'{' if bytes.get(self.at + 1) == Some(&b'{') && self.template() => {}
                b'{' | b'[' => self.begin(),
                b'}' | b']' => {
                    self.end();
                    if self.open == 0 && self.dialect != Dialect::Json {
                        return true;
                    }
                }
                b',' => {
                    self.key = None;
                    self.at += 1;
                }
                b':' => {
                    self.fails(self.at, "a colon without a name");
                    self.at += 1;
                }
                b'"' | b'\'' => self.quoted(),
                b'#' => self.skip_line(),
                b'/' if bytes.get(self.at + 1) == Some(&b'/') && self.dialect == Dialect::Json => self.skip_line(),
                b'/' if bytes.get(self.at + 1) == Some(&b'*') && self.dialect == Dialect::Json => self.skip_comment(),
                _ => self.bare(),
            }
        }
        let closed = self.open == 0;
        if !closed {
            self.fails(self.at.min(self.text.len()), "a bracket is not closed");
        }
        for _ in 0..self.open {
            self.path.pop(self.page);
        }
        closed
    }

    fn fails(&mut self, at: usize, message: &'static str) {
        self.error.get_or_insert(SyntaxError { at, message });
    }

    /// Whether the line that starts here belongs to the block around the flow.
    fn is_left(&self) -> bool {
        let Dialect::Yaml(Some(column)) = self.dialect else { return false };
        let line = &self.text.as_bytes()[self.at..];
        let indent = line.iter().take_while(|&&byte| byte == b' ').count();
        indent <= column && !matches!(line.get(indent), None | Some(b'\r' | b'\n' | b'}' | b']'))
    }

    fn begin(&mut self) {
        let name = self.key.take().unwrap_or_default();
        self.path.push(name, Level::Map, self.at);
        self.open += 1;
        self.at += 1;
    }

    fn end(&mut self) {
        self.key = None;
        match self.open.checked_sub(1) {
            Some(open) => {
                self.open = open;
                self.path.pop(self.page);
            }
            None => self.fails(self.at, "a closing bracket without an opening one"),
        }
        self.at += 1;
    }

    /// `{{ … }}` of a template language; `false` if it does not end on its line.
    fn template(&mut self) -> bool {
        if self.at < self.no_template {
            return false;
        }
        let rest = &self.text.as_bytes()[self.at..];
        let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        match memchr::memmem::find(&rest[..line], b"}}") {
            Some(end) => {
                self.at += end + 2;
                true
            }
            None => {
                self.no_template = self.at + line;
                false
            }
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    fn skip_comment(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        match if self.no_comment { None } else { memchr::memmem::find(rest, b"*/") } {
            Some(end) => self.at += end + 2,
            None => {
                self.no_comment = true;
                self.fails(self.at, "a comment is not closed");
                self.at += 2;
            }
        }
    }

    fn quoted(&mut self) {
        let reach = match self.dialect {
            Dialect::Json => Reach::Line,
            Dialect::Yaml(Some(column)) => Reach::Deeper(column),
            Dialect::Yaml(None) => Reach::Anywhere,
        };
        if let Some((scalar, end)) = Scalar::quoted(self.text, self.at, reach) {
            self.at = end;
            self.skip_blanks();
            if self.text.as_bytes().get(self.at) == Some(&b':') {
                self.at += 1;
                self.key = Some(scalar.value);
            } else {
                self.scalar(scalar);
            }
            return;
        }
        self.fails(self.at, "a string is not closed");
        let start = self.at + 1;
        self.skip_line();
        let raw = self.text.get(start..self.at).unwrap_or_default();
        let raw = raw.trim_end().trim_end_matches([',', '}', ']']);
        self.scalar(Scalar::plain(self.text, start..start + raw.len()));
    }

    /// White space, also over lines: a colon may stand on the next.
    fn skip_blanks(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let over_lines = self.dialect == Dialect::Json;
        self.at += rest
            .iter()
            .take_while(|&&byte| matches!(byte, b' ' | b'\t') || over_lines && matches!(byte, b'\r' | b'\n'))
            .count();
    }

    /// A word without quotes: a number, a constant, or in YAML any text.
    fn bare(&mut self) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let yaml = self.dialect != Dialect::Json;
        while let Some(&byte) = bytes.get(self.at) {
            let next = bytes.get(self.at + 1);
            let ends = match byte {
                b',' | b'[' | b']' | b'{' | b'}' | b'\n' => true,
                b':' => {
                    !yaml
                        || matches!(next, None | Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']' | b'{' | b'}'))
                }
                b' ' | b'\t' => !yaml || next == Some(&b'#') || is_node_property(&bytes[start..self.at]),
                b'"' | b'\r' => !yaml,
                _ => false,
            };
            if ends {
                break;
            }
            self.at += 1;
        }
        let scalar = Scalar::plain(self.text, start..self.at);
        if is_node_property(scalar.value.as_bytes()) {
            if super::yaml::is_reference(&scalar.value) {
                // What a reference is called is not what it holds.
                self.skip_reference();
            }
            return;
        }
        self.skip_blanks();
        if bytes.get(self.at) == Some(&b':') {
            self.at += 1;
            self.key = Some(scalar.value);
            return;
        }
        if !yaml && !is_constant(&scalar.value) {
            self.fails(scalar.span.start, "a value without quotes");
        }
        match &*scalar.value {
            "null" | "~" | "" => self.key = None,
            value if yaml && value.starts_with('*') => self.key = None,
            _ => self.scalar(scalar),
        }
    }

    fn skip_reference(&mut self) {
        self.skip_blanks();
        let rest = &self.text.as_bytes()[self.at..];
        if !matches!(rest.first(), Some(b'[' | b'{')) {
            self.key = None;
            self.at += rest.iter().take_while(|byte| !matches!(byte, b',' | b']' | b'}' | b'\n')).count();
        }
    }

    fn scalar(&mut self, scalar: Scalar<'t>) {
        match self.key.take() {
            Some(key) => self.path.value(self.page, &key, scalar),
            None if self.open > 0 => self.path.item(self.page, &scalar),
            None => {}
        }
    }
}

/// A tag or an anchor: it stands before the value that it says something about (YAML 1.2.2, 6.9).
fn is_node_property(word: &[u8]) -> bool {
    word.len() > 1 && matches!(word[0], b'!' | b'&') && !word.contains(&b' ')
}

fn is_constant(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "NaN" | "Infinity")
        || word.starts_with(|c: char| c == '-' || c == '.' || c.is_ascii_digit()) && word.parse::<f64>().is_ok()
}
