//! A fingerprint: which secret a finding is about, without a path and without the secret.

use crate::detection::shape;
use crate::secret::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::sync::{Mutex, PoisonError};

const SALT: &[u8] = b"keysift/v1";

/// Digests of values. What a person chose is hashed slowly, so that a committed baseline is no list
/// of passwords to crack; each such value costs some 20 ms, so it is remembered.
#[derive(Debug)]
pub struct Digester {
    salt: Vec<u8>,
    keyed: bool,
    slow: Mutex<FxHashMap<[u8; 32], [u8; 32]>>,
}

impl Default for Digester {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Digester {
    /// With a key of one's own, nobody else can try values against the fingerprints.
    pub fn new(key: Option<&Secret>) -> Self {
        let salt = match key {
            None => SALT.to_vec(),
            Some(key) => {
                Sha256::new().chain_update(SALT).chain_update([0]).chain_update(key.expose()).finalize().to_vec()
            }
        };
        Self { salt, keyed: key.is_some(), slow: Mutex::default() }
    }

    /// Tells whether two runs have the same key, without telling the key. `None` without one.
    pub fn key_check(&self) -> Option<String> {
        self.keyed.then(|| HEXLOWER.encode(&self.digest("fingerprint key", false)[..4]))
    }

    /// Of what every report shows.
    pub fn public(&self, value: &str) -> [u8; 32] {
        Sha256::new().chain_update(&self.salt).chain_update(value.as_bytes()).finalize().into()
    }

    /// A rule's word that its values are machine-made is not enough: somebody may have put a password
    /// where a token belongs.
    pub fn digest(&self, value: &str, random: bool) -> [u8; 32] {
        let fast = self.public(value);
        if random && shape::is_machine_made(value) {
            return fast;
        }
        if let Some(known) = self.slow.lock().unwrap_or_else(PoisonError::into_inner).get(&fast) {
            return *known;
        }
        let mut slow = [0; 32];
        // 19 MiB and 2 passes: OWASP's floor for argon2id.
        let hashed = Params::new(19 * 1024, 2, 1, Some(32)).and_then(|params| {
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
                value.as_bytes(),
                &self.salt,
                &mut slow,
            )
        });
        if hashed.is_err() {
            // Only absurd lengths fail; such a value is no password that could be guessed.
            slow = fast;
        }
        self.slow.lock().unwrap_or_else(PoisonError::into_inner).insert(fast, slow);
        slow
    }
}

/// SHA-256 over the rule and the parts' digests, in hex.
pub fn fingerprint(rule: &str, digests: &[[u8; 32]]) -> String {
    let mut hasher = Sha256::new().chain_update(rule.as_bytes());
    for digest in digests {
        hasher.update([0]);
        hasher.update(digest);
    }
    HEXLOWER.encode(&hasher.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::Digester;
    use crate::secret::Secret;
    use sha2::{Digest as _, Sha256};

    /// A digest that somebody with a list of passwords and a fast hash could reproduce.
    fn is_fast(value: &str) -> bool {
        let fast: [u8; 32] = Sha256::digest([b"keysift/v1", value.as_bytes()].concat()).into();
        Digester::default().digest(value, true) == fast
    }

    #[test]
    fn only_what_a_machine_made_is_hashed_fast() {
        assert!(is_fast("q7Wd2ZkXn5Ls0VbTy8RcEj3MfUhGa1Pi"));
        for chosen in [
            "hunter2",
            "Summer2026!",
            "correct horse battery staple",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "the-password-of-the-orders-database",
        ] {
            assert!(!is_fast(chosen), "{chosen}");
        }
    }

    #[test]
    fn a_key_changes_every_digest_and_is_told_apart() {
        let keyed = |key: &str| Digester::new(Some(&Secret::new(key)));
        let value = "q7Wd2ZkXn5Ls0VbTy8RcEj3MfUhGa1Pi";
        assert_ne!(keyed("a").digest(value, true), Digester::default().digest(value, true));
        assert_ne!(keyed("a").digest("hunter2", false), Digester::default().digest("hunter2", false));
        assert_ne!(keyed("a").key_check(), keyed("b").key_check());
        assert_eq!(keyed("a").key_check(), keyed("a").key_check());
        assert_eq!(Digester::default().key_check(), None);
    }
}
