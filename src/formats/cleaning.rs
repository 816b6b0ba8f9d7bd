//! Cleaning: a text without what a terminal does not show, and with the way back to where the rest stands.

use super::decoding::leading_nuls;
use super::excerpt::Excerpt;
use super::lines::Lines;
use crate::place::Position;
use aho_corasick::AhoCorasick;
use std::ops::Range;
use std::sync::LazyLock;

/// Escape sequences are removed from a text up to this number, as each costs memory.
const MOST_CUTS: usize = 1 << 20;
/// A control string (ECMA-48, 5.6) that is longer is none.
const LONGEST_STRING: usize = 4096;
/// Parameters of a control sequence.
const LONGEST_SEQUENCE: usize = 64;

/// What every cut begins with: NUL, backspace, the record separator of a JSON sequence (RFC 7464), an escape
/// sequence (ECMA-48) as a byte or in the notation of JSON, C, shells and `cat -v`, a byte order mark, a
/// zero-width space.
const STARTS: [&str; 13] = [
    "\0", "\x08", "\x1E", "\x1B", "\u{FEFF}", "\u{200B}", "\\u001b[", "\\u001B[", "\\x1b[", "\\x1B[", "\\033[", "\\e[",
    "^[[",
];

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(STARTS).ok());

/// A text as a reader sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cleaned {
    pub(super) text: String,
    pub(super) excerpt: Excerpt,
    /// All of it was cleaned.
    pub(super) complete: bool,
}

/// What a cut leaves in its place.
struct Cut {
    length: usize,
    instead: &'static str,
}

/// `None` if there is nothing to remove. `first_line` is the number of the text's first line.
pub(super) fn clean(raw: &str, first_line: u32) -> Option<Cleaned> {
    let finder = FINDER.as_ref()?;
    let first = finder.find(raw)?;
    let mut lines = Lines::new(raw.as_bytes(), Position::at(first_line, 1));
    let mut cleaned = Cleaned { text: String::with_capacity(raw.len()), excerpt: Excerpt::default(), complete: true };
    cleaned.excerpt.anchor("", 0, &mut lines, 0);
    let (mut done, mut at, mut cuts) = (0, first.start(), 0);
    while let Some(found) = raw.get(at..).and_then(|rest| finder.find(rest)) {
        let start = at + found.start();
        at = start + found.len();
        let Some((start, cut)) = cut(raw, start..at, done) else { continue };
        if cuts == MOST_CUTS {
            cleaned.complete = false;
            break;
        }
        cuts += 1;
        cleaned.text.push_str(raw.get(done..start).unwrap_or_default());
        cleaned.text.push_str(cut.instead);
        done = start + cut.length;
        at = done;
        cleaned.excerpt.anchor(&cleaned.text, cleaned.text.len(), &mut lines, done);
    }
    cleaned.text.push_str(raw.get(done..).unwrap_or_default());
    (cuts > 0).then_some(cleaned)
}

/// The cut at a start, which may begin one character earlier; nothing in front of `floor` is touched.
fn cut(raw: &str, start: Range<usize>, floor: usize) -> Option<(usize, Cut)> {
    let bytes = raw.as_bytes();
    let at = start.start;
    let gone = |length| Some((at, Cut { length, instead: "" }));
    match bytes[at] {
        // A hole in a log, the end of a variable in an environment: what follows is a line of its own.
        0 => {
            let length = leading_nuls(&bytes[at..]);
            let ends = at == 0 || bytes[at - 1] == b'\n' || bytes.get(at + length).is_none_or(|&next| next == b'\n');
            Some((at, Cut { length, instead: if ends { "" } else { "\n" } }))
        }
        0x08 => overstrike(raw, at, floor),
        0x1E => gone(1),
        0x1B => gone(escape(&bytes[at..])),
        b'\\' | b'^' => gone(start.len() + selection(&bytes[start.end..])?),
        _ => gone(3),
    }
}

/// `x\bx` and `_\bx`, bold and underlined; other backspaces of a progress bar stand between two words.
fn overstrike(raw: &str, at: usize, floor: usize) -> Option<(usize, Cut)> {
    let before = raw.get(floor..at)?.chars().next_back();
    let after = raw.get(at + 1..)?.chars().next();
    if let (Some(before), Some(after)) = (before, after)
        && (before == after || before == '_')
    {
        return Some((at - before.len_utf8(), Cut { length: before.len_utf8() + 1, instead: "" }));
    }
    let length = raw.as_bytes()[at..].iter().take_while(|&&byte| byte == 0x08).count();
    Some((at, Cut { length, instead: " " }))
}

/// The length of the escape sequence that begins with the first byte.
fn escape(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        // ECMA-48 5.4: parameters, intermediates, a final byte.
        Some(b'[') => {
            let inner = bytes[2..].iter().take(LONGEST_SEQUENCE).take_while(|b| (0x20..=0x3F).contains(*b)).count();
            let last = bytes.get(2 + inner).is_some_and(|b| (0x40..=0x7E).contains(b));
            2 + inner + usize::from(last)
        }
        // A control string up to its terminator, or up to BEL as xterm has it.
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let inner = &bytes[2..bytes.len().min(2 + LONGEST_STRING)];
            match memchr::memchr3(0x07, 0x1B, b'\n', inner) {
                Some(end) if inner[end] == 0x07 => end + 3,
                Some(end) if inner[end] == 0x1B && inner.get(end + 1) == Some(&b'\\') => end + 4,
                _ => 2,
            }
        }
        // ECMA-35: a character set, `ESC ( B`.
        Some(0x20..=0x2F) => 2 + usize::from(bytes.get(2).is_some_and(|b| (0x30..=0x7E).contains(b))),
        Some(0x30..=0x7E) => 2,
        _ => 1,
    }
}

/// The length of what selects a colour or erases a line, behind its bracket.
fn selection(bytes: &[u8]) -> Option<usize> {
    let inner = bytes.iter().take(LONGEST_SEQUENCE).take_while(|b| b.is_ascii_digit() || **b == b';').count();
    matches!(bytes.get(inner), Some(b'm' | b'K')).then_some(inner + 1)
}

#[cfg(test)]
mod tests {
    use super::{Cleaned, clean};
    use crate::formats::lines::Lines;

    fn cleaned(raw: &str) -> String {
        clean(raw, 1).map_or_else(|| "unchanged".to_owned(), |cleaned| cleaned.text)
    }

    #[test]
    fn what_a_terminal_does_not_show_is_removed() {
        for (raw, shown) in [
            ("\x1B[33ms3.secret-key: v\x1B[0m", "s3.secret-key: v"),
            ("\x1B[01;31m\x1B[Kpass\x1B[m\x1B[Kword=v", "password=v"),
            ("\x1B]0;a title\x07k=v \x1B]8;;http://h\x1B\\link\x1B]8;;\x1B\\", "k=v link"),
            ("\x1B(Bk=v\x1B", "k=v"),
            (r#"{"log":"\u001b[33mk=v\u001b[0m\n"}"#, r#"{"log":"k=v\n"}"#),
            (r"\033[1;31mk=v\e[0m ^[[32mx", "k=v x"),
            ("p\x08pa\x08a=_\x08v", "pa=v"),
            (" 10%\x08\x08\x08\x0820%", " 10% 20%"),
            ("A=b\0C=d\0", "A=b\nC=d"),
            ("one\n\0\0\0\0two", "one\ntwo"),
            ("\x1E{\"a\":1}\n\x1E{\"b\":2}\n", "{\"a\":1}\n{\"b\":2}\n"),
            ("a\n\u{FEFF}password=x\u{200B}y", "a\npassword=xy"),
        ] {
            assert_eq!(cleaned(raw), shown, "{raw:?}");
        }
        for raw in ["", "k=v", r"a \e[x", "x ^[[y", r"\u001b[nothing"] {
            assert_eq!(cleaned(raw), "unchanged", "{raw:?}");
        }
    }

    #[test]
    fn the_way_back_is_exact() {
        let raw = "\x1B[1mé\x1B[0m=\0a\n b\x1B[2Kc\n\0d";
        let Cleaned { text, excerpt, .. } = clean(raw, 7).unwrap();
        assert_eq!(text, "é=\na\n bc\nd");
        let mut lines = Lines::of_excerpt(text.as_bytes(), &excerpt);
        let mut place = |what: &str| lines.place(text.find(what).unwrap());
        assert_eq!(place("é"), (7, 5));
        assert_eq!(place("="), (7, 10));
        assert_eq!(place("a"), (7, 12));
        assert_eq!(place("b"), (8, 2));
        assert_eq!(place("c"), (8, 7));
        assert_eq!(place("d"), (9, 2));
    }
}
