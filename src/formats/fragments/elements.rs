//! Elements: `<name>k</name><value>v</value>` of Hadoop, outside of an XML file: in scripts and in code.

use super::super::lookback::before_space;
use super::Fragment;
use std::borrow::Cow;

const LONGEST: usize = 4096;
const LONGEST_NAME: usize = 160;

pub(super) fn read<'t>(text: &'t str, emit: &mut dyn FnMut(Fragment<'t>)) {
    for opening in memchr::memmem::find_iter(text.as_bytes(), b"<value>") {
        let at = opening + b"<value>".len();
        let rest = &text.as_bytes()[at..text.len().min(at + LONGEST)];
        let Some(length) = memchr::memchr(b'<', rest) else { continue };
        if let (Some((key, list)), Some(value)) = (name_before(text, opening), text.get(at..at + length)) {
            emit(Fragment { key: Cow::Borrowed(key), value: Cow::Borrowed(value), at, list, peer: None });
        }
    }
}

fn name_before(text: &str, at: usize) -> Option<(&str, usize)> {
    let end = text[..before_space(text, at)].strip_suffix("</name>")?.len();
    let floor = end.saturating_sub(LONGEST_NAME);
    let start = floor + memchr::memmem::rfind(&text.as_bytes()[floor..end], b"<name>")?;
    Some((text.get(start + b"<name>".len()..end)?, start))
}
