//! The outline of a notebook: which of its JSON strings are the text of which cell.

use crate::formats::scalar::{Reach, Scalar, unescape};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::Range;

/// Brackets inside more than this many others are told apart no more.
const DEEPEST: usize = 64;
/// Of strings that are cells' texts; the others stay part of the document.
const MOST_STRINGS: usize = 1 << 20;
/// A longer string is no id.
const LONGEST_ID: usize = 256;

/// What a text is to its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Source,
    /// One of its outputs, told apart by where its list of strings starts.
    Output(usize),
}

/// One text of a cell; several strings if it is a list of lines.
#[derive(Debug)]
pub(super) struct Passage {
    /// From 1.
    pub(super) cell: u32,
    pub(super) part: Part,
    /// Between the quotes.
    pub(super) spans: Vec<Range<usize>>,
}

impl Passage {
    /// What its strings stand for.
    pub(super) fn text(&self, page: &str) -> String {
        self.spans.iter().map(|span| unescape(page.get(span.clone()).unwrap_or_default(), &mut |_, _| {})).collect()
    }
}

#[derive(Debug, Default)]
pub(super) struct Outline<'t> {
    /// In the order of the text.
    pub(super) passages: Vec<Passage>,
    strings: usize,
    ids: FxHashMap<u32, Cow<'t, str>>,
    /// Jupyter's `cell_type`.
    kinds: FxHashMap<u32, Cow<'t, str>>,
}

#[derive(Debug)]
struct Step<'t> {
    /// What the collection is called by the object around it.
    name: Cow<'t, str>,
    is_list: bool,
    /// How many elements of a list began.
    elements: u32,
    at: usize,
}

impl<'t> Outline<'t> {
    /// Reads as far as the text is JSON, and over what is not.
    pub(super) fn of(text: &'t str) -> Self {
        let mut outline = Self::default();
        let mut steps: Vec<Step<'t>> = Vec::new();
        let mut beyond = 0usize;
        let mut name: Option<Cow<'t, str>> = None;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(hit) =
            bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'[' | b']' | b'{' | b'}' | b','))
        {
            at += hit;
            match bytes[at] {
                b'[' | b'{' if beyond > 0 || steps.len() >= DEEPEST => beyond += 1,
                is @ (b'[' | b'{') => {
                    if let Some(list) = steps.last_mut().filter(|step| step.is_list) {
                        list.elements = list.elements.saturating_add(1);
                    }
                    let name = name.take().unwrap_or_default();
                    steps.push(Step { name, is_list: is == b'[', elements: 0, at });
                }
                b']' | b'}' => {
                    name = None;
                    match beyond.checked_sub(1) {
                        Some(left) => beyond = left,
                        None => drop(steps.pop()),
                    }
                }
                b',' => name = None,
                _ => {
                    let Some((scalar, end)) = Scalar::quoted(text, at, Reach::Line) else {
                        // Its end is anywhere: go on behind the line, as the reader of JSON does.
                        at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                        continue;
                    };
                    let blanks = bytes[end..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                    if bytes.get(end + blanks) == Some(&b':') {
                        name = Some(scalar.value);
                    } else if beyond == 0 {
                        outline.string(&steps, &name.take().unwrap_or_default(), scalar, at);
                    }
                    at = end;
                    continue;
                }
            }
            at += 1;
        }
        outline
    }

    pub(super) fn id_of(&self, cell: u32) -> Option<&str> {
        self.ids.get(&cell).map(|id| &**id)
    }

    pub(super) fn kind_of(&self, cell: u32) -> Option<&str> {
        self.kinds.get(&cell).map(|kind| &**kind)
    }

    fn string(&mut self, steps: &[Step<'t>], name: &str, scalar: Scalar<'t>, at: usize) {
        let Some(cells) = steps.iter().position(|step| step.is_list && matches!(&*step.name, "cells" | "paragraphs"))
        else {
            return;
        };
        let cell = steps[cells].elements;
        // Behind the cell's own object.
        let Some(inner) = steps.get(cells + 2..) else { return };
        let mut names: Vec<&str> = inner.iter().map(|step| &*step.name).collect();
        names.push(name);
        names.retain(|name| !name.is_empty());
        let list = inner.last().filter(|step| step.is_list).map_or(at, |step| step.at);
        let part = match names.as_slice() {
            ["id"] if scalar.value.len() <= LONGEST_ID => {
                self.ids.insert(cell, scalar.value);
                return;
            }
            // Colab, before nbformat had ids of its own.
            ["metadata", "id"] if scalar.value.len() <= LONGEST_ID => {
                self.ids.entry(cell).or_insert(scalar.value);
                return;
            }
            ["cell_type"] if scalar.value.len() <= LONGEST_ID => {
                self.kinds.insert(cell, scalar.value);
                return;
            }
            // `input` in nbformat 3, `text` in Zeppelin.
            ["source" | "input" | "text"] => Part::Source,
            ["outputs", "text" | "traceback" | "evalue"] => Part::Output(list),
            ["outputs", "data", kind] if kind.starts_with("text/") => Part::Output(list),
            // `result` until Zeppelin 0.7.
            ["results", "msg", "data"] | ["result", "msg"] => Part::Output(list),
            _ => return,
        };
        if scalar.span.is_empty() || self.strings >= MOST_STRINGS {
            return;
        }
        self.strings += 1;
        match self.passages.last_mut().filter(|passage| passage.cell == cell && passage.part == part) {
            Some(passage) => passage.spans.push(scalar.span),
            None => self.passages.push(Passage { cell, part, spans: vec![scalar.span] }),
        }
    }
}
