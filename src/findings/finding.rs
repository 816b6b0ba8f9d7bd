//! A finding: one secret, with all the places that hold it.

use crate::formats::evidence::Level;
use crate::place::{Origin, Place, shared};
use crate::rules::schema::{Confidence, Lifetime, Severity};
use crate::secret::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whose code holds the secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    pub reason: String,
    pub source: SuppressedBy,
    /// Where that is written: `keysift.toml:12`.
    #[serde(default)]
    pub origin: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressedBy {
    /// The value is public: an example, a test key that a library ships.
    Published,
    /// An allow rule of the configuration.
    Allowed,
    /// A comment beside the value.
    Inline,
}

impl SuppressedBy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Allowed => "allowed",
            Self::Inline => "inline",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    pub role: String,
    /// As every report shows it: an identifier whole, a secret not.
    pub redacted: String,
    /// What a finding that comes back from a file, a report or a cache, no longer has.
    #[serde(skip)]
    pub value: Option<Secret>,
    /// Shown whole: an access key id, a user name.
    pub identifier: bool,
    /// Machine-made: decides how it is redacted and hashed.
    pub random: bool,
}

impl Part {
    pub fn new(role: String, value: Secret, identifier: bool, random: bool) -> Self {
        let redacted = if identifier { value.expose().to_owned() } else { value.redacted(random) };
        Self { role, redacted, value: Some(value), identifier, random }
    }

    /// The value under `--show-secrets`, as far as it is known.
    pub fn exposed(&self) -> Option<&str> {
        self.value.as_ref().map(Secret::expose)
    }
}

/// Where one part of a pair lies, when it is not where the location is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartPlace {
    /// Index in `Finding::parts`.
    pub part: usize,
    pub place: Place,
    pub binding: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    pub place: Place,
    pub binding: Option<String>,
    #[serde(with = "shared")]
    pub sink: Option<Arc<str>>,
    /// The level of the scope that holds it.
    pub scope: Level,
    pub parts: Vec<PartPlace>,
    pub owner: Owner,
    /// Which version of its artifact, where the source keeps several.
    #[serde(with = "shared")]
    pub origin: Option<Arc<Origin>>,
    /// The reason that a comment beside it gives for leaving it.
    #[serde(with = "shared")]
    pub allowed: Option<Arc<str>>,
    /// In the baseline.
    pub known: bool,
    /// Not there at the last scan of the same targets; `None` without a cache.
    pub new: Option<bool>,
}

impl Location {
    /// The version of the artifact, if its source tells.
    pub fn version(&self) -> Option<&str> {
        self.origin.as_deref()?.version_id.as_deref()
    }

    /// Takes in what another location says of the same place in the same version; `false` if that one is
    /// of another.
    pub fn join(&mut self, other: &Self) -> bool {
        if self.place != other.place || self.version() != other.version() {
            return false;
        }
        match (&mut self.origin, &other.origin) {
            (Some(origin), Some(other)) if origin != other => Arc::make_mut(origin).join(other),
            (Some(_), _) => {}
            (origin @ None, other) => origin.clone_from(other),
        }
        true
    }
}

/// What a cache remembers of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When the scan was that first saw it.
    pub first: Timestamp,
    /// The last scan of the same targets did not see it.
    pub new: bool,
}

/// What a baseline or an allow rule says of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    #[default]
    New,
    /// In the baseline, in all its places.
    Known,
    /// In the baseline, but not in all its places.
    Spread,
    /// Does not count: published, or allowed.
    Suppressed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    pub rule_id: String,
    pub title: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub lifetime: Lifetime,
    pub fingerprint: String,
    /// What it was in version 1, if a baseline of that version asks and it was another.
    pub former: BTreeSet<String>,
    pub owner: Owner,
    pub attributes: BTreeMap<String, String>,
    pub remedy: String,
    pub parts: Vec<Part>,
    pub locations: Vec<Location>,
    pub state: State,
    pub suppressed: Option<Suppression>,
    /// `None` without a cache.
    pub seen: Option<Seen>,
}
