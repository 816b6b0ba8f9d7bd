//! A promise: what a name says of a content, and whether its bytes keep it.
//!
//! Names are not asked what a content is. But one that is named like an archive and is none has perhaps been cut
//! off, or something else came in its place: a page of a proxy, an error, a pointer to a file kept elsewhere.

use super::kinds;
use crate::trouble::Kind;

/// What the endings of names promise.
const ENDINGS: &[(&str, &[&str])] = &[
    (
        "zip archive",
        &[
            "zip", "jar", "war", "ear", "rar", "aar", "apk", "whl", "egg", "jmod", "nupkg", "kar", "nar", "hpi", "jpi",
            "xpi", "ipa", "pyz",
        ],
    ),
    ("tar archive", &["tar"]),
    ("gzip stream", &["gz", "tgz", "taz"]),
    ("bzip2 stream", &["bz2", "tbz", "tbz2"]),
    ("xz stream", &["xz", "txz"]),
    ("zstd stream", &["zst", "zstd", "tzst"]),
    ("lzma stream", &["lzma", "tlz"]),
    ("lz4 stream", &["lz4"]),
    ("7z archive", &["7z"]),
    ("cpio archive", &["cpio"]),
    ("ISO 9660 image", &["iso"]),
    ("Debian package", &["deb"]),
    ("RPM package", &["rpm"]),
    ("cabinet", &["cab"]),
];
/// Streams that only their names show. Of what is text under such a name, nothing is missed.
const WITHOUT_MAGIC: &[(&str, &[&str])] = &[
    ("brotli stream", &["br"]),
    ("snappy stream", &["snappy", "sz"]),
    ("deflate stream", &["deflate", "zz", "zlib"]),
    ("compress stream", &["z"]),
    ("lzip stream", &["lz"]),
    ("lzo stream", &["lzo", "lzo_deflate"]),
];
/// Endings of compressed tars.
const TARS: &[&str] = &["tgz", "taz", "tbz", "tbz2", "txz", "tzst", "tlz"];
/// Endings of other compressed streams.
const STREAMS: &[&str] = &["gz", "bz2", "xz", "zst", "zstd", "lzma", "lz4", "z", "zz"];

const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";
/// A pointer has three lines.
const LONGEST_POINTER: u64 = 1024;
/// The fixed part of a local header.
const LOCAL_HEADER: usize = 30;

fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}

fn is(ending: &str, endings: &[&str]) -> bool {
    endings.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

fn promised<'t>(name: &str, table: &'t [(&'t str, &[&str])]) -> Option<&'t str> {
    let ending = ending(name)?;
    table.iter().find(|(_, endings)| is(ending, endings)).map(|(what, _)| *what)
}

/// What a name says of the content of a compressed stream. One that names no stream has been kept already: there is
/// an archive.
pub(super) fn inside(name: &str) -> &str {
    match ending(name) {
        Some(ending) if is(ending, TARS) => "x.tar",
        Some(ending) if is(ending, STREAMS) => &name[..name.len() - ending.len() - 1],
        _ => "",
    }
}

/// Why a content of which no archive was made does not keep what its name says. `length` is all of it, if known.
pub(super) fn broken(name: &str, head: &[u8], length: Option<u64>) -> Option<(Kind, String)> {
    if head.starts_with(POINTER) && length.is_some_and(|length| length <= LONGEST_POINTER) {
        let cause = "a Git LFS pointer in place of the file; `git lfs pull` fetches it";
        return Some((Kind::Unreadable, cause.to_owned()));
    }
    let promise = promised(name, ENDINGS);
    let cut = head.starts_with(b"PK") && head.len() < LOCAL_HEADER;
    if cut && (promise.is_some() || ending(name).is_none() || matches!(head.get(2), Some(1 | 3 | 5 | 7))) {
        return Some((Kind::Truncated, "ends inside the first header of a zip archive".to_owned()));
    }
    let Some(promise) = promise else {
        let promise = promised(name, WITHOUT_MAGIC).filter(|_| is_binary(head))?;
        return Some((Kind::Unsupported, promise.to_owned()));
    };
    if head.is_empty() {
        return Some((Kind::Truncated, format!("empty, though it is named like a {promise}")));
    }
    if promise == "tar archive" && head.len() < super::sniff::HEAD && is_binary(head) {
        return Some((Kind::Truncated, "ends inside the first block of a tar archive".to_owned()));
    }
    // A tar without members is nothing but its end.
    if promise == "tar archive" && is_zeros(head) {
        return None;
    }
    Some((Kind::Corrupt, format!("{}, though it is named like a {promise}", looks(head))))
}

/// In words.
fn looks(head: &[u8]) -> String {
    let begins = |words: &[&str]| {
        let text = head.trim_ascii_start();
        words.iter().any(|word| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word.as_bytes())))
    };
    let looks = if is_zeros(head) {
        "zeros alone"
    } else if begins(&["<!doctype html", "<html", "<head", "<body"]) {
        "an HTML page"
    } else if begins(&["<?xml", "<Error"]) {
        "an XML document"
    } else if begins(&["{", "["]) {
        "a JSON document or the like"
    } else if !is_binary(head) {
        "a text"
    } else if let Some(kind) = kinds::of(head) {
        return format!("it looks like a {}", kind.name);
    } else {
        "binary data of another kind"
    };
    format!("it looks like {looks}")
}

fn is_zeros(head: &[u8]) -> bool {
    head.iter().all(|&byte| byte == 0)
}

pub(super) fn is_binary(head: &[u8]) -> bool {
    head.iter().any(|&byte| byte < 0x20 && !byte.is_ascii_whitespace() && byte != 0x1B)
        || std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some())
}
