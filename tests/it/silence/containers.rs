//! Containers of every kind, each with a secret in it.

use crate::archives::building::{Entry, entry, gzip, stored, tar, zip};
use crate::support::mutation::Random;
use crate::support::project;
use encoding_rs::Encoding;
use std::io::Write as _;
use std::sync::Arc;

pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) secret: String,
    /// The bytes that have to be there for the secret to be there, where no checksum covers them.
    pub(super) witness: Option<Vec<u8>>,
}

pub(super) struct Container {
    pub(super) what: String,
    pub(super) ending: &'static str,
    pub(super) make: Arc<dyn Fn(&mut Random) -> Made + Send + Sync>,
}

type Pack = fn(&[u8], &mut Random) -> Vec<u8>;

const ENCODINGS: [(&str, &str); 10] = [
    ("UTF-8", "Подключение к базе"),
    ("UTF-16LE", "Подключение к базе"),
    ("UTF-16BE", "数据库连接"),
    ("windows-1251", "Подключение к базе данных"),
    ("KOI8-R", "Подключение к базе данных"),
    ("windows-1252", "Größe der Verbindungsliste für Händler"),
    ("Shift_JIS", "データベースへの接続"),
    ("GBK", "数据库连接的设置"),
    ("EUC-KR", "데이터베이스 연결 설정"),
    ("EUC-JP", "データベースへの接続"),
];

pub(super) fn containers() -> Vec<Container> {
    let mut all = Vec::new();
    let mut add = |what: &str, ending, make: Arc<dyn Fn(&mut Random) -> Made + Send + Sync>| {
        all.push(Container { what: what.to_owned(), ending, make });
    };
    let packers: [(&str, &str, Pack); 17] = [
        ("zip", ".zip", |text, random| zip(&beside(text, random, false))),
        ("stored zip", ".jar", |text, random| zip(&beside(text, random, true))),
        ("streamed zip", ".jar", |text, random| {
            let entries = beside(text, random, false).into_iter();
            zip(&entries.map(|entry| Entry { descriptor: true, ..entry }).collect::<Vec<_>>())
        }),
        ("zip in a zip", ".jar", |text, random| zip(&[stored("lib/in.jar", &zip(&beside(text, random, false)))])),
        ("packed zip in a zip", ".zip", |text, random| zip(&[entry("lib/in.jar", &zip(&beside(text, random, true)))])),
        ("gzip", ".txt.gz", |text, _| gzip(text)),
        ("members of gzip", ".gz", |text, random| [gzip(&lines(random)), gzip(text)].concat()),
        ("tar.gz", ".tgz", |text, random| gzip(&tar(&[("a", &lines(random)), ("b", text), ("c", &lines(random))]))),
        ("zip in a tar.gz", ".tar.gz", |text, random| gzip(&tar(&[("x.jar", &zip(&beside(text, random, false)))]))),
        ("bzip2", ".bz2", |text, _| {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }),
        ("tar.bz2", ".tar.bz2", |text, random| {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
            encoder.write_all(&tar(&[("a", &lines(random)), ("b", text)])).unwrap();
            encoder.finish().unwrap()
        }),
        ("xz", ".xz", |text, _| xz(text)),
        ("tar.xz", ".txz", |text, random| xz(&tar(&[("a", &lines(random)), ("b", text)]))),
        ("zstd", ".zst", |text, _| {
            ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
        }),
        ("lz4", ".lz4", |text, _| {
            let info = lz4_flex::frame::FrameInfo::new().content_checksum(true).block_checksums(true);
            let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }),
        ("zlib", ".zz", |text, _| {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }),
        ("gzip in a zip", ".zip", |text, _| zip(&[stored("x.log.gz", &gzip(text))])),
    ];
    for (what, ending, pack) in packers {
        add(
            what,
            ending,
            Arc::new(move |random| {
                let (secret, text) = text(random);
                Made { bytes: pack(text.as_bytes(), random), secret, witness: None }
            }),
        );
    }
    add(
        "tar",
        ".tar",
        Arc::new(|random| {
            let (secret, text) = text(random);
            let bytes = tar(&[("a", &lines(random)), ("b", text.as_bytes()), ("c", &lines(random))]);
            Made { bytes, witness: Some(format!("\"{secret}\"").into()), secret }
        }),
    );
    for (name, comment) in ENCODINGS {
        add(
            &format!("properties in {name}"),
            ".properties",
            Arc::new(move |random| {
                let secret = password(random);
                let around: Vec<String> =
                    (0..4 + random.below(30)).map(|number| format!("# {comment}\nname.{number}={comment}\n")).collect();
                let (front, behind) = around.split_at(random.below(around.len()));
                let line = format!("\n# {comment}\njdbc.password={secret}\n# {comment}\n");
                let text = format!("{}{line}{}", front.concat(), behind.concat());
                Made { bytes: encode(name, &text), witness: Some(encode(name, &line)), secret }
            }),
        );
    }
    add(
        "notebook",
        ".ipynb",
        Arc::new(|random| {
            let secret = token(random);
            let other = String::from_utf8(lines(random)).unwrap();
            let cells = serde_json::json!({
                "cells": [
                    { "cell_type": "markdown", "metadata": {}, "source": [other] },
                    { "cell_type": "code", "metadata": {}, "outputs": [], "source": ["x = 1\n", format!("t = '{secret}'\n")] },
                ],
                "metadata": { "language_info": { "name": "python" } }, "nbformat": 4, "nbformat_minor": 5,
            });
            Made { bytes: cells.to_string().into(), witness: Some(format!("'{secret}'").into()), secret }
        }),
    );
    for (what, ending, bytes, known) in objects() {
        let at = memchr::memmem::find(&bytes, known.as_bytes()).unwrap();
        add(
            &what,
            ending,
            Arc::new(move |random| {
                let secret = token(random);
                let mut bytes = bytes.clone();
                bytes[at..at + 40].copy_from_slice(secret.as_bytes());
                Made { witness: Some(bytes[at - 1..at + 41].to_vec()), bytes, secret }
            }),
        );
    }
    add(
        "serialized objects",
        ".ser",
        Arc::new(|random| {
            let (secret, other) = (token(random), lines(random));
            let length = u16::try_from(other.len()).unwrap().to_be_bytes();
            let bytes =
                [b"\xAC\xED\0\x05t", &length[..], &other, b"t\0\x28", secret.as_bytes(), b"|\0\0\0\0\0\0\0\x01x"]
                    .concat();
            // A long string follows: the marks of other objects are letters, which are no end of a token to whoever
            // does not know what they are.
            Made { bytes, witness: Some(format!("({secret}|").into()), secret }
        }),
    );
    add(
        "pickle",
        ".pkl",
        Arc::new(|random| {
            let (secret, other) = (token(random), lines(random));
            let length = u32::try_from(other.len()).unwrap().to_le_bytes();
            let bytes = [b"\x80\x04X", &length[..], &other, b"\x94\x8C\x28", secret.as_bytes(), b"\x94\x86."].concat();
            Made { bytes, witness: Some([b"(", secret.as_bytes(), b"\x94"].concat()), secret }
        }),
    );
    all
}

/// What it is, its ending, its bytes, and a constant of 40 characters in it.
fn objects() -> Vec<(String, &'static str, Vec<u8>, &'static str)> {
    let mut all = Vec::new();
    for (jar, class, known) in [
        ("orders.jar", "com/acme/orders/OrdersJob.class", "AWw0+5hpmBlBS/w5QHW0pCm20oi/cDkkv2OH/IZS"),
        ("shapes/shapes-java.jar", "com/acme/shapes/Hops.class", "cR7D8d+ecfUw07HjkD1JchFIigRd8AA5Y8YpxLnK"),
        ("shapes/shapes-scala.jar", "com/acme/shapes/Shapes.class", "x5hU8jfSMAFi3F+jqIMYKG4wAg8o5ZLCbisK26pP"),
    ] {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(project("testdata").join(jar)).unwrap()).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut archive.by_name(class).unwrap(), &mut bytes).unwrap();
        all.push((class.to_owned(), ".class", bytes, known));
    }
    for version in [36, 39, 312, 313] {
        let name = format!("job.cpython-{version}.pyc");
        let bytes = std::fs::read(project("testdata/shapes/python").join(&name)).unwrap();
        all.push((name, ".pyc", bytes, "m8RkZq3VxTn6LcYw2HbPd9JfGs5EaUo4Ki7WtQyB"));
    }
    all
}

fn draw(random: &mut Random, letters: &[u8], length: usize) -> String {
    (0..length).map(|_| char::from(letters[random.below(letters.len())])).collect()
}

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// It recognises itself wherever it stands, and has 40 characters.
fn token(random: &mut Random) -> String {
    format!("ghp_{}", draw(random, LETTERS, 36))
}

/// Only its key shows that it is one.
fn password(random: &mut Random) -> String {
    format!("{}7{}", draw(random, &LETTERS[26..], 9), draw(random, LETTERS, 6))
}

/// Words that are nothing.
fn lines(random: &mut Random) -> Vec<u8> {
    let line = |random: &mut Random| {
        let words: Vec<_> = (0..1 + random.below(9)).map(|_| draw(random, &LETTERS[26..40], 4)).collect();
        format!("{}\n", words.join(" "))
    };
    (0..random.below(120)).map(|_| line(random)).collect::<String>().into()
}

/// A token between lines.
fn text(random: &mut Random) -> (String, String) {
    let secret = token(random);
    let [front, behind] = [lines(random), lines(random)].map(|lines| String::from_utf8(lines).unwrap());
    let text = format!("{front}token = \"{secret}\"\n{behind}");
    (secret, text)
}

/// The text as one of several entries.
fn beside(text: &[u8], random: &mut Random, is_stored: bool) -> Vec<Entry> {
    let made = if is_stored { stored } else { entry };
    let names = ["META-INF/MANIFEST.MF", "conf/a.properties", "application.conf", "z.txt"];
    let at = random.below(names.len());
    let mut entries = Vec::new();
    for (number, name) in names.iter().enumerate() {
        entries.push(if number == at { made(name, text) } else { made(name, &lines(random)) });
    }
    entries
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encode(name: &str, text: &str) -> Vec<u8> {
    match name {
        "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16BE" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => Encoding::for_label(name.as_bytes()).unwrap().encode(text).0.into_owned(),
    }
}
