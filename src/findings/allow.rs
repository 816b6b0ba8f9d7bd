//! An allowance: an entry of the configuration that takes findings, or trouble, as they are.
//!
//! Each has a reason and may have a day on which it ends. All that it names has to hold.

use super::judged::{Judged, Spot as _};
use crate::rules::key::{KeyPattern, words};
use crate::sources::filter::{Globs, Path};
use crate::trouble::{Kind, Trouble};
use jiff::civil::Date;
use std::fmt;

/// What both kinds of entries say.
#[derive(Clone, Debug)]
pub struct Reason {
    pub text: String,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Where it is written: `keysift.toml:12`.
    pub origin: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.text)?;
        self.expires.map_or(Ok(()), |day| write!(f, " (until {day})"))
    }
}

impl Reason {
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| today > last)
    }
}

/// Findings that do not count.
#[derive(Clone, Debug)]
pub struct Allow {
    pub rule: Option<String>,
    pub path: Option<Globs>,
    pub key: Option<KeyPattern>,
    pub fingerprint: Option<String>,
    pub place: Option<String>,
    pub reason: Reason,
}

impl Allow {
    /// Whether all that it says of a finding holds, wherever that is.
    pub fn concerns<F: Judged>(&self, finding: &F) -> bool {
        self.rule.as_ref().is_none_or(|rule| rule == finding.rule())
            && self.fingerprint.as_ref().is_none_or(|fingerprint| fingerprint == finding.fingerprint())
    }

    /// Whether what it says of places holds for one of a finding that it concerns.
    pub fn holds<F: Judged>(&self, finding: &F, spot: &F::Spot) -> bool {
        let key = |pattern: &KeyPattern| spot.keys().into_iter().any(|key| pattern.matches(&words(key)));
        self.place.as_ref().is_none_or(|place| *place == spot.identity(finding.fingerprint()))
            && self.path.as_ref().is_none_or(|globs| covers(globs, &spot.uri()))
            && self.key.as_ref().is_none_or(key)
    }
}

/// Trouble that does not decide the exit code. It stays in the report.
#[derive(Clone, Debug)]
pub struct Accept {
    pub kind: Option<Kind>,
    pub path: Option<Globs>,
    pub reason: Reason,
}

impl Accept {
    pub fn holds(&self, trouble: &Trouble) -> bool {
        // What a run did not come to is no property of the artifact.
        trouble.kind != Kind::Interrupted
            && self.kind.is_none_or(|kind| kind == trouble.kind)
            && self.path.as_ref().is_none_or(|globs| covers(globs, &trouble.uri))
    }
}

/// A glob for an artifact, or for an entry of one, holds for all that lies in it.
fn covers(globs: &Globs, uri: &str) -> bool {
    let artifact = uri.split("!/").next().unwrap_or(uri);
    let whole = uri.replace("!/", "/");
    let holds = |path: &str| {
        let path = path.strip_prefix("./").unwrap_or(path);
        globs.holds(&Path { whole: path, below: path })
    };
    holds(artifact) || holds(&whole) || uri.split("!/").skip(1).any(holds)
}
