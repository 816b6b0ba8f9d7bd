//! Prose: words and numbers as a text report prints them.

use serde::Serialize;

/// Names and values come from hostile input: no control characters reach the terminal, none that
/// reorder its text, and nothing that a build server takes for a command wherever it stands in a
/// line of its log (`##[error]`, `##vso[task.setvariable]`).
pub(crate) fn clean(text: &str) -> String {
    let text: String = text.chars().map(|c| if is_unprintable(c) { '\u{FFFD}' } else { c }).collect();
    if text.contains("##") { text.replace("##", "#\u{FFFD}") } else { text }
}

/// The same for text that begins a line: there, `::` begins a command.
pub(crate) fn clean_line(text: &str) -> String {
    let text = clean(text);
    match text.trim_start().strip_prefix("::") {
        Some(rest) => format!("{}\u{FFFD}:{rest}", &text[..text.len() - rest.len() - 2]),
        None => text,
    }
}

/// Moves the cursor, reorders text, or is no character at all.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Breaks a text into lines of `width` columns; the first begins at column `indent`, and the others
/// are indented as far. A word longer than a line stays whole.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = indent;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > indent {
            if column + 1 + length > width {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', indent));
                column = indent;
            } else {
                out.push(' ');
                column += 1;
            }
        }
        out.push_str(&clean(word));
        column += length;
    }
    out
}

/// A word of the data as its files spell it: `long-term`.
pub(crate) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// `1 place`, `12,483 places`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// 12483 as 12,483.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::{clean, clean_line, counted, size, wrap};

    #[test]
    fn prose_is_wrapped_between_words() {
        assert_eq!(wrap("one two  three\nfour", 12, 2), "one two\n  three four");
        assert_eq!(wrap("averyverylongword x", 10, 4), "averyverylongword\n    x");
        assert_eq!(wrap("", 10, 4), "");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(counted(1, "place"), "1 place");
        assert_eq!(counted(1_234_567, "place"), "1,234,567 places");
        assert_eq!(size(1_999), "1 kB");
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202E}c\r\n"), "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn nothing_commands_a_build_server() {
        assert_eq!(clean("a ##[error]b ###vso[x]"), "a #\u{FFFD}[error]b #\u{FFFD}#vso[x]");
        assert_eq!(clean_line("  ::error::b"), "  \u{FFFD}:error::b");
        assert_eq!(clean_line("a::b"), "a::b");
    }
}
