//! XML, read tag by tag with the offsets that a parser does not keep: Hadoop and Spring configuration,
//! Maven settings, properties. Comments are read too: what was commented out is still in the file.

use super::evidence::Level;
use super::keypath::KeyPath;
use super::page::{Page, ScopeId};
use super::scalar::Scalar;
use super::syntax::SyntaxError;
use std::borrow::Cow;
use std::ops::Range;

/// A key is the end of the element's path: what stands above tells nothing.
const NAMES: usize = 3;

/// Reads what can be read. `Err` says where the text is no XML.
pub(super) fn read(page: &mut Page<'_>, scope: ScopeId) -> Result<(), String> {
    let text = page.text;
    let path = KeyPath::new(scope, NAMES, 0);
    let mut reader = Reader { page, path, text, leaf: None, elements: 0, unclosed: [false; 4], error: None };
    reader.content(0..text.len(), false);
    if reader.path.depth() > 0 {
        reader.fails(text.len(), "an element is not closed");
    } else if reader.elements == 0 {
        reader.fails(0, "no element");
    }
    reader.path.truncate(reader.page, 0);
    reader.error.map_or(Ok(()), |error| Err(error.describe(text)))
}

/// What ends a part of the text that is no element.
#[derive(Clone, Copy)]
enum End {
    Comment,
    Cdata,
    Instruction,
    Subset,
}

impl End {
    fn mark(self) -> &'static str {
        match self {
            Self::Comment => "-->",
            Self::Cdata => "]]>",
            Self::Instruction => "?>",
            Self::Subset => "]>",
        }
    }
}

struct Reader<'a, 't> {
    page: &'a mut Page<'t>,
    path: KeyPath<'t>,
    text: &'t str,
    /// Where the content of the innermost element starts, as long as it has no element in it.
    leaf: Option<usize>,
    elements: usize,
    /// Which marks do not follow any more: looking for them again and again takes for ever.
    unclosed: [bool; 4],
    error: Option<SyntaxError>,
}

impl<'t> Reader<'_, 't> {
    fn fails(&mut self, at: usize, message: &'static str) {
        self.error.get_or_insert(SyntaxError { at, message });
    }

    fn content(&mut self, range: Range<usize>, in_comment: bool) {
        let text = self.text;
        let mut at = range.start;
        while let Some(next) = text.as_bytes().get(at..range.end).and_then(|rest| memchr::memchr(b'<', rest)) {
            at += next;
            let rest = &text[at..range.end];
            at = if rest.starts_with("<!--") && !in_comment {
                let (end, next) = self.part(at, 4, End::Comment, range.end);
                self.comment(at + 4..end);
                next
            } else if rest.starts_with("<![CDATA[") {
                self.part(at, 9, End::Cdata, range.end).1
            } else if rest.starts_with("<?") {
                self.part(at, 2, End::Instruction, range.end).1
            } else if rest.starts_with("<!") {
                self.declaration(at, range.end)
            } else if rest.starts_with("</") {
                self.end_tag(at, range.end)
            } else if rest[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
                self.start_tag(at, range.end)
            } else {
                self.fails(at, "a bracket that opens no tag");
                at + 1
            };
        }
    }

    /// A part that starts at `at` with a mark so long: where its content ends, and where it does.
    fn part(&mut self, at: usize, mark: usize, end: End, limit: usize) -> (usize, usize) {
        let start = at + mark;
        let unclosed = self.unclosed[end as usize];
        let rest = if unclosed { None } else { self.text.as_bytes().get(start..limit) };
        match rest.and_then(|rest| memchr::memmem::find(rest, end.mark().as_bytes())) {
            Some(length) => (start + length, start + length + end.mark().len()),
            None => {
                // Inside a comment the search ends with the comment.
                self.unclosed[end as usize] |= limit == self.text.len();
                self.fails(at, "a comment, a section or an instruction is not closed");
                (start, start)
            }
        }
    }

    /// What is commented out need not be well-formed: it is no fault of the document's.
    fn comment(&mut self, range: Range<usize>) {
        let (depth, leaf, error) = (self.path.depth(), self.leaf.take(), self.error.take());
        let mut at = range.start;
        // `<!--value>x</value-->`, the quick way to comment an element out.
        let name = name_end(&self.text.as_bytes()[..range.end], at);
        if name > at && self.text.as_bytes().get(name) == Some(&b'>') && name < range.end {
            at = self.start_tag(at - 1, range.end);
        }
        self.content(at..range.end, true);
        self.path.truncate(self.page, depth);
        self.leaf = leaf;
        self.error = error;
    }

    /// `<!DOCTYPE …>`, possibly with declarations of its own in brackets.
    fn declaration(&mut self, at: usize, limit: usize) -> usize {
        let rest = &self.text.as_bytes()[at..limit];
        match memchr::memchr3(b'>', b'[', b'<', &rest[1..]) {
            Some(end) if rest[end + 1] == b'[' => self.part(at, end + 2, End::Subset, limit).1,
            Some(end) if rest[end + 1] == b'>' => at + end + 2,
            _ => at + 2,
        }
    }

    fn start_tag(&mut self, start: usize, limit: usize) -> usize {
        let bytes = &self.text.as_bytes()[..limit];
        let mut at = name_end(bytes, start + 1);
        let name = local(self.text.get(start + 1..at).unwrap_or_default());
        self.elements += 1;
        self.leaf = None;
        self.path.push(Cow::Borrowed(name), Level::Map, start);
        loop {
            at += blanks(&bytes[at..]);
            match &bytes[at..] {
                [b'>', ..] => {
                    self.leaf = Some(at + 1);
                    return at + 1;
                }
                [b'/', b'>', ..] => {
                    self.path.pop(self.page);
                    return at + 2;
                }
                [] | [b'<', ..] => {
                    self.fails(at, "a tag is not closed");
                    return at;
                }
                _ => at = self.attribute(bytes, at),
            }
        }
    }

    /// An attribute; where the next may start.
    fn attribute(&mut self, bytes: &[u8], start: usize) -> usize {
        // At least one byte, whatever it is: the next is another attempt.
        let name_end = name_end(bytes, start).max(start + 1);
        let mut at = name_end + blanks(&bytes[name_end..]);
        if bytes.get(at) != Some(&b'=') {
            return at;
        }
        at += 1;
        at += blanks(&bytes[at..]);
        let Some(&quote @ (b'"' | b'\'')) = bytes.get(at) else { return at };
        let Some(length) = memchr::memchr2(quote, b'<', &bytes[at + 1..]) else {
            self.fails(at, "an attribute is not closed");
            return at + 1;
        };
        let value = at + 1..at + 1 + length;
        if bytes[value.end] == b'<' {
            self.fails(at, "an attribute is not closed");
            return value.end;
        }
        let name = local(self.text.get(start..name_end).unwrap_or_default());
        let raw = self.text.get(value.clone()).unwrap_or_default();
        let decoded = if raw.contains('&') { Cow::Owned(entities(raw)) } else { Cow::Borrowed(raw) };
        let end = value.end + 1;
        if !raw.is_empty() {
            self.path.value(self.page, name, Scalar { value: decoded, span: value, escapes: false });
        }
        end
    }

    fn is_better_key(&self, attribute: &str, element: &str) -> bool {
        let mentions = |name: &str| self.page.vocabulary.mentions_key(name.as_bytes());
        mentions(attribute) || !mentions(element)
    }

    fn end_tag(&mut self, start: usize, limit: usize) -> usize {
        let bytes = &self.text.as_bytes()[..limit];
        let end = name_end(bytes, start + 2);
        let name = local(self.text.get(start + 2..end).unwrap_or_default());
        let leaf = self.leaf.take();
        match self.path.levels_to(name) {
            // `<param-name>` and `<env-entry-value>` of deployment descriptors.
            Some(1)
                if let Some((_, role @ ("name" | "value"))) = name.rsplit_once('-')
                    && let Some(scalar) = leaf.and_then(|content| leaf_scalar(self.text, content..start)) =>
            {
                self.path.pop(self.page);
                self.path.value(self.page, role, scalar);
            }
            Some(1) => match leaf.and_then(|content| leaf_scalar(self.text, content..start)) {
                // `<entry key="name">value</entry>`, but not `<password name="x">value</password>`
                Some(scalar) if self.path.named().is_some_and(|named| self.is_better_key(named, name)) => {
                    self.path.value(self.page, "value", scalar);
                    self.path.pop(self.page);
                }
                Some(scalar) => {
                    self.path.pop(self.page);
                    self.path.value(self.page, name, scalar);
                }
                None => {
                    self.path.pop(self.page);
                }
            },
            Some(levels) => {
                self.fails(start, "an element is not closed");
                for _ in 0..levels {
                    self.path.pop(self.page);
                }
            }
            None => self.fails(start, "an end tag without a start tag"),
        }
        let rest = &bytes[end..];
        match memchr::memchr2(b'>', b'<', rest) {
            Some(length) if rest[length] == b'>' => end + length + 1,
            Some(length) => end + length,
            None => limit,
        }
    }
}

fn name_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let is_name = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'/' | b'=' | b'<' | b'"' | b'\'');
    start + rest.iter().take_while(|byte| is_name(byte)).count()
}

fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// A name without its namespace.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The text of an element that has no elements in it.
fn leaf_scalar(text: &str, content: Range<usize>) -> Option<Scalar<'_>> {
    let scalar = Scalar::plain(text, content);
    let raw = scalar.span.start;
    let Cow::Borrowed(value) = scalar.value else { return None };
    if value.is_empty() {
        return None;
    }
    if let Some(section) = value.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>"))
        && !section.contains("]]>")
    {
        return Some(Scalar::plain(text, raw + 9..raw + 9 + section.len())).filter(|scalar| !scalar.value.is_empty());
    }
    if !value.contains(['<', '&']) {
        return Some(scalar);
    }
    let decoded = character_data(value).trim().to_owned();
    (!decoded.is_empty()).then_some(Scalar { value: Cow::Owned(decoded), ..scalar })
}

/// Text without comments, with its sections and entities put in their places.
fn character_data(mut raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    while let Some(at) = raw.find('<') {
        out.push_str(&entities(&raw[..at]));
        let part = &raw[at..];
        let (section, end) = if part.starts_with("<![CDATA[") { (true, "]]>") } else { (false, ">") };
        let end = if part.starts_with("<!--") { "-->" } else { end };
        let Some(length) = part.find(end) else { return out };
        if section {
            out.push_str(part.get(9..length).unwrap_or_default());
        }
        raw = &part[length + end.len()..];
    }
    out.push_str(&entities(raw));
    out
}

/// Replaces character references and the five entities that XML knows (XML 1.0, 4.1 and 4.6); others
/// stay as they are.
fn entities(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // No reference is longer than that of the last code point.
        let end = after.bytes().take(9).position(|byte| byte == b';');
        match end.and_then(|end| Some((entity(&after[..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &after[end + 1..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}
