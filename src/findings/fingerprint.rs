//! A fingerprint: which secret a finding is about, without a path and without the secret.

use super::hash::{CURRENT, FORMER, Hash, SlowHash};
use crate::detection::shape;
use crate::secret::Secret;
use data_encoding::HEXLOWER;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};

/// Raised when fingerprints change. Version 1 had slower hashes.
pub const VERSION: u32 = 2;

const SALT: &[u8] = b"keysift/v1";

/// Slow hashes of one artifact.
///
/// A table of passwords has thousands. Where an artifact has more values of a person's choice than this, those
/// that fall into the same *cohort* share a slow hash, and it is one of all of them: each is hashed fast, under a
/// key that is made slowly of the whole cohort. That is not weaker: whoever wants to try a guess for one value has
/// to know all the others of its cohort, and still pays for a slow hash with each guess. The price is that the
/// fingerprints of a cohort change together when one of its values does: a baseline then calls known ones new,
/// never a new one known.
const COHORTS: usize = 64;

/// Digests of values. What a person chose is hashed slowly, so that a committed baseline is no list of passwords
/// to crack.
#[derive(Debug)]
pub struct Digester {
    salt: Vec<u8>,
    keyed: bool,
    slow: SlowHash,
    former: Option<Former>,
}

/// The fingerprints of version 1, for what a baseline of that version knows.
#[derive(Debug)]
struct Former {
    /// Those of other rules are not asked for.
    rules: FxHashSet<String>,
    slow: SlowHash,
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
        Self { salt, keyed: key.is_some(), slow: SlowHash::new(CURRENT), former: None }
    }

    /// Findings of these rules get their fingerprints of version 1, too.
    #[must_use]
    pub fn with_former(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        let rules: FxHashSet<String> = rules.into_iter().collect();
        self.former = (!rules.is_empty()).then(|| Former { rules, slow: SlowHash::new(FORMER) });
        self
    }

    /// Tells whether two runs have the same key, without telling the key. `None` without one.
    pub fn key_check(&self) -> Option<String> {
        const PHRASE: &str = "fingerprint key";
        let check = || SlowHash::new(FORMER).of(self.public(PHRASE), PHRASE.as_bytes(), &self.salt);
        self.keyed.then(|| HEXLOWER.encode(&check()[..4]))
    }

    /// Of what every report shows.
    pub fn public(&self, value: &str) -> Hash {
        Sha256::new().chain_update(&self.salt).chain_update(value.as_bytes()).finalize().into()
    }

    /// Digests for the values of one artifact, each of which comes with its rule's word on whether it is
    /// machine-made.
    pub fn of_artifact<'v>(&self, values: impl Iterator<Item = (&'v str, bool)>) -> Digests<'_> {
        let chosen = values.filter(|(value, random)| !is_machine_made(value, *random));
        let chosen: FxHashMap<Hash, &str> = chosen.map(|(value, _)| (self.public(value), value)).collect();
        let slow = |fast: Hash, value: &[u8]| self.slow.of(fast, value, &self.salt);
        let cohorts = cohorts(&chosen).into_par_iter().flat_map_iter(|cohort| match cohort.as_slice() {
            [(fast, value)] => vec![(*fast, slow(*fast, value.as_bytes()))],
            cohort => {
                let all = together(cohort.iter().map(|(fast, _)| fast));
                let key = slow(all, &all);
                cohort.iter().map(|(fast, value)| (*fast, self.keyed(key, value))).collect()
            }
        });
        Digests { digester: self, slow: cohorts.collect(), former: self.former.as_ref().map(|_| self.crowd(&chosen)) }
    }

    /// Version 1: the key of all values, if there are more than could be hashed one by one.
    fn crowd(&self, chosen: &FxHashMap<Hash, &str>) -> Option<Hash> {
        const FEW: usize = 64;
        let mut all: Vec<&Hash> = chosen.keys().collect();
        all.sort_unstable();
        let former = self.former.as_ref().filter(|_| all.len() > FEW)?;
        let all = together(all.into_iter());
        Some(former.slow.of(all, &all, &self.salt))
    }

    fn keyed(&self, key: Hash, value: &str) -> Hash {
        Sha256::new().chain_update(&self.salt).chain_update(key).chain_update(value).finalize().into()
    }
}

/// Values with their fast digests in groups of those that share a slow hash, each in order. Few values are each
/// alone; of many, a value's own digest says where it belongs, whatever else there is.
fn cohorts<'v>(chosen: &FxHashMap<Hash, &'v str>) -> Vec<Vec<(Hash, &'v str)>> {
    let mut values: Vec<(Hash, &str)> = chosen.iter().map(|(fast, value)| (*fast, *value)).collect();
    values.sort_unstable();
    if values.len() <= COHORTS {
        return values.into_iter().map(|value| vec![value]).collect();
    }
    let mut cohorts = vec![Vec::new(); COHORTS];
    for value in values {
        cohorts[usize::from(value.0[0]) % COHORTS].push(value);
    }
    cohorts.retain(|cohort| !cohort.is_empty());
    cohorts
}

fn together<'h>(digests: impl Iterator<Item = &'h Hash>) -> Hash {
    digests.fold(Sha256::new(), |all, digest| all.chain_update(digest)).finalize().into()
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
    /// Of values that a person chose, by their fast digests.
    slow: FxHashMap<Hash, Hash>,
    /// What version 1 hashes values with, if there are many; none at all if nobody asks.
    former: Option<Option<Hash>>,
}

impl Digests<'_> {
    pub fn of(&self, value: &str, random: bool) -> Hash {
        let fast = self.public(value);
        if is_machine_made(value, random) {
            return fast;
        }
        let slow = || self.digester.slow.of(fast, value.as_bytes(), &self.digester.salt);
        self.slow.get(&fast).copied().unwrap_or_else(slow)
    }

    /// As version 1 had it; `None` if nobody asks for that of the rule.
    pub fn former(&self, rule: &str, value: &str, random: bool) -> Option<Hash> {
        let former = self.digester.former.as_ref().filter(|former| former.rules.contains(rule))?;
        let fast = self.public(value);
        Some(match self.former? {
            _ if is_machine_made(value, random) => fast,
            Some(key) => self.digester.keyed(key, value),
            None => former.slow.of(fast, value.as_bytes(), &self.digester.salt),
        })
    }

    /// Of what every report shows.
    pub fn public(&self, value: &str) -> Hash {
        self.digester.public(value)
    }
}

/// SHA-256 over the rule and the parts' digests, in hex.
pub fn fingerprint(rule: &str, digests: &[Hash]) -> String {
    let mut hasher = Sha256::new().chain_update(rule.as_bytes());
    for digest in digests {
        hasher.update([0]);
        hasher.update(digest);
    }
    HEXLOWER.encode(&hasher.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::{COHORTS, Digester, Digests, Hash};
    use crate::secret::Secret;
    use sha2::{Digest as _, Sha256};
    use std::collections::BTreeSet;

    const MADE: &str = "q7Wd2ZkXn5Ls0VbTy8RcEj3MfUhGa1Pi";

    fn of_artifact<'d>(digester: &'d Digester, values: &[String]) -> Digests<'d> {
        digester.of_artifact(values.iter().map(|value| (value.as_str(), false)))
    }

    fn digest(digester: &Digester, value: &str, random: bool) -> Hash {
        digester.of_artifact([(value, random)].into_iter()).of(value, random)
    }

    fn values(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("Summer{n}!")).collect()
    }

    /// A digest that somebody with a list of passwords and a fast hash could reproduce.
    fn is_fast(value: &str) -> bool {
        let fast: Hash = Sha256::digest([b"keysift/v1", value.as_bytes()].concat()).into();
        digest(&Digester::default(), value, true) == fast
    }

    #[test]
    fn only_what_a_machine_made_is_hashed_fast() {
        assert!(is_fast(MADE));
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
        assert_ne!(digest(&keyed("a"), MADE, true), digest(&Digester::default(), MADE, true));
        assert_ne!(digest(&keyed("a"), "hunter2", false), digest(&Digester::default(), "hunter2", false));
        assert_ne!(keyed("a").key_check(), keyed("b").key_check());
        assert_eq!(keyed("a").key_check(), keyed("a").key_check());
        assert_eq!(Digester::default().key_check(), None);
    }

    /// Baselines that were written before know a key by this.
    #[test]
    fn the_check_of_a_key_stays_what_it_is() {
        assert_eq!(Digester::new(Some(&Secret::new("0123456789abcdef"))).key_check().as_deref(), Some("28916582"));
    }

    #[test]
    fn each_value_costs_one_slow_hash_and_a_table_no_more_than_there_are_cohorts() {
        for (count, hashes) in [(0, 0), (1, 1), (2, 2), (COHORTS, COHORTS), (5000, COHORTS)] {
            let digester = Digester::default();
            of_artifact(&digester, &values(count));
            assert_eq!(digester.slow.count(), hashes as u64, "{count}");
            // What other artifacts hold is known by then.
            of_artifact(&digester, &values(count));
            assert_eq!(digester.slow.count(), hashes as u64, "{count}");
        }
        // Thousands of files with a password each.
        let digester = Digester::default();
        for value in values(100).chunks(1).chain(values(100).chunks(1)) {
            of_artifact(&digester, value);
        }
        assert_eq!(digester.slow.count(), 100);
    }

    #[test]
    fn what_else_is_found_changes_no_digest_of_a_few_values() {
        let (alone, few) = (digest(&Digester::default(), "Summer0!", false), values(COHORTS));
        assert_eq!(of_artifact(&Digester::default(), &few).of("Summer0!", false), alone);
        assert_eq!(of_artifact(&Digester::default(), &few[..2]).of("Summer0!", false), alone);
    }

    #[test]
    fn of_a_table_only_the_cohort_of_a_value_changes_with_it() {
        let digester = Digester::default();
        let (before, mut after) = (values(6400), values(6400));
        after[17] = "Winter17!".to_owned();
        let (old, new) = (of_artifact(&digester, &before), of_artifact(&digester, &after));
        let changed = before.iter().filter(|value| old.of(value, false) != new.of(value, false)).count();
        // Its own, and those that it shared a slow hash with, and those that it does now.
        assert!((100..400).contains(&changed), "{changed}");
        assert_eq!(old.of(MADE, true), digest(&digester, MADE, true));
    }

    /// To try a guess, the others of its cohort have to be known, and a slow hash has to be paid.
    #[test]
    fn no_digest_of_a_table_can_be_had_without_a_slow_hash() {
        let digester = Digester::default();
        let all = values(5000);
        let digests = of_artifact(&digester, &all);
        let of: BTreeSet<Hash> = all.iter().map(|value| digests.of(value, false)).collect();
        assert_eq!(of.len(), all.len());
        for value in &all {
            let (fast, alone) = (digester.public(value), digest(&digester, value, false));
            assert!(!of.contains(&fast) && !of.contains(&alone), "{value}");
        }
    }

    #[test]
    fn former_digests_are_made_for_the_rules_that_ask() {
        let former = |digester: &Digester, rule: &str, values: &[String]| {
            of_artifact(digester, values).former(rule, "Summer0!", false)
        };
        let plain = Digester::default();
        let asked = Digester::default().with_former(["a".to_owned()]);
        assert_eq!(former(&plain, "a", &values(1)), None);
        assert_eq!(former(&asked, "b", &values(1)), None);
        let alone = former(&asked, "a", &values(1));
        assert!(alone.is_some() && alone != Some(digest(&asked, "Summer0!", false)));
        assert_eq!(former(&asked, "a", &values(64)), alone);
        assert_ne!(former(&asked, "a", &values(65)), alone, "version 1 hashed many as one");
        let made = of_artifact(&asked, &values(1)).former("a", MADE, true);
        assert_eq!(made, Some(digest(&asked, MADE, true)));
    }
}
