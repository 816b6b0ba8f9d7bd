//! The file of the cache, and whatever may have become of it.

use super::{SCAN, cached, desk, undated};
use crate::cli::Desk;
use std::fs;

/// The scan tells the same as without a cache, and says what is wrong with this one.
fn warns(desk: &Desk, words: &[&str], warning: &str) {
    let fresh = desk.run(&["scan", "in", "--format", "json"]);
    let run = desk.run(words);
    assert!(run.err().contains(warning), "{warning}: {}", run.err());
    assert_eq!(run.err().lines().count(), 1, "{}", run.err());
    assert_eq!(run.code(), fresh.code());
    assert_eq!(undated(run.json()), undated(fresh.json()));
}

#[test]
fn a_damaged_file_begins_anew() {
    let desk = desk();
    desk.run(&SCAN);
    let sound = fs::read(desk.path("cache.redb")).unwrap();
    let mut flipped = sound.clone();
    // Somewhere in each page, so that one that is in use is met.
    flipped.iter_mut().skip(4096).step_by(1001).for_each(|byte| *byte ^= 0x55);
    for damaged in [&sound[..sound.len() / 2], &sound[..9], &flipped] {
        desk.file("cache.redb", damaged);
        warns(&desk, &SCAN, "cache cache.redb: it is damaged, and begins anew");
        assert_eq!(cached(&desk.run(&SCAN)), 5);
    }
}

#[test]
fn a_foreign_file_is_left_alone() {
    let desk = desk();
    let content = b"# not a cache\nkey = value\n";
    desk.file("cache.redb", content);
    warns(&desk, &SCAN, "it is not a cache of keysift, and is left alone; scanning without it");
    assert_eq!(fs::read(desk.path("cache.redb")).unwrap(), content);
    fs::remove_file(desk.path("cache.redb")).unwrap();
    // Nor is the database of another program touched.
    let table = redb::TableDefinition::<u64, u64>::new("orders");
    let other = redb::Database::create(desk.path("cache.redb")).unwrap();
    let transaction = other.begin_write().unwrap();
    transaction.open_table(table).unwrap().insert(1, 2).unwrap();
    transaction.commit().unwrap();
    drop(other);
    warns(&desk, &SCAN, "it is not a cache of keysift, and is left alone; scanning without it");
    let other = redb::Database::open(desk.path("cache.redb")).unwrap();
    let transaction = redb::ReadableDatabase::begin_read(&other).unwrap();
    assert_eq!(transaction.open_table(table).unwrap().get(1).unwrap().unwrap().value(), 2);
}

#[test]
fn a_file_of_another_layout_begins_anew() {
    let desk = desk();
    desk.run(&SCAN);
    let notes = redb::TableDefinition::<&str, &str>::new("keysift");
    let database = redb::Database::open(desk.path("cache.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(notes).unwrap().insert("layout", "0").unwrap();
    transaction.commit().unwrap();
    drop(database);
    warns(&desk, &SCAN, "it is of another version of keysift, and begins anew");
    assert_eq!(cached(&desk.run(&SCAN)), 5);
}

#[test]
fn a_file_in_use_is_left_to_its_user() {
    let desk = desk();
    desk.run(&SCAN);
    let database = redb::Database::open(desk.path("cache.redb")).unwrap();
    warns(&desk, &SCAN, "another keysift is using it; scanning without it");
    drop(database);
    assert_eq!(cached(&desk.run(&SCAN)), 5);
}

#[test]
fn a_file_that_cannot_be_made_is_done_without() {
    let desk = desk();
    warns(&desk, &["scan", "in", "--format", "json", "--cache", "no/such/folder/cache"], "scanning without it");
    warns(&desk, &["scan", "in", "--format", "json", "--cache", "in"], "scanning without it");
}

#[test]
fn the_file_is_no_artifact() {
    let desk = desk();
    let words = ["scan", "in", "--format", "json", "--cache", "in/cache.redb"];
    for _ in 0..2 {
        let run = desk.run(&words);
        assert_eq!(run.json()["summary"]["artifacts"], 5);
        assert_eq!(run.err(), "");
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk();
    desk.run(&SCAN);
    assert_eq!(fs::metadata(desk.path("cache.redb")).unwrap().permissions().mode() & 0o777, 0o600);
}
