//! Trouble: something that was not scanned in full, and why. Data, never just a log line.

use crate::place::EntryPath;
use serde::{Deserialize, Serialize};

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// The source did not give the bytes: permissions, I/O, a vanished file.
    Unreadable,
    /// The bytes contradict their own format.
    Corrupt,
    /// The archive or stream ends before its format says it may.
    Truncated,
    /// A checksum does not match; what was read was scanned all the same.
    Checksum,
    Encrypted,
    /// A container, compression method or file kind that keysift does not open.
    Unsupported,
    /// A limit of the budget was hit.
    Limit,
    /// A structured file that was read as plain text only.
    Unparsed,
    /// The scan was interrupted before it came to this.
    Interrupted,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Unreadable,
        Self::Corrupt,
        Self::Truncated,
        Self::Checksum,
        Self::Encrypted,
        Self::Unsupported,
        Self::Limit,
        Self::Unparsed,
        Self::Interrupted,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Corrupt => "corrupt",
            Self::Truncated => "truncated",
            Self::Checksum => "checksum",
            Self::Encrypted => "encrypted",
            Self::Unsupported => "unsupported",
            Self::Limit => "limit",
            Self::Unparsed => "unparsed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// The stage that met the trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    Source,
    Archive,
    Format,
    Detection,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trouble {
    /// Rendered entry path.
    pub uri: String,
    pub kind: Kind,
    pub stage: Stage,
    /// The cause, in one lower-case phrase without the bytes of the input.
    pub detail: String,
    /// The limit that was hit, named as its flag: `max-depth`.
    pub limit: Option<String>,
    /// How many bytes stayed unread, if known.
    pub unscanned_bytes: Option<u64>,
    /// Why the configuration takes it as it is, or keysift itself. It stays in the report, and out of the exit code.
    #[serde(default)]
    pub accepted: Option<String>,
}

impl Trouble {
    pub fn new(path: &EntryPath, kind: Kind, stage: Stage, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { uri: path.to_string(), kind, stage, detail, limit: None, unscanned_bytes: None, accepted: None }
    }

    #[must_use]
    pub fn limit(mut self, flag: &str) -> Self {
        self.limit = Some(flag.to_owned());
        self
    }

    #[must_use]
    pub fn unscanned(mut self, bytes: u64) -> Self {
        self.unscanned_bytes = Some(bytes);
        self
    }
}

/// How much trouble of one artifact is told by itself; a million entries may each have some.
const MOST: usize = 10_000;

/// The trouble of one artifact: the first of it in order, whatever order it comes in, and how much more there is.
#[derive(Debug, Default)]
pub struct Troubles {
    list: Vec<Trouble>,
    more: u64,
    unscanned: u64,
}

impl Troubles {
    pub fn add(&mut self, trouble: Trouble) {
        self.list.push(trouble);
        if self.list.len() >= 2 * MOST {
            self.cut();
        }
    }

    /// Whether there is such trouble with it already.
    pub fn has(&self, path: &EntryPath, kind: Kind) -> bool {
        let uri = path.to_string();
        self.list.iter().any(|trouble| trouble.kind == kind && trouble.uri == uri)
    }

    fn cut(&mut self) {
        self.list.sort_unstable();
        for trouble in self.list.drain(MOST.min(self.list.len())..) {
            self.more += 1;
            self.unscanned = self.unscanned.saturating_add(trouble.unscanned_bytes.unwrap_or_default());
        }
    }

    /// All that is told of the artifact.
    pub fn told(mut self, artifact: &EntryPath) -> Vec<Trouble> {
        self.cut();
        if self.more > 0 {
            let detail = format!("more is wrong with it than is told: {} further causes", self.more);
            self.list.push(Trouble::new(artifact, Kind::Limit, Stage::Archive, detail).unscanned(self.unscanned));
        }
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::{EntryPath, Kind, MOST, Stage, Trouble, Troubles};

    #[test]
    fn the_order_in_which_it_comes_decides_nothing() {
        let path = EntryPath::artifact("a.zip");
        let trouble = |n: usize| {
            let entry = path.child(format!("{:06}", n * 7919 % (5 * MOST)).as_bytes());
            Trouble::new(&entry, Kind::Checksum, Stage::Archive, "x").unscanned(2)
        };
        let told = |order: &mut dyn Iterator<Item = usize>| {
            let mut troubles = Troubles::default();
            order.for_each(|n| troubles.add(trouble(n)));
            troubles.told(&path)
        };
        let all = told(&mut (0..5 * MOST));
        assert_eq!(all, told(&mut (0..5 * MOST).rev()));
        assert_eq!(all.len(), MOST + 1);
        assert!(all.iter().any(|trouble| trouble.uri == "a.zip!/000000"));
        assert_eq!(all[MOST].unscanned_bytes, Some(8 * MOST as u64));
        assert!(all[MOST].detail.ends_with("40000 further causes"));
        assert_eq!(told(&mut (0..MOST)).len(), MOST);
    }
}
