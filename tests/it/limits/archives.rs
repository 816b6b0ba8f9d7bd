//! Archives that are made to cost, to hide or to escape.

use super::{bounded, scan, scan_with, told};
use crate::archives::building::{Entry, deflate, entry, gzip, stored, zip};
use crate::cli::{Desk, PASSWORD};
use flate2::{Compress, Compression, FlushCompress};
use std::io::{Cursor, Write as _};

/// A deflate stream of so many megabytes of zeros, and their CRC.
fn zeros(megabytes: usize) -> (Vec<u8>, u32) {
    let piece = vec![0; 1 << 20];
    // After a full flush, a piece says nothing about those in front of it: it can be repeated.
    let mut state = Compress::new(Compression::default(), false);
    let mut block = Vec::with_capacity(1 << 16);
    state.compress_vec(&piece, &mut block, FlushCompress::Full).unwrap();
    let mut crc = crc32fast::Hasher::new();
    let mut of_piece = crc32fast::Hasher::new();
    of_piece.update(&piece);
    (0..megabytes).for_each(|_| crc.combine(&of_piece));
    let mut stream = block.repeat(megabytes);
    stream.extend([3, 0]);
    (stream, crc.finalize())
}

#[test]
fn a_jar_entry_of_three_gigabytes_of_zeros() {
    let (data, crc) = zeros(3 << 10);
    let bomb =
        Entry { stored: true, method: Some(8), crc: Some(crc), declared_size: Some(3 << 30), ..entry("zeros", &data) };
    let run = scan("a.jar", &zip(&[bomb.clone(), entry("later.properties", PASSWORD.as_bytes())]));
    assert_eq!(told(&run), ["limit max-ratio in/a.jar!/zeros"]);
    assert!(run.places().contains(&"in/a.jar!/later.properties:1".to_owned()));
}

#[test]
fn bombs_in_bombs() {
    let mut bytes = gzip(&vec![0; 10 << 20]);
    for level in 0..6 {
        let copies: Vec<Entry> = (0..4).map(|n| stored(&format!("{level}-{n}.zip"), &bytes)).collect();
        bytes = zip(&copies);
        bytes = zip(&[entry("x.zip", &bytes)]);
    }
    let run = scan_with("a.zip", &bytes, &["--max-artifact-bytes", "40M", "--max-depth", "20"]);
    assert_eq!(told(&run), ["limit max-artifact-bytes in/a.zip"]);
    let run = scan_with("a.zip", &bytes, &["--max-entries", "60", "--max-depth", "20"]);
    assert_eq!(told(&run), ["limit max-entries in/a.zip"]);
    assert!(told(&scan("a.zip", &bytes)).iter().all(|line| line.starts_with("limit max-depth in/a.zip!/")));
}

/// Each entry's data is a stored block that quotes the next local header, and goes on as that entry's
/// data: one kernel is inflated as often as there are entries, and no two records point to one header.
#[test]
fn entries_that_quote_one_another() {
    let header = |name: &str, compressed: usize, size: usize, crc: u32| {
        let mut bytes = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0".to_vec();
        [crc, compressed as u32, size as u32].iter().for_each(|field| bytes.extend(field.to_le_bytes()));
        bytes.extend([name.len() as u8, 0, 0, 0]);
        bytes.extend(name.as_bytes());
        bytes
    };
    let mut content = vec![b'x'; 1 << 20];
    let mut data = deflate(&content);
    let mut records = Vec::new();
    // From the last to the first; offsets are counted from the end.
    let mut all = Vec::new();
    for number in (0..60).rev() {
        let name = format!("{number:03}");
        let crc = crc32fast::hash(&content);
        let local = header(&name, data.len(), content.len(), crc);
        records.push((local.clone(), data.len()));
        all = [local.clone(), data.clone()].concat();
        let length = local.len() as u16;
        data = [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), &all].concat();
        content = [local, content].concat();
    }
    let end = all.len();
    let mut directory = Vec::new();
    for (local, compressed) in records.iter().rev() {
        let offset = (end - compressed - local.len()) as u32;
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&local[4..28]);
        directory.extend([0; 12]);
        directory.extend(offset.to_le_bytes());
        directory.extend(&local[30..]);
    }
    let count = (records.len() as u16).to_le_bytes();
    let mut bytes = all;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend((end as u32).to_le_bytes());
    bytes.extend([0, 0]);
    // What they quote looks like an archive that is broken, and is told too.
    assert_eq!(told(&scan_with("a.zip", &bytes, &["--max-depth", "1"]))[0], "corrupt - in/a.zip");
    let run = scan_with("a.zip", &bytes, &["--max-artifact-bytes", "10M", "--max-depth", "1"]);
    assert_eq!(told(&run)[0], "limit max-artifact-bytes in/a.zip");
}

#[test]
fn a_directory_that_claims_ten_million_entries() {
    let mut bytes = zip(&[entry("a.properties", PASSWORD.as_bytes())]);
    let end = bytes.split_off(bytes.len() - 22);
    let record = bytes.len() as u64;
    let directory = u64::from(u32::from_le_bytes(end[16..20].try_into().unwrap()));
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([10_000_000u64, 10_000_000, record - directory, directory].map(u64::to_le_bytes).concat());
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(record.to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(&end);
    let run = scan("a.zip", &bytes);
    assert_eq!(told(&run), ["corrupt - in/a.zip"]);
    assert!(run.places().contains(&"in/a.zip!/a.properties:1".to_owned()));
}

#[test]
fn names_that_would_escape_hide_or_clash() {
    let names: [&[u8]; 10] = [
        b"../../escaped.properties",
        b"/absolute.properties",
        b"C:\\drive.properties",
        b"nul\0.properties",
        b"twin.properties",
        b"TWIN.properties",
        b"twice.properties",
        b"twice.properties",
        b"folder/",
        b"line\nbreak\x1b[31m.properties",
    ];
    let entries: Vec<Entry> =
        names.iter().map(|name| Entry { name: name.to_vec(), ..entry("", PASSWORD.as_bytes()) }).collect();
    let run = scan("a.zip", &zip(&entries));
    let mut places: Vec<String> = run.places().into_iter().filter(|place| place.contains('!')).collect();
    places.dedup();
    let expected = [
        "../../escaped.properties",
        "C:\\drive.properties",
        "TWIN.properties",
        "absolute.properties",
        "folder/",
        "line%0Abreak%1B[31m.properties",
        "nul%00.properties",
        "twice.properties",
        "twin.properties",
    ];
    assert_eq!(places, expected.map(|name| format!("in/a.zip!/{name}:1")));
    assert_eq!(run.json()["summary"]["entries"], 11);
}

/// A report repeats the name of an entry with every place in it.
#[test]
fn names_that_are_as_long_as_a_file() {
    let passwords: String = (0..2_000).map(|n| format!("db{n}.password=Tr0ub4dor-and-{n}x\n")).collect();
    let tar = |length: usize| {
        let name = format!("{}a.properties", "folder/".repeat(length / 7));
        crate::archives::building::tar(&[(&name, passwords.as_bytes())])
    };
    let long = format!("{}a.properties", "folder/".repeat(9_000));
    for (name, bytes) in [("a.tar.gz", gzip(&tar(2 << 20))), ("a.zip", zip(&[entry(&long, passwords.as_bytes())]))] {
        let run = scan(name, &bytes);
        assert_eq!(told(&run), [""; 0]);
        let places = run.places();
        assert_eq!(places.len(), 2_001);
        assert!(places[0].starts_with(&format!("in/{name}!/folder/")) && places[0].contains("/a.properties:"));
        assert!(run.out().len() < 8 << 20, "{}", run.out().len());
    }
}

/// Each entry has some.
#[test]
fn more_trouble_than_is_told() {
    let entries: Vec<Entry> = (0..10_500).map(|n| Entry { crc: Some(1), ..stored(&format!("{n}"), b"x") }).collect();
    let zip = zip(&entries);
    let run = scan("a.zip", &zip);
    let trouble = &run.json()["trouble"];
    assert_eq!(trouble.as_array().unwrap().len(), 10_001);
    assert_eq!(told(&run)[0], "limit - in/a.zip");
    assert!(trouble[0]["detail"].as_str().unwrap().ends_with(" 500 further causes"), "{}", trouble[0]);
    assert_eq!(scan_with("a.zip", &zip, &["-j", "1"]).json()["trouble"], *trouble);
}

/// Twenty megabytes, and at their end an archive of the same again: all of them are held at once while the
/// innermost is read.
#[test]
fn archives_behind_other_bytes_in_one_another() {
    let padding = [crate::archives::building::noise(64 << 10), vec![0; 20 << 20]].concat();
    let archive = |levels: usize| {
        let innermost = zip(&[entry("a.properties", PASSWORD.as_bytes())]);
        (0..levels).fold(innermost, |inner, _| zip(&[entry("behind", &[&padding[..], &inner].concat())]))
    };
    let run = scan_with("a.zip", &archive(2), &["--max-memory", "70M"]);
    assert_eq!(told(&run), [""; 0]);
    assert!(run.places().contains(&"in/a.zip!/behind!/behind!/a.properties:1".to_owned()));
    let run = scan_with("a.zip", &archive(5), &["--max-memory", "70M"]);
    assert_eq!(told(&run), ["limit max-memory in/a.zip!/behind!/behind!/behind!/behind"]);
}

/// A zip in a Secret is held beside the text that it stands in.
#[test]
fn archives_in_texts() {
    let picture = [&b"\x89PNG\r\n\x1A\n"[..], &crate::archives::building::noise(5 << 20)].concat();
    let inner = zip(&[stored("picture", &picture), entry("a", PASSWORD.as_bytes())]);
    let secret = format!("kind: Secret\ndata:\n  a.zip: {}\n", data_encoding::BASE64.encode(&inner));
    let run = scan("a.yaml", secret.as_bytes());
    assert_eq!(told(&run), [""; 0]);
    assert!(run.places().contains(&"in/a.yaml!/a.zip!/a:1".to_owned()), "{:?}", run.places());
    let run = scan_with("a.yaml", secret.as_bytes(), &["--max-memory", "4M"]);
    assert_eq!(told(&run), ["limit max-memory in/a.yaml!/a.zip"]);
}

#[test]
fn a_sparse_member_of_a_terabyte() {
    let mut header = tar::Header::new_gnu();
    header.set_path("sparse").unwrap();
    header.set_entry_type(tar::EntryType::GNUSparse);
    header.set_size(512);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.set_real_size(1 << 40);
    gnu.sparse[0].set_offset((1 << 40) - 512);
    gnu.sparse[0].set_length(512);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend([b'x'; 512]);
    let mut later = tar::Header::new_gnu();
    later.set_path("later.properties").unwrap();
    later.set_size(PASSWORD.len() as u64);
    later.set_cksum();
    bytes.extend(later.as_bytes());
    bytes.extend(PASSWORD.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
    let run = scan("a.tar", &bytes);
    assert_eq!(told(&run), ["limit max-ratio in/a.tar!/sparse"]);
    assert!(run.places().contains(&"in/a.tar!/later.properties:1".to_owned()));
}

#[test]
fn a_pax_record_of_a_gigabyte() {
    let mut header = tar::Header::new_ustar();
    header.set_path("pax").unwrap();
    header.set_entry_type(tar::EntryType::XHeader);
    header.set_size(1 << 30);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(b"1073741824 path=".iter().chain(&[b'a'; 8 << 20]));
    assert_eq!(told(&scan("a.tar", &bytes)), ["corrupt - in/a.tar"]);
}

#[test]
fn ten_thousand_members_of_gzip() {
    let mut bytes = gzip(b"# nothing\n").repeat(9_999);
    bytes.extend(gzip(PASSWORD.as_bytes()));
    let run = scan("a.properties.gz", &bytes);
    assert_eq!(told(&run), [""; 0]);
    assert!(run.places().contains(&"in/a.properties.gz:10000".to_owned()), "{:?}", run.places());
}

/// A jar with classes that have to be read for each other, large enough that the ledger is asked for it.
fn linked_jar() -> Vec<u8> {
    let classes = std::fs::read(crate::support::project("testdata/shapes/shapes-java.jar")).unwrap();
    let mut classes = zip::ZipArchive::new(Cursor::new(&classes)).unwrap();
    let mut jar = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    jar.start_file("padding.so", stored).unwrap();
    jar.write_all(&vec![7; 8 << 20]).unwrap();
    for index in 0..classes.len() {
        jar.raw_copy_file(classes.by_index_raw(index).unwrap()).unwrap();
    }
    jar.finish().unwrap().into_inner()
}

/// Eight jars in one that is read by eight threads: the ledger has room for some of them at a time, and which
/// ones is a matter of luck. Those for which there is none are read front to back, without a second look.
#[test]
fn what_else_is_read_at_the_time_decides_nothing() {
    let jar = linked_jar();
    let names: Vec<String> = (0..8).map(|index| format!("lib/{index}.jar")).collect();
    let all = zip(&names.iter().map(|name| stored(name, &jar)).collect::<Vec<_>>());
    let wide = scan_with("a.zip", &all, &["--no-native", "-j", "8"]);
    let narrow = scan_with("a.zip", &all, &["--no-native", "-j", "8", "--max-memory", "80M"]);
    assert_eq!(narrow.json()["summary"], wide.json()["summary"]);
    assert_eq!(narrow.json()["findings"], wide.json()["findings"]);
}

/// A stream of a few bytes that asks for a gigabyte to look back in.
#[test]
fn dictionaries_of_a_gigabyte() {
    let crc = |bytes: &[u8]| crc32fast::hash(bytes).to_le_bytes();
    let block = [2, 0, 0x21, 1, 36, 0, 0, 0];
    let xz = [&b"\xFD7zXZ\0\0\x01"[..], &crc(&[0, 1]), &block, &crc(&block), &[0; 64]].concat();
    let zstd = b"\x28\xB5\x2F\xFD\0\xA0\x01\0\0".to_vec();
    for (name, bytes) in [("a.xz", xz), ("a.zst", zstd)] {
        assert_eq!(told(&scan(name, &bytes)), [format!("unsupported - in/{name}")]);
    }
    let lzma = [&[9, 20, 5, 0, 0x5D][..], &(1u32 << 30).to_le_bytes(), &[0; 64]].concat();
    let lzma = Entry { method: Some(14), declared_size: Some(1 << 20), ..stored("lzma", &lzma) };
    let run = scan("a.zip", &zip(&[lzma, entry("later.properties", PASSWORD.as_bytes())]));
    assert_eq!(told(&run), ["unsupported - in/a.zip!/lzma"]);
    assert!(run.places().contains(&"in/a.zip!/later.properties:1".to_owned()));
}

/// A directory with as many records, all of one entry.
fn records(count: usize) -> crate::cli::Run {
    let mut bytes = zip(&[entry("a", PASSWORD.as_bytes())]);
    let end = bytes.split_off(bytes.len() - 22);
    let directory = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
    let record = bytes.split_off(directory);
    let desk = Desk::new();
    desk.file("in/zz.properties", PASSWORD).file("in/a.zip", &bytes);
    let mut file = std::io::BufWriter::new(std::fs::File::options().append(true).open(desk.path("in/a.zip")).unwrap());
    let mut write = |bytes: &[u8]| std::io::Write::write_all(&mut file, bytes).unwrap();
    (0..count).for_each(|_| write(&record));
    let wide = [count, count, record.len() * count, directory].map(|field| (field as u64).to_le_bytes()).concat();
    write(b"PK\x06\x06");
    write(&44u64.to_le_bytes());
    write(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    write(&wide);
    write(b"PK\x06\x07\0\0\0\0");
    write(&((directory + record.len() * count) as u64).to_le_bytes());
    write(&[1, 0, 0, 0]);
    write(&end);
    drop(file);
    bounded(&desk, &[])
}

#[test]
fn a_directory_of_thousands_of_records_of_one_entry() {
    let run = records(20_000);
    assert_eq!(told(&run), ["corrupt - in/a.zip"]);
}

/// The directory alone has half a gigabyte, which is more than memory may take.
#[test]
#[ignore = "minutes without optimisation; .ci/run runs it with"]
fn a_directory_of_ten_million_records() {
    let run = records(10_000_000);
    assert_eq!(told(&run), ["limit max-memory in/a.zip"]);
    assert!(run.places().contains(&"in/a.zip!/a:1".to_owned()), "what lies in it is read all the same");
}
