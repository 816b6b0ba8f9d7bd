//! Expansions: `${NAME:-default}` of shells and `${name:default}` of Spring, wherever they stand.

use super::super::lookback::is_key_byte;
use super::Fragment;
use std::borrow::Cow;

const LONGEST_NAME: usize = 128;
const LONGEST: usize = 512;

/// The value is the whole expansion: what of it is a default, the judge knows.
pub(super) fn read<'t>(text: &'t str, emit: &mut dyn FnMut(Fragment<'t>)) {
    let bytes = text.as_bytes();
    for at in memchr::memmem::find_iter(bytes, b"${") {
        let name = at + 2;
        let length = bytes[name..].iter().take(LONGEST_NAME).take_while(|b| is_key_byte(**b)).count();
        let Some(key) = text.get(name..name + length) else { continue };
        if key.is_empty() || !matches!(bytes.get(name + length), Some(b':')) {
            continue;
        }
        let rest = &bytes[name + length..text.len().min(name + length + LONGEST)];
        let Some(close) = rest.iter().position(|b| matches!(b, b'}' | b'\n' | b'{')).filter(|&end| rest[end] == b'}')
        else {
            continue;
        };
        let end = name + length + close + 1;
        let Some(value) = text.get(at..end) else { continue };
        emit(Fragment { key: Cow::Borrowed(key), value: Cow::Borrowed(value), at, list: at, peer: None });
    }
}
