//! Texts that are full of secrets.

use super::{bounded, scan, scan_with, told};
use crate::cli::Desk;
use crate::support::mutation::Random;

fn random(random: &mut Random, letters: &[u8], length: usize) -> String {
    (0..length).map(|_| char::from(letters[random.below(letters.len())])).collect()
}

fn key_ids(count: usize, separator: &str) -> String {
    let mut source = Random(7);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    (0..count).map(|_| format!("AKIA{}{separator}", random(&mut source, letters, 16))).collect()
}

fn passwords(count: usize) -> String {
    let mut source = Random(11);
    let letters = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
    (0..count).map(|_| format!("db.password={}\n", random(&mut source, letters, 12))).collect()
}

#[test]
fn more_secrets_than_an_entry_may_hold() {
    for separator in ["\n", " "] {
        let run = scan_with("a.txt", key_ids(2_000, separator).as_bytes(), &["--max-findings", "5000"]);
        assert_eq!(told(&run), ["limit max-findings in/a.txt"]);
        assert_eq!(run.json()["findings"].as_array().unwrap().len(), 501);
    }
}

#[test]
fn more_secrets_than_an_artifact_may_hold_are_the_same_in_every_run() {
    let entries: Vec<_> = key_ids(3_000, "\n")
        .as_bytes()
        .chunks(21 * 30)
        .enumerate()
        .map(|(n, ids)| crate::archives::building::entry(&format!("{n}.txt"), ids))
        .collect();
    let jar = crate::archives::building::zip(&entries);
    let desk = Desk::new();
    desk.file("in/a.jar", jar).file("in/zz.properties", crate::cli::PASSWORD);
    let run = bounded(&desk, &["--max-findings", "1000"]);
    assert_eq!(told(&run), ["limit max-findings in/a.jar"]);
    assert_eq!(run.json()["findings"].as_array().unwrap().len(), 1001);
    let alone = bounded(&desk, &["--max-findings", "1000", "-j", "1"]);
    assert_eq!(run.json()["findings"], alone.json()["findings"]);
}

/// Each would cost a slow hash; all of them together cost one.
#[test]
fn thousands_of_passwords_in_one_table() {
    let run = scan("a.properties", passwords(3_000).as_bytes());
    assert_eq!(told(&run), [""; 0]);
    assert_eq!(run.json()["findings"].as_array().unwrap().len(), 3_001);
}

#[test]
fn one_secret_in_thousands_of_places() {
    let run = scan("a.properties", "other.password=Tr0ub4dor-and-4x\n".repeat(4_000).as_bytes());
    assert_eq!(told(&run), [""; 0]);
    assert_eq!(run.places().len(), 4_001);
}

#[test]
fn thousands_of_pairs_are_joined_with_their_neighbours() {
    let ids = key_ids(600, "\n");
    let mut source = Random(13);
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let pairs: Vec<(String, String)> =
        ids.lines().map(|id| (id.to_owned(), random(&mut source, letters, 40))).collect();
    let text: String = pairs
        .iter()
        .enumerate()
        .map(|(n, (id, secret))| format!("[p{n}]\naws_access_key_id={id}\naws_secret_access_key={secret}\n"))
        .collect();
    let run = scan_with("credentials", text.as_bytes(), &["--show-secrets"]);
    let report = run.json();
    let mut joined: Vec<(String, String)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule_id"] == "aws-access-key-pair")
        .map(|finding| {
            let value = |n: usize| finding["parts"][n]["value"].as_str().unwrap().to_owned();
            (value(0), value(1))
        })
        .collect();
    joined.sort();
    let mut pairs = pairs;
    pairs.sort();
    assert_eq!(joined, pairs);
}
