//! A fingerprint: which secret a finding is about, without a path and without the secret.

use crate::detection::shape;
use crate::secret::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::sync::{Mutex, PoisonError};

const SALT: &[u8] = b"keysift/v1";

/// More values of a person's choice than this in one artifact are a *crowd*.
///
/// Each slow hash costs some 20 ms, and a table of passwords has thousands. A crowd's values are hashed
/// fast, under a key that is made slowly of all of them: whoever wants to try a guess for one value has
/// to know all the others, and still pays for a slow hash each time. The price is that the fingerprints
/// of a crowd change together when one of its values does: a baseline then calls known ones new, never
/// a new one known.
const CROWD: usize = 64;

/// Digests of values. What a person chose is hashed slowly, so that a committed baseline is no list
/// of passwords to crack; such a digest is remembered for the rest of the run.
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

    /// Digests for the values of one artifact, each of which comes with its rule's word on whether it is
    /// machine-made.
    pub fn of_artifact<'v>(&self, values: impl Iterator<Item = (&'v str, bool)>) -> Digests<'_> {
        let chosen = values.filter(|(value, random)| !is_machine_made(value, *random));
        let mut digests: Vec<[u8; 32]> = chosen.map(|(value, _)| self.public(value)).collect();
        digests.sort_unstable();
        digests.dedup();
        let crowd = (digests.len() > CROWD).then(|| {
            let all = digests.iter().fold(Sha256::new(), |all, digest| all.chain_update(digest)).finalize();
            self.slow_hash(&all).unwrap_or_else(|| all.into())
        });
        Digests { digester: self, crowd }
    }

    fn digest(&self, value: &str, random: bool) -> [u8; 32] {
        let fast = self.public(value);
        if is_machine_made(value, random) {
            return fast;
        }
        if let Some(known) = self.slow.lock().unwrap_or_else(PoisonError::into_inner).get(&fast) {
            return *known;
        }
        // Only absurd lengths fail; such a value is no password that could be guessed.
        let slow = self.slow_hash(value.as_bytes()).unwrap_or(fast);
        self.slow.lock().unwrap_or_else(PoisonError::into_inner).insert(fast, slow);
        slow
    }

    /// 19 MiB and 2 passes: OWASP's floor for argon2id.
    fn slow_hash(&self, value: &[u8]) -> Option<[u8; 32]> {
        let params = Params::new(19 * 1024, 2, 1, Some(32)).ok()?;
        let mut digest = [0; 32];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(value, &self.salt, &mut digest).ok()?;
        Some(digest)
    }
}

/// A rule's word that its values are machine-made is not enough: somebody may have put a password where
/// a token belongs.
fn is_machine_made(value: &str, random: bool) -> bool {
    random && shape::is_machine_made(value)
}

/// The digests of one artifact's values.
#[derive(Debug)]
pub struct Digests<'a> {
    digester: &'a Digester,
    /// The key of the crowd, if it is one.
    crowd: Option<[u8; 32]>,
}

impl Digests<'_> {
    pub fn of(&self, value: &str, random: bool) -> [u8; 32] {
        match self.crowd {
            Some(key) if !is_machine_made(value, random) => {
                Sha256::new().chain_update(&self.digester.salt).chain_update(key).chain_update(value).finalize().into()
            }
            _ => self.digester.digest(value, random),
        }
    }

    /// Of what every report shows.
    pub fn public(&self, value: &str) -> [u8; 32] {
        self.digester.public(value)
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

    #[test]
    fn a_few_values_are_hashed_one_by_one_and_a_crowd_as_one() {
        let digester = Digester::default();
        let values = |count: usize| (0..count).map(|n| format!("Summer{n}!")).collect::<Vec<_>>();
        let digest = |values: &[String], value: &str| {
            digester.of_artifact(values.iter().map(|value| (value.as_str(), false))).of(value, false)
        };
        let (few, crowd) = (values(2), values(5000));
        assert_eq!(digest(&few, "Summer0!"), digester.digest("Summer0!", false));
        assert_ne!(digest(&crowd, "Summer0!"), digester.digest("Summer0!", false));
        assert_eq!(digest(&crowd, "Summer0!"), digest(&crowd, "Summer0!"));
        assert_ne!(digest(&crowd, "Summer0!"), digest(&crowd[1..], "Summer0!"), "guesses need all the others");
        let made = "q7Wd2ZkXn5Ls0VbTy8RcEj3MfUhGa1Pi";
        let of_crowd = digester.of_artifact(crowd.iter().map(|value| (value.as_str(), false)));
        assert_eq!(of_crowd.of(made, true), digester.digest(made, true));
    }
}
