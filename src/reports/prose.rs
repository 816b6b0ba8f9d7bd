//! Prose: words and numbers as a text report prints them.

/// Names and values come from hostile input: no control characters reach the terminal, and none
/// that reorder its text.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
            c if c.is_control() => '\u{FFFD}',
            c => c,
        })
        .collect()
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
    use super::{clean, counted, size, wrap};

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
}
