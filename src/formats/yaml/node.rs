//! A node: what stands in a line of YAML, a key with its value or a value alone.

use crate::formats::scalar::{Reach, Scalar};
use std::borrow::Cow;
use std::ops::Range;

/// A mapping key of a line, and where its value would start.
pub(super) fn key(text: &str, line: Range<usize>) -> Option<(Cow<'_, str>, usize)> {
    let bytes = text.as_bytes().get(..line.end)?;
    match bytes.get(line.start)? {
        b'"' | b'\'' => {
            let (scalar, end) = Scalar::quoted(text, line.start, Reach::Line)?;
            let colon = end + blanks(bytes.get(end..)?);
            (bytes.get(colon) == Some(&b':')).then_some((scalar.value, colon + 1))
        }
        b'{' if bytes.get(line.start + 1) != Some(&b'{') => None,
        b'[' | b'|' | b'>' | b'#' => None,
        _ => {
            let colon = memchr::memchr_iter(b':', &bytes[line.start..])
                .map(|at| line.start + at)
                .find(|&at| matches!(bytes.get(at + 1), None | Some(b' ' | b'\t')))?;
            let key = text.get(line.start..colon)?;
            let commented = memchr::memmem::find(key.as_bytes(), b" #").is_some();
            (!commented && !key.trim().is_empty()).then_some((Cow::Borrowed(key.trim()), colon + 1))
        }
    }
}

/// Where a value starts behind its tags and anchors, and whether they make it a reference.
pub(super) fn content(text: &str, line: Range<usize>) -> (usize, bool) {
    let mut at = line.start;
    let mut reference = false;
    loop {
        let Some(rest) = text.get(at..line.end) else { return (line.end, reference) };
        let rest = rest.trim_start_matches([' ', '\t']);
        at = line.end - rest.len();
        let word = rest.split([' ', '\t']).next().unwrap_or_default();
        if word.len() < 2 || !word.starts_with(['!', '&']) {
            return (at, reference);
        }
        reference |= is_reference(word);
        at += word.len();
    }
}

/// Whether a tag says that what follows is the name of a value that is found elsewhere, or encrypted:
/// CloudFormation, GitLab, Ansible, Home Assistant, Symfony.
pub(in crate::formats) fn is_reference(tag: &str) -> bool {
    matches!(
        tag,
        "!Ref"
            | "!GetAtt"
            | "!ImportValue"
            | "!FindInMap"
            | "!Select"
            | "!If"
            | "!Condition"
            | "!GetAZs"
            | "!reference"
            | "!vault"
            | "!vault-encrypted"
            | "!encrypted"
            | "!secret"
            | "!env"
            | "!ENV"
            | "!env_var"
            | "!include"
    )
}

/// A plain scalar: it ends before a comment.
pub(super) fn plain(text: &str, line: Range<usize>) -> Scalar<'_> {
    let raw = text.as_bytes().get(line.clone()).unwrap_or_default();
    let end = memchr::memchr_iter(b'#', raw)
        .find(|&at| at == 0 || matches!(raw[at - 1], b' ' | b'\t'))
        .map_or(line.end, |at| line.start + at);
    Scalar::plain(text, line.start..end)
}

/// What starts like a block scalar.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockHeader {
    pub(super) folded: bool,
    /// How much deeper than its parent the text is, where that is said.
    pub(super) indent: Option<usize>,
}

/// `|`, `>-`, `|2+` and the like (YAML 1.2.2, 8.1.1).
pub(super) fn block_header(rest: &str) -> Option<BlockHeader> {
    let folded = match rest.as_bytes().first()? {
        b'|' => false,
        b'>' => true,
        _ => return None,
    };
    let word = rest.split([' ', '\t']).next().unwrap_or_default();
    let after = rest[word.len()..].trim_start();
    let indicators = &word[1..];
    if indicators.len() > 2 || !(after.is_empty() || after.starts_with('#')) {
        return None;
    }
    let mut indent = None;
    for indicator in indicators.bytes() {
        match indicator {
            b'+' | b'-' => {}
            b'1'..=b'9' => indent = Some(usize::from(indicator - b'0')),
            _ => return None,
        }
    }
    Some(BlockHeader { folded, indent })
}

/// How many blanks a line starts with. Tabs are none in YAML, but they stand in files.
pub(super) fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}
