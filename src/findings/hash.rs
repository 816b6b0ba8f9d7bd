//! A slow hash: argon2id of what a person chose, so that trying guesses costs time and memory.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(super) type Hash = [u8; 32];

/// Memory in KiB, and passes over it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    memory: u32,
    passes: u32,
}

/// A millisecond and a half, or so: thousands of passwords are hashed in seconds. `cargo bench -- fingerprint`
/// measures it; docs/threat-model.md says what that means for who guesses.
pub(super) const CURRENT: Cost = Cost { memory: 3 << 10, passes: 1 };
/// Of version 1: some thirteen times as slow.
pub(super) const FORMER: Cost = Cost { memory: 19 << 10, passes: 2 };

/// Hashes of one cost, each of which is made once in a run.
#[derive(Debug)]
pub(super) struct SlowHash {
    cost: Cost,
    /// By the fast digest of what was hashed.
    known: Mutex<FxHashMap<Hash, Hash>>,
    /// Memory of hashes that are done, for those to come: to ask for it each time costs as much as a tenth of a hash.
    memory: Mutex<Vec<Vec<Block>>>,
    count: AtomicU64,
}

impl SlowHash {
    pub(super) fn new(cost: Cost) -> Self {
        Self { cost, known: Mutex::default(), memory: Mutex::default(), count: AtomicU64::new(0) }
    }

    /// The hash of a value whose fast digest is known.
    pub(super) fn of(&self, fast: Hash, value: &[u8], salt: &[u8]) -> Hash {
        if let Some(known) = lock(&self.known).get(&fast) {
            return *known;
        }
        // Only absurd lengths fail; such a value is no password that could be guessed.
        let hash = self.hash(value, salt).unwrap_or(fast);
        lock(&self.known).insert(fast, hash);
        hash
    }

    fn hash(&self, value: &[u8], salt: &[u8]) -> Option<Hash> {
        self.count.fetch_add(1, Ordering::Relaxed);
        let params = Params::new(self.cost.memory, self.cost.passes, 1, Some(32)).ok()?;
        let blocks = params.block_count();
        let mut memory = lock(&self.memory).pop().unwrap_or_else(|| vec![Block::default(); blocks]);
        let mut hash = Hash::default();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let made = argon2.hash_password_into_with_memory(value, salt, &mut hash, &mut memory);
        lock(&self.memory).push(memory);
        made.is_ok().then_some(hash)
    }

    /// How many were made.
    #[cfg(test)]
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{CURRENT, Cost, FORMER, SlowHash};
    use argon2::{Algorithm, Argon2, Params, Version};

    /// Used memory changes nothing.
    #[test]
    fn it_is_argon2id() {
        for cost in [CURRENT, FORMER] {
            let Cost { memory, passes } = cost;
            let slow = SlowHash::new(cost);
            for value in ["hunter2", "", "Summer2026!"] {
                let mut expected = [0; 32];
                let params = Params::new(memory, passes, 1, Some(32)).unwrap();
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(value.as_bytes(), b"keysift/v1", &mut expected)
                    .unwrap();
                let fast = [value.len() as u8; 32];
                assert_eq!(slow.of(fast, value.as_bytes(), b"keysift/v1"), expected);
            }
        }
    }
}
