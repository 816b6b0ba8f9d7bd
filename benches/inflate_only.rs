//! The floor under any scanner: reads every archive below a directory and inflates every entry,
//! with the same libraries and as many threads as keysift, and looks at nothing.
//!
//! `inflate_only DIR` prints one JSON object: archives, entries, bytes, failed.

use libdeflater::Decompressor;
use rayon::prelude::*;
use std::error::Error;
use std::fs;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use zip::{CompressionMethod, ZipArchive};

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

/// Counts leaves: a nested archive is opened, and is no entry of its own.
#[derive(Default)]
struct Totals {
    archives: AtomicU64,
    entries: AtomicU64,
    bytes: AtomicU64,
    failed: AtomicU64,
}

/// Where an entry's data lies in its archive.
struct Entry {
    start: usize,
    compressed: usize,
    size: usize,
    stored: bool,
}

/// What a worker keeps from entry to entry.
struct Scratch {
    inflater: Decompressor,
    buffer: Vec<u8>,
}

impl Scratch {
    fn new() -> Self {
        Self { inflater: Decompressor::new(), buffer: Vec::new() }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args_os().nth(1).ok_or("usage: inflate_only DIR")?;
    let mut files = Vec::new();
    collect(Path::new(&root), &mut files)?;
    // The largest first, so that no thread is left alone with it at the end.
    files.sort_by_key(|(size, _)| std::cmp::Reverse(*size));

    let totals = Totals::default();
    files.par_iter().with_max_len(1).for_each(|(_, path)| match fs::read(path) {
        Ok(bytes) if bytes.starts_with(LOCAL_HEADER) => archive(&bytes, &totals),
        Ok(bytes) => leaf(bytes.len(), &totals),
        Err(_) => fail(&totals),
    });

    writeln!(
        io::stdout(),
        r#"{{"archives": {}, "entries": {}, "bytes": {}, "failed": {}}}"#,
        totals.archives.load(Relaxed),
        totals.entries.load(Relaxed),
        totals.bytes.load(Relaxed),
        totals.failed.load(Relaxed),
    )?;
    Ok(())
}

fn collect(dir: &Path, files: &mut Vec<(u64, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push((entry.metadata()?.len(), entry.path()));
        }
    }
    Ok(())
}

fn archive(bytes: &[u8], totals: &Totals) {
    let Ok(entries) = directory(bytes) else {
        return fail(totals);
    };
    totals.archives.fetch_add(1, Relaxed);
    entries.par_iter().for_each_init(Scratch::new, |scratch, entry| {
        let Some(raw) = bytes.get(entry.start..entry.start.saturating_add(entry.compressed)) else {
            return fail(totals);
        };
        if entry.stored {
            return content(raw, totals);
        }
        if scratch.buffer.len() < entry.size {
            scratch.buffer.resize(entry.size, 0);
        }
        match scratch.inflater.deflate_decompress(raw, &mut scratch.buffer[..entry.size]) {
            Ok(size) => content(&scratch.buffer[..size], totals),
            Err(_) => fail(totals),
        }
    });
}

fn directory(bytes: &[u8]) -> Result<Vec<Entry>, Box<dyn Error>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes))?;
    let mut entries = Vec::with_capacity(zip.len());
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index)?;
        if file.is_dir() {
            continue;
        }
        entries.push(Entry {
            start: usize::try_from(file.data_start().ok_or("entry without data")?)?,
            compressed: usize::try_from(file.compressed_size())?,
            size: usize::try_from(file.size())?,
            stored: file.compression() == CompressionMethod::Stored,
        });
    }
    Ok(entries)
}

fn content(bytes: &[u8], totals: &Totals) {
    if bytes.starts_with(LOCAL_HEADER) {
        archive(bytes, totals);
    } else {
        leaf(bytes.len(), totals);
    }
}

fn leaf(size: usize, totals: &Totals) {
    totals.entries.fetch_add(1, Relaxed);
    totals.bytes.fetch_add(size as u64, Relaxed);
}

fn fail(totals: &Totals) {
    totals.failed.fetch_add(1, Relaxed);
}
