//! Local header: what stands in front of an entry's data, and the descriptor behind it
//! (APPNOTE 4.3.7, 4.3.9).

use super::decode;
use super::directory::{Record, Wide};
use super::end_record::{u16_at, u32_at, u64_at};

pub(super) const SIGNATURE: &[u8; 4] = b"PK\x03\x04";
pub(super) const LENGTH: usize = 30;
pub(super) const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
/// Signature, CRC and two sizes of 64 bits.
pub(super) const LONGEST_DESCRIPTOR: usize = 24;
/// What systems allow in a path. A header met by chance claims any length up to 64 KiB.
const LONGEST_NAME: u16 = 4096;
/// APPNOTE 4.4.4, bit 3: CRC and sizes follow the data.
pub(super) const HAS_DESCRIPTOR: u16 = 1 << 3;

/// APPNOTE 4.4.4, bit 0.
const ENCRYPTED: u16 = 1 << 0;

/// The length of a local header with its name and extra field; `None` if none begins here.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let fixed = bytes.get(..LENGTH)?;
    fixed.starts_with(SIGNATURE).then(|| LENGTH + usize::from(u16_at(fixed, 26)) + usize::from(u16_at(fixed, 28)))
}

/// A local header, where the directory is not there to say more.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalHeader {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    pub(super) name_length: usize,
    pub(super) length: usize,
}

impl LocalHeader {
    /// Whether the fixed part can be a header at all: four bytes of signature occur by chance.
    pub(super) fn plausible(fixed: &[u8]) -> bool {
        fixed.len() >= LENGTH
            && fixed.starts_with(SIGNATURE)
            // Version 6.3 of the format is the last; the high byte is the system, and often garbage.
            && fixed[4] <= 63
            && decode::is_registered(u16_at(fixed, 8))
            && (1..=LONGEST_NAME).contains(&u16_at(fixed, 26))
    }

    /// Whether all of it is as the common tools write it, down to the version, so that it is no chance
    /// whatever its name is: deflated or stored, and no flags but those of descriptors and of UTF-8.
    pub(super) fn usual(fixed: &[u8]) -> bool {
        matches!(u16_at(fixed, 4), 10 | 20 | 45)
            && u16_at(fixed, 6) & !(HAS_DESCRIPTOR | 1 << 11) == 0
            && matches!(u16_at(fixed, 8), decode::STORED | decode::DEFLATED)
    }

    /// The header at the beginning of `bytes`, all of which are there, and its name; `None` if the signature
    /// was met by chance.
    pub(super) fn named(bytes: &[u8]) -> Option<(Self, &[u8])> {
        if !Self::plausible(bytes) {
            return None;
        }
        let local = Self::read(bytes)?;
        let name = bytes.get(LENGTH..LENGTH + local.name_length)?;
        // Names of real entries are text; a NUL means chance, or intent.
        (!name.contains(&0) || Self::usual(bytes)).then_some((local, name))
    }

    /// Reads a header of which all bytes are there.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let length = length(bytes)?;
        let name_length = usize::from(u16_at(bytes, 26));
        let mut wide = Wide::find(bytes.get(LENGTH + name_length..length)?);
        let size = wide.or(u32_at(bytes, 22));
        let compressed = wide.or(u32_at(bytes, 18));
        Some(Self {
            flags: u16_at(bytes, 6),
            method: u16_at(bytes, 8),
            crc: u32_at(bytes, 14),
            compressed,
            size,
            name_length,
            length,
        })
    }

    /// In what it contradicts the directory's record of the same entry, so that whoever follows one of them reads
    /// something else than who follows the other. What it leaves to a descriptor is no contradiction, nor are bits
    /// that change nothing which is read.
    pub(super) fn contradiction(&self, own_name: &[u8], record: &Record, name: &[u8]) -> Option<Contradiction> {
        let descriptor = self.flags & HAS_DESCRIPTOR != 0;
        let differs = |own: u64, listed: u64| own != listed && !(descriptor && own == 0);
        let bits = self.flags ^ record.flags;
        Some(if own_name != name {
            Contradiction::Name
        } else if self.method != record.method || self.method == decode::LZMA && bits & decode::END_MARKER != 0 {
            Contradiction::Method
        } else if bits & ENCRYPTED != 0 {
            Contradiction::Encryption
        } else if differs(self.compressed, record.compressed) || differs(self.size, record.size) {
            Contradiction::Size
        } else if self.open_ended() && self.method == decode::STORED && record.flags & HAS_DESCRIPTOR == 0 {
            // Where its data ends, only a descriptor would say.
            Contradiction::Size
        } else if differs(u64::from(self.crc), u64::from(record.crc)) {
            Contradiction::Checksum
        } else {
            return None;
        })
    }

    /// The sizes are only known behind the data.
    pub(super) fn open_ended(&self) -> bool {
        self.flags & HAS_DESCRIPTOR != 0 && self.compressed == 0
    }

    pub(super) fn encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0 || self.method == decode::AES
    }
}

/// What a local header and the directory do not agree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contradiction {
    Name,
    Method,
    Encryption,
    Size,
    Checksum,
}

impl Contradiction {
    pub(super) fn cause(self) -> &'static str {
        match self {
            Self::Name => "its local header has another name than the directory",
            Self::Method => "its local header has another compression method than the directory",
            Self::Encryption => "only one of its local header and the directory says that it is encrypted",
            Self::Size => "its local header has another size than the directory",
            Self::Checksum => "its local header has another checksum than the directory",
        }
    }

    /// Whether there is something else to read than the directory says.
    pub(super) fn is_readable(self) -> bool {
        self != Self::Checksum
    }
}

/// The length of the descriptor that `after` begins with, 0 if it is none. Neither its signature nor
/// the width of its sizes is certain, so it is recognised by what it must say.
pub(super) fn descriptor_length(after: &[u8], crc: u32, compressed: u64, size: u64) -> usize {
    let signed = after.starts_with(DESCRIPTOR);
    let body = if signed { 4 } else { 0 };
    let narrow = u64::from(u32_at(after, body + 4)) == compressed & 0xFFFF_FFFF
        && u64::from(u32_at(after, body + 8)) == size & 0xFFFF_FFFF;
    let wide = u64_at(after, body + 4) == compressed && u64_at(after, body + 12) == size;
    let length = match (signed, u32_at(after, body) == crc) {
        (_, true) if wide && after.len() >= body + 20 && !(narrow && size == 0) => body + 20,
        (_, true) if narrow => body + 12,
        // The signature at this very place is no chance, whatever the values.
        (true, _) => 16,
        (false, _) => 0,
    };
    length.min(after.len())
}
