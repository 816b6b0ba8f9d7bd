//! Archives in archives, tars and compressed streams.

use super::building::{Entry, entry, gzip, noise, stored, tar, zip};
use super::zips::zstd;
use super::{Seen, pairs, unpack, unpack_within, walk_into};
use keysift::budget::Limits;
use keysift::trouble::Kind;
use std::io::Read;

fn bz2(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bzip2::read::BzEncoder::new(content, bzip2::Compression::fast()).read_to_end(&mut out).unwrap();
    out
}

fn xz(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    liblzma::read::XzEncoder::new(content, 1).read_to_end(&mut out).unwrap();
    out
}

#[test]
fn a_jar_inside_a_zip_inside_a_tar_gz() {
    let jar = zip(&[entry("com/acme/Job.class", b"\xCA\xFE\xBA\xBE")]);
    let outer = zip(&[stored("lib/x.jar", &jar), entry("readme", b"text")]);
    let seen = unpack(&gzip(&tar(&[("dist/app.zip", &outer), ("dist/conf", b"k=v")])));
    assert_eq!(seen.names(), ["dist/app.zip!/lib/x.jar!/com/acme/Job.class", "dist/app.zip!/readme", "dist/conf"]);
    assert_eq!(*seen.ends.lock().unwrap(), ["a!/dist/app.zip!/lib/x.jar", "a!/dist/app.zip", "a"]);
    seen.assert_no_trouble();
}

#[test]
fn compression_adds_no_level() {
    let text = b"some text ".repeat(50);
    for packed in [gzip(&text), bz2(&text), xz(&text), zstd(&text)] {
        let seen = unpack(&packed);
        assert_eq!(seen.names(), ["a"]);
        assert_eq!(seen.content("a"), text);
        seen.assert_no_trouble();
        let seen = unpack(&zip(&[entry("x.json.gz", &packed)]));
        assert_eq!(seen.names(), ["x.json.gz"]);
        assert_eq!(seen.content("x.json.gz"), text);
    }
}

#[test]
fn all_members_of_a_stream_are_read() {
    let skippable = [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, b'a', b'b', b'c'].to_vec();
    for members in [
        [gzip(b"one"), gzip(b"two"), gzip(b"three")],
        [bz2(b"one"), bz2(b"two"), bz2(b"three")],
        [xz(b"one"), [&[0; 8][..], &xz(b"two")].concat(), xz(b"three")],
        [[skippable.clone(), zstd(b"one")].concat(), [zstd(b"two"), skippable.clone()].concat(), zstd(b"three")],
    ] {
        let seen = unpack(&members.concat());
        assert_eq!(seen.texts(), pairs(&[("a", "onetwothree")]));
        seen.assert_no_trouble();
    }
}

/// Decoders pass over them; a search does not.
#[test]
fn frames_of_user_data_are_visited() {
    let secret = b"password=hunter2 and more";
    let frame = [&[0x50, 0x2A, 0x4D, 0x18, secret.len() as u8, 0, 0, 0], &secret[..]].concat();
    let (one, two) = (zstd(b"one"), zstd(b"two"));
    let gap = format!("%gap-{:#x}", one.len() + 8);
    let seen = unpack(&[&one[..], &frame, &two].concat());
    assert_eq!(seen.texts(), pairs(&[("a", "onetwo"), (&gap, "password=hunter2 and more")]));
    seen.assert_no_trouble();
    let seen = unpack(&[&one[..], &frame[..20]].concat());
    assert_eq!(seen.texts(), pairs(&[("a", "one"), (&gap, "password=hun")]));
    assert_eq!(seen.kinds(), [(Kind::Truncated, "a".to_owned())]);
}

#[test]
fn what_follows_a_stream_is_visited() {
    let packed = gzip(b"one");
    let gap = format!("%gap-{:#x}", packed.len());
    let seen = unpack(&[&packed[..], b"password=hunter2"].concat());
    assert_eq!(seen.texts(), pairs(&[("a", "one"), (&gap, "password=hunter2")]));
    let seen = unpack(&[&packed[..], &zip(&[entry("two", b"second")])].concat());
    assert_eq!(seen.content(&format!("{gap}!/two")), b"second");
    let seen = unpack(&[&packed[..], &[0; 100]].concat());
    assert_eq!(seen.names(), ["a"]);
}

#[test]
fn broken_streams_keep_what_was_read() {
    let text = noise(200_000);
    // The zstd decoder gives nothing out before its window is full; here that is all of it.
    for (packed, least) in [(gzip(&text), 80_000), (xz(&text), 80_000), (zstd(&text), 0)] {
        let seen = unpack(&packed[..packed.len() / 2]);
        assert_eq!(seen.kinds(), [(Kind::Truncated, "a".to_owned())]);
        let read = seen.content("a");
        assert!(read.len() >= least && text.starts_with(&read), "{}", read.len());
    }
    let mut packed = gzip(&text);
    let crc = packed.len() - 8;
    packed[crc] ^= 1;
    let seen = unpack(&[packed, gzip(b"next")].concat());
    assert_eq!(seen.kinds(), [(Kind::Checksum, "a".to_owned())]);
    assert_eq!(seen.content("a"), [&text[..], b"next"].concat());
}

#[test]
fn a_zstd_checksum_is_compared() {
    let mut packed = zstd(b"text");
    packed[4] |= 4;
    packed.extend([1, 2, 3, 4]);
    let seen = unpack(&packed);
    assert_eq!(seen.content("a"), b"text");
    assert_eq!(seen.kinds(), [(Kind::Checksum, "a".to_owned())]);
}

#[test]
fn a_torn_tar_gz_is_told_once() {
    let packed = gzip(&tar(&[("one", b"first"), ("two", &noise(300_000))]));
    let seen = unpack(&packed[..packed.len() - 1000]);
    assert_eq!(seen.names(), ["one", "two"]);
    assert_eq!(seen.kinds(), [(Kind::Truncated, "a".to_owned())]);
    assert!(seen.content("two").len() > 200_000);
}

#[test]
fn tars_with_long_names_links_and_old_headers() {
    let long = "very-long/".repeat(40) + "name";
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, kind: tar::EntryType, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        if kind.is_symlink() {
            header.set_link_name("target").unwrap();
        }
        builder.append_data(&mut header, name, content).unwrap();
    };
    add(&long, tar::EntryType::Regular, b"long");
    add("dir/", tar::EntryType::Directory, b"");
    add("link", tar::EntryType::Symlink, b"");
    let mut bytes = builder.into_inner().unwrap();
    let seen = unpack(&bytes);
    assert_eq!(seen.texts(), pairs(&[(&long, "long")]));
    seen.assert_no_trouble();

    let mut header = tar::Header::new_old();
    header.set_path("old").unwrap();
    header.set_mode(0o644);
    header.set_size(3);
    header.set_cksum();
    bytes = [header.as_bytes(), &b"old"[..], &[0; 509], &[0; 1024]].concat();
    let seen = unpack(&bytes);
    assert_eq!(seen.texts(), pairs(&[("old", "old")]));
    bytes[0] = b'O';
    assert_eq!(unpack(&bytes).names(), ["a"], "a checksum that does not fit is no old tar");
}

/// Who takes the data of a folder or link for nothing sees the next member in it, as Python does; who skips it
/// sees neither.
#[test]
fn members_that_are_no_files_and_have_data() {
    for kind in [tar::EntryType::Directory, tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Fifo] {
        let hidden = tar(&[("hidden", b"password=hunter2")])[..1024].to_vec();
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(hidden.len() as u64);
        header.set_link_name("target").unwrap();
        builder.append_data(&mut header, "odd", &hidden[..]).unwrap();
        let bytes = [builder.into_inner().unwrap(), vec![0; 1024]].concat();
        let seen = unpack(&bytes);
        assert_eq!(seen.texts(), pairs(&[("odd!/hidden", "password=hunter2")]), "{kind:?}");
        seen.assert_no_trouble();
    }
}

#[test]
fn a_pax_path_names_its_member() {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_pax_extensions([("path", &b"by/pax"[..])]).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(2);
    header.set_mode(0o600);
    builder.append_data(&mut header, "short", &b"ok"[..]).unwrap();
    assert_eq!(unpack(&builder.into_inner().unwrap()).texts(), pairs(&[("by/pax", "ok")]));
}

#[test]
fn damaged_tars() {
    let bytes = tar(&[("one", b"first"), ("two", b"second"), ("three", b"third")]);
    let mut broken = bytes.clone();
    broken[1024] ^= 0x55;
    let seen = unpack(&broken);
    assert_eq!(seen.content("one"), b"first");
    assert_eq!(seen.content("%gap-0x400"), broken[1024..]);
    assert_eq!(seen.kinds(), [(Kind::Corrupt, "a".to_owned())]);

    let seen = unpack(&bytes[..1024 + 512 + 3]);
    assert_eq!(seen.texts(), pairs(&[("one", "first"), ("two", "sec")]));
    assert_eq!(seen.kinds(), [(Kind::Truncated, "two".to_owned())]);

    let appended = [&bytes[..], b"password=hunter2"].concat();
    let seen = unpack(&appended);
    assert_eq!(seen.content(&format!("%gap-{:#x}", bytes.len())), b"password=hunter2");
    seen.assert_no_trouble();
}

#[test]
fn a_tar_header_may_not_claim_all_memory() {
    // A GNU long name of 1 GiB, most of which even exists once it is inflated.
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_path("././@LongLink").unwrap();
    header.set_size(1 << 30);
    header.set_cksum();
    let bytes = [header.as_bytes(), &vec![b'x'; 12 << 20][..]].concat();
    let seen = unpack(&bytes);
    assert_eq!(seen.kinds(), [(Kind::Corrupt, "a".to_owned())]);
}

#[test]
fn foreign_archives_are_told_and_visited() {
    for bytes in [
        &b"7z\xBC\xAF\x27\x1C rest"[..],
        b"Rar!\x1A\x07\0 rest",
        b"Rar!\x1A\x07\x01\0 rest",
        b"!<arch>\ndebian-binary   1410122664  0     0     100644  4         `\n2.0\n",
        b"\xED\xAB\xEE\xDB\x03\0 rest",
        b"MSCF\0\0\0\0 rest",
        b"xar!\0\x1C\0\x01 rest",
        b"\x1F\x9D\x90 rest",
        b"\x89LZO\0\r\n\x1A\n rest",
        b"\xCA\xFE\xD0\x0D\x07\x96 rest",
        b"hsqs counts, times and sizes\x04\0\0\0",
    ] {
        let seen = unpack(&zip(&[stored("x", bytes)]));
        assert_eq!(seen.kinds(), [(Kind::Unsupported, "x".to_owned())]);
        assert_eq!(seen.content("x"), bytes);
    }
}

#[test]
fn nested_archives_that_memory_has_no_room_for_are_streamed() {
    let open = |name: &str, content: &[u8]| Entry { descriptor: true, ..entry(name, content) };
    let jar = zip(&[
        entry("one", &noise(3 << 20)),
        open("two", b"second"),
        stored("three", &noise(2 << 20)),
        Entry { descriptor: true, ..stored("four", b"fourth") },
        stored("in.jar", &zip(&[entry("five", b"fifth")])),
    ]);
    assert!(jar.len() > 5 << 20);
    let bytes = zip(&[entry("x.jar", &jar), entry("conf", b"k=v")]);
    let held = unpack(&bytes);
    let streamed = Seen { reread_name: Some("two"), ..Seen::default() };
    walk_into(&streamed, &&bytes[..], Limits::default(), 0, false);
    assert_eq!(held.texts(), streamed.texts());
    assert_eq!(streamed.leaves().len(), 6);
    streamed.assert_no_trouble();
    // The streamed container cannot go back; the others can.
    let found: Vec<bool> = streamed.reread.lock().unwrap().iter().map(Option::is_some).collect();
    assert_eq!(found, [false, false, false]);
    assert_eq!(streamed.ends.lock().unwrap().len(), 3);
    assert_eq!(unpack(&gzip(&bytes)).texts(), held.texts());
}

#[test]
fn large_leaves_are_streams_everywhere() {
    let limits = Limits { whole_bytes: 100_000, ..Limits::default() };
    let text = noise(300_000);
    let bytes = zip(&[entry("deflated", &text), stored("stored", &text), entry("small", b"s")]);
    for (seen, names) in [
        (unpack_within(&bytes, limits.clone()), vec!["deflated", "small", "stored"]),
        (unpack_within(&gzip(&text), limits.clone()), vec!["a"]),
        (unpack_within(&text, limits.clone()), vec!["a"]),
        (unpack_within(&tar(&[("deflated", &text), ("small", b"s")]), limits.clone()), vec!["deflated", "small"]),
    ] {
        assert_eq!(seen.names(), names);
        for leaf in seen.leaves() {
            assert_eq!(leaf.streamed, leaf.bytes.len() > 100_000, "{}", leaf.path);
            assert!(!leaf.streamed || leaf.bytes == text);
        }
        seen.assert_no_trouble();
    }
}

#[test]
fn the_checksum_of_a_stream_is_compared() {
    let limits = Limits { whole_bytes: 1000, ..Limits::default() };
    let wrong = |as_stored| Entry { crc: Some(1), stored: as_stored, ..entry("x", &noise(5000)) };
    for as_stored in [false, true] {
        let seen = unpack_within(&zip(&[wrong(as_stored)]), limits.clone());
        assert_eq!(seen.kinds(), [(Kind::Checksum, "x".to_owned())]);
        assert_eq!(seen.content("x"), noise(5000));
    }
}
