//! Mutations: inputs of every kind with bytes changed at random, read by the same targets that the fuzzer
//! uses. Whatever the bytes, reading ends, and nothing panics.
//!
//! `KEYSIFT_MUTATIONS` says how many inputs in all: a few in the usual run, a million in `.ci/run`.
//! `KEYSIFT_MUTATIONS_SEED` makes them other ones.

use crate::support::mutation::{Random, mutate};
use crate::support::project;
use rayon::prelude::*;
use std::io::Read;
use std::panic::catch_unwind;
use std::path::Path;

#[path = "../../fuzz/targets.rs"]
mod targets;

/// Larger files are cut: what matters is how many are read.
const LARGEST: usize = 12 << 10;

/// One seed: the target that reads it, the name it is read under, its bytes.
struct Seed {
    target: targets::Target,
    name: String,
    bytes: Vec<u8>,
}

fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for folder in ["testdata/counter", "testdata/deployment", "testdata/stored", "testdata/shapes/python"] {
        files(&project(folder), &mut |path| {
            let mut bytes = std::fs::read(path).unwrap();
            bytes.truncate(LARGEST);
            let name = path.strip_prefix(project("")).unwrap().to_string_lossy().into_owned();
            seeds.push(Seed { target: targets::entry, name, bytes });
        });
    }
    for (folder, target) in [("entries", targets::entry as targets::Target), ("archives", targets::archive)] {
        files(&project("fuzz/seeds").join(folder), &mut |path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            seeds.push(Seed { target, name, bytes: std::fs::read(path).unwrap() });
        });
    }
    let mut small = Vec::new();
    for jar in ["orders.jar", "shapes/shapes-java.jar", "shapes/shapes-kotlin.jar", "shapes/shapes-scala.jar"] {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(project("testdata").join(jar)).unwrap()).unwrap();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let name = entry.name().unwrap().into_owned();
            if name.ends_with(".class") && entry.size() < 20_000 {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                if small.len() < 3 {
                    small.push((name.clone(), bytes.clone()));
                }
                seeds.push(Seed { target: targets::entry, name, bytes });
            }
        }
    }
    let archive = |name: &str, bytes: Vec<u8>| Seed { target: targets::archive, name: name.to_owned(), bytes };
    let entries: Vec<_> = small.iter().map(|(name, bytes)| crate::archives::building::entry(name, bytes)).collect();
    let members: Vec<_> = small.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let (zip, tar) = (crate::archives::building::zip(&entries), crate::archives::building::tar(&members));
    seeds.push(archive("a.tar.gz", crate::archives::building::gzip(&tar)));
    seeds.push(archive("a.zip.gz", crate::archives::building::gzip(&zip)));
    seeds.push(archive("a.tar", tar));
    seeds.push(Seed { target: targets::zip_like_others, ..archive("a.zip", zip.clone()) });
    seeds.push(archive("a.zip", zip));
    for name in ["aws", "generic", "flink", "tokens"] {
        let mut bytes = std::fs::read(project("patterns").join(name).with_extension("toml")).unwrap();
        bytes.truncate(LARGEST);
        seeds.push(Seed { target: targets::rules, name: name.to_owned(), bytes });
    }
    for (target, name) in [(targets::config as targets::Target, "keysift"), (targets::gitleaks, "gitleaks")] {
        let bytes = std::fs::read(project("fuzz/seeds").join(name).with_extension("toml")).unwrap();
        seeds.push(Seed { target, name: name.to_owned(), bytes });
    }
    seeds
}

fn files(folder: &Path, found: &mut dyn FnMut(&Path)) {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else {
            found(&path);
        }
    }
}

#[test]
fn mutated_inputs_neither_panic_nor_go_on_for_ever() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let total = usize::try_from(number("KEYSIFT_MUTATIONS").unwrap_or(6_000)).unwrap();
    let series = number("KEYSIFT_MUTATIONS_SEED").unwrap_or(0);
    let seeds = seeds();
    assert!(seeds.len() > 150, "{}", seeds.len());
    let rounds = total.div_ceil(seeds.len());
    let broken: Vec<String> = seeds
        .par_iter()
        .enumerate()
        .flat_map_iter(|(number, seed)| {
            let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ ((number as u64 + 1) << 32) ^ series);
            (0..rounds).filter_map(move |round| {
                let mut bytes = seed.bytes.clone();
                if !bytes.is_empty() {
                    mutate(&mut bytes, &mut random, 0, 1);
                }
                catch_unwind(|| (seed.target)(&seed.name, &bytes)).err().map(|_| {
                    let file = std::env::temp_dir().join(format!("keysift-mutation-{series}-{number}-{round}"));
                    let _ = std::fs::write(&file, &bytes);
                    format!("{} in round {round}: {}", seed.name, file.display())
                })
            })
        })
        .collect();
    assert_eq!(broken, [""; 0]);
}
