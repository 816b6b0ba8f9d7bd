//! Zips that are torn, wrong or mutated.

use super::building::{Entry, Lcg, entry, gzip, noise, stored, tar, zip};
use super::{Seen, pairs, unpack, walk_into};
use keysift::budget::Limits;
use keysift::trouble::Kind;
use std::sync::atomic::Ordering;

fn find(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|window| window == needle).unwrap()
}

#[test]
fn a_torn_jar_gives_what_came_before() {
    for descriptor in [false, true] {
        let open = |name: &str, content: &[u8]| Entry { descriptor, ..entry(name, content) };
        let bytes = zip(&[open("one", b"first"), open("two", &noise(50_000)), open("three", b"third")]);
        let three = find(&bytes, b"three") - 30;
        let directory = find(&bytes, b"PK\x01\x02");
        // Inside of the directory, in front of it, behind the last header.
        for cut in [bytes.len() - 10, directory + 20, directory, three] {
            let seen = unpack(&bytes[..cut]);
            assert!(seen.names().contains(&"one".to_owned()), "{cut}: {:?}", seen.names());
            assert_eq!(seen.content("two"), noise(50_000));
            assert!(seen.kinds().contains(&(Kind::Truncated, "a".to_owned())), "{:?}", seen.kinds());
            assert_eq!(seen.trouble().len(), 1, "{cut}: {:?}", seen.trouble());
            assert_eq!(seen.names().contains(&"three".to_owned()), cut > three, "{cut}");
        }
        // In the middle of the second entry.
        let seen = unpack(&bytes[..three / 2]);
        assert_eq!(seen.names(), ["one", "two"]);
        let part = seen.content("two");
        assert!(part.len() > 10_000 && noise(50_000).starts_with(&part), "{}", part.len());
        assert_eq!(seen.kinds(), [(Kind::Truncated, "a".to_owned()), (Kind::Truncated, "two".to_owned())]);
    }
}

#[test]
fn a_torn_jar_with_a_whole_jar_in_it() {
    let inner = zip(&[entry("inner", b"text")]);
    let bytes = zip(&[stored("x.jar", &inner), entry("two", &noise(5000)), entry("three", b"third")]);
    let seen = unpack(&bytes[..find(&bytes, b"three") - 30]);
    assert_eq!(seen.names(), ["two", "x.jar!/inner"]);
    assert_eq!(seen.kinds(), [(Kind::Truncated, "a".to_owned())]);
}

#[test]
fn a_directory_that_is_broken_or_elsewhere() {
    let mut bytes = zip(&[entry("one", b"first"), entry("two", b"second"), entry("three", b"third")]);
    let directory = find(&bytes, b"PK\x01\x02");
    let second = find(&bytes[directory + 4..], b"PK\x01\x02") + directory + 4;
    let mut broken = bytes.clone();
    broken[second] = b'X';
    let seen = unpack(&broken);
    for (name, content) in [("one", "first"), ("two", "second"), ("three", "third")] {
        assert_eq!(seen.content(name), content.as_bytes());
    }
    assert_eq!(seen.kinds(), [(Kind::Corrupt, "a".to_owned())]);

    bytes[directory] = b'X';
    let seen = unpack(&bytes);
    assert_eq!(seen.content("three"), b"third");
    assert_eq!(seen.kinds(), [(Kind::Corrupt, "a".to_owned())]);
}

#[test]
fn an_offset_that_leads_nowhere() {
    let mut bytes = zip(&[entry("one", b"first"), entry("two", b"second")]);
    let directory = find(&bytes, b"PK\x01\x02");
    bytes[directory + 42] = 3;
    let seen = unpack(&bytes);
    // The entry is still found, as a gap.
    assert_eq!(seen.texts(), pairs(&[("one", "first"), ("two", "second")]));
    assert_eq!(seen.kinds(), [(Kind::Corrupt, "one".to_owned())]);
}

#[test]
fn sizes_that_lie() {
    let text = noise(1000);
    for declared in [0, 10, 999, 1001, 5_000_000, u32::MAX - 1] {
        let lying = Entry { declared_size: Some(declared), ..entry("lying", &text) };
        let seen = unpack(&zip(&[lying.clone(), entry("two", b"second")]));
        assert_eq!(seen.names(), ["lying", "two"], "{declared}");
        assert_eq!(seen.content("lying"), text, "{declared}");
        assert_eq!(seen.kinds(), [(Kind::Corrupt, "lying".to_owned())], "{declared}");
        let seen = unpack(&zip(&[Entry { stored: true, ..lying }]));
        assert_eq!(seen.content("lying"), text);
        assert_eq!(seen.kinds(), [(Kind::Corrupt, "lying".to_owned())]);
    }
}

#[test]
fn a_checksum_that_does_not_fit() {
    for as_stored in [false, true] {
        let wrong = Entry { crc: Some(7), stored: as_stored, ..entry("wrong", b"scanned all the same") };
        let seen = unpack(&zip(&[wrong, entry("two", b"second")]));
        assert_eq!(seen.texts(), pairs(&[("two", "second"), ("wrong", "scanned all the same")]));
        assert_eq!(seen.kinds(), [(Kind::Checksum, "wrong".to_owned())]);
    }
}

#[test]
fn corrupt_data_is_visited_as_far_as_it_goes() {
    let text = noise(100_000).iter().map(|byte| byte % 10 + b'0').collect::<Vec<u8>>();
    let mut bytes = zip(&[entry("bad", &text), entry("two", b"second")]);
    bytes[30_000..30_100].fill(0xFF);
    let seen = unpack(&bytes);
    assert_eq!(seen.content("two"), b"second");
    assert_eq!(seen.content("bad")[..50_000], text[..50_000]);
    assert_eq!(seen.kinds().len(), 1);
    assert_eq!(seen.kinds()[0].1, "bad");
}

#[test]
fn entries_that_overlap_are_told() {
    let mut bytes = zip(&[entry("one", b"first"), entry("two", b"second")]);
    let directory = find(&bytes, b"PK\x01\x02");
    let second = find(&bytes[directory + 4..], b"PK\x01\x02") + directory + 4;
    // Both records point to the first entry.
    bytes[second + 42..second + 46].fill(0);
    let record: Vec<u8> = bytes[directory + 16..directory + 28].to_vec();
    bytes[second + 16..second + 28].copy_from_slice(&record);
    let seen = unpack(&bytes);
    // The name of the second record is not that of the header it points to, so that both are read.
    assert_eq!(seen.texts(), pairs(&[("one", "first"), ("one", "first"), ("two", "first"), ("two", "second")]));
    assert_eq!(seen.kinds(), ["a", "two"].map(|name| (Kind::Corrupt, name.to_owned())));
}

#[test]
fn a_signature_without_an_archive() {
    let bytes = [&b"PK\x03\x04"[..], b"\xFF\xFF password=hunter2 and some more text"].concat();
    let seen = unpack(&bytes);
    assert_eq!(seen.content("%gap-0x0"), bytes);
    assert_eq!(seen.kinds(), [(Kind::Truncated, "a".to_owned())]);
}

#[test]
fn mutations_neither_panic_nor_grow() {
    let inner = zip(&[entry("in", &noise(300)), stored("st", b"stored"), stored("gz", &gzip(b"text"))]);
    let sample = zip(&[
        entry("a", &noise(500)),
        Entry { descriptor: true, ..entry("b", b"descriptor") },
        stored("c.jar", &inner),
        stored("d.tar", &tar(&[("m", b"member")])),
        Entry { name: b"e.zst".to_vec(), ..stored("", &super::zips::zstd(b"zstd")) },
        Entry { hidden: true, ..entry("h", b"hidden") },
    ]);
    let samples = [sample.clone(), gzip(&sample), tar(&[("z", &sample)]), super::zips::zstd(&sample)];
    let mut random = Lcg(42);
    let limits = Limits {
        artifact_bytes: 8 << 20,
        entry_bytes: 1 << 20,
        whole_bytes: 64 << 10,
        entries: 1000,
        ..Limits::default()
    };
    let mut visited = 0;
    for round in 0..4000 {
        let mut bytes = samples[round % samples.len()].clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.next() as u8,
                1 => bytes[at] ^= 1 << random.below(8),
                2 => bytes[at..].iter_mut().take(random.below(8)).for_each(|byte| *byte = 0xFF),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let seen = Seen::default();
        walk_into(&seen, &&bytes[..], limits.clone(), 1 << 20, false);
        let total: usize = seen.leaves().iter().map(|leaf| leaf.bytes.len()).sum();
        assert!(total <= 9 << 20, "round {round}: {total}");
        let other = Seen::default();
        walk_into(&other, &super::File(&bytes), limits.clone(), 1 << 20, false);
        assert_eq!(seen.leaves(), other.leaves(), "round {round}");
        visited += seen.visited.load(Ordering::Relaxed);
    }
    assert!(visited > 4000, "most of the content survives: {visited}");
}

/// Java reads such an entry from a stream; without a directory only its local header tells of it.
#[test]
fn a_name_with_a_nul_hides_nothing() {
    let mut bytes = zip(&[entry("nul\0.txt", b"password = hunter2; password = hunter2"), entry("two", b"second")]);
    bytes.truncate(bytes.len() - 22);
    let seen = unpack(&bytes);
    assert_eq!(seen.names(), ["nul%00.txt", "two"]);
    assert_eq!(seen.content("two"), b"second");
}

/// A size in a local header that reaches over all that follows: without a directory nothing contradicts it.
#[test]
fn a_compressed_size_that_lies_hides_nothing() {
    let all = zip(&[entry("one", &noise(2000)), entry("two", b"second"), entry("three", b"third")]);
    let mut bytes = all[..find(&all, b"PK\x01\x02")].to_vec();
    bytes[18..22].copy_from_slice(&60_000u32.to_le_bytes());
    for unwanted in [None, Some("one")] {
        let seen = Seen { unwanted, ..Seen::default() };
        walk_into(&seen, &&*bytes, Limits::default(), 64 << 20, false);
        assert_eq!(seen.content("two"), b"second");
        assert_eq!(seen.content("three"), b"third");
        let lies = seen.kinds().contains(&(Kind::Corrupt, "one".to_owned()));
        assert_eq!(lies, unwanted.is_none(), "{:?}", seen.kinds());
    }
}

/// What lies in front of the loss is where the directory says, what lies behind it is not.
#[test]
fn a_jar_that_has_lost_bytes_in_its_middle() {
    let digits: Vec<u8> = noise(4000).iter().map(|byte| b'0' + byte % 10).collect();
    let mut bytes = zip(&[entry("one", b"first"), entry("two", &digits), entry("three", b"third")]);
    let two = find(&bytes, b"two");
    // The first entry's size reaches over all of it, in its local header.
    bytes[18..22].copy_from_slice(&60_000u32.to_le_bytes());
    bytes.drain(two + 500..two + 900);
    let seen = unpack(&bytes);
    assert_eq!(seen.content("one"), b"first");
    assert_eq!(seen.content("three"), b"third");
    assert!(seen.kinds().contains(&(Kind::Corrupt, "three".to_owned())), "{:?}", seen.kinds());
}
