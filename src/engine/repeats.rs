//! Repeats: entries that come again in the same run, as a library does that lies in ten jars. One that gave
//! nothing when it was read gives nothing again, and is passed over.
//!
//! It is known by a keyed hash of its compressed bytes and of all else that decides what is read in it: its name
//! below the archive, and what the directory says of it. The key is of the run, so that nobody can make an entry
//! that passes for another: NH (RFC 4418, 5.2) takes 512 bytes to 16, and two contents to the same 16 with a
//! chance of one in 2^64, whatever they are; SipHash takes those.
//!
//! To give nothing is to hold no candidate and no trouble, and to say nothing that what lies beside it, or in
//! it, is judged by. How deep an entry lies does not matter then.

use crate::archives::{Listed, Mark, Packed};
use rustc_hash::FxHashMap;
use std::array;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Beyond this many, no more are remembered: they take some twenty bytes each.
const MOST: usize = 1 << 20;
/// So that workers hardly ever wait for each other.
const SHELVES: usize = 64;
const PAIRS: usize = 32;
const PAIR: usize = 16;

pub struct Repeats {
    hash: RandomState,
    /// Two words for each pair of words of a block.
    keys: [[u64; 2]; PAIRS],
    shelves: [Mutex<FxHashMap<Mark, Quiet>>; SHELVES],
}

/// What an entry was read as that gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quiet {
    pub(super) is_class: bool,
    pub(super) is_text: bool,
}

impl Default for Repeats {
    fn default() -> Self {
        let hash = RandomState::new();
        let keys = array::from_fn(|pair| [0, 1].map(|word| hash.hash_one((pair, word))));
        Self { hash, keys, shelves: array::from_fn(|_| Mutex::default()) }
    }
}

impl Repeats {
    pub(super) fn mark(&self, name: &str, packed: &Packed<'_>) -> Mark {
        let Packed { method, listed: Listed { crc, size, compressed }, bytes } = *packed;
        let mut hasher = self.hash.build_hasher();
        for length in [name.len(), bytes.len()] {
            hasher.write_usize(length);
        }
        hasher.write(name.as_bytes());
        hasher.write_u16(method);
        hasher.write_u32(crc);
        hasher.write_u64(size);
        hasher.write_u64(compressed);
        for block in bytes.chunks(PAIRS * PAIR) {
            hasher.write_u128(self.compress(block));
        }
        Mark(hasher.finish())
    }

    /// NH of one block. The bytes of the last one that are missing count as zeros: its length has been hashed.
    fn compress(&self, block: &[u8]) -> u128 {
        let (pairs, rest) = block.as_chunks::<PAIR>();
        let sum = pairs.iter().zip(&self.keys).fold(0, |sum: u128, (pair, key)| sum.wrapping_add(product(*pair, key)));
        let mut last = [0; PAIR];
        last[..rest.len()].copy_from_slice(rest);
        match self.keys.get(pairs.len()) {
            Some(key) if !rest.is_empty() => sum.wrapping_add(product(last, key)),
            _ => sum,
        }
    }

    fn shelf(&self, mark: Mark) -> MutexGuard<'_, FxHashMap<Mark, Quiet>> {
        let shelf = &self.shelves[mark.0 as usize % SHELVES];
        shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, mark: Mark) -> Option<Quiet> {
        self.shelf(mark).get(&mark).copied()
    }

    pub(super) fn learn(&self, mark: Mark, quiet: Quiet) {
        let mut shelf = self.shelf(mark);
        if shelf.len() < MOST / SHELVES {
            shelf.insert(mark, quiet);
        }
    }
}

fn product(pair: [u8; PAIR], key: &[u64; 2]) -> u128 {
    let both = u128::from_le_bytes(pair);
    let (low, high) = (both as u64, (both >> 64) as u64);
    u128::from(low.wrapping_add(key[0])) * u128::from(high.wrapping_add(key[1]))
}

#[cfg(test)]
mod tests {
    use super::{PAIR, PAIRS, Quiet, Repeats};
    use crate::archives::{Listed, Packed};
    use crate::budget::Ledger;
    use crate::engine::artifact::{Outcome, Shared, scan};
    use crate::engine::progress::Silent;
    use crate::engine::settings::Settings;
    use crate::findings::fingerprint::Digester;
    use crate::place::EntryPath;
    use crate::rules::set::RuleSet;
    use std::io::{Cursor, Write as _};
    use std::sync::atomic::AtomicBool;
    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    const LISTED: Listed = Listed { crc: 1, size: 2, compressed: 3 };

    #[test]
    fn every_byte_and_every_word_about_them_counts() {
        let repeats = Repeats::default();
        let bytes: Vec<u8> = (0..PAIRS * PAIR * 2 + PAIR + 3).map(|n| n as u8).collect();
        let mark = |name: &str, method, listed, bytes: &[u8]| repeats.mark(name, &Packed { method, listed, bytes });
        let known = mark("a/b", 8, LISTED, &bytes);
        assert_eq!(known, mark("a/b", 8, LISTED, &bytes));
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 0x80;
            assert_ne!(known, mark("a/b", 8, LISTED, &other), "{at}");
            assert_ne!(known, mark("a/b", 8, LISTED, &bytes[..at]), "{at}");
        }
        let padded = [&bytes[..], &[0]].concat();
        assert_ne!(known, mark("a/b", 8, LISTED, &padded));
        assert_ne!(known, mark("a/c", 8, LISTED, &bytes));
        assert_ne!(known, mark("a/b", 0, LISTED, &bytes));
        for listed in [Listed { crc: 0, ..LISTED }, Listed { size: 0, ..LISTED }, Listed { compressed: 0, ..LISTED }] {
            assert_ne!(known, mark("a/b", 8, listed, &bytes));
        }
    }

    #[test]
    fn blocks_count_by_where_they_stand() {
        let repeats = Repeats::default();
        let (one, other) = (vec![1; PAIRS * PAIR], vec![2; PAIRS * PAIR]);
        let mark = |bytes: &[u8]| repeats.mark("a", &Packed { method: 8, listed: LISTED, bytes });
        assert_ne!(mark(&[&one[..], &other].concat()), mark(&[&other[..], &one].concat()));
    }

    #[test]
    fn each_run_has_a_key_of_its_own() {
        let packed = Packed { method: 8, listed: LISTED, bytes: b"the same" };
        assert_ne!(Repeats::default().mark("a", &packed), Repeats::default().mark("a", &packed));
    }

    /// A zip of a text with a password and one without, scanned by a run that knows some entries.
    fn scanned(repeats: &Repeats) -> Outcome {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, text) in [("a.properties", PASSWORD), ("b.properties", "threads=2\n")] {
            zip.start_file(name, stored).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        let (settings, rules) = (Settings::default(), RuleSet::builtin().unwrap());
        let shared = Shared {
            rules: &rules,
            settings: &settings,
            ledger: &Ledger::new(settings.max_memory),
            digester: &Digester::default(),
            progress: &Silent,
            stop: &AtomicBool::new(false),
            cache: None,
            repeats,
        };
        scan(&EntryPath::artifact("a.zip"), &&*zip, &settings.filter, &shared, false).0
    }

    const PASSWORD: &str = "db.password=vortex-Meadow-41k\n";

    fn mark(repeats: &Repeats, name: &str, text: &str) -> super::Mark {
        let size = text.len() as u64;
        let listed = Listed { crc: crc32fast::hash(text.as_bytes()), size, compressed: size };
        repeats.mark(name, &Packed { method: 0, listed, bytes: text.as_bytes() })
    }

    #[test]
    fn what_gave_nothing_is_remembered_and_nothing_else() {
        let repeats = Repeats::default();
        assert_eq!(scanned(&repeats).findings.len(), 1);
        let quiet = Quiet { is_class: false, is_text: true };
        assert_eq!(repeats.get(mark(&repeats, "b.properties", "threads=2\n")), Some(quiet));
        assert_eq!(repeats.get(mark(&repeats, "a.properties", PASSWORD)), None);
    }

    #[test]
    fn what_is_remembered_counts_and_is_not_read() {
        let repeats = Repeats::default();
        let quiet = Quiet { is_class: false, is_text: true };
        repeats.learn(mark(&repeats, "a.properties", PASSWORD), quiet);
        let (passed_over, read) = (scanned(&repeats), scanned(&Repeats::default()));
        assert_eq!((passed_over.findings.len(), read.findings.len()), (0, 1));
        assert_eq!(passed_over.totals, read.totals);
    }
}
