//! A baseline: the findings that are known already, by fingerprint and place, to be kept in a repository.
//!
//! It holds no secret and no fast hash of one that a person chose. It has no lines and no versions, so
//! it changes only when findings do; one block a finding, sorted, so that branches merge.

use super::finding::State;
use super::fingerprint;
use super::judged::{Judged, Spot as _};
use crate::auxiliary::without_quotes;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Of the file: that of its fingerprints.
const VERSION: u32 = fingerprint::VERSION;
const HEADER: &str = "\
# Findings that keysift knows already: they are reported as known and do not fail a scan.
# Written by keysift scan --write-baseline, shortened by --prune-baseline. No secrets are in it.
";

/// What can be wrong with a baseline file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    #[error("not a baseline: {0}")]
    Syntax(String),
    #[error("written by a newer keysift (version {0} of the file)")]
    Version(u32),
    #[error("written with another fingerprint key: none of its findings could be recognised")]
    Key,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    /// Tells fingerprint keys apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    finding: Vec<Known>,
}

/// One known finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    pub rule: String,
    pub title: String,
    pub fingerprint: String,
    /// The identity of each place, and behind a space what a reader recognises it by.
    pub places: Vec<String>,
}

/// A known finding that the scan did not see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gone {
    pub rule_id: String,
    pub title: String,
    pub fingerprint: String,
    /// Where it was.
    pub places: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Of its fingerprints; 0 of none.
    version: u32,
    /// Of the fingerprint key, if there is one.
    key: Option<String>,
    known: BTreeMap<String, Known>,
}

impl Baseline {
    /// The baseline of all findings that count. `key` is what `Digester::key_check` gives, `version` that of their
    /// fingerprints.
    pub fn of<'a, F: Judged + 'a>(
        findings: impl IntoIterator<Item = &'a F>,
        key: Option<String>,
        version: u32,
    ) -> Self {
        let known = findings.into_iter().filter(|finding| !finding.is_suppressed()).map(|finding| {
            let known = Known {
                rule: finding.rule().to_owned(),
                title: finding.title().to_owned(),
                fingerprint: finding.fingerprint().to_owned(),
                places: places(finding).into_iter().map(|(id, hint)| format!("{id} {hint}")).collect(),
            };
            (known.fingerprint.clone(), known)
        });
        Self { version, key, known: known.collect() }
    }

    pub fn parse(text: &str, key: Option<&str>) -> Result<Self, BaselineError> {
        let file: File =
            toml::from_str(text).map_err(|error| BaselineError::Syntax(without_quotes(error.message())))?;
        if file.version > VERSION {
            return Err(BaselineError::Version(file.version));
        }
        if file.key.as_deref() != key && !file.finding.is_empty() {
            return Err(BaselineError::Key);
        }
        let known = file.finding.into_iter().map(|known| (known.fingerprint.clone(), known)).collect();
        Ok(Self { version: file.version, key: file.key, known })
    }

    /// The version of its fingerprints.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The rules of what it knows by fingerprints of version 1; none of a later version.
    pub fn former_rules(&self) -> BTreeSet<String> {
        let former = self.known.values().filter(|_| self.version < VERSION);
        former.map(|known| known.rule.clone()).collect()
    }

    pub fn render(&self) -> Result<String, toml::ser::Error> {
        let mut finding: Vec<Known> = self.known.values().cloned().collect();
        finding.sort();
        let file = File { version: self.version, key: self.key.clone(), finding };
        Ok(format!("{HEADER}{}", toml::to_string_pretty(&file)?))
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Tells known findings and those in new places from new ones; gives back what is gone.
    pub fn judge<F: Judged>(&self, findings: &mut [F]) -> Vec<Gone> {
        for finding in findings.iter_mut().filter(|finding| !finding.is_suppressed()) {
            let entries = self.entries(finding);
            if entries.is_empty() {
                continue;
            }
            for known in entries {
                let ids: BTreeSet<&str> = known.places.iter().map(|place| id(place)).collect();
                for spot in finding.spots_mut() {
                    if ids.contains(&*spot.identity(&known.fingerprint)) {
                        spot.set_known();
                    }
                }
            }
            let everywhere = finding.spots().iter().all(|spot| spot.is_known());
            finding.set_state(if everywhere { State::Known } else { State::Spread });
        }
        let seen: BTreeSet<&str> = findings.iter().flat_map(names).collect();
        let mut gone: Vec<Gone> =
            self.known.values().filter(|k| !seen.contains(k.fingerprint.as_str())).map(gone).collect();
        gone.sort();
        gone
    }

    /// What it knows of a finding: at most one of its own version.
    fn entries<F: Judged>(&self, finding: &F) -> Vec<&Known> {
        names(finding).filter_map(|name| self.known.get(name)).collect()
    }

    /// Without the findings and places that the scan did not see, and with the fingerprints that it made, which are
    /// of this version.
    #[must_use]
    pub fn pruned<'a, F: Judged + 'a>(&self, findings: impl IntoIterator<Item = &'a F>, version: u32) -> Self {
        let mut pruned = Self { version, key: self.key.clone(), known: BTreeMap::new() };
        for finding in findings {
            let mut kept = BTreeMap::new();
            let entries = self.entries(finding);
            let Some(first) = entries.first() else { continue };
            for known in &entries {
                let ids: BTreeSet<&str> = known.places.iter().map(|place| id(place)).collect();
                let seen = finding.spots().iter().filter(|spot| ids.contains(&*spot.identity(&known.fingerprint)));
                kept.extend(seen.map(|spot| place(finding, spot)));
            }
            let fingerprint = finding.fingerprint().to_owned();
            let places = match kept.is_empty() {
                false => kept.into_iter().map(|(id, hint)| format!("{id} {hint}")).collect(),
                // One that moved away from all its places stays known until it is written anew.
                true => entries.iter().flat_map(|known| known.places.iter().cloned()).collect(),
            };
            pruned.known.insert(fingerprint.clone(), Known { fingerprint, places, ..(*first).clone() });
        }
        pruned
    }
}

/// All that a baseline may know a finding by.
fn names<F: Judged>(finding: &F) -> impl Iterator<Item = &str> {
    [finding.fingerprint()].into_iter().chain(finding.former())
}

fn id(place: &str) -> &str {
    place.split(' ').next().unwrap_or(place)
}

fn gone(known: &Known) -> Gone {
    Gone {
        rule_id: known.rule.clone(),
        title: known.title.clone(),
        fingerprint: known.fingerprint.clone(),
        places: known
            .places
            .iter()
            .map(|place| place.split_once(' ').map_or(place.as_str(), |(_, hint)| hint).to_owned())
            .collect(),
    }
}

/// Identities of places with their hints.
fn places<F: Judged>(finding: &F) -> BTreeMap<String, String> {
    finding.spots().iter().map(|spot| place(finding, spot)).collect()
}

fn place<F: Judged>(finding: &F, spot: &F::Spot) -> (String, String) {
    (spot.identity(finding.fingerprint()).into_owned(), spot.hint())
}
