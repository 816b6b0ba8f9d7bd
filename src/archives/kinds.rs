//! Kinds: the files that are known by their bytes, as one table. What a kind is called, where its magic stands,
//! and whether keysift opens it, names it as a container that it does not open, or knows it for no container.
//!
//! What is named is trouble. What is plain is read as it is, text or printable runs, however random it looks.

use super::signs::{is_binary, is_binary_cpio, is_bootable, is_core, is_der, is_embedded_font, is_ext, is_lzh};
use super::sniff::{self, Codec, Format};
use std::sync::LazyLock;

/// What becomes of a content of the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Opened(Format),
    Named,
    Plain,
    /// The same, and what is in it may be keys with values.
    Data,
}

pub(super) struct Kind {
    pub(super) name: &'static str,
    offset: usize,
    magic: &'static [u8],
    /// What else holds, where the magic alone is text or chance.
    holds: fn(&[u8]) -> bool,
    pub(super) fate: Fate,
}

const fn kind(name: &'static str, offset: usize, magic: &'static [u8], fate: Fate) -> Kind {
    Kind { name, offset, magic, holds: |_| true, fate }
}

const fn opened(name: &'static str, magic: &'static [u8], holds: fn(&[u8]) -> bool, format: Format) -> Kind {
    Kind { name, offset: 0, magic, holds, fate: Fate::Opened(format) }
}

const fn packed(name: &'static str, magic: &'static [u8], holds: fn(&[u8]) -> bool, codec: Codec) -> Kind {
    opened(name, magic, holds, Format::Compressed(codec))
}

const fn named(name: &'static str, magic: &'static [u8]) -> Kind {
    kind(name, 0, magic, Fate::Named)
}

const fn named_at(name: &'static str, offset: usize, magic: &'static [u8]) -> Kind {
    kind(name, offset, magic, Fate::Named)
}

const fn named_if(name: &'static str, magic: &'static [u8], holds: fn(&[u8]) -> bool) -> Kind {
    Kind { name, offset: 0, magic, holds, fate: Fate::Named }
}

const fn plain(name: &'static str, magic: &'static [u8]) -> Kind {
    kind(name, 0, magic, Fate::Plain)
}

const fn plain_at(name: &'static str, offset: usize, magic: &'static [u8]) -> Kind {
    kind(name, offset, magic, Fate::Plain)
}

const fn plain_if(name: &'static str, magic: &'static [u8], holds: fn(&[u8]) -> bool) -> Kind {
    Kind { name, offset: 0, magic, holds, fate: Fate::Plain }
}

const fn data(name: &'static str, magic: &'static [u8]) -> Kind {
    kind(name, 0, magic, Fate::Data)
}

const fn data_at(name: &'static str, offset: usize, magic: &'static [u8]) -> Kind {
    kind(name, offset, magic, Fate::Data)
}

const fn data_if(name: &'static str, magic: &'static [u8], holds: fn(&[u8]) -> bool) -> Kind {
    Kind { name, offset: 0, magic, holds, fate: Fate::Data }
}

const ANY: fn(&[u8]) -> bool = |_| true;

static KINDS: &[Kind] = &[
    // Opened.
    opened("zip archive", b"PK", sniff::is_zip, Format::Zip),
    packed("gzip stream", b"\x1F\x8B\x08", |head| head.get(3).is_some_and(|flags| flags & 0xE0 == 0), Codec::Gzip),
    packed("bzip2 stream", b"BZh", sniff::is_bzip2, Codec::Bzip2),
    packed("xz stream", b"\xFD7zXZ\0", ANY, Codec::Xz),
    packed("zstd stream", b"\x28\xB5\x2F\xFD", ANY, Codec::Zstd),
    packed("lz4 stream", b"\x04\x22\x4D\x18", ANY, Codec::Lz4),
    packed("lz4 stream", b"\x02\x21\x4C\x18", ANY, Codec::Lz4),
    packed("zlib stream", b"\x78", sniff::is_zlib, Codec::Zlib),
    packed("lzma stream", b"", sniff::is_lzma, Codec::Lzma),
    packed("zstd stream", b"", sniff::begins_with_skippable_frame, Codec::Zstd),
    opened("cpio archive", b"070701", sniff::is_cpio, Format::Cpio),
    opened("cpio archive", b"070702", sniff::is_cpio, Format::Cpio),
    opened("cpio archive", b"070707", sniff::is_cpio, Format::Cpio),
    // Archives that are not opened.
    named("7z archive", b"7z\xBC\xAF\x27\x1C"),
    named("rar archive", b"Rar!\x1A\x07\0"),
    named("rar archive", b"Rar!\x1A\x07\x01\0"),
    named_if("rar archive", b"RE\x7E\x5E", is_binary),
    // Of `ar` archives only these are packed: what lies in a library of objects is seen as it is.
    named("Debian package", b"!<arch>\ndebian-binary"),
    plain("library of objects", b"!<arch>\n"),
    plain("library of objects", b"!<thin>\n"),
    named("RPM package", b"\xED\xAB\xEE\xDB"),
    named("cabinet", b"MSCF\0\0\0\0"),
    named("InstallShield cabinet", b"ISc("),
    named("xar archive", b"xar!\0"),
    named("pack200 archive", b"\xCA\xFE\xD0\x0D"),
    named_if("binary cpio archive", b"\xC7\x71", is_binary_cpio),
    named_if("binary cpio archive", b"\x71\xC7", is_binary_cpio),
    named_if("arj archive", b"\x60\xEA", |head| head.get(10) == Some(&2)),
    Kind { name: "ace archive", offset: 7, magic: b"**ACE**", holds: is_binary, fate: Fate::Named },
    named_at("zoo archive", 20, b"\xDC\xA7\xC4\xFD"),
    Kind { name: "LZH archive", offset: 2, magic: b"-l", holds: is_lzh, fate: Fate::Named },
    named("StuffIt archive", b"SIT!\0"),
    named("StuffIt archive", b"StuffIt (c)"),
    named("zpaq archive", b"7kSt\xA0\x31\x83\xD3"),
    named("zpaq archive", b"zPQ\x01"),
    named("lrzip archive", b"LRZI\0"),
    named("rzip archive", b"RZIP\x02"),
    named("Windows image", b"MSWIM\0\0\0"),
    named("compiled help", b"ITSF\x03\0\0\0"),
    named_if("Nix archive", b"\x0D\0\0\0\0\0\0\0nix-archive-1", ANY),
    named("asar archive", b"\x04\0\0\0\x0C"),
    named_if("SAPCAR archive", b"CAR 2.0", is_binary),
    named("archive backup", b"ANDROID BACKUP\n"),
    named("parity archive", b"PAR2\0PKT"),
    named("Mozilla archive", b"MAR1\0"),
    named("AppleSingle file", b"\0\x05\x16\x00\0\x02"),
    named_if("Google Chrome package", b"Cr24", is_binary),
    // Compressed streams that are not opened.
    named("lzip stream", b"LZIP\x01"),
    named("snappy stream", b"\xFF\x06\0\0sNaPpY"),
    named("snappy stream", b"\x82SNAPPY\0"),
    // Of the flags, the width of codes may be 9 to 16, and two bits are reserved.
    named_if(
        "compress stream",
        b"\x1F\x9D",
        |head| matches!(head, [_, _, flags, ..] if flags & 0x60 == 0 && (9..=16).contains(&(flags & 0x1F))),
    ),
    named_if("pack stream", b"\x1F\x1E", |head| head.len() > 6 && head[2] == 0),
    named("lzop stream", b"\x89LZO\0\r\n\x1A\n"),
    named_if("lzfse stream", b"bvx2", is_binary),
    named_if("lzfse stream", b"bvx-", is_binary),
    named("bzip3 stream", b"BZ3v1"),
    named("SZDD stream", b"SZDD\x88\xF0\x27\x33"),
    named("KWAJ stream", b"KWAJ\x88\xF0\x27\xD1"),
    named("Mozilla lz4 stream", b"mozLz40\0"),
    named("LZ4Block stream", b"LZ4Block"),
    named("lzf stream", b"ZV\x01"),
    named_if("qpress archive", b"qpress10", is_binary),
    // Disks and file systems.
    named_at("ISO 9660 image", 0x8001, b"CD001"),
    named_at("UDF image", 0x8001, b"BEA01"),
    named_if("SquashFS image", b"hsqs", |head| head.get(28..32) == Some(&[4, 0, 0, 0])),
    named_if("SquashFS image", b"sqsh", |head| head.get(28..32) == Some(&[0, 4, 0, 0])),
    named("cramfs image", b"\x45\x3D\xCD\x28"),
    named("romfs image", b"-rom1fs-"),
    Kind { name: "ext file system", offset: 0x438, magic: b"\x53\xEF", holds: is_ext, fate: Fate::Named },
    named_at("EROFS image", 0x400, b"\xE2\xE1\xF5\xE0"),
    named("XFS file system", b"XFSB\0\0"),
    named_at("Btrfs file system", 0x10040, b"_BHRfS_M"),
    Kind { name: "NTFS file system", offset: 3, magic: b"NTFS    ", holds: is_bootable, fate: Fate::Named },
    Kind { name: "FAT file system", offset: 54, magic: b"FAT1", holds: is_bootable, fate: Fate::Named },
    Kind { name: "FAT file system", offset: 82, magic: b"FAT32   ", holds: is_bootable, fate: Fate::Named },
    Kind { name: "exFAT file system", offset: 3, magic: b"EXFAT   ", holds: is_bootable, fate: Fate::Named },
    named_if("boot disk image", b"\xEB", is_bootable),
    named_at("GPT disk image", 512, b"EFI PART"),
    named("QEMU disk image", b"QFI\xFB"),
    named_if("VMware disk image", b"KDMV", is_binary),
    named_if("VMware disk image", b"COWD", is_binary),
    named("VHDX disk image", b"vhdxfile"),
    named("VHD disk image", b"conectix"),
    named_at("VirtualBox disk image", 0x40, b"\x7F\x10\xDA\xBE"),
    named("EnCase image", b"EVF\x09\x0D\x0A\xFF\0"),
    named("Android sparse image", b"\x3A\xFF\x26\xED"),
    named("Android boot image", b"ANDROID!"),
    named("U-Boot image", b"\x27\x05\x19\x56"),
    named("JDK module image", b"\xCA\xFE\xDA\xDA"),
    named("JDK module image", b"\xDA\xDA\xFE\xCA"),
    named("SVR4 package", b"# PaCkAgE DaTaStReAm"),
    named("xfsdump archive", b"xFSdump0"),
    Kind { name: "dump archive", offset: 24, magic: b"\x6C\xEA\0\0", holds: ANY, fate: Fate::Named },
    Kind { name: "dump archive", offset: 24, magic: b"\x6B\xEA\0\0", holds: ANY, fate: Fate::Named },
    // What git keeps.
    named_if("git pack", b"PACK\0\0\0", |head| matches!(head.get(7), Some(2 | 3))),
    named("git bundle", b"# v2 git bundle\n"),
    named("git bundle", b"# v3 git bundle\n"),
    plain("git index of a pack", b"\xFFtOc"),
    plain("git index", b"DIRC\0\0\0"),
    plain("git index of packs", b"MIDX"),
    plain("git graph of commits", b"CGPH"),
    plain("git bitmap", b"BITM\0"),
    plain("git reverse index", b"RIDX\0\0\0"),
    plain("git times of objects", b"MTME\0\0\0"),
    // Encrypted.
    named("OpenSSL encrypted file", b"Salted__"),
    named("LUKS volume", b"LUKS\xBA\xBE"),
    named("age encrypted file", b"age-encryption.org/v1\n"),
    named("Vim encrypted file", b"VimCrypt~"),
    named("KeePass database", b"\x03\xD9\xA2\x9A"),
    named_if("PGP message", b"\x85", |head| matches!(head, [_, 1 | 2, 0x0C | 0x0E | 0x8C, 3, ..] | [_, _, _, 3, ..])),
    named_if("PGP message", b"\x84", |head| matches!(head, [_, _, 3, ..])),
    named_if("PGP message", b"\x8C", |head| matches!(head, [_, _, 4, ..])),
    named("AWS encrypted file", b"\x01\x80\x03x"),
    // Data that are packed inside.
    named_if("Parquet file", b"PAR1", is_binary),
    named_if("Parquet file", b"PARE", is_binary),
    named("ORC file", b"ORC\x08"),
    named("ORC file", b"ORC\x11"),
    named("Avro file", b"Obj\x01"),
    named_if("Hadoop sequence file", b"SEQ", |head| matches!(head.get(3), Some(1..=6))),
    named("RCFile", b"RCF\x01"),
    named("HDF5 file", b"\x89HDF\r\n\x1A\n"),
    named("Arrow file", b"ARROW1\0\0"),
    named("OLE2 document", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
    named("Outlook folder", b"!BDN"),
    named("PostgreSQL dump", b"PGDMP"),
    named("Java heap dump", b"JAVA PROFILE 1.0."),
    named("Java flight recording", b"FLR\0"),
    // Programs.
    data_if("memory of a process", b"\x7FELF", is_core),
    plain("ELF program", b"\x7FELF"),
    plain_if("Windows program", b"MZ", |head| head.len() >= 64 && head[2..64].contains(&0)),
    plain("Mach-O program", b"\xFE\xED\xFA\xCE"),
    plain("Mach-O program", b"\xFE\xED\xFA\xCF"),
    plain("Mach-O program", b"\xCE\xFA\xED\xFE"),
    plain("Mach-O program", b"\xCF\xFA\xED\xFE"),
    plain("Java class or Mach-O program", b"\xCA\xFE\xBA\xBE"),
    plain("COFF object", b"\x64\x86"),
    plain("COFF object", b"\x4C\x01"),
    plain("COFF import", b"\0\0\xFF\xFF"),
    plain("WebAssembly module", b"\0asm"),
    plain("LLVM bitcode", b"BC\xC0\xDE"),
    plain("LLVM bitcode", b"\xDE\xC0\x17\x0B"),
    plain("Dalvik program", b"dex\n0"),
    plain("Erlang module", b"FOR1"),
    plain("Lua bytecode", b"\x1BLua"),
    plain("JDK class data archive", b"\xA2\x0B\xA0\xF0"),
    plain("CUDA program", b"\x50\xED\x55\xBA"),
    plain("SPIR-V module", b"\x03\x02\x23\x07"),
    plain("device tree", b"\xD0\x0D\xFE\xED"),
    plain("TensorFlow Lite model", b"\x1C\0\0\0TFL3"),
    plain("debug symbols", b"Microsoft C/C++ MSF 7.00"),
    plain("portable debug symbols", b"BSJB"),
    plain("type information", b"MSFT\x02\0\x01\0"),
    // Pictures, fonts, sound, film, documents.
    plain("PNG picture", b"\x89PNG\r\n\x1A\n"),
    plain("JPEG picture", b"\xFF\xD8\xFF"),
    plain("GIF picture", b"GIF8"),
    plain("TIFF picture", b"II*\0"),
    plain("TIFF picture", b"MM\0*"),
    plain_if("bitmap picture", b"BM", |head| head.get(6..10) == Some(&[0; 4])),
    plain_if("icon", b"\0\0\x01\0", |head| head.get(5) == Some(&0)),
    plain_if("cursor", b"\0\0\x02\0", |head| head.get(5) == Some(&0)),
    plain("Apple icon", b"icns"),
    plain("Photoshop picture", b"8BPS"),
    plain("GIMP picture", b"gimp xcf"),
    plain("JPEG 2000 picture", b"\0\0\0\x0CjP  "),
    plain("JPEG XL picture", b"\0\0\0\x0CJXL "),
    plain("JPEG XL picture", b"\xFF\x0A"),
    plain("DDS picture", b"DDS \x7C"),
    plain("KTX picture", b"\xABKTX "),
    plain("OpenEXR picture", b"\x76\x2F\x31\x01"),
    plain_at("TrueVision picture", 1, b"\x01\x01\0\0"),
    plain("RIFF file", b"RIFF"),
    plain("RIFF file", b"RIFX"),
    plain_at("ISO media", 4, b"ftyp"),
    plain_at("QuickTime film", 4, b"moov"),
    plain_at("QuickTime film", 4, b"mdat"),
    plain("Matroska film", b"\x1A\x45\xDF\xA3"),
    plain("MPEG film", b"\0\0\x01\xBA"),
    plain("MPEG film", b"\0\0\x01\xB3"),
    plain_if("MPEG transport stream", b"G", |head| head.get(188) == Some(&b'G') && head.get(376) == Some(&b'G')),
    plain("Flash film", b"FLV\x01"),
    plain("Windows media", b"\x30\x26\xB2\x75\x8E\x66\xCF\x11"),
    plain("RealMedia film", b".RMF"),
    plain("Flash program", b"FWS"),
    plain("Flash program", b"CWS"),
    plain("Flash program", b"ZWS"),
    plain("MP3 sound", b"ID3"),
    plain_if(
        "MPEG sound",
        b"\xFF",
        |head| matches!(head, [_, 0xE2..=0xE7 | 0xF2..=0xFF, third, ..] if third >> 4 != 0xF),
    ),
    plain("Ogg sound", b"OggS"),
    plain("FLAC sound", b"fLaC"),
    plain("MIDI sound", b"MThd"),
    plain("AIFF sound", b"FORM"),
    plain("Sun sound", b".snd"),
    plain("AMR sound", b"#!AMR"),
    plain("TrueType font", b"\0\x01\0\0\0"),
    plain("TrueType font", b"true\0"),
    plain("font collection", b"ttcf"),
    plain("OpenType font", b"OTTO"),
    plain("web font", b"wOFF"),
    plain("web font", b"wOF2"),
    Kind { name: "embedded font", offset: 34, magic: b"LP", holds: is_embedded_font, fate: Fate::Plain },
    plain("PostScript font", b"\x80\x01"),
    plain("X11 font", b"\x01fcp"),
    plain("PDF document", b"%PDF-"),
    plain("PostScript", b"%!PS"),
    plain("PostScript", b"\xC5\xD0\xD3\xC6"),
    plain("DjVu document", b"AT&TFORM"),
    plain("shape file", b"\0\0\x27\x0A"),
    // Data.
    data("SQLite database", b"SQLite format 3\0"),
    data("Java key store", b"\xFE\xED\xFE\xED"),
    data("Java key store", b"\xCE\xCE\xCE\xCE"),
    data("Java object stream", b"\xAC\xED\0\x05"),
    data_if("DER structure", b"\x30", is_der),
    data_if("PGP key ring", b"\x99", |head| matches!(head.get(3), Some(3..=6))),
    data_if("PGP signature", b"\x88", |head| head.get(2) == Some(&4)),
    data_if("PGP signature", b"\x89", |head| head.get(3) == Some(&4)),
    data("message catalogue", b"\xDE\x12\x04\x95"),
    data("message catalogue", b"\x95\x04\x12\xDE"),
    data("time zone", b"TZif"),
    data("Lucene index", b"\x3F\xD7\x6C\x17"),
    data("NumPy array", b"\x93NUMPY"),
    data("capture of packets", b"\xD4\xC3\xB2\xA1"),
    data("capture of packets", b"\xA1\xB2\xC3\xD4"),
    data("capture of packets", b"\x0A\x0D\x0D\x0A"),
    data_if("pickle", b"\x80", |head| matches!(head, [_, 2..=5, ..])),
    data("property list", b"bplist00"),
    data("MaxMind database", b"\xAB\xCD\xEFMaxMind.com"),
    data("ICU data", b"\0\x80\xDA\x27"),
    data_at("ICU data", 2, b"\xDA\x27"),
    data("terminal description", b"\x1A\x01"),
    data("terminal description", b"\x1E\x02"),
    data("serial link file", b"L\0\0\0\x01\x14\x02\0"),
    data("dump of a Windows process", b"MDMP"),
];

/// The rows by the first byte of their magic, and those whose magic stands elsewhere.
struct Index {
    first: [Vec<u16>; 256],
    elsewhere: Vec<u16>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { first: std::array::from_fn(|_| Vec::new()), elsewhere: Vec::new() };
    for (row, kind) in (0u16..).zip(KINDS) {
        match kind.magic.first().filter(|_| kind.offset == 0) {
            Some(&byte) => index.first[usize::from(byte)].push(row),
            None => index.elsewhere.push(row),
        }
    }
    index
});

impl Kind {
    fn is_of(&self, bytes: &[u8]) -> bool {
        bytes.get(self.offset..).is_some_and(|rest| rest.starts_with(self.magic)) && (self.holds)(bytes)
    }
}

/// The kind of a content by its first bytes, of as many as there are.
pub(super) fn of(bytes: &[u8]) -> Option<&'static Kind> {
    let index = &*INDEX;
    let rows = index.first[usize::from(*bytes.first()?)].iter().chain(&index.elsewhere);
    let mut found = rows.filter_map(|&row| KINDS.get(usize::from(row))).filter(|kind| kind.is_of(bytes));
    let first = found.next()?;
    // A container is one, whatever else it passes for.
    let is_container = |kind: &Kind| matches!(kind.fate, Fate::Opened(_) | Fate::Named);
    if is_container(first) { Some(first) } else { found.find(|kind| is_container(kind)).or(Some(first)) }
}

/// Whether what the bytes are may hold keys with values, as memory and stores do; programs and pictures have none, but
/// plenty of names.
pub fn is_data(bytes: &[u8]) -> bool {
    of(bytes).is_none_or(|kind| kind.fate != Fate::Plain)
}
