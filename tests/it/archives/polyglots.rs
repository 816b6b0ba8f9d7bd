//! Polyglots: archives with other bytes in front of them and behind, so that they begin like something else.

use super::building::{Entry, entry, gzip, noise, stored, tar, zip};
use super::{Seen, unpack, unpack_within, walk_into};
use keysift::budget::Limits;
use keysift::trouble::Kind;

/// How files begin that programs look at only the beginning of.
const FRONTS: [(&str, &[u8]); 7] = [
    ("pdf", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"),
    ("png", b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"),
    ("gif", b"GIF89a\x01\0\x01\0\0\0\0;"),
    ("class", b"\xCA\xFE\xBA\xBE\0\0\0\x37\0\x01\0\x21\0\0\0\0\0\0\0\0\0\0\0\0"),
    ("script", b"#!/bin/sh\nexec java -jar \"$0\" \"$@\"\n"),
    ("text", b"nothing of interest\n"),
    ("zeros", &[0; 600]),
];
/// How much follows: nothing, the end of a chunk, as much as a comment may have, and more.
const BEHIND: [usize; 4] = [0, 16, 60_000, 70_000];

fn jar() -> Vec<u8> {
    zip(&[entry("a.properties", b"password=hunter2"), stored("b.txt", b"text"), entry("c.bin", &noise(500))])
}

fn between(front: &[u8], archive: &[u8], behind: usize) -> Vec<u8> {
    [front, archive, &noise(behind)].concat()
}

fn has_all(seen: &Seen, at: &str, what: &str) {
    for (name, content) in [("a.properties", &b"password=hunter2"[..]), ("b.txt", b"text"), ("c.bin", &noise(500))] {
        assert_eq!(seen.content(&format!("{at}{name}")), content, "{what}");
    }
    assert_eq!(seen.trouble(), [], "{what}");
}

#[test]
fn a_zip_between_other_bytes_is_unpacked_wherever_it_lies() {
    for (kind, front) in FRONTS {
        for behind in BEHIND {
            let bytes = between(front, &jar(), behind);
            let what = format!("{kind}, {behind} behind");
            has_all(&unpack(&bytes), "", &what);
            has_all(&unpack(&tar(&[("one", b"first"), ("in.bin", &bytes)])), "in.bin!/", &what);
            has_all(&unpack(&zip(&[entry("in.bin", &bytes), stored("again.bin", &bytes)])), "again.bin!/", &what);
            has_all(&unpack(&gzip(&bytes)), "", &what);
        }
    }
}

/// All of it is seen: what is in front, and what follows.
#[test]
fn what_surrounds_it_is_visited() {
    let (front, archive) = (FRONTS[0].1, zip(&[entry("one", b"first")]));
    let seen = unpack(&between(front, &archive, 100));
    assert_eq!(seen.names(), ["%gap-0x0".to_owned(), format!("%gap-{:#x}", front.len() + archive.len()), "one".into()]);
    assert_eq!(seen.content("%gap-0x0"), front);
    // Too far from the end for an end record: found by its local headers, beside the whole.
    let bytes = between(front, &archive, 70_000);
    let seen = unpack(&bytes);
    assert_eq!(seen.names(), ["a", "one"]);
    assert_eq!(seen.content("a"), bytes);
}

#[test]
fn entries_without_a_directory_between_other_bytes() {
    let whole = jar();
    let directory = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    for (kind, front) in FRONTS.into_iter().filter(|(kind, _)| *kind != "script") {
        has_all(&unpack(&between(front, &whole[..directory], 16)), "", kind);
    }
    let torn = [FRONTS[1].1, &whole[..directory - 20]].concat();
    let seen = unpack(&torn);
    assert_eq!(seen.content("b.txt"), b"text");
    assert_eq!(seen.kinds(), [(Kind::Truncated, "c.bin".to_owned())]);
}

/// Four bytes of a signature are no entry.
#[test]
fn a_signature_by_chance_is_none() {
    let header = |version: u8, method: u16, length: u16, name: &[u8]| {
        let fields =
            [&[version, 0, 0, 0][..], &method.to_le_bytes(), &[0; 16], &length.to_le_bytes(), &[0, 0]].concat();
        [&b"\x7FELF\x02 PK\x03\x04"[..], &fields, name].concat()
    };
    for bytes in [
        b"\x89PNG PK\x03\x04 and PK\x05\x06, which are signatures".to_vec(),
        header(200, 8, 4, b"name"),
        header(20, 77, 4, b"name"),
        header(20, 8, 0, b""),
        header(20, 8, 5000, &noise(5000)),
        header(20, 8, 400, b"cut"),
        // What follows the signature in the code of libminizip.
        [
            &b"\x7FELF\x02PK\x03\x04\x0F\x85\x3C\x06\0\0H\x8BL$ H\x8B|$8\xBA\x1E\0\0\0\xBE\x01\0\0\0\x0F\xB7\x84$"[..],
            &noise(99),
        ]
        .concat(),
        [&b"\x7FELF\x02\x01"[..], &noise(100), b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2E\0\0\0\0\0\0\0\0\0"].concat(),
    ] {
        let seen = unpack(&bytes);
        assert_eq!(seen.names(), ["a"], "{bytes:02x?}");
        seen.assert_no_trouble();
    }
}

/// One that cannot be held is told, if its end shows that it is one.
#[test]
fn a_stream_that_ends_like_a_zip_is_told() {
    let limits = || Limits { whole_bytes: 100_000, ..Limits::default() };
    for (front, behind, told) in [(200_000, 16, true), (200_000, 60_000, true), (50_000, 16, false)] {
        let bytes = between(&noise(front), &jar(), behind);
        let seen = unpack_within(&gzip(&bytes), limits());
        let expected: &[(Kind, String)] = if told { &[(Kind::Limit, "a".to_owned())] } else { &[] };
        assert_eq!(seen.kinds(), expected, "{front} {behind}");
    }
    let seen = unpack_within(&gzip(&noise(300_000)), limits());
    seen.assert_no_trouble();
}

/// A polyglot in a polyglot ends at the depth that archives may have.
#[test]
fn polyglots_in_polyglots_end() {
    let mut bytes = jar();
    for _ in 0..20 {
        let level = zip(&[Entry { stored: true, ..entry("in.bin", &bytes) }]);
        bytes = between(FRONTS[1].1, &level, 70_000);
    }
    let seen = Seen { count_only: true, ..Seen::default() };
    walk_into(&seen, &&bytes[..], Limits::default(), 256 << 20, false);
    assert!(seen.kinds().iter().any(|(kind, _)| *kind == Kind::Limit), "{:?}", seen.kinds());
    assert!(seen.visited.load(std::sync::atomic::Ordering::Relaxed) < 1000);
}
