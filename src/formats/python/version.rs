//! A version: the minor release of CPython 3 that wrote a file, as its magic number tells.

/// 8 is CPython 3.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u8);

/// The oldest and the newest that are read.
pub(super) const OLDEST: u8 = 6;
pub(super) const NEWEST: u8 = 14;

impl Version {
    /// From the start of a file. Only what released versions write is known: the layout changed
    /// between alphas (CPython, `Include/internal/pycore_magic_number.h`).
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let [low, high, b'\r', b'\n', ..] = *bytes else { return None };
        let minor = match u16::from_le_bytes([low, high]) {
            3379 => 6,
            3392..=3394 => 7,
            3410..=3413 => 8,
            3425 => 9,
            3435..=3439 => 10,
            3494..=3495 => 11,
            3531 => 12,
            3571 => 13,
            3623..=3627 => 14,
            _ => return None,
        };
        Some(Self(minor))
    }

    /// Magic number and modification time and size, or flags and a hash since PEP 552.
    pub(super) fn header_length(self) -> usize {
        if self.0 >= 7 { 16 } else { 12 }
    }
}
