//! An auxiliary file: read not for the secrets in it but for what it tells keysift. A configuration, rules, a
//! baseline, a list of paths, a report.
//!
//! Each is read as a whole, up to a bound: a path may lead to a device that never ends. Who names one on the
//! command line may name a pipe; what a file names has to be a file at rest.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// A configuration or rules: a hundred times as large as the largest that are known.
pub const SETTINGS: u64 = 16 << 20;
/// A baseline, or a list of paths: a million findings, some million paths.
pub const LIST: u64 = 256 << 20;
/// A report: a million findings.
pub const REPORT: u64 = 1 << 30;

pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_from(File::open(path)?, most)
}

pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(read(path, most)?).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "no text in UTF-8"))
}

/// All of a source such as standard input.
pub fn read_from(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let problem = format!("larger than {} MiB, which is the most that is read", most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    Ok(bytes)
}

/// Whether a path that a file names can be read without waiting for somebody to write. One that leads nowhere
/// is told by whoever reads it.
pub fn at_rest(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other("not a regular file")),
        _ => Ok(()),
    }
}

/// A parser's message without what it quotes of the file, in which somebody may have put a secret. Words that
/// can be none stay.
pub fn without_quotes(message: &str) -> String {
    let mut shown = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(['`', '"']) {
        let (before, quoted) = rest.split_at(start);
        shown.push_str(before);
        let Some(end) = end_of_quote(quoted) else { return shown + "…" };
        let (quote, behind) = quoted.split_at(end);
        shown.push_str(if is_harmless(quote.trim_matches(['`', '"'])) { quote } else { "…" });
        rest = behind;
    }
    shown + rest
}

/// Behind the mark that closes what begins with one.
fn end_of_quote(quoted: &str) -> Option<usize> {
    let mark = quoted.as_bytes().first();
    let mut bytes = quoted.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            _ if Some(&byte) == mark => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Whether a word is written as the keys and values of a configuration are.
pub fn is_harmless(word: &str) -> bool {
    word.len() <= 32 && word.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::{at_rest, read_from, read_text, without_quotes};
    use std::io::{self, ErrorKind};

    #[test]
    fn what_is_as_large_as_allowed_is_read() {
        assert_eq!(read_from(&b"12345678"[..], 8).unwrap(), b"12345678");
        assert_eq!(read_from(&b"123456789"[..], 8).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(read_from(io::repeat(0), 1 << 20).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn messages_quote_words_that_can_be_no_secret() {
        for (message, shown) in [
            ("duplicate key `Reh11x` in `allow`", "duplicate key … in `allow`"),
            ("string \"a\\\"Reh11x\", expected u16", "string …, expected u16"),
            ("it ends in `Reh11x", "it ends in …"),
            ("missing field `reason`", "missing field `reason`"),
            ("expected `\"`, or \"", "expected `\"`, or …"),
            ("", ""),
        ] {
            assert_eq!(without_quotes(message), shown);
        }
    }

    #[test]
    fn files_are_at_rest_and_folders_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        std::fs::write(&file, b"\xFF").unwrap();
        assert!(at_rest(&file).is_ok());
        assert!(at_rest(&folder.path().join("nowhere")).is_ok());
        assert!(at_rest(folder.path()).is_err());
        assert_eq!(read_text(&file, 1).unwrap_err().kind(), ErrorKind::InvalidData);
    }
}
