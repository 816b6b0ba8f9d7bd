//! A fingerprint: which secret a finding is about, without a path and without the secret.

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::sync::{Mutex, PoisonError};

const SALT: &[u8] = b"keysift/v1";

/// Digests of values. What a person chose is hashed slowly, so that a committed baseline is no list
/// of passwords to crack; each such value costs some 20 ms, so it is remembered.
#[derive(Debug, Default)]
pub struct Digester {
    slow: Mutex<FxHashMap<[u8; 32], [u8; 32]>>,
}

impl Digester {
    pub fn digest(&self, value: &str, random: bool) -> [u8; 32] {
        let fast: [u8; 32] = Sha256::new().chain_update(SALT).chain_update(value.as_bytes()).finalize().into();
        if random {
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
                SALT,
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
