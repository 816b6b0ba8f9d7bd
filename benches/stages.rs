//! What each stage costs by itself, on the samples in `testdata`, its jars unpacked.
//!
//!     cargo bench                        all of them, some three minutes
//!     cargo bench -- formats/yaml        one
//!     cargo bench -- --quick             roughly
//!
//! The library's public functions are what is measured, as a scan calls them: there is none for single steps of
//! a reader. So classes come in two lots: those that are read and passed over, and those that are interpreted.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use keysift::archives::{Content, Reread, Unpacker, Visitor};
use keysift::budget::{Budget, Ledger, Limits};
use keysift::detection::detect;
use keysift::detection::pairing::pair;
use keysift::findings::fingerprint::Digester;
use keysift::formats::evidence::Evidence;
use keysift::formats::{Context, is_class, read};
use keysift::meter::Meter;
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;
use keysift::trouble::Trouble;
use libdeflater::Decompressor;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::builtin().unwrap());
static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(samples);

struct Sample {
    path: EntryPath,
    bytes: Vec<u8>,
}

impl Sample {
    fn read(&self) -> Evidence<'_> {
        read(&self.bytes, &Context { path: &self.path, vocabulary: &RULES.vocabulary })
    }

    fn is_class(&self) -> bool {
        is_class(&self.bytes)
    }

    /// `yaml`; what has none is called by its name.
    fn extension(&self) -> &str {
        self.path.file_name().rsplit('.').next().unwrap_or_default()
    }
}

/// Keeps what it is shown.
#[derive(Default)]
struct Collector(Mutex<Vec<Sample>>);

impl Visitor for Collector {
    fn wanted(&self, _: &EntryPath) -> bool {
        true
    }

    fn leaf(&self, path: &EntryPath, content: Content<'_>) {
        let bytes = match content {
            Content::Whole(bytes) => bytes.to_vec(),
            Content::Stream { reader, .. } => {
                let mut bytes = Vec::new();
                reader.read_to_end(&mut bytes).unwrap();
                bytes
            }
        };
        self.0.lock().unwrap().push(Sample { path: path.clone(), bytes });
    }

    fn container_end(&self, _: &EntryPath, _: &dyn Reread) {}
    fn trouble(&self, _: Trouble) {}
    fn progress(&self, _: u64) {}

    fn stopped(&self) -> bool {
        false
    }
}

/// Looks at nothing.
struct Blind;

impl Visitor for Blind {
    fn wanted(&self, _: &EntryPath) -> bool {
        true
    }

    fn wants_all(&self) -> bool {
        true
    }

    fn leaf(&self, _: &EntryPath, content: Content<'_>) {
        if let Content::Whole(bytes) = content {
            black_box(bytes);
        }
    }

    fn container_end(&self, _: &EntryPath, _: &dyn Reread) {}
    fn trouble(&self, _: Trouble) {}
    fn progress(&self, _: u64) {}

    fn stopped(&self) -> bool {
        false
    }
}

fn unpack(name: &str, bytes: &[u8], visitor: &dyn Visitor) {
    let limits = Limits::default();
    let ledger = Ledger::new(1 << 30);
    let unpacker = Unpacker { budget: &Budget::new(limits), ledger: &ledger, visitor, parallel: false };
    unpacker.artifact(&EntryPath::artifact(name), &bytes);
}

fn samples() -> Vec<Sample> {
    fn walk(folder: &Path, collector: &Collector) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, collector);
            } else {
                unpack(path.file_name().unwrap().to_str().unwrap(), &std::fs::read(&path).unwrap(), collector);
            }
        }
    }
    let collector = Collector::default();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"), &collector);
    let mut samples = collector.0.into_inner().unwrap();
    samples.sort_by(|a, b| a.path.cmp(&b.path));
    samples
}

/// All samples in one jar.
fn jar() -> Vec<u8> {
    let mut jar = ZipWriter::new(Cursor::new(Vec::new()));
    for (number, sample) in SAMPLES.iter().enumerate() {
        jar.start_file(format!("{number}/{}", sample.path.file_name()), SimpleFileOptions::default()).unwrap();
        jar.write_all(&sample.bytes).unwrap();
    }
    jar.finish().unwrap().into_inner()
}

/// The least that there is to do, and what looking for the entries adds to it.
fn inflate(criterion: &mut Criterion) {
    let jar = jar();
    let mut archive = ZipArchive::new(Cursor::new(&jar)).unwrap();
    let entries: Vec<(Vec<u8>, usize)> = (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index_raw(index).unwrap();
            let mut raw = Vec::new();
            entry.read_to_end(&mut raw).unwrap();
            (raw, entry.size() as usize)
        })
        .collect();
    let mut group = criterion.benchmark_group("inflate");
    group.throughput(Throughput::Bytes(entries.iter().map(|(_, size)| *size as u64).sum()));
    let mut buffer = vec![0; entries.iter().map(|(_, size)| *size).max().unwrap()];
    let mut inflater = Decompressor::new();
    group.bench_function("alone", |bencher| {
        bencher.iter(|| {
            for (raw, size) in &entries {
                black_box(inflater.deflate_decompress(raw, &mut buffer[..*size]).unwrap());
            }
        });
    });
    group.bench_function("unpack", |bencher| bencher.iter(|| unpack("a.jar", &jar, &Blind)));
}

fn bench_reading<'s>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    samples: impl Iterator<Item = &'s Sample> + Clone,
) {
    group.throughput(Throughput::Bytes(samples.clone().map(|sample| sample.bytes.len() as u64).sum()));
    group.bench_function(name, |bencher| {
        bencher.iter(|| samples.clone().for_each(|sample| drop(black_box(sample.read()))));
    });
}

fn classes(criterion: &mut Criterion) {
    let (interpreted, passed_over): (Vec<&Sample>, Vec<&Sample>) =
        SAMPLES.iter().filter(|sample| sample.is_class()).partition(|sample| !sample.read().bindings.is_empty());
    let mut group = criterion.benchmark_group("classes");
    bench_reading(&mut group, "passed over", passed_over.iter().copied());
    bench_reading(&mut group, "interpreted", interpreted.iter().copied());
}

fn formats(criterion: &mut Criterion) {
    let mut formats: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    for sample in SAMPLES.iter().filter(|sample| !sample.is_class()) {
        formats.entry(sample.extension()).or_default().push(sample);
    }
    let mut group = criterion.benchmark_group("formats");
    for (name, samples) in formats {
        bench_reading(&mut group, name, samples.iter().copied());
    }
}

/// Rules on what was read, and the parts that they find.
fn matching(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matching");
    let (classes, texts): (Vec<&Sample>, Vec<&Sample>) = SAMPLES.iter().partition(|sample| sample.is_class());
    for (name, samples) in [("classes", classes), ("texts", texts)] {
        let read: Vec<_> = samples.iter().map(|sample| (&sample.path, sample.read())).collect();
        let detect =
            || read.iter().map(|(path, evidence)| detect(evidence, path, &RULES, usize::MAX, &Meter::default()).0);
        group.throughput(Throughput::Bytes(samples.iter().map(|sample| sample.bytes.len() as u64).sum()));
        group.bench_function(name, |bencher| bencher.iter(|| detect().for_each(|found| drop(black_box(found)))));
        group.bench_function(format!("{name}, paired"), |bencher| {
            bencher.iter(|| detect().for_each(|found| drop(black_box(pair(found, &RULES)))));
        });
    }
}

/// What each run pays for before it looks at anything.
fn rules(criterion: &mut Criterion) {
    criterion.bench_function("rules", |bencher| bencher.iter(|| black_box(RuleSet::builtin().unwrap())));
}

/// The fingerprint of a password that was not met before.
fn fingerprint(criterion: &mut Criterion) {
    let digester = Digester::default();
    let mut number = 0u64;
    criterion.bench_function("fingerprint", |bencher| {
        bencher.iter(|| {
            number += 1;
            let value = format!("Passw0rd-{number}");
            black_box(digester.of_artifact([(value.as_str(), false)].into_iter()).of(&value, false))
        });
    });
}

criterion_group! {
    name = stages;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = inflate, classes, formats, matching, rules, fingerprint
}
criterion_main!(stages);
