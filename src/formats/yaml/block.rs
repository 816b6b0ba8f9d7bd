//! A block scalar: lines of text below a key, by their indentation alone.

use super::node::{BlockHeader, blanks};
use crate::formats::enclosed::Enclosed;
use crate::formats::scalar::Scalar;
use std::borrow::Cow;
use std::ops::Range;

#[derive(Debug)]
pub(super) struct Block {
    header: BlockHeader,
    /// From the start of its first line to the start of the line behind it.
    pub(super) extent: Range<usize>,
    indent: usize,
}

impl Block {
    /// The block that starts with the line at `start`, below a node at `column`.
    pub(super) fn below(text: &str, column: Option<usize>, header: BlockHeader, start: usize) -> Self {
        let bytes = text.as_bytes();
        let deeper = column.map_or(0, |column| column + 1);
        let mut indent = header.indent.map(|more| column.unwrap_or(0) + more);
        let mut end = start;
        while let Some(rest) = bytes.get(end..).filter(|rest| !rest.is_empty()) {
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let line = &rest[..length];
            let width = blanks(line);
            let is_blank = line[width..].iter().all(u8::is_ascii_whitespace);
            // Control lines of a template stand at the margin, whatever they are in.
            if !is_blank && !line[width..].starts_with(b"{{") {
                if width < deeper {
                    break;
                }
                indent.get_or_insert(width);
            }
            end += length;
        }
        Self { header, extent: start..end, indent: indent.unwrap_or(deeper) }
    }

    /// The lines without their indentation and their ends.
    pub(super) fn lines<'t>(&self, text: &'t str) -> impl Iterator<Item = Range<usize>> + use<'t> {
        let (indent, mut at) = (self.indent, self.extent.start);
        let block = text.get(self.extent.clone()).unwrap_or_default();
        block.split_inclusive('\n').map(move |line| {
            let start = at;
            at += line.len();
            start + blanks(line.as_bytes()).min(indent)..start + line.trim_end_matches(['\r', '\n']).len()
        })
    }

    /// Its value, at its first line that is not blank. `None` if there is none.
    pub(super) fn scalar<'t>(&self, text: &'t str) -> Option<Scalar<'t>> {
        let first = self.lines(text).find(|line| !text[line.clone()].trim().is_empty())?;
        let raw = text.get(first.start..self.extent.end)?.trim_end();
        let span = first.start..first.start + raw.len();
        let value = if raw.contains('\n') {
            let lines: Vec<&str> =
                self.lines(text).filter(|line| line.start >= first.start).map(|line| &text[line]).collect();
            let value = lines.join(if self.header.folded { " " } else { "\n" });
            Cow::Owned(value.trim_end().to_owned())
        } else {
            Cow::Borrowed(raw)
        };
        Some(Scalar { value, span, escapes: false })
    }

    /// The file that it is.
    pub(super) fn file<'t>(&self, text: &'t str) -> Enclosed<'t> {
        Enclosed::of_lines(text, self.lines(text))
    }
}
