//! Archives that contain themselves: a zip whose only entry is the same zip, byte for byte, and a gzip that
//! inflates to itself, checksums included.
//!
//! A deflate stream that prints itself, header and trailer included, by R. Cox, "Zip Files All The Way Down"
//! (2010): it is made of instructions of five bytes that print what follows (a stored block) or repeat what
//! was printed last (matches in blocks of fixed codes, RFC 1951 3.2.6). What depends on the checksum of the
//! whole is found by solving for it: CRC-32 is affine in each of the bits.

use super::{scan, told};
use crate::archives::building::{entry, stored, zip};
use crate::cli::PASSWORD;

const UNIT: usize = 5;

/// Bits, the first in the lowest place.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn number(&mut self, value: usize, width: usize) {
        self.0.extend((0..width).map(|bit| value >> bit & 1 == 1));
    }

    /// Huffman codes come with their highest bit first.
    fn code(&mut self, value: usize, width: usize) {
        self.0.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
    }
}

/// The first value, and the extra bits, of each length code from 257 on, or each distance code.
fn table(groups: &[(usize, usize)], mut first: usize) -> Vec<(usize, usize)> {
    let mut rows = Vec::new();
    for &(codes, extra) in groups {
        for _ in 0..codes {
            rows.push((first, extra));
            first += 1 << extra;
        }
    }
    rows
}

fn matched(bits: &mut Bits, length: usize, distance: usize) {
    let lengths = table(&[(8, 0), (4, 1), (4, 2), (4, 3), (4, 4), (4, 5)], 3);
    let distances = table(&[(4, 0), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6)], 1);
    let row = |rows: &[(usize, usize)], value| rows.iter().rposition(|&(first, _)| first <= value).unwrap();
    let (of_length, of_distance) = (row(&lengths, length), row(&distances, distance));
    match of_length + 257 {
        symbol @ ..280 => bits.code(symbol - 256, 7),
        symbol => bits.code(0xC0 + symbol - 280, 8),
    }
    bits.number(length - lengths[of_length].0, lengths[of_length].1);
    bits.code(of_distance, 5);
    bits.number(distance - distances[of_distance].0, distances[of_distance].1);
}

/// Prints the last so many bytes again, in exactly so many units. Blocks without anything in them fill up.
fn repeat(length: usize, units: usize) -> Vec<u8> {
    let splits = std::iter::once(vec![length]).chain((3..length / 2 + 1).map(|part| vec![part, length - part]));
    for split in splits {
        let mut bits = Bits::default();
        bits.number(0b010, 3);
        split.iter().for_each(|part| matched(&mut bits, *part, length));
        bits.code(0, 7);
        while bits.0.len() < units * UNIT * 8 {
            bits.number(0b010, 3);
            bits.code(0, 7);
        }
        if bits.0.len() == units * UNIT * 8 {
            return bits.bytes();
        }
    }
    panic!("{length} bytes do not fit {units} units");
}

/// Prints the next so many bytes: a stored block.
fn print(length: usize) -> Vec<u8> {
    let length = u16::try_from(length).unwrap();
    [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat()
}

/// What begins with `head`, ends with `tail`, and has in between a stream that prints all of it. The tail
/// begins with the stream's last block.
fn program(head: &[u8], tail: &[u8]) -> Vec<u8> {
    let (one, four, again) = (print(UNIT), print(4 * UNIT), repeat(4 * UNIT, 1));
    let (print_head, repeat_head) = (print(head.len() + UNIT), repeat(head.len() + UNIT, 1));
    let repeat_tail = repeat(tail.len() + 2 * UNIT, 2);
    let print_tail = print(tail.len() + repeat_tail.len());
    let nothing = print(0);
    let doubled = [&repeat_head[..], &one, &one, &four].concat();
    let core = [&again[..], &four, &again, &four].concat();
    let end = [&again[..], &nothing, &nothing, &print_tail].concat();
    [
        head,
        &print_head,
        head,
        &print_head,
        &repeat_head,
        &one,
        &repeat_head,
        &one,
        &one,
        &four,
        &doubled,
        &again,
        &four,
        &core,
        &again,
        &four,
        &end,
        &end,
        &repeat_tail,
        tail,
        &repeat_tail,
        tail,
    ]
    .concat()
}

/// The checksum that is its own, of bytes made of it.
fn solve(make: &dyn Fn(u32) -> Vec<u8>) -> Option<Vec<u8>> {
    let of = |crc: u32| crc32fast::hash(&make(crc)) ^ crc;
    let base = of(0);
    // Rows of the system in which bit n of the answer stands for column n; its right side is `base`.
    let mut rows: Vec<u64> = vec![0; 32];
    for column in 0..32 {
        let difference = of(1 << column) ^ base;
        for (bit, row) in rows.iter_mut().enumerate() {
            *row |= u64::from(difference >> bit & 1) << column;
        }
    }
    for (bit, row) in rows.iter_mut().enumerate() {
        *row |= u64::from(base >> bit & 1) << 32;
    }
    for column in 0..32 {
        let pivot = (column..32).find(|&row| rows[row] >> column & 1 == 1)?;
        rows.swap(column, pivot);
        for row in (0..32).filter(|&row| row != column) {
            if rows[row] >> column & 1 == 1 {
                rows[row] ^= rows[column];
            }
        }
    }
    let crc = (0..32).fold(0, |crc, column| crc | u32::try_from(rows[column] >> 32 & 1).unwrap() << column);
    let bytes = make(crc);
    (crc32fast::hash(&bytes) == crc).then_some(bytes)
}

const NAME: &[u8] = b"quine-in-a-quine-in-a-quine.zip";
const FINAL_BLOCK: [u8; 2] = [0x03, 0x00];

fn zip_quine(time: u16) -> Option<Vec<u8>> {
    let fields = |crc: u32, sizes: [usize; 2]| {
        let mut fields = b"\x14\0\0\0\x08\0".to_vec();
        fields.extend(time.to_le_bytes());
        fields.extend([0, 0]);
        fields.extend(crc.to_le_bytes());
        sizes.iter().for_each(|size| fields.extend(u32::try_from(*size).unwrap().to_le_bytes()));
        fields.extend([u8::try_from(NAME.len()).unwrap(), 0, 0, 0]);
        fields
    };
    let make = |crc: u32, sizes: [usize; 2]| {
        let head = [&b"PK\x03\x04"[..], &fields(crc, sizes), NAME].concat();
        let mut directory = [&b"PK\x01\x02\x14\0"[..], &fields(crc, sizes), &[0; 14], NAME].concat();
        let start = head.len() + sizes[0];
        let length = directory.len();
        directory.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        [length, start].iter().for_each(|field| directory.extend(u32::try_from(*field).unwrap().to_le_bytes()));
        directory.extend([0, 0]);
        let all = program(&head, &[&FINAL_BLOCK, &directory[..]].concat());
        let compressed = all.len() - head.len() - directory.len();
        (all.clone(), [compressed, all.len()])
    };
    let (_, sizes) = make(0, [0, 0]);
    solve(&|crc| make(crc, sizes).0)
}

fn gzip_quine(time: u32) -> Option<Vec<u8>> {
    let make = |crc: u32, size: usize| {
        let mut head = b"\x1F\x8B\x08\x08".to_vec();
        head.extend(time.to_le_bytes());
        head.extend([0, 3]);
        // With a name of that length, the header repeats in one unit.
        head.extend([b'q'; 50]);
        head.push(0);
        let mut tail = FINAL_BLOCK.to_vec();
        tail.extend(crc.to_le_bytes());
        tail.extend(u32::try_from(size).unwrap().to_le_bytes());
        program(&head, &tail)
    };
    let size = make(0, 0).len();
    solve(&|crc| make(crc, size))
}

#[test]
fn a_zip_that_contains_itself() {
    let quine = (0..64).find_map(zip_quine).unwrap();
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(&quine)).unwrap();
    let mut inside = Vec::new();
    std::io::Read::read_to_end(&mut archive.by_index(0).unwrap(), &mut inside).unwrap();
    assert_eq!(inside, quine, "it is one");
    let bytes = zip(&[stored("a.zip", &quine), entry("later.properties", PASSWORD.as_bytes())]);
    let run = scan("a.zip", &bytes);
    let deepest = format!("in/a.zip!/a.zip{}", format!("!/{}", std::str::from_utf8(NAME).unwrap()).repeat(8));
    assert_eq!(told(&run), [format!("limit max-depth {deepest}")]);
    assert!(run.places().contains(&"in/a.zip!/later.properties:1".to_owned()));
}

#[test]
fn a_gzip_that_inflates_to_itself() {
    let quine = (0..64).find_map(gzip_quine).unwrap();
    let mut inside = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&quine[..]), &mut inside).unwrap();
    assert_eq!(inside, quine, "it is one");
    assert_eq!(told(&scan("a.gz", &quine)), ["limit max-depth in/a.gz"]);
}
