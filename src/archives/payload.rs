//! A payload: an archive that stands behind a script or program that unpacks it. Zips are not looked for: they are
//! known by their ends.

use super::sniff::{self, Format};
use std::io::{self, Read};

/// How far into a script to look: those that unpack themselves are some ten to thirty kilobytes long.
const SCRIPT: usize = 64 << 10;
/// How far behind a program: what extracts a 7z archive has its settings in front of it.
const SETTINGS: usize = 4 << 10;

pub(super) fn offset(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'#', b'!', ..] => in_script(bytes),
        _ => behind(bytes, end_of_program(bytes)?),
    }
}

/// Where a program ends, by what its head says.
fn end_of_program(head: &[u8]) -> Option<usize> {
    match head {
        [0x7F, b'E', b'L', b'F', ..] => end_of_elf(head),
        [b'M', b'Z', ..] => end_of_pe(head),
        _ => None,
    }
}

/// Passes on what may be a program that is too large to be held, and sees whether an archive stands behind it.
pub(super) struct Behind<R> {
    inner: R,
    /// Where the program ends; none if it is no program.
    end: Option<usize>,
    at: usize,
    seen: Vec<u8>,
}

impl<R: Read> Behind<R> {
    pub(super) fn of(inner: R, head: &[u8]) -> Self {
        Self { inner, end: end_of_program(head), at: 0, seen: Vec::new() }
    }

    /// Of what has been read.
    pub(super) fn is_archive(&self) -> bool {
        behind(&self.seen, 0).is_some()
    }
}

impl<R: Read> Read for Behind<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if let Some(end) = self.end {
            let new = &buffer[..read][end.saturating_sub(self.at).min(read)..];
            self.seen.extend_from_slice(&new[..new.len().min(SETTINGS - self.seen.len().min(SETTINGS))]);
        }
        self.at += read;
        Ok(read)
    }
}

/// Where an archive begins on a line of its own.
pub(super) fn in_script(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(b"#!") {
        return None;
    }
    let head = &bytes[..bytes.len().min(SCRIPT)];
    memchr::memchr_iter(b'\n', head).map(|at| at + 1).find(|&at| is_archive(&bytes[at..]))
}

fn behind(bytes: &[u8], end: usize) -> Option<usize> {
    let rest = bytes.get(end..).filter(|rest| !rest.is_empty())?;
    if is_archive(rest) {
        return Some(end);
    }
    let settings = &rest[..rest.len().min(SETTINGS)];
    let found = memchr::memmem::find_iter(settings, b"7z\xBC\xAF\x27\x1C").next();
    found.or_else(|| memchr::memmem::find(settings, b"Rar!\x1A\x07")).map(|at| end + at)
}

fn is_archive(bytes: &[u8]) -> bool {
    // Blank lines and words are none; what is text and an archive has been told by its own check.
    !matches!(bytes.first(), None | Some(b'\n' | b' ' | b'#'))
        && !matches!(sniff::head(&bytes[..bytes.len().min(sniff::HEAD)]), None | Some(Format::Zip))
}

/// Where the sections and the table of an ELF program end.
fn end_of_elf(bytes: &[u8]) -> Option<usize> {
    let is_wide = *bytes.get(4)? == 2;
    let is_little = *bytes.get(5)? == 1;
    let number = |at: usize, length: usize| {
        let field = bytes.get(at..at.checked_add(length)?)?;
        let fold = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if is_little { field.iter().rev().fold(0, fold) } else { field.iter().fold(0, fold) })
    };
    let (table, size, count) = if is_wide {
        (number(0x28, 8)?, number(0x3A, 2)?, number(0x3C, 2)?)
    } else {
        (number(0x20, 4)?, number(0x2E, 2)?, number(0x30, 2)?)
    };
    let end = table.checked_add(size * count)?;
    usize::try_from(end).ok().filter(|_| table > 0)
}

/// Where the last section of a Windows program ends.
fn end_of_pe(bytes: &[u8]) -> Option<usize> {
    let number = |at: usize, length: usize| {
        let field = bytes.get(at..at.checked_add(length)?)?;
        Some(field.iter().rev().fold(0usize, |number, byte| number << 8 | usize::from(*byte)))
    };
    let header = number(0x3C, 4)?;
    if bytes.get(header..header.checked_add(4)?)? != b"PE\0\0" {
        return None;
    }
    let sections = header + 24 + number(header + 20, 2)?;
    let ends = (0..number(header + 6, 2)?).map_while(|index| {
        let section = sections + 40 * index;
        number(section + 20, 4)?.checked_add(number(section + 16, 4)?)
    });
    ends.max()
}
