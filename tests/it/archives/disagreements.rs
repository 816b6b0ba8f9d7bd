//! Disagreements: directories and local headers that say different things of one entry.
//!
//! `java.util.jar.JarFile`, `unzip` and Python's `zipfile` follow the directory, `JarInputStream` and whoever
//! else reads a stream the local headers. What either of them reads is scanned.

use super::building::{Entry, Local, deflate, entry, noise, stored, zip};
use super::{Seen, unpack, unpack_within, walk_into};
use keysift::budget::Limits;
use keysift::trouble::Kind;

const SECRET: &[u8] = b"password=hunter2; password=hunter2";

fn is_told(seen: &Seen, what: &str) {
    let told = seen.trouble().iter().any(|t| t.kind == Kind::Corrupt && t.detail.contains(what));
    assert!(told, "{what}: {:?}", seen.trouble());
}

fn contents(seen: &Seen, name: &str) -> Vec<Vec<u8>> {
    let leaves = seen.leaves().into_iter().filter(|leaf| leaf.path == format!("a!/{name}"));
    leaves.map(|leaf| leaf.bytes).collect()
}

#[test]
fn both_methods_are_read() {
    let packed = deflate(SECRET);
    // The directory says stored, the local header deflated, as JarInputStream reads it.
    let hidden = Entry {
        local: Local { method: Some(8), size: Some(SECRET.len() as u32), ..Local::default() },
        ..stored("x", &packed)
    };
    let seen = unpack(&zip(&[hidden, entry("two", b"second")]));
    assert_eq!(contents(&seen, "x"), [&packed[..], SECRET]);
    is_told(&seen, "method");
    // And the other way round: what is read by the directory is found as it always was.
    let shown = Entry { local: Local { method: Some(0), ..Local::default() }, ..entry("x", SECRET) };
    let seen = unpack(&zip(&[shown, entry("two", b"second")]));
    assert!(contents(&seen, "x").contains(&SECRET.to_vec()));
    is_told(&seen, "method");
    assert_eq!(seen.content("two"), b"second");
}

#[test]
fn a_local_header_with_other_sizes() {
    // Stored, and longer than the directory says: what lies behind is read by the local header.
    let bytes = [b"harmless ", SECRET].concat();
    let mut long = zip(&[Entry { tail: Vec::new(), ..stored("x", &bytes) }]);
    let directory = long.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    for (at, value) in [(20, 8u32), (24, 8), (16, crc32fast::hash(&bytes[..8]))] {
        long[directory + at..directory + at + 4].copy_from_slice(&value.to_le_bytes());
    }
    let seen = unpack(&long);
    assert_eq!(contents(&seen, "x"), [&b"harmless"[..], &bytes]);
    is_told(&seen, "size");
    // Shorter.
    let short =
        Entry { local: Local { compressed: Some(8), size: Some(8), ..Local::default() }, ..stored("x", &bytes) };
    let seen = unpack(&zip(&[short, entry("two", b"second")]));
    assert!(contents(&seen, "x").contains(&bytes));
    is_told(&seen, "size");
    // Deflated: where its data ends is seen by itself.
    for lie in [0, 3, 5000] {
        let lying = Entry { local: Local { compressed: Some(lie), ..Local::default() }, ..entry("x", SECRET) };
        let seen = unpack(&zip(&[lying, entry("two", b"second")]));
        assert!(contents(&seen, "x").contains(&SECRET.to_vec()), "{lie}");
        is_told(&seen, "size");
    }
}

#[test]
fn a_local_header_with_another_name() {
    for (name, local) in [("x.class", "x.properties"), ("a/b", "b"), ("x", "x/"), ("readme", "readme\0.txt")] {
        let named = Local { name: Some(local.into()), ..Local::default() };
        for entry in [entry(name, SECRET), stored(name, SECRET)] {
            let seen = unpack(&zip(&[Entry { local: named.clone(), ..entry }]));
            assert_eq!(seen.content(name), SECRET);
            let shown = local.replace('\0', "%00");
            assert_eq!(seen.content(&shown), SECRET, "{local:?}");
            is_told(&seen, "name");
        }
    }
}

/// Whoever does not ask one of the two reads on.
#[test]
fn only_one_of_them_says_that_it_is_encrypted() {
    let clear = Local { flags: Some(0), ..Local::default() };
    let cipher = noise(300);
    let hidden = Entry { flags: 1, crc: Some(7), local: clear, ..entry("x", SECRET) };
    let seen = unpack(&zip(&[hidden]));
    assert_eq!(seen.content("x"), SECRET, "read by the local header");
    is_told(&seen, "encrypt");
    let locked = Entry { local: Local { flags: Some(1), ..Local::default() }, ..stored("x", &cipher) };
    let seen = unpack(&zip(&[locked]));
    assert!(contents(&seen, "x").contains(&cipher), "read by the directory");
    is_told(&seen, "encrypt");
}

#[test]
fn a_local_header_with_another_checksum() {
    let wrong = Entry { local: Local { crc: Some(7), ..Local::default() }, ..entry("x", SECRET) };
    let seen = unpack(&zip(&[wrong, entry("two", b"second")]));
    assert_eq!(contents(&seen, "x"), [SECRET], "there is nothing else to read");
    is_told(&seen, "checksum");
}

/// Sizes of zero that a descriptor makes up for, and the same in ZIP64, are no disagreement.
#[test]
fn what_a_descriptor_says_is_no_disagreement() {
    let open = Entry { descriptor: true, ..entry("open", SECRET) };
    let known =
        Local { compressed: Some(deflate(SECRET).len() as u32), size: Some(SECRET.len() as u32), ..Local::default() };
    let seen = unpack(&zip(&[open.clone(), Entry { local: known, ..open }]));
    seen.assert_no_trouble();
    assert_eq!(seen.leaves().len(), 2);
    // Bits that say how well it was packed, and that names are UTF-8, change nothing that is read.
    let bits = Local { flags: Some(0x0806), ..Local::default() };
    unpack(&zip(&[Entry { local: bits, ..entry("x", SECRET) }])).assert_no_trouble();
}

#[test]
fn a_disagreement_in_a_nested_archive_and_in_a_stream() {
    let hidden = |name: &str| Entry {
        local: Local { method: Some(8), size: Some(SECRET.len() as u32), ..Local::default() },
        ..stored(name, &deflate(SECRET))
    };
    let seen = unpack(&zip(&[entry("x.jar", &zip(&[hidden("in")]))]));
    assert!(contents(&seen, "x.jar!/in").contains(&SECRET.to_vec()));
    is_told(&seen, "method");
    let limits = Limits { whole_bytes: 1000, ..Limits::default() };
    let long = Entry {
        local: Local { method: Some(8), size: Some(5000), ..Local::default() },
        ..stored("x", &deflate(&noise(5000)))
    };
    let seen = unpack_within(&zip(&[long]), limits);
    assert!(contents(&seen, "x").contains(&noise(5000)));
    is_told(&seen, "method");
}

/// What is left out is left out under either name; the other is read.
#[test]
fn a_name_that_is_left_out() {
    let bytes =
        zip(&[Entry { local: Local { name: Some(b"other".to_vec()), ..Local::default() }, ..entry("x", SECRET) }]);
    let seen = Seen { unwanted: Some("other"), ..Seen::default() };
    walk_into(&seen, &&bytes[..], Limits::default(), 64 << 20, false);
    assert_eq!(seen.names(), ["x"]);
}
