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
    /// Why the configuration takes it as it is. It stays in the report, and out of the exit code.
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
