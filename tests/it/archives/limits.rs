//! Limits: what hits one is told by its flag, and what was read so far is visited.

use super::building::{Entry, deflate, entry, gzip, stored, tar, zip};
use super::{Seen, pairs, unpack_within, walk_into};
use keysift::budget::{Limits, RATIO_FLOOR};
use keysift::trouble::{Kind, Trouble};

fn only(seen: &Seen) -> Trouble {
    let mut trouble = seen.trouble();
    assert_eq!(trouble.len(), 1, "{trouble:?}");
    trouble.remove(0)
}

/// Unpacks alone: what a cap of the artifact leaves out depends on the order.
fn unpack_alone(bytes: &[u8], limits: Limits) -> Seen {
    let seen = Seen::default();
    walk_into(&seen, &bytes, limits, 256 << 20, false);
    seen
}

#[test]
fn depth() {
    let two = zip(&[entry("deep", b"text")]);
    let one = zip(&[stored("two.jar", &two), entry("flat", b"text")]);
    let bytes = zip(&[stored("one.jar", &one)]);
    let limits = |depth| Limits { depth, ..Limits::default() };
    unpack_within(&bytes, limits(2)).assert_no_trouble();
    let seen = unpack_within(&bytes, limits(1));
    assert_eq!(seen.names(), ["one.jar!/flat"]);
    let trouble = only(&seen);
    assert_eq!((trouble.kind, trouble.limit.as_deref()), (Kind::Limit, Some("max-depth")));
    assert_eq!(trouble.uri, "a!/one.jar!/two.jar");
    assert_eq!(trouble.unscanned_bytes, Some(two.len() as u64));
}

#[test]
fn depth_of_streams() {
    let mut bytes = b"text".to_vec();
    for _ in 0..20 {
        bytes = gzip(&bytes);
    }
    let seen = unpack_within(&bytes, Limits::default());
    assert!(seen.leaves().is_empty());
    assert_eq!(only(&seen).limit.as_deref(), Some("max-depth"));
}

#[test]
fn ratio() {
    let zeros = vec![0; 32 << 20];
    let fits = deflate(&zeros).len() as u64 * 400;
    assert!(fits < RATIO_FLOOR, "the floor is what counts");
    for bytes in [zip(&[entry("zeros", &zeros)]), tar(&[("zeros", &gzip(&zeros))])] {
        let seen = unpack_within(&bytes, Limits::default());
        let trouble = only(&seen);
        assert_eq!((trouble.kind, trouble.limit.as_deref()), (Kind::Limit, Some("max-ratio")));
        assert_eq!(seen.content("zeros").len() as u64, RATIO_FLOOR);
    }
    let seen = unpack_within(&zip(&[entry("zeros", &zeros)]), Limits::default());
    assert_eq!(only(&seen).unscanned_bytes, Some(16 << 20));
    let seen = unpack_within(&zip(&[entry("zeros", &zeros)]), Limits { ratio: 2000, ..Limits::default() });
    seen.assert_no_trouble();
}

#[test]
fn entry_bytes() {
    let limits = Limits { entry_bytes: 1000, ..Limits::default() };
    let text = super::building::noise(3000);
    for bytes in [
        zip(&[entry("large", &text), entry("small", b"s")]),
        zip(&[stored("large", &text), entry("small", b"s")]),
        zip(&[Entry { declared_size: Some(3), ..entry("large", &text) }, entry("small", b"s")]),
        tar(&[("large", &text), ("small", b"s")]),
    ] {
        let seen = unpack_within(&bytes, limits.clone());
        assert_eq!(seen.names(), ["large", "small"]);
        assert_eq!(seen.content("large"), text[..1000]);
        let trouble = only(&seen);
        assert_eq!((trouble.uri.as_str(), trouble.limit.as_deref()), ("a!/large", Some("max-entry-bytes")));
    }
    let exact = zip(&[entry("exact", &text[..1000])]);
    unpack_within(&exact, limits).assert_no_trouble();
}

#[test]
fn entries_are_counted_over_all_levels() {
    let inner = zip(&[entry("1", b"1"), entry("2", b"2"), entry("3", b"3")]);
    let bytes = zip(&[stored("x.jar", &inner), entry("4", b"4"), entry("5", b"5")]);
    let limits = |entries| Limits { entries, ..Limits::default() };
    unpack_alone(&bytes, limits(6)).assert_no_trouble();
    for most in 0..6 {
        let seen = unpack_alone(&bytes, limits(most));
        let trouble = only(&seen);
        assert_eq!((trouble.uri.as_str(), trouble.limit.as_deref()), ("a", Some("max-entries")));
        assert_eq!(seen.leaves().len() as u64, most.saturating_sub(1));
    }
}

#[test]
fn artifact_bytes_are_told_once() {
    let entries: Vec<Entry> = (0..300).map(|number| entry(&format!("{number:03}"), &[b'x'; 1000])).collect();
    let bytes = zip(&entries);
    let limits = Limits { artifact_bytes: 10_000, ..Limits::default() };
    let seen = unpack_alone(&bytes, limits.clone());
    let trouble = only(&seen);
    assert_eq!((trouble.uri.as_str(), trouble.limit.as_deref()), ("a", Some("max-artifact-bytes")));
    // The entry that passes the cap has been read, and is visited; then it ends.
    assert_eq!(seen.leaves().len(), 11);

    let parallel = Seen::default();
    walk_into(&parallel, &&bytes[..], limits.clone(), 1 << 20, true);
    only(&parallel);

    let seen = unpack_alone(&gzip(&vec![b'x'; 1_000_000]), limits);
    assert_eq!(only(&seen).limit.as_deref(), Some("max-artifact-bytes"));
    assert!((10_000..200_000).contains(&seen.content("a").len()));
}

#[test]
fn a_bomb_of_many_files_in_one_place_ends() {
    // One megabyte of text that a thousand records point to.
    let text = vec![b'x'; 1 << 20];
    let mut bytes = zip(&[entry("x", &text)]);
    let directory = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    let record = bytes[directory..bytes.len() - 22].to_vec();
    let mut end = bytes.split_off(bytes.len() - 22);
    for _ in 1..1000 {
        bytes.extend(&record);
    }
    end[8..10].copy_from_slice(&1000u16.to_le_bytes());
    end[10..12].copy_from_slice(&1000u16.to_le_bytes());
    end[12..16].copy_from_slice(&(record.len() as u32 * 1000).to_le_bytes());
    bytes.extend(end);
    let seen = Seen { count_only: true, ..Seen::default() };
    walk_into(&seen, &&bytes[..], Limits { artifact_bytes: 5 << 20, ..Limits::default() }, 1 << 20, false);
    assert_eq!(only(&seen).limit.as_deref(), Some("max-artifact-bytes"));
    assert_eq!(seen.visited.into_inner(), 6);

    let seen = Seen { count_only: true, ..Seen::default() };
    walk_into(&seen, &&bytes[..], Limits::default(), 1 << 20, false);
    assert_eq!((only(&seen).kind, only(&seen).uri.as_str()), (Kind::Corrupt, "a"));
    assert_eq!(seen.visited.into_inner(), 1000);
}

#[test]
fn empty_budgets_visit_nothing_nested() {
    let seen = unpack_alone(&zip(&[entry("one", b"1")]), Limits { entries: 0, ..Limits::default() });
    assert_eq!(seen.texts(), pairs(&[]));
}
