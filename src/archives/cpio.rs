//! Cpio: members read one after the other, in the portable format (`070707`) and in the new one (`070701`,
//! `070702`), as packages and initial file systems have them.

use super::NoReread;
use super::capped::{Capped, Compressed, End};
use super::nesting::Walk;
use super::window::Window;
use crate::place::EntryPath;
use crate::trouble::Kind;
use std::cell::Cell;
use std::io::Read;

const PORTABLE: &[u8] = b"070707";
const PORTABLE_LENGTH: usize = 76;
const NEW_LENGTH: usize = 110;
/// What systems allow in a path.
const LONGEST_NAME: u64 = 4096;
const LAST: &[u8] = b"TRAILER!!!";
const TYPE: u64 = 0o170_000;
const DIRECTORY: u64 = 0o040_000;

struct Header {
    mode: u64,
    size: u64,
    name: u64,
    /// Names, with the header in front of them, and contents are padded to so many bytes.
    aligned: u64,
    length: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize, length: usize, radix: u32| {
            u64::from_str_radix(std::str::from_utf8(bytes.get(at..at + length)?).ok()?, radix).ok()
        };
        if bytes.starts_with(PORTABLE) {
            let (mode, name, size) = (number(18, 6, 8)?, number(59, 6, 8)?, number(65, 11, 8)?);
            return Some(Self { mode, size, name, aligned: 1, length: PORTABLE_LENGTH });
        }
        if !(bytes.starts_with(b"070701") || bytes.starts_with(b"070702")) {
            return None;
        }
        let field = |index: usize| number(6 + 8 * index, 8, 16);
        Some(Self { mode: field(1)?, size: field(6)?, name: field(11)?, aligned: 4, length: NEW_LENGTH })
    }
}

/// Whether a member begins here.
pub(super) fn begins(bytes: &[u8]) -> bool {
    Header::read(bytes).is_some_and(|header| (1..=LONGEST_NAME).contains(&header.name))
}

pub(super) fn unpack(walk: &Walk<'_>, path: &EntryPath, reader: &mut dyn Read, depth: usize) {
    let taken = Cell::new(0);
    let mut window = Window::new(reader, &taken);
    let mut ended = false;
    while !walk.halted() && !ended {
        // Between archives that stand behind each other there is padding.
        window.skip_zeros();
        match Header::read(window.peek(NEW_LENGTH)) {
            Some(header) if (1..=LONGEST_NAME).contains(&header.name) => {
                ended = !member(walk, path, &mut window, &header, depth);
            }
            _ => break,
        }
    }
    if !walk.halted() && !ended {
        walk.tell_of(
            path,
            if window.is_empty() { Kind::Truncated } else { Kind::Corrupt },
            "cpio archive without an end",
        );
    }
    window.skip_zeros();
    if !window.is_empty() {
        walk.gap(path, window.position(), &mut window, depth);
    }
    walk.unpacker.visitor.container_end(path, &NoReread);
}

/// Visits a member; false behind the last one.
fn member(walk: &Walk<'_>, path: &EntryPath, window: &mut Window<'_>, header: &Header, depth: usize) -> bool {
    let start = window.position();
    let padded = |length: u64| length.next_multiple_of(header.aligned);
    let name = window.peek(header.length + header.name as usize).get(header.length..).unwrap_or_default();
    let name = name.strip_suffix(b"\0").unwrap_or(name).to_vec();
    let data = start + padded(header.length as u64 + header.name);
    window.skip(data - start);
    if name == LAST {
        return false;
    }
    // Links and devices have no data, or their target.
    if header.mode & TYPE != DIRECTORY && header.size > 0 {
        let child = path.child(&name);
        if walk.wanted(&child) && walk.charge_entry(&child) {
            let mut source = (&mut *window).take(header.size);
            let mut capped = Capped::new(walk, &child, &mut source, Compressed::Known(header.size));
            walk.stream(&child, &mut capped, Some(header.size), depth + 1);
            capped.drain();
            let passed = capped.finish();
            passed.tell(walk, &child, Some(header.size), false);
            if matches!(passed.end, End::Complete) && passed.bytes < header.size {
                let missing = header.size - passed.bytes;
                walk.tell_unscanned(&child, Kind::Truncated, "ends before its data does", missing);
            }
        }
    }
    let end = data.saturating_add(padded(header.size));
    window.skip(end.saturating_sub(window.position()));
    true
}
