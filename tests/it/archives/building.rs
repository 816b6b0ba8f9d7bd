//! Builds archives byte by byte, with every field open to lies.

use std::io::Write;

/// An entry; what is `None` is what it should be.
#[derive(Clone, Default)]
pub struct Entry {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    pub stored: bool,
    pub method: Option<u16>,
    pub flags: u16,
    pub declared_size: Option<u32>,
    pub crc: Option<u32>,
    /// The local header leaves the sizes open, and a descriptor follows the data.
    pub descriptor: bool,
    /// Left out of the directory.
    pub hidden: bool,
    /// Bytes behind the end of the data, which its compressed size covers.
    pub tail: Vec<u8>,
    /// What only the local header says.
    pub local: Local,
}

/// Fields in which a local header differs from the directory.
#[derive(Clone, Default)]
pub struct Local {
    pub name: Option<Vec<u8>>,
    pub method: Option<u16>,
    pub flags: Option<u16>,
    pub crc: Option<u32>,
    pub compressed: Option<u32>,
    pub size: Option<u32>,
}

pub fn entry(name: &str, content: &[u8]) -> Entry {
    Entry { name: name.into(), content: content.to_vec(), ..Entry::default() }
}

pub fn stored(name: &str, content: &[u8]) -> Entry {
    Entry { stored: true, ..entry(name, content) }
}

pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A zip of these entries.
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    zip_at(entries, 0)
}

/// A zip whose offsets begin at `base`, as `zip -A` leaves them behind a launcher.
pub fn zip_at(entries: &[Entry], base: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let mut listed = 0u16;
    for entry in entries {
        let offset = base + out.len() as u32;
        let mut data = if entry.stored { entry.content.clone() } else { deflate(&entry.content) };
        data.extend(&entry.tail);
        let method = entry.method.unwrap_or(if entry.stored { 0 } else { 8 });
        let flags = entry.flags | if entry.descriptor { 8 } else { 0 };
        let crc = entry.crc.unwrap_or_else(|| crc32fast::hash(&entry.content));
        let size = entry.declared_size.unwrap_or(entry.content.len() as u32);
        let compressed = data.len() as u32;
        let common = |open: bool, local: &Local| {
            let mut common = Vec::new();
            common.extend(local.flags.unwrap_or(flags).to_le_bytes());
            common.extend(local.method.unwrap_or(method).to_le_bytes());
            common.extend([0; 4]);
            for (usual, own) in [(crc, local.crc), (compressed, local.compressed), (size, local.size)] {
                common.extend(own.unwrap_or(if open { 0 } else { usual }).to_le_bytes());
            }
            let name = local.name.as_ref().unwrap_or(&entry.name);
            common.extend((name.len() as u16).to_le_bytes());
            common.extend([0, 0]);
            common
        };
        out.extend(b"PK\x03\x04\x14\0");
        out.extend(common(entry.descriptor, &entry.local));
        out.extend(entry.local.name.as_ref().unwrap_or(&entry.name));
        out.extend(data);
        if entry.descriptor {
            out.extend(b"PK\x07\x08");
            out.extend([crc, compressed, size].map(u32::to_le_bytes).concat());
        }
        if !entry.hidden {
            listed = listed.wrapping_add(1);
            directory.extend(b"PK\x01\x02\x14\0\x14\0");
            directory.extend(common(false, &Local::default()));
            directory.extend([0; 10]);
            directory.extend(offset.to_le_bytes());
            directory.extend(&entry.name);
        }
    }
    let start = base + out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(listed.to_le_bytes());
    out.extend(listed.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A tar by the crate's writer.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Bytes without a pattern, the same in every run.
pub fn noise(length: usize) -> Vec<u8> {
    let mut random = Lcg(7);
    (0..length).map(|_| random.next() as u8).collect()
}

/// Knuth's MMIX generator; the high bits are the good ones.
pub struct Lcg(pub u64);

impl Lcg {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as u32
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound.max(1)
    }
}
