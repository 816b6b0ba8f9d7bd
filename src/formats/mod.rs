//! Formats: one reader each, all of which give back evidence.

mod class;
pub mod evidence;
mod fragments;
mod page;
mod peer;
use crate::place::EntryPath;
use crate::rules::vocabulary::Vocabulary;
pub struct Context<'a> {
    pub path: &'a EntryPath,
    pub vocabulary: &'a Vocabulary,
}
pub fn read<'a>(bytes: &'a [u8], context: &Context<'_>) -> evidence::Evidence<'a> {
    if class::is_class(bytes) { class::read(bytes, context) } else { evidence::Evidence::default() }
}
pub fn read_chunk<'a>(_bytes: &'a [u8], _first_line: u32, _context: &Context<'_>) -> evidence::Evidence<'a> {
    evidence::Evidence::default()
}
