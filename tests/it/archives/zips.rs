//! Zips that are in order, and zips that hide something.

use super::building::{Entry, deflate, entry, noise, stored, zip, zip_at};
use super::{Seen, pairs, unpack, walk_into};
use keysift::budget::Limits;
use keysift::trouble::Kind;
use std::io::{Cursor, Write};
use std::sync::atomic::Ordering;

#[test]
fn entries_stored_and_deflated() {
    let bytes = zip(&[entry("a/", b""), entry("a/one", b"first first first"), stored("two", b"second")]);
    let seen = unpack(&bytes);
    assert_eq!(seen.texts(), pairs(&[("a/one", "first first first"), ("two", "second")]));
    assert_eq!(*seen.ends.lock().unwrap(), ["a"]);
    seen.assert_no_trouble();
}

#[test]
fn a_leaf_and_an_empty_file() {
    let seen = unpack(b"just text");
    assert_eq!(seen.texts(), pairs(&[("a", "just text")]));
    assert!(seen.ends.lock().unwrap().is_empty());
    let seen = unpack(b"");
    assert_eq!(seen.texts(), pairs(&[("a", "")]));
    seen.assert_no_trouble();
}

#[test]
fn an_empty_jar_has_no_leaves() {
    let seen = unpack(&zip(&[]));
    assert!(seen.leaves().is_empty());
    assert_eq!(*seen.ends.lock().unwrap(), ["a"]);
    seen.assert_no_trouble();
    let seen = unpack(&zip(&[entry("empty", b""), stored("stored", b"")]));
    assert_eq!(seen.texts(), pairs(&[("empty", ""), ("stored", "")]));
    seen.assert_no_trouble();
}

#[test]
fn a_launcher_in_front_is_a_leaf_of_its_own() {
    let launcher = "#!/bin/sh\nPASSWORD=hunter2\nexec java -jar \"$0\"\n";
    let moved = [launcher.as_bytes(), &zip(&[entry("one", b"first")])].concat();
    let corrected = [launcher.as_bytes(), &zip_at(&[entry("one", b"first")], launcher.len() as u32)].concat();
    for bytes in [moved, corrected] {
        let seen = unpack(&bytes);
        assert_eq!(seen.texts(), pairs(&[("%gap-0x0", launcher), ("one", "first")]));
        seen.assert_no_trouble();
    }
}

#[test]
fn a_launcher_in_front_and_much_behind() {
    let bytes = [&b"#!/bin/sh\n"[..], &zip(&[entry("one", b"first")]), &noise(100 << 10)].concat();
    let seen = unpack(&bytes);
    assert_eq!(seen.content("one"), b"first");
    assert_eq!(seen.content("%gap-0x0"), b"#!/bin/sh\n");
    assert_eq!(seen.leaves().iter().map(|leaf| leaf.bytes.len()).max(), Some(100 << 10));
    seen.assert_no_trouble();
}

#[test]
fn a_program_in_front_is_known_by_the_end() {
    let bytes = [&b"\x7FELF\x02\x01\x01 and so on"[..], &zip(&[entry("one", b"first")])].concat();
    assert_eq!(unpack(&bytes).content("one"), b"first");
    // Whatever stands in front, an end record at the very end is seen.
    let bytes = [&b"GIF89a"[..], &zip(&[entry("one", b"first")])].concat();
    assert_eq!(unpack(&bytes).content("one"), b"first");
}

#[test]
fn trailing_bytes_beyond_the_reach_of_a_comment() {
    let archive = zip(&[entry("one", b"first"), entry("two", b"second")]);
    let trailing = noise(100 << 10);
    let seen = unpack(&[&archive[..], &trailing].concat());
    assert_eq!(seen.names(), [format!("%gap-{:#x}", archive.len()), "one".into(), "two".into()]);
    assert_eq!(seen.leaves()[0].bytes, trailing);
    seen.assert_no_trouble();
}

#[test]
fn padding_is_no_leaf() {
    let archive = zip(&[entry("one", b"first")]);
    for trailing in [&b"\0"[..], b"abc", &[0; 9000]] {
        assert_eq!(unpack(&[&archive[..], trailing].concat()).names(), ["one"]);
    }
}

#[test]
fn an_archive_comment_is_read() {
    let mut bytes = zip(&[entry("one", b"first")]);
    let length = bytes.len();
    let comment = b"password=hunter2";
    bytes[length - 2] = comment.len() as u8;
    bytes.extend(comment);
    let seen = unpack(&bytes);
    assert_eq!(seen.content(&format!("%gap-{length:#x}")), comment);
    seen.assert_no_trouble();
}

#[test]
fn comments_on_entries_are_read() {
    let comment = b"password=hunter2";
    let find = |bytes: &[u8], needle: &[u8]| bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    let mut bytes = zip(&[entry("one", b"first"), entry("two", b"second")]);
    let record = find(&bytes, b"PK\x01\x02");
    bytes[record + 32] = comment.len() as u8;
    bytes.splice(record + 49..record + 49, *comment);
    let end = find(&bytes, b"PK\x05\x06");
    bytes[end + 12] += comment.len() as u8;
    let seen = unpack(&bytes);
    let gap = format!("%gap-{:#x}", record + 49);
    assert_eq!(seen.texts(), pairs(&[(&gap, "password=hunter2"), ("one", "first"), ("two", "second")]));
    seen.assert_no_trouble();
}

#[test]
fn eighty_thousand_entries_take_zip64() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for number in 0..80_000 {
        writer.start_file(format!("entry-{number}"), options).unwrap();
        write!(writer, "{number}").unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    assert!(bytes.windows(4).any(|window| window == b"PK\x06\x06"), "a ZIP64 end record");
    let seen = unpack(&bytes);
    assert_eq!(seen.leaves().len(), 80_000);
    assert_eq!(seen.content("entry-79999"), b"79999");
    seen.assert_no_trouble();
}

#[test]
fn more_entries_than_the_old_end_record_can_count() {
    let entries: Vec<Entry> = (0..70_000).map(|number| stored(&format!("{number}"), b"x")).collect();
    let seen = unpack(&zip(&entries));
    assert_eq!(seen.leaves().len(), 70_000);
    seen.assert_no_trouble();
}

#[test]
fn duplicate_names_are_all_visited() {
    let seen = unpack(&zip(&[entry("same", b"first"), entry("same", b"second"), entry("same", b"first")]));
    assert_eq!(seen.texts(), pairs(&[("same", "first"), ("same", "first"), ("same", "second")]));
    seen.assert_no_trouble();
}

#[test]
fn a_hidden_entry_between_listed_ones() {
    for (descriptor, as_stored) in [(false, false), (true, false), (false, true), (true, true)] {
        let hidden = Entry { hidden: true, descriptor, stored: as_stored, ..entry("hidden", b"the secret") };
        let seen = unpack(&zip(&[entry("one", b"first"), hidden, entry("two", b"second")]));
        assert_eq!(seen.texts(), pairs(&[("hidden", "the secret"), ("one", "first"), ("two", "second")]));
        seen.assert_no_trouble();
    }
}

#[test]
fn concatenated_zips_are_both_read() {
    let bytes = [zip(&[entry("one", b"first")]), zip(&[entry("two", b"second")])].concat();
    let seen = unpack(&bytes);
    assert_eq!(seen.texts(), pairs(&[("one", "first"), ("two", "second")]));
    seen.assert_no_trouble();
    // The end record of an empty zip does not hide what stands in front of it.
    let seen = unpack(&[zip(&[entry("one", b"first")]), zip(&[])].concat());
    assert_eq!(seen.texts(), pairs(&[("one", "first")]));
}

#[test]
fn data_descriptors_are_no_gaps() {
    let open = |name: &str, content: &[u8]| Entry { descriptor: true, ..entry(name, content) };
    let bytes = zip(&[open("one", b"first"), open("empty", b""), open("two", &noise(5000)), stored("three", b"3")]);
    let seen = unpack(&bytes);
    assert_eq!(seen.names(), ["empty", "one", "three", "two"]);
    seen.assert_no_trouble();
}

#[test]
fn the_marker_of_a_split_archive_is_no_leaf() {
    for marker in [b"PK\x07\x08", b"PK00"] {
        let seen = unpack(&[marker, &zip_at(&[entry("one", b"first")], 4)[..]].concat());
        assert_eq!(seen.texts(), pairs(&[("one", "first")]));
        seen.assert_no_trouble();
    }
}

#[test]
fn encrypted_and_unknown_methods_are_told() {
    let bytes = zip(&[
        Entry { flags: 1, declared_size: Some(3), ..stored("locked", b"ciphertext") },
        Entry { method: Some(99), ..stored("aes", b"ciphertext") },
        Entry { method: Some(97), ..stored("wavpack", b"0123456") },
        entry("open", b"text"),
    ]);
    let seen = unpack(&bytes);
    assert_eq!(seen.texts(), pairs(&[("open", "text")]));
    let expected = [(Kind::Encrypted, "aes"), (Kind::Encrypted, "locked"), (Kind::Unsupported, "wavpack")];
    assert_eq!(seen.kinds(), expected.map(|(kind, name)| (kind, name.to_owned())));
    let unsupported = seen.trouble().into_iter().find(|t| t.kind == Kind::Unsupported).unwrap();
    assert!(unsupported.detail.contains("97"), "{}", unsupported.detail);
    assert_eq!(unsupported.unscanned_bytes, Some(7));
}

/// Readers that do not ask for the flag take the content out.
#[test]
fn what_is_only_said_to_be_encrypted_is_read() {
    let bytes = zip(&[
        Entry { flags: 1, ..entry("deflated", b"password = hunter2; password = hunter2") },
        Entry { flags: 1, ..stored("stored", b"password = hunter2") },
        Entry { flags: 1, crc: Some(0), ..stored("locked", b"ciphertext") },
        Entry { flags: 1, ..entry("in.zip", &zip(&[entry("nested", b"text")])) },
    ]);
    let seen = unpack(&bytes);
    assert_eq!(seen.names(), ["deflated", "in.zip!/nested", "stored"]);
    let marked = ["deflated", "in.zip", "stored"].map(|name| (Kind::Corrupt, name.to_owned()));
    assert_eq!(seen.kinds(), [&marked[..], &[(Kind::Encrypted, "locked".to_owned())]].concat());
}

#[test]
fn other_methods_are_decoded() {
    use std::io::Read;
    let text = b"password = hunter2; ".repeat(40);
    let mut bz2 = Vec::new();
    bzip2::read::BzEncoder::new(&text[..], bzip2::Compression::best()).read_to_end(&mut bz2).unwrap();
    let mut xz = Vec::new();
    liblzma::read::XzEncoder::new(&text[..], 6).read_to_end(&mut xz).unwrap();
    let mut alone = Vec::new();
    let options = liblzma::stream::LzmaOptions::new_preset(6).unwrap();
    let encoder = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
    liblzma::read::XzEncoder::new_stream(&text[..], encoder).read_to_end(&mut alone).unwrap();
    // The header of `.lzma` has the size where zip has none; in front of the properties come two lengths.
    let lzma = [&[9, 20, 5, 0], &alone[..5], &alone[13..]].concat();
    let raw = |name: &str, method, flags, data: Vec<u8>| Entry {
        method: Some(method),
        flags,
        crc: Some(crc32fast::hash(&text)),
        declared_size: Some(text.len() as u32),
        ..stored(name, &data)
    };
    let bytes =
        zip(&[raw("bz2", 12, 0, bz2), raw("lzma", 14, 2, lzma), raw("xz", 95, 0, xz), raw("zst", 93, 0, zstd(&text))]);
    let seen = unpack(&bytes);
    seen.assert_no_trouble();
    assert_eq!(seen.names(), ["bz2", "lzma", "xz", "zst"]);
    assert!(seen.leaves().iter().all(|leaf| leaf.bytes == text));
}

/// A zstd frame of raw blocks (RFC 8878 3.1.1): single segment, four bytes of content size.
pub(super) fn zstd(content: &[u8]) -> Vec<u8> {
    let mut out = vec![0x28, 0xB5, 0x2F, 0xFD, 0xA0];
    out.extend((content.len() as u32).to_le_bytes());
    let mut blocks = content.chunks(1000).peekable();
    while let Some(block) = blocks.next() {
        let header = (block.len() as u32) << 3 | u32::from(blocks.peek().is_none());
        out.extend(&header.to_le_bytes()[..3]);
        out.extend(block);
    }
    out
}

#[test]
fn names_are_only_names() {
    let names: [&[u8]; 5] = [b"a!/b", b"../../etc/passwd", b"/abs", b"bell\x07", b"latin-\xFC"];
    let entries: Vec<Entry> = names.iter().map(|name| Entry { name: name.to_vec(), ..entry("", b"x") }).collect();
    let seen = unpack(&zip(&entries));
    assert_eq!(seen.names(), ["../../etc/passwd", "a%21/b", "abs", "bell%07", "latin-%FC"]);
    seen.assert_no_trouble();
}

#[test]
fn what_is_not_wanted_is_left_out() {
    let bytes = zip(&[entry("one", b"first"), entry("two", b"second"), stored("in.jar", &zip(&[entry("x", b"x")]))]);
    let seen = Seen { unwanted: Some("in.jar"), ..Seen::default() };
    walk_into(&seen, &&bytes[..], Limits::default(), 1 << 20, false);
    assert_eq!(seen.names(), ["one", "two"]);
}

#[test]
fn a_stop_ends_the_walk_and_the_container() {
    let entries: Vec<Entry> = (0..500).map(|number| stored(&format!("{number}"), b"x")).collect();
    let seen = Seen { stop_after: Some(10), ..Seen::default() };
    walk_into(&seen, &&zip(&entries)[..], Limits::default(), 1 << 20, false);
    assert_eq!(seen.visited.load(Ordering::Relaxed), 10);
    assert_eq!(*seen.ends.lock().unwrap(), ["a"]);
}

#[test]
fn entries_come_in_directory_order_when_not_parallel() {
    let entries: Vec<Entry> = (0..300).rev().map(|number| entry(&format!("{number:03}"), b"x")).collect();
    let seen = Seen::default();
    walk_into(&seen, &&zip(&entries)[..], Limits::default(), 1 << 20, false);
    let leaves = seen.leaves.lock().unwrap();
    assert!(leaves.windows(2).all(|two| two[0].path > two[1].path));
    assert_eq!(leaves.len(), 300);
}

#[test]
fn entries_are_read_again_by_name() {
    let inner = zip(&[entry("needle", b"inner")]);
    let bytes = zip(&[entry("needle", b"found it"), stored("in.jar", &inner), entry("zz", b"z")]);
    let seen = Seen { reread_name: Some("needle"), ..Seen::default() };
    walk_into(&seen, &&bytes[..], Limits::default(), 1 << 20, false);
    assert_eq!(*seen.reread.lock().unwrap(), [Some(b"inner".to_vec()), Some(b"found it".to_vec())]);
    let seen = Seen { reread_name: Some("absent"), ..Seen::default() };
    walk_into(&seen, &&bytes[..], Limits::default(), 1 << 20, false);
    assert_eq!(*seen.reread.lock().unwrap(), [None, None]);
}

#[test]
fn deflated_data_of_a_large_file_is_read_by_ranges() {
    // Larger than what is read in one piece, with entries on both sides of that size.
    let entries =
        [stored("small", b"s"), stored("large", &noise(6 << 20)), entry("also", &noise(5 << 20)), entry("z", b"z")];
    let seen = unpack(&zip(&entries));
    assert_eq!(seen.names(), ["also", "large", "small", "z"]);
    assert!(seen.content("large") == noise(6 << 20));
    assert!(seen.content("also") == noise(5 << 20));
    seen.assert_no_trouble();
    assert!(deflate(&noise(5 << 20)).len() > 4 << 20, "both are large in the file, too");
}
