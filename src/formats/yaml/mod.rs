//! YAML, read line by line: files are often templates that no parser takes, and a parser would lose
//! where things stand. Flink's own `flink-conf.yaml`, which is no YAML, is read by the same lines.

mod block;
mod node;

use super::enclosed::Kind;
use super::evidence::Level;
use super::flow::{Dialect, Flow};
use super::keypath::{KeyPath, MOST_STEPS, holds_secrets};
use super::page::{Page, ScopeId};
use super::scalar::{Reach, Scalar};
use block::Block;
pub(super) use node::is_reference;
use node::{blanks, block_header, content, key, plain};
use std::borrow::Cow;
use std::ops::Range;

/// Reads what can be read. `Err` if that is nothing.
pub(super) fn read(page: &mut Page<'_>, scope: ScopeId) -> Result<(), String> {
    read_enclosed(page, scope, 0)
}

/// The same for a text inside so many others.
pub(super) fn read_enclosed(page: &mut Page<'_>, scope: ScopeId, depth: u8) -> Result<(), String> {
    let text = page.text;
    let path = KeyPath::new(scope, MOST_STEPS, depth);
    let mut reader = Reader {
        page,
        path,
        levels: Vec::new(),
        text,
        at: 0,
        scope,
        section: None,
        depth,
        nodes: 0,
        in_document: false,
    };
    reader.path.encoded = reader.has_secret(0);
    while reader.at < text.len() {
        let start = reader.at;
        let rest = &text.as_bytes()[start..];
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        reader.at += length + 1;
        reader.line(start, start + length);
    }
    reader.path.truncate(reader.page, 0);
    if reader.nodes == 0 && !text.trim().is_empty() { Err("no key and no list in it".to_owned()) } else { Ok(()) }
}

#[derive(Debug)]
struct Reader<'a, 't> {
    page: &'a mut Page<'t>,
    path: KeyPath<'t>,
    /// The blocks that are open, one for each step of the path.
    levels: Vec<Open>,
    text: &'t str,
    /// Where the next line starts.
    at: usize,
    scope: ScopeId,
    /// The scope of the document, where it is not the first.
    section: Option<ScopeId>,
    depth: u8,
    /// How many keys and elements were seen.
    nodes: usize,
    /// Whether the document has content yet.
    in_document: bool,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    column: usize,
    is_element: bool,
    /// Nothing stands below it yet: a value on the next line is its own.
    is_empty: bool,
}

impl<'t> Reader<'_, 't> {
    fn line(&mut self, start: usize, end: usize) {
        let raw = self.text.get(start..end).unwrap_or_default();
        let column = blanks(raw.as_bytes());
        let trimmed = raw.trim_end();
        if column >= trimmed.len() {
            return;
        }
        let (start, end) = (start + column, start + trimmed.len());
        let line = &self.text[start..end];
        let marks_document = |mark: &str| {
            column == 0 && line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        if line.starts_with('#') {
            self.comment(start, end, column);
        } else if marks_document("---") {
            self.document(start);
            if line.len() > 4 {
                self.in_document = true;
                self.node(start + 4..end, 0);
            }
        } else if marks_document("...")
            || column == 0 && line.starts_with('%')
            || line.starts_with("{{") && line.ends_with("}}")
        {
            // An end, a directive, a control line of a template.
        } else {
            self.in_document = true;
            self.node(start..end, column);
        }
    }

    /// A new document: a scope of its own, unless it is the first.
    fn document(&mut self, at: usize) {
        self.close(0, false);
        if self.in_document {
            let section = self.page.scope(self.scope, Level::Section, "", at);
            self.section = Some(section);
            self.path = KeyPath::new(section, MOST_STEPS, self.depth);
            self.path.encoded = self.has_secret(at + 3);
            self.in_document = false;
        }
    }

    /// Whether a Kubernetes Secret is in the document that starts here.
    fn has_secret(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = memchr::memmem::find(rest.as_bytes(), b"\n---").unwrap_or(rest.len());
        holds_secrets(&rest[..end])
    }

    /// `# key: value`: what was commented out is still in the file.
    fn comment(&mut self, start: usize, end: usize, column: usize) {
        let text = self.text[start..end].trim_start_matches(['#', ' ', '\t', '-']);
        let line = end - text.len()..end;
        let Some((name, at)) = key(self.text, line) else { return };
        if name.contains(char::is_whitespace) {
            return;
        }
        let (at, reference) = content(self.text, at..end);
        let scalar = match self.text.as_bytes().get(at) {
            Some(b'"' | b'\'') => Scalar::quoted(self.text, at, Reach::Line).map(|(scalar, _)| scalar),
            _ => None,
        };
        let scalar = scalar.unwrap_or_else(|| plain(self.text, at.min(end)..end));
        if !reference {
            let steps = self.levels.partition_point(|open| open.column < column);
            self.path.comment(self.page, steps, &name, &scalar);
        }
    }

    /// Leaves the blocks that a node at this column is not in. A list may stand at its key's column.
    fn close(&mut self, column: usize, is_element: bool) {
        while let Some(top) = self.levels.last()
            && (top.column > column || top.column == column && (top.is_element || !is_element))
        {
            self.levels.pop();
            self.path.pop(self.page);
        }
    }

    fn open(&mut self, name: Cow<'t, str>, column: usize, is_element: bool, at: usize) {
        self.path.push(name, Level::Map, at);
        self.levels.push(Open { column, is_element, is_empty: true });
    }

    fn node(&mut self, line: Range<usize>, mut column: usize) {
        let bytes = self.text.as_bytes();
        let (mut at, end) = (line.start, line.end);
        // `- - key: value`, `? key`: the blanks behind the sign count as indentation.
        while matches!(bytes[at], b'-' | b'?') && (at + 1 == end || matches!(bytes[at + 1], b' ' | b'\t')) {
            if self.levels.len() >= MOST_STEPS {
                return;
            }
            self.close(column, true);
            self.nodes += 1;
            if let Some(top) = self.levels.last_mut() {
                top.is_empty = false;
            }
            if bytes[at] == b'-' {
                self.open(Cow::Borrowed(""), column, true, at);
            }
            let width = 1 + blanks(&bytes[at + 1..end]);
            at += width;
            column += width;
            if at >= end {
                return;
            }
        }
        // What the line of an element says about itself stands before its first key.
        let is_element = at > line.start;
        let (start, reference) = content(self.text, at..end);
        if start >= end || bytes[start] == b'#' {
            return;
        }
        if let Some((name, value)) = key(self.text, start..end) {
            self.close(column, false);
            if let Some(top) = self.levels.last_mut() {
                top.is_empty = false;
            }
            self.nodes += 1;
            self.entry(name, value..end, column, start);
        } else {
            self.alone(start..end, column, is_element, reference);
        }
    }

    /// A key and what stands behind its colon.
    fn entry(&mut self, name: Cow<'t, str>, line: Range<usize>, column: usize, key_at: usize) {
        let (at, reference) = content(self.text, line.clone());
        let first = self.text.as_bytes()[..line.end].get(at);
        let is_comment = first == Some(&b'#') && at > line.start;
        if first.is_none() || is_comment {
            if self.levels.len() < MOST_STEPS {
                self.open(name, column, false, key_at);
            }
            return;
        }
        if let Some(header) = block_header(&self.text[at..line.end]) {
            let block = Block::below(self.text, Some(column), header, self.at);
            self.at = block.extent.end;
            if !reference {
                self.block(&name, &block);
            }
        } else if self.is_flow(at..line.end) {
            self.flow(name, at, Some(column));
        } else if let Some(scalar) = self.scalar(at..line.end, Reach::Deeper(column))
            && !reference
        {
            self.value(&name, scalar);
        }
    }

    fn value(&mut self, name: &str, scalar: Scalar<'t>) {
        // `spring.config.activate.on-profile` is what a document of Spring Boot is called.
        if name.ends_with("on-profile")
            && let Some(section) = self.section
        {
            self.page.rename_scope(section, &scalar.value);
        }
        self.path.value(self.page, name, scalar);
    }

    /// A value without a key: an element, or that of the key on a line before.
    fn alone(&mut self, line: Range<usize>, column: usize, is_element: bool, reference: bool) {
        let Some(top) = self.levels.last().copied() else {
            if self.is_flow(line.clone()) {
                self.flow(Cow::Borrowed(""), line.start, None);
                self.nodes += 1;
            }
            return;
        };
        if !top.is_empty || !is_element && column <= top.column {
            return;
        }
        if let Some(open) = self.levels.last_mut() {
            open.is_empty = false;
        }
        if let Some(header) = block_header(&self.text[line.clone()]) {
            let block = Block::below(self.text, Some(top.column), header, self.at);
            self.at = block.extent.end;
            if reference {
                return;
            }
            let Some(scalar) = block.scalar(self.text) else { return };
            // `- |` and `FLINK_PROPERTIES=` above the lines of a Flink configuration.
            if top.is_element
                && let Some((name, _)) = scalar.value.split_once("=\n")
                && let Some(kind) = Kind::of_name(name)
                && self.path.enclosed(self.page, name, kind, &block.file(self.text), block.extent.start)
            {
                return;
            }
            self.own(top, scalar);
        } else if self.is_flow(line.clone()) {
            self.levels.pop();
            let name = self.path.pop(self.page);
            self.flow(name, line.start, Some(top.column));
        } else if let Some(scalar) = self.scalar(line, Reach::Deeper(top.column))
            && !reference
        {
            self.own(top, scalar);
        }
    }

    /// The value of the innermost block itself.
    fn own(&mut self, top: Open, scalar: Scalar<'t>) {
        self.levels.pop();
        let name = self.path.pop(self.page);
        if top.is_element {
            self.path.item(self.page, &scalar);
        } else {
            self.value(&name, scalar);
        }
    }

    /// Whether a value is a collection by both its ends: Flink's own format takes `{x` and `[x]y` as
    /// they are.
    fn is_flow(&self, line: Range<usize>) -> bool {
        let scalar = plain(self.text, line);
        let bytes = scalar.value.as_bytes();
        (bytes.starts_with(b"[") || bytes.starts_with(b"{") && !bytes.starts_with(b"{{"))
            && matches!(bytes.last(), Some(b'}' | b']' | b'{' | b'[' | b',' | b':'))
    }

    /// Reads a collection and the rest of its last line.
    fn flow(&mut self, name: Cow<'t, str>, at: usize, column: Option<usize>) {
        let mut flow = Flow::new(self.page, &mut self.path, Dialect::Yaml(column), at).named(name);
        let closed = flow.run();
        self.at = flow.at;
        if closed {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at += memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        }
    }

    /// A plain or quoted scalar. A quoted one may go on over the following lines.
    fn scalar(&mut self, line: Range<usize>, reach: Reach) -> Option<Scalar<'t>> {
        let first = *self.text.as_bytes().get(line.start)?;
        if matches!(first, b'"' | b'\'')
            && let Some((scalar, end)) = Scalar::quoted(self.text, line.start, reach)
        {
            if end > line.end {
                let rest = self.text.as_bytes().get(end..).unwrap_or_default();
                self.at = end + memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            }
            return Some(scalar);
        }
        let scalar = plain(self.text, line);
        let is_alias = scalar.value.starts_with('*') && !scalar.value.contains(' ');
        (!is_alias && !matches!(&*scalar.value, "" | "null" | "~")).then_some(scalar)
    }

    /// What a block is that is read in place: by its key, or by what stands in it.
    fn kind_of(&self, name: &str, block: &Block) -> Option<Kind> {
        let raw = || self.text.get(block.extent.clone()).map(str::as_bytes);
        Kind::of_name(name).or_else(|| {
            raw().filter(|raw| self.page.vocabulary.mentions_key(raw))?;
            // A program is read where it stands.
            Kind::of(name, &block.scalar(self.text)?.value).filter(|kind| *kind != Kind::Program)
        })
    }

    /// A block scalar under a key: a file to be read in place, or a value.
    fn block(&mut self, name: &str, block: &Block) {
        if let Some(kind) = self.kind_of(name, block)
            && !self.path.is_encoded()
            && self.path.enclosed(self.page, name, kind, &block.file(self.text), block.extent.start)
        {
            return;
        }
        // Longer ones are scripts: what they assign is found in the text.
        let is_value = |scalar: &Scalar<'_>| {
            matches!(scalar.value, Cow::Borrowed(_)) || self.page.vocabulary.mentions_key(name.as_bytes())
        };
        let wanted = matches!(name, "value" | "Value") || self.path.is_encoded();
        if let Some(scalar) = block.scalar(self.text)
            && (wanted || is_value(&scalar))
        {
            self.path.value(self.page, name, scalar);
        }
    }
}
