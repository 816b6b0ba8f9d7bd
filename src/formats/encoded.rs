//! Encoded: runs of base64 in a text that mean another text: a configuration in a variable, the user data of a
//! machine, the release that Helm keeps.

use super::fragments::fragments;
use super::page::{Page, ScopeId};
use super::{Level, encodings};
use crate::rules::vocabulary::Vocabulary;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use flate2::read::GzDecoder;
use std::io::Read as _;
use std::ops::Range;

/// Shorter runs are words, and hold no key with a value.
const SHORTEST: usize = 24;
/// So many letters of a run are decoded before the rest is.
const FIRST: usize = 12;
/// Encoders that wrap put no fewer letters on a line.
const SHORTEST_LINE: usize = 60;
/// Longer runs are files of their own.
const LONGEST: usize = 16 << 20;
/// Of a packed text, so much is looked at.
const LONGEST_TEXT: u64 = 16 << 20;
/// Encodings around one text.
const DEEPEST: usize = 4;
/// `KEY=value`, all of it placed where the encoded text begins.
const LONGEST_LINE: usize = 4 << 10;

/// Whether a text may hold another one in base64.
pub(super) fn may_be_in(text: &str) -> bool {
    let mut found = false;
    runs(text.as_bytes(), &mut |run| {
        found = begins_as_text(&text.as_bytes()[run]);
        !found
    });
    found
}

/// Reads what runs mean. Gives back whether one was too long.
pub(super) fn read(page: &mut Page<'_>, vocabulary: &Vocabulary) -> bool {
    let text = page.text;
    let mut is_too_long = false;
    let known = page.embedded_at();
    runs(text.as_bytes(), &mut |run| {
        let packed = &text.as_bytes()[run.clone()];
        if begins_as_text(packed) && !known.contains(&run.start) {
            if packed.len() > LONGEST {
                is_too_long = true;
            } else if let Some(meant) = meaning(packed)
                && vocabulary.mentions_any(meant.as_bytes())
                // Of these the rules know the encoded form.
                && !meant.starts_with("-----BEGIN")
            {
                place(page, vocabulary, run.start, meant);
            }
        }
        true
    });
    is_too_long
}

/// Binds what one line says, and embeds what has several.
fn place(page: &mut Page<'_>, vocabulary: &Vocabulary, at: usize, meant: String) {
    if meant.trim_end().contains('\n') || meant.len() > LONGEST_LINE {
        page.embed(&format!("%base64-{at:#x}"), meant.into_bytes(), at);
        return;
    }
    let scope = page.scope(ScopeId::ROOT, Level::Map, "base64", at);
    let mut found = Vec::new();
    fragments(&meant, &mut |fragment| {
        if vocabulary.is_key(&fragment.key) {
            found.push((fragment.key.into_owned(), fragment.value.into_owned()));
        }
    });
    for (key, value) in found {
        page.add(&key, &value, at, scope);
    }
    if vocabulary.is_telling(meant.as_bytes()) {
        page.add("base64", &meant, at, scope);
    }
}

/// Calls for each run that is long enough, with the lines that it is wrapped into, until told not to go on.
fn runs(bytes: &[u8], found: &mut dyn FnMut(Range<usize>) -> bool) {
    let mut at = 0;
    while at + SHORTEST <= bytes.len() {
        // The last letter of a run that is long enough decides for all in front of it.
        let Some(other) = bytes[at..at + SHORTEST].iter().rposition(|&byte| !is_letter(byte)) else {
            let end = end_of(bytes, at + SHORTEST);
            let start = at - bytes[..at].iter().rev().take_while(|&&byte| is_letter(byte)).count();
            // The parts of a JSON Web Token are no texts of their own.
            let is_part =
                start.checked_sub(1).is_some_and(|before| bytes[before] == b'.') || bytes.get(end) == Some(&b'.');
            if !is_part && !found(start..end) {
                return;
            }
            at = end;
            continue;
        };
        at += other + 1;
    }
}

/// Where a run ends of which so much is known.
fn end_of(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let line = bytes[..at].iter().rev().take_while(|&&byte| is_letter(byte)).count();
        let more = bytes[at..].iter().take_while(|&&byte| is_letter(byte)).count();
        at += more;
        let rest = &bytes[at..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\\')).count();
        let next = &rest[blank..];
        let letters = next.iter().take_while(|&&byte| is_letter(byte)).count();
        let goes_on = line + more >= SHORTEST_LINE && rest[..blank].contains(&b'\n');
        // A line of it has nothing else.
        let ends = next[letters..].iter().find(|byte| !matches!(byte, b'=' | b' ' | b'\t' | b'\r' | b'\\'));
        let is_alone = ends.is_none_or(|byte| matches!(byte, b'\n' | b'"' | b'\'' | b'`' | b'<'));
        if !goes_on || letters == 0 || letters > line + more || !is_alone {
            return at;
        }
        at += blank + 1;
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Whether the first letters decode to text, or to the magic of gzip.
fn begins_as_text(run: &[u8]) -> bool {
    let Some(head) = run.get(..FIRST) else { return false };
    let decoded = BASE64_NOPAD.decode(head).or_else(|_| BASE64URL_NOPAD.decode(head));
    decoded.is_ok_and(|bytes| bytes.starts_with(&[0x1F, 0x8B, 8]) || bytes.iter().all(|&byte| is_plain(byte)))
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E)
}

/// The text behind all encodings.
fn meaning(run: &[u8]) -> Option<String> {
    let mut text = String::from_utf8(run.iter().copied().filter(|&byte| is_letter(byte)).collect()).ok()?;
    for depth in 0..DEEPEST {
        // A letter alone at the end encodes nothing.
        let bytes = match encodings::bytes(&text) {
            Some(bytes) => bytes,
            None if depth == 0 => return None,
            None => break,
        };
        let is_packed = bytes.starts_with(&[0x1F, 0x8B, 8]);
        let meant = if is_packed { inflated(&bytes)? } else { bytes };
        let Ok(meant) = String::from_utf8(meant) else { break };
        let is_text = meant.bytes().all(|byte| !byte.is_ascii() || is_plain(byte));
        if !is_text {
            break;
        }
        let again = meant.len() >= SHORTEST && meant.trim_end().bytes().all(|byte| is_letter(byte) || byte == b'=');
        text = meant;
        if !again {
            return Some(text);
        }
    }
    None
}

fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    GzDecoder::new(bytes).take(LONGEST_TEXT).read_to_end(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{BASE64_NOPAD, meaning, runs};

    fn found(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        runs(text.as_bytes(), &mut |run| {
            all.push(text[run].to_owned());
            true
        });
        all
    }

    #[test]
    fn runs_are_found_wherever_they_stand() {
        let run = "QUJDREVGR0hJSktMTU5PUFFSU1RVVg";
        for (front, behind) in [("", ""), ("a = \"", "\""), ("some words, ", "\n"), ("x: ", "==")] {
            assert_eq!(found(&format!("{front}{run}{behind}")), [run], "{front}");
        }
        assert_eq!(found("these are words and no runs of letters"), [""; 0]);
        assert_eq!(found(&format!("{run}.{run}.x")), [""; 0]);
        let line = "QUJD".repeat(16);
        assert_eq!(found(&format!("{line}\n  {line}\n  QUI=")), [format!("{line}\n  {line}\n  QUI")]);
    }

    #[test]
    fn what_is_encoded_several_times_is_decoded_so_often() {
        let mut text = "db.password=Tr0ub4dor and more".to_owned();
        for _ in 0..3 {
            text = BASE64_NOPAD.encode(text.as_bytes());
            assert_eq!(meaning(text.as_bytes()).as_deref(), Some("db.password=Tr0ub4dor and more"));
        }
        assert_eq!(meaning(b"ConfigurationOptionsBuilder"), None);
    }
}
