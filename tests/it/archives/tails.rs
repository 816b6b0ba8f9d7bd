//! Tails: bytes behind the end of a compressed stream that the entry's own size covers.

use super::building::{Entry, deflate, entry, gzip, noise, stored, tar, zip};
use super::zips::zstd;
use super::{Seen, unpack, unpack_within};
use keysift::budget::Limits;
use keysift::trouble::Kind;
use std::io::Read;

const SECRET: &[u8] = b"password=hunter2 and more";

fn text() -> Vec<u8> {
    b"some text, and more of it; ".repeat(40)
}

fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bzip2::read::BzEncoder::new(content, bzip2::Compression::fast()).read_to_end(&mut out).unwrap();
    out
}

fn xz(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    liblzma::read::XzEncoder::new(content, 1).read_to_end(&mut out).unwrap();
    out
}

/// As zip has it (APPNOTE 5.8.8), with an end marker.
fn lzma(content: &[u8]) -> Vec<u8> {
    let options = liblzma::stream::LzmaOptions::new_preset(6).unwrap();
    let encoder = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
    let mut alone = Vec::new();
    liblzma::read::XzEncoder::new_stream(content, encoder).read_to_end(&mut alone).unwrap();
    [&[9, 20, 5, 0], &alone[..5], &alone[13..]].concat()
}

/// Every compression method with the content packed by it.
fn methods(content: &[u8]) -> [(u16, u16, Vec<u8>); 5] {
    [
        (8, 0, deflate(content)),
        (12, 0, bzip2(content)),
        (14, 2, lzma(content)),
        (93, 0, zstd(content)),
        (95, 0, xz(content)),
    ]
}

fn packed(name: &str, (method, flags, data): (u16, u16, Vec<u8>), content: &[u8], tail: &[u8]) -> Entry {
    Entry {
        method: Some(method),
        flags,
        crc: Some(crc32fast::hash(content)),
        declared_size: Some(content.len() as u32),
        tail: tail.to_vec(),
        ..stored(name, &data)
    }
}

/// Where the entry's compressed stream ends in an archive that begins with it.
fn end(name: &str, data: &[u8]) -> String {
    format!("%gap-{:#x}", 30 + name.len() + data.len())
}

fn is_told(seen: &Seen, name: &str) {
    assert_eq!(seen.kinds(), [(Kind::Corrupt, name.to_owned())], "{:?}", seen.trouble());
    assert!(seen.trouble()[0].detail.contains("behind the end"), "{:?}", seen.trouble());
}

#[test]
fn bytes_behind_the_end_of_a_stream_are_visited() {
    for method in methods(&text()) {
        let gap = end("x", &method.2);
        let seen = unpack(&zip(&[packed("x", method.clone(), &text(), SECRET), entry("two", b"second")]));
        assert_eq!(seen.content("x"), text(), "{}", method.0);
        assert_eq!(seen.content(&gap), SECRET, "{}", method.0);
        assert_eq!(seen.content("two"), b"second");
        is_told(&seen, "x");
        let seen = unpack(&zip(&[packed("x", method, &text(), b"")]));
        seen.assert_no_trouble();
    }
}

#[test]
fn an_archive_behind_the_end_of_a_stream_is_unpacked() {
    for method in methods(&text()) {
        let gap = end("x", &method.2);
        for (tail, name) in [
            (zip(&[entry("in", SECRET)]), "in".to_owned()),
            (gzip(SECRET), gap.clone()),
            (tar(&[("in", SECRET)]), format!("{gap}!/in")),
            (gzip(&zip(&[entry("in", SECRET)])), format!("{gap}!/in")),
        ] {
            let seen = unpack(&zip(&[packed("x", method.clone(), &text(), &tail)]));
            assert_eq!(seen.content(&name), SECRET, "{}", method.0);
            is_told(&seen, "x");
        }
    }
}

/// One byte holds nothing, and is no part of the stream all the same.
#[test]
fn a_tail_of_any_length_is_told() {
    for length in [1, 2, 3, 4, 7, 8, 9, 5000] {
        let tail = vec![b'k'; length];
        let seen = unpack(&zip(&[Entry { tail: tail.clone(), ..entry("x", &text()) }]));
        assert_eq!(seen.content("x"), text());
        is_told(&seen, "x");
        assert_eq!(seen.leaves().len(), if length < 4 { 1 } else { 2 }, "{length}");
    }
}

/// The checksum and size of the content, where a gzip member would have them, and wherever else.
#[test]
fn a_tail_that_begins_like_the_footer_of_gzip_is_no_footer() {
    let footer =
        |content: &[u8]| [crc32fast::hash(content).to_le_bytes(), (content.len() as u32).to_le_bytes()].concat();
    let content = text();
    for tail in [
        footer(&content),
        [&footer(&content)[..], SECRET].concat(),
        [&footer(&content)[..], &footer(&content), SECRET].concat(),
        footer(&content)[..5].to_vec(),
        [SECRET, &footer(&content)].concat(),
    ] {
        let seen = unpack(&zip(&[Entry { tail: tail.clone(), ..entry("x", &content) }]));
        assert_eq!(seen.content(&end("x", &deflate(&content))), tail);
        is_told(&seen, "x");
    }
    // A content whose footer is periodic: its first bytes may stand in front of it.
    let (mut empty, nothing) = (entry("x", b""), footer(b""));
    for length in 1..=8 {
        empty.tail = nothing[..length].to_vec();
        is_told(&unpack(&zip(&[empty.clone()])), "x");
    }
}

#[test]
fn a_nested_archive_with_a_tail() {
    let inner = zip(&[entry("in", b"inner")]);
    for method in methods(&inner) {
        let gap = end("x.jar", &method.2);
        let seen = unpack(&zip(&[packed("x.jar", method, &inner, SECRET)]));
        assert_eq!(seen.content("x.jar!/in"), b"inner");
        assert_eq!(seen.content(&gap), SECRET);
        is_told(&seen, "x.jar");
    }
    // And a tail of an entry in it.
    let inner = zip(&[Entry { tail: SECRET.to_vec(), ..entry("in", b"inner") }]);
    let seen = unpack(&zip(&[entry("x.jar", &inner)]));
    assert_eq!(seen.content(&format!("x.jar!/{}", end("in", &deflate(b"inner")))), SECRET);
    is_told(&seen, "x.jar!/in");
}

#[test]
fn streamed_entries_with_a_tail() {
    let limits = Limits { whole_bytes: 1000, ..Limits::default() };
    for method in methods(&noise(5000)) {
        let gap = end("x", &method.2);
        let seen = unpack_within(&zip(&[packed("x", method.clone(), &noise(5000), SECRET)]), limits.clone());
        assert_eq!(seen.content("x"), noise(5000), "{}", method.0);
        assert_eq!(seen.content(&gap), SECRET, "{}", method.0);
        is_told(&seen, "x");
    }
}

/// Without a directory, and where only a stream of the archive is to be had.
#[test]
fn salvaged_entries_with_a_tail() {
    for method in methods(&text()) {
        let gap = end("x", &method.2);
        let hidden = Entry { hidden: true, ..packed("x", method.clone(), &text(), SECRET) };
        let seen = unpack(&zip(&[hidden, entry("two", b"second")]));
        assert_eq!(seen.content("x"), text(), "{}", method.0);
        assert_eq!(seen.content(&gap), SECRET, "{}", method.0);
        assert_eq!(seen.kinds(), [(Kind::Corrupt, "x".to_owned())]);
        let whole = zip(&[packed("x", method.clone(), &text(), SECRET), entry("two", b"second")]);
        let cut = &whole[..whole.len() - 22];
        let seen = unpack(&gzip(cut));
        assert_eq!(seen.content(&gap), SECRET, "{}", method.0);
        assert_eq!(seen.content("two"), b"second");
        assert!(seen.kinds().contains(&(Kind::Corrupt, "x".to_owned())), "{:?}", seen.kinds());
    }
}

/// Every method but `stored` shows its own end.
#[test]
fn entries_of_any_method_without_sizes() {
    for method in methods(&text()) {
        let open = Entry { descriptor: true, hidden: true, ..packed("x", method.clone(), &text(), b"") };
        let seen = unpack(&zip(&[open, entry("two", b"second")]));
        assert_eq!(seen.content("x"), text(), "{}", method.0);
        assert_eq!(seen.content("two"), b"second");
        seen.assert_no_trouble();
    }
}
