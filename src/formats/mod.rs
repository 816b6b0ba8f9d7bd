//! Formats: one reader each, all of which give back evidence.

mod class;
mod enclosed;
pub mod evidence;
mod facts;
mod flow;
mod fragments;
mod ini;
mod json;
mod keypath;
mod page;
mod peer;
mod properties;
mod scalar;
mod syntax;
mod xml;
mod yaml;
use crate::place::EntryPath;
use crate::rules::vocabulary::Vocabulary;
pub struct Context<'a> {
    pub path: &'a EntryPath,
    pub vocabulary: &'a Vocabulary,
}
pub fn read<'a>(bytes: &'a [u8], context: &Context<'_>) -> evidence::Evidence<'a> {
    if class::is_class(bytes) {
        return class::read(bytes, context);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return evidence::Evidence::default() };
    let mut page = page::Page::new(text, context.vocabulary);
    let root = page::ScopeId::ROOT;
    let read = match context.path.file_name().rsplit_once('.').map(|(_, extension)| extension) {
        Some("properties") => {
            properties::read(&mut page, root);
            Ok(())
        }
        Some("yaml" | "yml") => yaml::read(&mut page, root),
        Some("json") => json::read(&mut page, root),
        Some("xml") => xml::read(&mut page, root),
        _ => {
            ini::read(&mut page, root);
            Ok(())
        }
    };
    page.settle();
    let (bindings, embedded) = page.finish(1);
    evidence::Evidence { bindings, embedded, unparsed: read.err(), ..evidence::Evidence::default() }
}
pub fn read_chunk<'a>(_bytes: &'a [u8], _first_line: u32, _context: &Context<'_>) -> evidence::Evidence<'a> {
    evidence::Evidence::default()
}
