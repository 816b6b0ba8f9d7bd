//! A notebook: cells of text inside a JSON document (Jupyter's nbformat, Zeppelin's notes), each read
//! in its own language.

mod language;
mod outline;

use super::evidence::{Evidence, Level, Literal, LiteralKind, Scope, Use};
use super::excerpt::Excerpt;
use super::lines::Lines;
use super::origin::Origin;
use super::page::{MOST_BINDINGS, TOO_MANY};
use super::recognition::TextFormat;
use crate::place::{Cell, Position};
use crate::rules::vocabulary::Vocabulary;
use outline::{Outline, Part, Passage};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Whether a JSON text is one: by the name of its file, or by what only notebooks have.
pub(super) fn is_notebook(file_name: &str, text: &str) -> bool {
    let holds = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    is_named(file_name)
        || holds("\"nbformat\"") && holds("\"cells\"")
        || holds("\"paragraphs\"") && (holds("\"angularObjects\"") || holds("\"noteParams\""))
}

pub(super) fn is_named(file_name: &str) -> bool {
    let extension = file_name.rsplit('.').next().unwrap_or_default();
    extension.eq_ignore_ascii_case("ipynb") || extension.eq_ignore_ascii_case("zpln")
}

/// Reads the cells into `evidence`; gives back the text with the cells blanked out, every other
/// character at its place.
pub(super) fn read(text: &str, vocabulary: &Vocabulary, evidence: &mut Evidence<'_>) -> String {
    let outline = Outline::of(text);
    let mut lines = Lines::new(text.as_bytes(), Position::at(1, 1));
    // The lines of a cell's outputs count on from those of its source, which may stand behind them.
    let mut next: FxHashMap<u32, u32> = FxHashMap::default();
    for passage in outline.passages.iter().filter(|passage| passage.part == Part::Source) {
        next.insert(passage.cell, 1 + line_count(&passage.text(text)));
    }
    for passage in &outline.passages {
        let first = match passage.part {
            Part::Source => 1,
            Part::Output(_) => next.get(&passage.cell).copied().unwrap_or(1),
        };
        let count = read_passage(text, passage, first, &outline, &mut lines, vocabulary, evidence);
        if passage.part != Part::Source {
            next.insert(passage.cell, first.saturating_add(count));
        }
    }
    blanked(text, &outline.passages)
}

/// Gives back how many lines it has.
fn read_passage(
    page: &str,
    passage: &Passage,
    line: u32,
    outline: &Outline<'_>,
    lines: &mut Lines<'_>,
    vocabulary: &Vocabulary,
    evidence: &mut Evidence<'_>,
) -> u32 {
    let id = outline.id_of(passage.cell).map(Arc::from);
    let mut excerpt = Excerpt::of(Cell { index: passage.cell, id, line });
    let mut text = String::new();
    for span in &passage.spans {
        excerpt.push(&mut text, page, lines, span.clone());
    }
    let count = line_count(&text);
    if !vocabulary.mentions_any(text.as_bytes()) {
        return count;
    }
    let format = match passage.part {
        Part::Source => language::of_source(&text, outline.kind_of(passage.cell)),
        Part::Output(_) => super::recognition::recognise("", &text),
    };
    // Cells share their variables, but what stands in one belongs together first.
    let scope = Scope::default().within(Level::Map, &format!("cell {}", passage.cell));
    read_cell(text, format, excerpt, scope, vocabulary, evidence);
    count
}

fn line_count(text: &str) -> u32 {
    u32::try_from(text.lines().count()).unwrap_or(u32::MAX - 1)
}

fn read_cell(
    text: String,
    format: TextFormat,
    excerpt: Excerpt,
    scope: Scope,
    vocabulary: &Vocabulary,
    evidence: &mut Evidence<'_>,
) {
    if evidence.bindings.len() < MOST_BINDINGS {
        let (mut page, _) = super::read_page(&text, format, vocabulary);
        language::read_magics(&mut page);
        let (bindings, embedded) = page.finish(&Origin::Excerpt(&excerpt, scope.clone()));
        evidence.bindings.extend(bindings);
        evidence.embedded.extend(embedded);
    } else {
        evidence.unparsed = Some(TOO_MANY.to_owned());
    }
    let position = Lines::of_excerpt(text.as_bytes(), &excerpt).position(0);
    evidence.literals.push(Literal {
        text: Cow::Owned(text.into_bytes()),
        kind: LiteralKind::Excerpt(Arc::new(excerpt)),
        uses: vec![Use { position, scope }],
    });
}

/// The text with blanks for the ASCII of all passages: what is left there holds no secret, and
/// offsets, lines and columns stay what they are.
fn blanked(text: &str, passages: &[Passage]) -> String {
    let mut spans: Vec<_> = passages.iter().flat_map(|passage| passage.spans.iter().cloned()).collect();
    spans.sort_by_key(|span| span.start);
    let mut out = String::with_capacity(text.len());
    for span in spans {
        out.push_str(text.get(out.len()..span.start).unwrap_or_default());
        let inner = text.get(out.len()..span.end).unwrap_or_default();
        out.extend(inner.chars().map(|c| if c.is_ascii() { ' ' } else { c }));
    }
    out.push_str(text.get(out.len()..).unwrap_or_default());
    out
}
