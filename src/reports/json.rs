//! The JSON report: the document itself, in characters that do no harm in a terminal or a log.

use super::document::Document;
use super::prose::is_unprintable;
use serde::Serialize;
use std::io::{self, Write};

pub fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(document, out)
}

/// Any JSON on lines of its own, indented.
pub(super) fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(Harmless(out), value)?;
    out.write_all(b"\n")
}

/// Any JSON on one line.
pub(super) fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(Harmless(out), value)?;
    out.write_all(b"\n")
}

/// Writes as `\u` what JSON allows in strings as it is, but a terminal or a build server's log takes
/// for more than text. Such characters stand nowhere but in strings, and serde_json hands over each
/// stretch of a string whole.
struct Harmless<'a>(&'a mut dyn Write);

impl Write for Harmless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) if text.chars().any(|c| c == '#' || !c.is_ascii_control() && is_unprintable(c)) => text,
            _ => return self.0.write_all(bytes),
        };
        let mut last = ' ';
        for c in text.chars() {
            if is_unprintable(c) && c != '\n' || c == '#' && last == '#' {
                write!(self.0, "\\u{:04x}", u32::from(c))?;
            } else {
                write!(self.0, "{c}")?;
            }
            last = c;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::write_line;

    #[test]
    fn what_is_more_than_text_is_escaped_and_comes_back() {
        let hostile = "a\u{9b}2J\u{202e}b\u{7f} ### ##vso[x] \u{feff}\n\u{1b}[m é #";
        let mut out = Vec::new();
        write_line(&hostile, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\"a\\u009b2J\\u202eb\\u007f #\\u0023\\u0023 #\\u0023vso[x] \\ufeff\\n\\u001b[m é #\"\n");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
