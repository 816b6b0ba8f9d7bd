//! Pairs: ids and secrets in every arrangement that programs and texts have for them. What belongs to another is
//! never joined; how many are joined is printed.
//!
//! `KEYSIFT_PAIRS_SEED` makes other arrangements, `KEYSIFT_PAIRS` that many of each kind.

#[cfg(feature = "compilers")]
mod classes;
mod texts;

use crate::support::mutation::Random;
use crate::support::scan;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One key pair of one artifact.
#[derive(Clone)]
struct Pair {
    id: String,
    key: String,
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

fn random() -> Random {
    Random(0x9E37_79B9_7F4A_7C15 ^ number("KEYSIFT_PAIRS_SEED", 1))
}

fn pick<'a, T>(random: &mut Random, list: &'a [T]) -> &'a T {
    &list[random.below(list.len())]
}

fn letters(random: &mut Random, alphabet: &[u8], length: usize) -> String {
    (0..length).map(|_| char::from(*pick(random, alphabet))).collect()
}

impl Pair {
    fn new(random: &mut Random) -> Self {
        let id = letters(random, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 15);
        let id = format!("AKIA{}{id}", letters(random, b"QRSTUVWXYZ23456", 1));
        loop {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let key = letters(random, alphabet, 40);
            let has = |of: fn(&u8) -> bool| key.bytes().any(|byte| of(&byte));
            if has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) {
                return Self { id, key };
            }
        }
    }

    fn several(random: &mut Random) -> Vec<Self> {
        let count = 2 + random.below(5);
        (0..count).map(|_| Self::new(random)).collect()
    }
}

/// The same things in another order.
fn shuffled<T: Clone>(random: &mut Random, list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    for at in (1..list.len()).rev() {
        list.swap(at, random.below(at + 1));
    }
    list
}

/// Scans a folder of artifacts whose pairs are known by what kind of arrangement they are in. Panics if one is
/// crossed or a part of one is not reported at all; prints how many of each kind are joined.
#[allow(clippy::print_stdout, reason = "figures for whoever asks with --nocapture")]
fn judge(what: &str, folder: &Path, planted: &[(String, Vec<Pair>)]) -> BTreeMap<String, (usize, usize)> {
    let (report, _) = scan(folder.to_str().unwrap());
    let mut owner: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (artifact, (_, pairs)) in planted.iter().enumerate() {
        for (number, pair) in pairs.iter().enumerate() {
            owner.insert(&pair.id, (artifact, number));
            owner.insert(&pair.key, (artifact, number));
        }
    }
    let mut wrong = Vec::new();
    let (mut joined, mut reported) = (BTreeSet::new(), BTreeSet::new());
    for finding in report["findings"].as_array().unwrap() {
        let values: Vec<&str> =
            finding["parts"].as_array().unwrap().iter().map(|part| part["value"].as_str().unwrap()).collect();
        let owners: BTreeSet<(usize, usize)> = values.iter().filter_map(|value| owner.get(value).copied()).collect();
        reported.extend(values.iter().map(|value| (*value).to_owned()));
        if owners.len() > 1 {
            let kinds: BTreeSet<&str> = owners.iter().map(|(artifact, _)| planted[*artifact].0.as_str()).collect();
            wrong.push(format!("crossed: {kinds:?} {}", finding["locations"][0]["uri"]));
        } else if values.len() == 2 {
            joined.extend(owners);
        }
    }
    let mut figures: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (artifact, (kind, pairs)) in planted.iter().enumerate() {
        for (number, pair) in pairs.iter().enumerate() {
            let figure = figures.entry(kind.clone()).or_default();
            figure.0 += usize::from(joined.contains(&(artifact, number)));
            figure.1 += 1;
            for part in [&pair.id, &pair.key] {
                if !reported.contains(part) {
                    wrong.push(format!("missed: {kind} {part}"));
                }
            }
        }
    }
    println!("{what}: {figures:?}");
    assert!(wrong.is_empty(), "{what}: {} of {}: {:#?}", wrong.len(), owner.len(), &wrong[..wrong.len().min(40)]);
    figures
}
