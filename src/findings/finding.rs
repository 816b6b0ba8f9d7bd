//! A finding: one secret, with all the places that hold it.

use crate::place::Place;
use crate::rules::schema::{Confidence, Lifetime, Severity};
use crate::secret::Secret;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whose code holds the secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Owner {
    Application,
    Unknown,
    Library {
        /// `group:artifact:version` as far as known.
        name: String,
    },
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct Part {
    pub role: String,
    pub value: Secret,
    /// Shown whole: an access key id, a user name.
    pub identifier: bool,
    /// Machine-made: decides how it is redacted and hashed.
    pub random: bool,
}

impl Part {
    pub fn redacted(&self) -> String {
        if self.identifier { self.value.expose().to_owned() } else { self.value.redacted(self.random) }
    }
}

/// Where one part of a pair lies, when it is not where the location is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartPlace {
    /// Index in `Finding::parts`.
    pub part: usize,
    pub place: Place,
    pub binding: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    pub place: Place,
    pub binding: Option<String>,
    pub sink: Option<Arc<str>>,
    /// The level of the scope that holds it.
    pub scope: &'static str,
    pub parts: Vec<PartPlace>,
    pub owner: Owner,
}

#[derive(Clone, Debug)]
pub struct Finding {
    pub rule_id: String,
    pub title: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub lifetime: Lifetime,
    pub fingerprint: String,
    pub owner: Owner,
    pub attributes: BTreeMap<String, String>,
    pub remedy: String,
    pub parts: Vec<Part>,
    pub locations: Vec<Location>,
    pub suppressed: Option<Suppression>,
}
