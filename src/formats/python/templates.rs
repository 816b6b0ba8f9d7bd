//! Templates: texts with placeholders that the program fills, `"…%s" % v` and `"…{}".format(v)`, and lists
//! of texts that it joins.

use super::calls::Call;
use super::frame::Frame;
use super::machine::Machine;
use super::value::{Spot, Value};

/// Placeholders of one template, and texts that are joined.
const MOST_PIECES: usize = 256;

/// A stretch of a template.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Plain(&'t str),
    /// Filled by the argument of its order.
    Next,
    Nth(usize),
    Named(&'t str),
}

impl Machine<'_, '_> {
    /// What a call of a method of a text puts together.
    pub(super) fn composed_by(&mut self, call: &Call) -> Option<Value> {
        let Value::Method(method) = &call.callee else { return None };
        let (text, name) = &**method;
        match name.as_str() {
            "format" => {
                let template = text.only_text()?;
                let find = |name: &str| call.keywords.iter().find(|(own, _)| &**own == name).map(|(_, value)| value);
                self.filled(braced(template), &call.positional, find, call.spot)
            }
            "join" => {
                let items = call.positional.first()?.row();
                let parts: Vec<Value> =
                    items.iter().take(MOST_PIECES).flat_map(|item| [text.clone(), item.clone()]).skip(1).collect();
                (!parts.is_empty()).then(|| self.concatenated(&parts, call.spot))
            }
            _ => None,
        }
    }

    pub(super) fn remainder(&mut self, frame: &mut Frame<'_>) {
        let value = frame.pop();
        let template = frame.pop();
        let text = self.percent(&template, &value, frame.spot());
        frame.push(text);
    }

    /// `template % value`: a tuple fills placeholders in their order, a dictionary by their names.
    fn percent(&mut self, template: &Value, value: &Value, spot: Spot) -> Value {
        let Some(text) = template.only_text() else { return Value::Unknown };
        let single = std::slice::from_ref(value);
        let arguments = if let Value::Row(row) = value { row } else { single };
        let find = |name: &str| if let Value::Map(map) = value { map.get(name) } else { None };
        self.filled(percented(text), arguments, find, spot).unwrap_or_default()
    }

    fn filled<'v>(
        &mut self,
        pieces: Vec<Piece<'_>>,
        arguments: &'v [Value],
        find: impl Fn(&str) -> Option<&'v Value>,
        spot: Spot,
    ) -> Option<Value> {
        let mut next = 0..;
        let parts: Vec<Value> = (pieces.iter())
            .map(|piece| match piece {
                Piece::Plain(text) => Value::text(text, spot),
                Piece::Next => next.next().and_then(|index: usize| arguments.get(index)).cloned().unwrap_or_default(),
                Piece::Nth(index) => arguments.get(*index).cloned().unwrap_or_default(),
                Piece::Named(name) => find(name).cloned().unwrap_or_default(),
            })
            .collect();
        let is_template = pieces.iter().any(|piece| !matches!(piece, Piece::Plain(_)));
        is_template.then(|| self.concatenated(&parts, spot))
    }
}

/// `{}`, `{0}` and `{name!r:>8}` (`string.Formatter`).
fn braced(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']).filter(|_| pieces.len() < MOST_PIECES) {
        let (plain, from) = rest.split_at(at);
        pieces.push(Piece::Plain(plain));
        let is_doubled = from.as_bytes().get(1) == Some(&from.as_bytes()[0]);
        let end = from.find('}').filter(|_| !is_doubled && from.starts_with('{'));
        let Some(end) = end else {
            // `{{` stands for a brace.
            pieces.push(Piece::Plain(&from[..1]));
            rest = &from[1 + usize::from(is_doubled)..];
            continue;
        };
        let field = from[1..end].split(['!', ':']).next().unwrap_or_default();
        pieces.push(match field.parse() {
            _ if field.is_empty() => Piece::Next,
            Ok(index) => Piece::Nth(index),
            Err(_) => Piece::Named(field),
        });
        rest = &from[end + 1..];
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// `%s`, `%-8d` and `%(name)s` ("printf-style String Formatting" in the library reference).
fn percented(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('%').filter(|_| pieces.len() < MOST_PIECES) {
        pieces.push(Piece::Plain(&rest[..at]));
        let from = &rest[at + 1..];
        let named = from.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        let (piece, behind) = match named {
            Some((name, behind)) => (Piece::Named(name), behind),
            None => (Piece::Next, from),
        };
        let behind = behind.trim_start_matches(|c: char| c.is_ascii_digit() || "-+ #.*lLh".contains(c));
        let mut characters = behind.chars();
        match characters.next() {
            Some('%') => pieces.push(Piece::Plain("%")),
            Some(kind) if kind.is_ascii_alphabetic() => pieces.push(piece),
            _ => {
                pieces.push(Piece::Plain("%"));
                rest = from;
                continue;
            }
        }
        rest = characters.as_str();
    }
    pieces.push(Piece::Plain(rest));
    pieces
}
