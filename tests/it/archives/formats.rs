//! Formats: every kind of file that is known is opened, or named as not read, or known to hold no container.

use super::building::{entry, gzip, noise, stored, tar, zip};
use super::{Seen, pairs, unpack, unpack_within};
use crate::cli::Desk;
use crate::support::project;
use keysift::budget::Limits;
use keysift::trouble::Kind;
use std::io::{Read as _, Write as _};

const SECRET: &[u8] = b"password=hunter2 and more";

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn lzma(content: &[u8]) -> Vec<u8> {
    let options = liblzma::stream::LzmaOptions::new_preset(6).unwrap();
    let encoder = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
    let mut alone = Vec::new();
    liblzma::read::XzEncoder::new_stream(content, encoder).read_to_end(&mut alone).unwrap();
    alone
}

fn lz4(content: &[u8], is_old: bool) -> Vec<u8> {
    if is_old {
        // As `lz4 -l` writes it: the magic, then blocks of 8 MiB behind their compressed size.
        let block = lz4_flex::block::compress(content);
        return [&[0x02, 0x21, 0x4C, 0x18], &(block.len() as u32).to_le_bytes()[..], &block].concat();
    }
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// In the new portable format, or the older one.
fn cpio(members: &[(&str, &[u8])], is_new: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in members.iter().chain(&[("TRAILER!!!", &b""[..])]) {
        let (length, size) = (name.len() + 1, content.len());
        let aligned = if is_new { 4 } else { 1 };
        if is_new {
            out.extend(b"070701");
            for field in [1, 0o100_644, 0, 0, 1, 0, size, 0, 0, 0, 0, length, 0] {
                out.extend(format!("{field:08x}").bytes());
            }
        } else {
            out.extend(format!("070707{:06o}{:06o}{:06o}", 0, 1, 0o100_644).bytes());
            out.extend(format!("{:06o}{:06o}{:06o}{:06o}{:011o}{length:06o}{size:011o}", 0, 0, 1, 0, 0).bytes());
        }
        out.extend([name.as_bytes(), b"\0"].concat());
        out.resize(out.len().next_multiple_of(aligned), 0);
        out.extend(*content);
        out.resize(out.len().next_multiple_of(aligned), 0);
    }
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

type Pack = fn(&[u8]) -> Vec<u8>;

#[test]
fn streams_of_zlib_lzma_and_lz4_are_read() {
    let text = [SECRET, &b"some text; ".repeat(3000), SECRET].concat();
    let long = [SECRET, &noise(300_000)].concat();
    let packers: [(&str, Pack); 4] =
        [("zlib", zlib), ("lzma", lzma), ("lz4", |bytes| lz4(bytes, false)), ("legacy lz4", |bytes| lz4(bytes, true))];
    for (name, pack) in packers {
        for content in [&text, &long, &SECRET.to_vec()] {
            let seen = unpack(&pack(content));
            assert!(seen.content("a") == *content, "{name}, {} bytes, {:?}", content.len(), seen.trouble());
            seen.assert_no_trouble();
        }
        let nested = unpack(&zip(&[entry("x", &pack(&tar(&[("in", SECRET)])))]));
        assert_eq!(nested.texts(), pairs(&[("x!/in", "password=hunter2 and more")]));
        nested.assert_no_trouble();
        let twice = unpack(&[pack(&text), pack(SECRET)].concat());
        assert!(twice.leaves().iter().any(|leaf| leaf.bytes.ends_with(SECRET)));
        // Cut off, it is told, wherever that is.
        let packed = pack(&long);
        for cut in [packed.len() / 2, packed.len() - 1, packed.len() - 5, 1000] {
            let seen = unpack(&packed[..cut]);
            assert_eq!(seen.kinds().len(), 1, "{name}, {cut} of {}: {:?}", packed.len(), seen.kinds());
        }
        let followed = unpack(&[pack(&text), b"!! more than text".to_vec()].concat());
        assert!(followed.leaves().len() == 2 || !followed.kinds().is_empty(), "{:?}", followed.names());
    }
}

#[test]
fn text_that_begins_like_a_stream_is_text() {
    for text in ["x^2 + y^2 = z^2", "x\u{1}", "]\0\0", "070701 is how cpio begins", "x^", "x^A".repeat(400).as_str()] {
        let seen = unpack(text.as_bytes());
        assert_eq!(seen.texts(), pairs(&[("a", text)]));
        seen.assert_no_trouble();
    }
}

/// As git keeps them: a blob without the header in front of it.
#[test]
fn loose_objects_of_git_are_read() {
    let object =
        |kind: &str, content: &[u8]| zlib(&[format!("{kind} {}\0", content.len()).as_bytes(), content].concat());
    assert_eq!(unpack(&object("blob", SECRET)).content("a"), SECRET);
    assert_eq!(unpack(&object("blob", b"")).content("a"), b"");
    let jar = zip(&[entry("in", SECRET)]);
    assert_eq!(unpack(&object("blob", &jar)).content("in"), SECRET);
    let long = b"some text; ".repeat(3000);
    assert!(unpack(&object("blob", &long)).content("a") == long);
    assert_eq!(unpack(&zlib(b"blob 12 and no more")).content("a"), b"blob 12 and no more");
}

#[test]
fn cpio_archives_are_read() {
    for is_new in [true, false] {
        let bytes = cpio(&[("one", SECRET), ("lib/x.jar", &zip(&[entry("in", b"inner")])), ("empty", b"")], is_new);
        let seen = unpack(&bytes);
        assert_eq!(seen.texts(), pairs(&[("lib/x.jar!/in", "inner"), ("one", "password=hunter2 and more")]));
        seen.assert_no_trouble();
        assert_eq!(unpack(&gzip(&bytes)).names(), ["lib/x.jar!/in", "one"]);
        let end = bytes.windows(10).position(|window| window == b"TRAILER!!!").unwrap();
        let start = end - if is_new { 110 } else { 76 };
        assert_eq!(unpack(&bytes[..start]).kinds(), [(Kind::Truncated, "a".to_owned())]);
        let seen = unpack(&bytes[..if is_new { 130 } else { 90 }]);
        assert_eq!(seen.kinds()[0].0, Kind::Truncated, "{:?}", seen.kinds());
        let seen = unpack(&[&bytes[..], SECRET].concat());
        assert_eq!(seen.content(&format!("%gap-{:#x}", bytes.len())), SECRET);
    }
}

/// Historic programs added up the bytes of a header as numbers with a sign.
#[test]
fn tars_with_signed_checksums_are_read() {
    let mut bytes = tar(&[("gr\u{fc}n-\u{fc}\u{fc}", SECRET), ("gr\u{fc}n", b"second")]);
    for at in [0, 1024] {
        bytes[at + 148..at + 156].fill(b' ');
        let sum: i64 = bytes[at..at + 512].iter().map(|&byte| i64::from(byte as i8)).sum();
        bytes[at + 148..at + 156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    let seen = unpack(&bytes);
    assert_eq!(seen.leaves().len(), 2, "{:?}", seen.names());
    assert_eq!(seen.leaves().iter().filter(|leaf| leaf.bytes == SECRET).count(), 1);
    seen.assert_no_trouble();
    // Without the mark of POSIX the checksum alone shows that it is a tar.
    bytes[257..265].fill(0);
    bytes[148..156].fill(b' ');
    let sum: i64 = bytes[..512].iter().map(|&byte| i64::from(byte as i8)).sum();
    bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(unpack(&bytes).leaves().len(), 2);
    bytes[150] ^= 1;
    assert_eq!(unpack(&bytes).leaves().len(), 1);
}

#[test]
fn what_stands_behind_a_script_or_program_is_unpacked() {
    let script =
        b"#!/bin/sh\n# This script was generated using Makeself 2.4.5\nskip=\"3\"\ntail -n +5 \"$0\" | tar xz\nexit\n";
    let archive = tar(&[("in", SECRET)]);
    let mut elf = [&b"\x7FELF\x02\x01\x01\0"[..], &[0; 56], &noise(2000)].concat();
    elf[0x28..0x30].copy_from_slice(&2000u64.to_le_bytes());
    elf[0x3A..0x3E].copy_from_slice(&[64, 0, 1, 0]);
    for front in [&script[..], &elf] {
        for packed in [gzip(&archive), zlib(&archive), archive.clone(), lzma(&archive)] {
            let seen = unpack(&[front, &packed].concat());
            assert_eq!(seen.content(&format!("%gap-{:#x}!/in", front.len())), SECRET);
            assert_eq!(seen.content("a"), front);
            let seen = unpack(&gzip(&[front, &packed].concat()));
            assert_eq!(seen.content(&format!("%gap-{:#x}!/in", front.len())), SECRET);
        }
        let seven = [front, b"7z\xBC\xAF\x27\x1C\0\x04", &noise(500)].concat();
        let seen = unpack(&seven);
        assert_eq!(seen.kinds(), [(Kind::Unsupported, format!("%gap-{:#x}", front.len()))]);
    }
    unpack(script).assert_no_trouble();
    unpack(&elf).assert_no_trouble();
    // A program that is too large to be held.
    let mut large = [&elf[..], &noise(200_000)].concat();
    let table = large.len() as u64 - 64;
    large[0x28..0x30].copy_from_slice(&table.to_le_bytes());
    let limits = || Limits { whole_bytes: 100_000, ..Limits::default() };
    for packed in [gzip(&archive), archive.clone()] {
        let seen = unpack_within(&gzip(&[&large[..], &packed].concat()), limits());
        assert_eq!(seen.kinds(), [(Kind::Limit, "a".to_owned())]);
    }
    unpack_within(&gzip(&large), limits()).assert_no_trouble();
}

#[test]
fn an_archive_keeps_what_its_name_says() {
    let told = |name: &str, content: &[u8]| -> Vec<(Kind, String)> {
        let seen = unpack(&zip(&[stored(name, content)]));
        seen.trouble().into_iter().map(|trouble| (trouble.kind, trouble.detail)).collect()
    };
    let page = b"<!DOCTYPE html><html><body>Sign in</body></html>";
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    for (name, content, kind, words) in [
        ("lib/x.jar", &b""[..], Kind::Truncated, "empty"),
        ("x.tar", b"", Kind::Truncated, "empty"),
        ("x.tar.gz", b"", Kind::Truncated, "empty"),
        ("x.WHL", b"", Kind::Truncated, "empty"),
        ("x.war", b"PK", Kind::Truncated, "first header"),
        ("x", b"PK\x03\x04\x14\0", Kind::Truncated, "end record"),
        ("x.tar", &tar(&[("in", SECRET)])[..100], Kind::Truncated, "first block"),
        ("x.tgz", &gzip(&tar(&[("in", SECRET)])[..100]), Kind::Truncated, "first block"),
        ("x.jar", page, Kind::Corrupt, "HTML page"),
        ("x.zip", b"\n <html>", Kind::Corrupt, "HTML page"),
        ("x.tar.gz", b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", Kind::Corrupt, "XML"),
        ("x.7z", b"{\"message\": \"not found\"}", Kind::Corrupt, "JSON"),
        ("x.whl", b"404 page not found", Kind::Corrupt, "a text"),
        ("x.jar", &[0; 3000], Kind::Corrupt, "zeros"),
        ("x.jar", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Kind::Corrupt, "PNG"),
        ("x.jar", pointer, Kind::Unreadable, "Git LFS"),
        ("readme.txt", pointer, Kind::Unreadable, "Git LFS"),
        ("x.br", b"\x1b\x03\0\xf8\x8d\x94\x6e\x9e", Kind::Unsupported, "brotli"),
    ] {
        let told = told(name, content);
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        assert!(told[0].0 == kind && told[0].1.contains(words), "{name}: {told:?}");
    }
    for (name, content) in [
        ("__init__.py", &b""[..]),
        (".keep", b""),
        ("empty.txt", b""),
        ("x.json.gz", &gzip(b"{}")),
        ("x.gz", &gzip(b"")),
        ("x.jar", &zip(&[])),
        ("x.jar", &gzip(&tar(&[("in", SECRET)]))),
        ("x.jar", &[b"#!/bin/sh\nexec java -jar $0\n", &zip(&[entry("in", SECRET)])[..]].concat()),
        ("x.tar", &[0; 10_240]),
        ("x.br", b"Bom dia"),
        ("zip", b"a text"),
        ("note.txt", b"PK is short for Phil Katz"),
    ] {
        assert_eq!(told(name, content), [], "{name}");
    }
}

/// The kinds of `file(1)` that matter, from a table: none of them is clean when it was not read.
#[test]
fn every_kind_is_named_or_known() {
    let table = std::fs::read_to_string(project("testdata/kinds/kinds.tsv")).unwrap();
    let desk = Desk::new();
    let mut expected = Vec::new();
    for (number, row) in table.lines().enumerate().filter(|(_, row)| !row.starts_with('#')) {
        let [name, fate, offset, magic] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let magic = data_encoding::HEXLOWER.decode(magic.as_bytes()).unwrap();
        let sample = [&vec![0; offset.parse().unwrap()], &magic, &noise(6000)[number..]].concat();
        let path = format!("in/{number:03}");
        desk.file(&path, &sample);
        expected.push((path, (fate == "named").then_some(name), row));
    }
    let run = desk.run(&["scan", "in", "--format", "json"]);
    let told = run.trouble();
    for (path, name, row) in expected {
        let own: Vec<_> = told.iter().filter(|(uri, _)| *uri == path).map(|(_, detail)| detail.as_str()).collect();
        match name {
            Some(name) => {
                assert!(own.len() == 1 && own[0].starts_with("unsupported") && own[0].contains(name), "{row}: {own:?}");
            }
            None => assert_eq!(own, [""; 0], "{row}"),
        }
    }
    assert_eq!(run.code(), 3);
}

/// In a jar, where what came before and gave nothing is not read again.
#[test]
fn what_is_not_read_is_told_each_time() {
    let desk = Desk::new();
    let bytes = [&b"\x05"[..], &noise(5000)].concat();
    for name in ["a.zip", "b.zip", "c.zip"] {
        desk.file(name, zip(&[entry("x.bin", &bytes)]));
    }
    let run = desk.run(&["scan", "a.zip", "b.zip", "c.zip", "-j", "1", "--format", "json"]);
    assert_eq!((run.code(), run.trouble().len()), (3, 3));
    let _: fn(&Seen) = Seen::assert_no_trouble;
}
