//! Formats: one reader each, all of which give back evidence.

mod assignments;
mod binary;
mod class;
mod cleaning;
mod decoding;
mod enclosed;
mod encoded;
mod encodings;
pub mod evidence;
pub mod excerpt;
mod facts;
mod flow;
mod fragments;
mod ini;
mod json;
mod keypath;
mod keystore;
mod lengths;
pub mod lines;
pub mod links;
mod logs;
mod lookback;
mod mixed;
mod names;
mod notebook;
mod origin;
mod page;
mod peer;
mod pickle;
mod properties;
mod python;
mod quoted;
mod recognition;
mod savepoint;
mod scalar;
mod serialized;
mod store;
mod syntax;
mod table;
mod xml;
mod yaml;

use crate::archives::is_data;
use crate::place::{EntryPath, Position};
use crate::rules::vocabulary::Vocabulary;
use assignments::Style;
use decoding::{Decoded, Text, decode};
use evidence::{Evidence, Fact, Level, Literal, LiteralKind, Scope, Use};
use excerpt::Excerpt;
use origin::Origin;
use page::{Page, ScopeId};
use recognition::{TextFormat, recognise};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;
use store::Store;

/// What a reader knows besides the bytes.
pub struct Context<'a> {
    pub path: &'a EntryPath,
    pub vocabulary: &'a Vocabulary,
}

/// Whether an entry is read as a Java class.
pub fn is_class(bytes: &[u8]) -> bool {
    class::is_class(bytes)
}

/// Reads one whole entry.
pub fn read<'a>(bytes: &'a [u8], context: &Context<'_>) -> Evidence<'a> {
    if class::is_class(bytes) {
        let mut evidence = class::read(bytes, context);
        if evidence.unparsed.is_some() && evidence.literals.is_empty() {
            binary::supplement(bytes, context.vocabulary, &mut evidence);
        }
        return evidence;
    }
    if python::is_bytecode(bytes) {
        return python::read(bytes, context);
    }
    if let Some(evidence) = objects(bytes, context) {
        return evidence;
    }
    let text = match decode(bytes, 1) {
        Decoded::Binary => {
            return Evidence { is_unknown: true, ..binary::read(bytes, context.vocabulary, is_data(bytes)) };
        }
        Decoded::Text(text) => text,
    };
    let facts = facts_of(&text.text, context.path);
    // Data of a binary format may pass for characters; they have no lines.
    let may_be_data = text.is_foreign && !text.text.contains('\n');
    let mut evidence = if is_interesting(&text.text, context.vocabulary) {
        let mut evidence = read_text(text, 1, context, true);
        if may_be_data {
            binary::supplement(bytes, context.vocabulary, &mut evidence);
        }
        evidence
    } else {
        Evidence { is_text: true, ..Evidence::default() }
    };
    evidence.facts = facts;
    evidence.is_unknown = may_be_data;
    evidence
}

/// Stored objects, recognised by how they begin. Some of them would pass for text.
fn objects(bytes: &[u8], context: &Context<'_>) -> Option<Evidence<'static>> {
    let mut store = Store::new(context.vocabulary);
    if bytes.starts_with(serialized::MAGIC) {
        store.evidence.unparsed = serialized::read(bytes, &mut store);
    } else if savepoint::is_savepoint(bytes) {
        savepoint::read(bytes, &mut store);
    } else if pickle::read(bytes, &mut store).is_some() {
        // Read.
    } else {
        store.evidence.bindings.push(keystore::read(bytes, context.path.file_name())?);
    }
    if store.is_full() {
        store.evidence.unparsed.get_or_insert_with(|| "it holds more than is read".to_owned());
    }
    Some(store.evidence)
}

/// Reads a piece of a content that is too large to be held: what its structure says is unknown. `in_data` says what
/// `archives::is_data` says of its beginning.
pub fn read_chunk<'a>(bytes: &'a [u8], first_line: u32, context: &Context<'_>, in_data: bool) -> Evidence<'a> {
    match decode(bytes, first_line) {
        Decoded::Binary => Evidence { is_unknown: true, ..binary::read(bytes, context.vocabulary, in_data) },
        Decoded::Text(text) if is_interesting(&text.text, context.vocabulary) => {
            read_text(text, first_line, context, false)
        }
        Decoded::Text(_) => Evidence { is_text: true, ..Evidence::default() },
    }
}

fn is_interesting(text: &str, vocabulary: &Vocabulary) -> bool {
    vocabulary.mentions_any(text.as_bytes()) || encoded::may_be_in(text)
}

fn facts_of(text: &str, path: &EntryPath) -> Vec<Fact> {
    let name = path.innermost();
    if name.ends_with("META-INF/MANIFEST.MF") {
        facts::manifest(text)
    } else if path.file_name() == "pom.properties" {
        facts::maven(text).into_iter().collect()
    } else if let Some((folder, file)) = name.rsplit_once('/')
        && (folder.ends_with(".dist-info") || folder.ends_with(".egg-info"))
    {
        facts::python(file, text).into_iter().collect()
    } else {
        Vec::new()
    }
}

fn read_text<'a>(text: Text<'a>, first_line: u32, context: &Context<'_>, whole: bool) -> Evidence<'a> {
    let Text { text, excerpt, trouble, .. } = text;
    let mut evidence = Evidence { is_text: true, ..Evidence::default() };
    let file_name = context.path.file_name();
    let format = recognise(file_name, &text);
    let text = if whole && format == TextFormat::Json && notebook::is_notebook(file_name, &text) {
        Cow::Owned(notebook::read(&text, context.vocabulary, &mut evidence))
    } else {
        text
    };
    let (page, broken) = read_page(&text, format, context.vocabulary);
    let capped = page.is_capped().then(|| page::TOO_MANY.to_owned());
    let excerpt = excerpt.map(Arc::new);
    let origin = match &excerpt {
        Some(excerpt) => Origin::Excerpt(excerpt, Scope::default()),
        None => Origin::Line(first_line),
    };
    let (bindings, embedded) = page.finish(&origin);
    evidence.bindings.extend(bindings);
    evidence.embedded.extend(embedded);
    evidence.literals.push(literal(text, first_line, excerpt));
    let broken = broken.filter(|_| whole && claims_structure(file_name));
    evidence.unparsed = broken.or(capped).or(trouble.map(str::to_owned)).or(evidence.unparsed);
    evidence
}

/// Everything that can be read off a text; and why its structure could not be read, if so.
fn read_page<'t>(text: &'t str, format: TextFormat, vocabulary: &'t Vocabulary) -> (Page<'t>, Option<String>) {
    let mut page = Page::new(text, vocabulary);
    let broken = structure(&mut page, format);
    page.settle();
    read_fragments(&mut page);
    let is_too_long = encoded::read(&mut page, vocabulary);
    let broken = broken.or_else(|| is_too_long.then(|| "a text in base64 is too long to be decoded".to_owned()));
    (page, broken)
}

/// Only of these is it news that they are broken: other names promise less.
fn claims_structure(file_name: &str) -> bool {
    let extension = file_name.rsplit('.').next().unwrap_or_default();
    extension.eq_ignore_ascii_case("json") || extension.eq_ignore_ascii_case("xml") || notebook::is_named(file_name)
}

/// Reads bindings by the format's own reader; gives back why it could not.
fn structure(page: &mut Page<'_>, format: TextFormat) -> Option<String> {
    let root = ScopeId::ROOT;
    let outcome = match format {
        TextFormat::Json => json::read(page, root),
        TextFormat::Yaml => yaml::read(page, root),
        TextFormat::Xml => xml::read(page, root),
        TextFormat::Properties => {
            properties::read(page, root);
            Ok(())
        }
        TextFormat::Ini => {
            ini::read(page, root);
            Ok(())
        }
        TextFormat::Log => {
            logs::read(page, root);
            assignments::read_as(page, root, Style::Text);
            Ok(())
        }
        TextFormat::Code => {
            assignments::read_as(page, root, Style::Code);
            Ok(())
        }
        TextFormat::Plain => {
            table::read(page, root);
            assignments::read_as(page, root, Style::Text);
            Ok(())
        }
        TextFormat::Unknown => {
            assignments::read(page, root);
            Ok(())
        }
    };
    let broken = outcome.err();
    if broken.is_some() {
        assignments::read(page, root);
    }
    broken
}

/// Placeholders of one text whose values are looked for: each look may cost thousands of steps.
const MOST_PLACEHOLDERS: usize = 256;

/// What stands inside values and between them, whatever the format.
fn read_fragments(page: &mut Page<'_>) {
    let mut lists: FxHashMap<usize, ScopeId> = FxHashMap::default();
    let mut placeholders = 0;
    fragments::fragments(page.text, &mut |fragment| {
        let fragments::Fragment { key, value, at, list, peer } = fragment;
        let known = page.vocabulary.is_key(&key);
        if page.is_bound(at) || page.is_covered(at) || !known && !peer::is_peer_value(&key, &value) {
            return;
        }
        let scope = *lists.entry(list).or_insert_with(|| page.scope(ScopeId::ROOT, Level::Map, "", list));
        if known && value.starts_with(['%', '{', '$']) && placeholders < MOST_PLACEHOLDERS {
            placeholders += 1;
            if let Some(literal) = assignments::stands_for(page.text, at, &value) {
                page.offer_known(&key, &literal.value, literal.inner.start, scope);
                return;
            }
        }
        match peer {
            Some(peer) if known => page.bind(&key, &value, at, scope, Some(peer.into())),
            _ => page.offer_known(&key, &value, at, scope),
        }
    });
}

fn literal(text: Cow<'_, str>, first_line: u32, excerpt: Option<Arc<Excerpt>>) -> Literal<'_> {
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    let position = Position::at(first_line, 1);
    let kind = excerpt.map_or(LiteralKind::Text, LiteralKind::Excerpt);
    Literal { text, kind, uses: vec![Use { position, scope: Scope::default() }] }
}
