//! Lines: which line of the source each instruction comes from.

use super::code::Code;
use super::version::Version;

/// Offsets at which a range of instructions begins, each with its line; 0 stands for none.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<(u32, u32)>);

impl Lines {
    pub(super) fn read(code: &Code<'_>, version: Version) -> Self {
        let ranges = match version.0 {
            11.. => locations(code.lines, code.first_line),
            10 => deltas(code.lines, code.first_line),
            _ => steps(code.lines, code.first_line),
        };
        Self(ranges)
    }

    pub(super) fn at(&self, offset: u32) -> Option<u32> {
        let after = self.0.partition_point(|(start, _)| *start <= offset);
        self.0.get(after.checked_sub(1)?).map(|(_, line)| *line).filter(|line| *line > 0)
    }
}

/// Up to 3.9: pairs of increments, of the offset and of the line (`Objects/lnotab_notes.txt`).
fn steps(table: &[u8], first_line: u32) -> Vec<(u32, u32)> {
    let (mut offset, mut line) = (0u32, first_line);
    let mut ranges = vec![(0, line)];
    for &[forward, delta] in table.as_chunks::<2>().0 {
        offset = offset.saturating_add(u32::from(forward));
        line = line.saturating_add_signed(i32::from(delta.cast_signed()));
        ranges.push((offset, line));
    }
    ranges
}

/// 3.10: pairs of a range's length and its line's increment, or -128 for no line (PEP 626).
fn deltas(table: &[u8], first_line: u32) -> Vec<(u32, u32)> {
    let (mut offset, mut line) = (0u32, first_line);
    let mut ranges = Vec::with_capacity(table.len() / 2);
    for &[length, delta] in table.as_chunks::<2>().0 {
        let delta = delta.cast_signed();
        if delta == i8::MIN {
            ranges.push((offset, 0));
        } else {
            line = line.saturating_add_signed(i32::from(delta));
            ranges.push((offset, line));
        }
        offset = offset.saturating_add(u32::from(length));
    }
    ranges
}

/// From 3.11 on: a byte with the kind and the length of a range, and what the kind says
/// (`InternalDocs/code_objects.md`). Columns are left out.
fn locations(table: &[u8], first_line: u32) -> Vec<(u32, u32)> {
    let (mut offset, mut line) = (0u32, first_line);
    let mut ranges = Vec::with_capacity(table.len() / 2);
    let mut bytes = table.iter().copied();
    while let Some(first) = bytes.next() {
        let mut known = true;
        match (first >> 3) & 0xF {
            0..=9 => drop_bytes(&mut bytes, 1),
            kind @ 10..=12 => {
                line = line.saturating_add(u32::from(kind - 10));
                drop_bytes(&mut bytes, 2);
            }
            kind @ (13 | 14) => {
                line = line.saturating_add_signed(signed(varint(&mut bytes)));
                for _ in 0..if kind == 14 { 3 } else { 0 } {
                    varint(&mut bytes);
                }
            }
            _ => known = false,
        }
        ranges.push((offset, if known { line } else { 0 }));
        // Counted in code units of two bytes.
        offset = offset.saturating_add((u32::from(first & 7) + 1) * 2);
    }
    ranges
}

fn drop_bytes(bytes: &mut impl Iterator<Item = u8>, count: usize) {
    for _ in 0..count {
        bytes.next();
    }
}

/// Six bits a byte, the lowest first; 0x40 says that more follow.
fn varint(bytes: &mut impl Iterator<Item = u8>) -> u32 {
    let (mut value, mut shift) = (0u32, 0u32);
    for byte in bytes {
        value |= u32::from(byte & 0x3F).checked_shl(shift).unwrap_or(0);
        shift = shift.saturating_add(6);
        if byte & 0x40 == 0 {
            break;
        }
    }
    value
}

/// The sign is the lowest bit.
fn signed(value: u32) -> i32 {
    let magnitude = (value >> 1).cast_signed();
    if value & 1 == 1 { -magnitude } else { magnitude }
}
