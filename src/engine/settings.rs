//! Settings: what one scan is to do, as data.

use crate::budget::Limits;
use crate::findings::baseline::Baseline;
use crate::findings::policy::Policy;
use crate::place::EntryPath;
use crate::reports::report::Shard;
use crate::secret::Secret;
#[cfg(feature = "aws")]
use crate::sources::aws::access::Access;
use crate::sources::filter::Filter;
#[cfg(feature = "aws")]
use crate::sources::msf;
#[cfg(feature = "aws")]
use crate::sources::s3::selection::Selection;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What the user named.
#[derive(Clone, Debug)]
pub enum Target {
    Path {
        path: PathBuf,
        /// The list and line that named it, `files.txt:3`, if a list did.
        listed: Option<String>,
        /// Instead of that of the whole scan.
        filter: Option<Arc<Filter>>,
    },
    /// Content on standard input, under this name.
    Stdin { name: String },
    /// Objects in S3: `s3://bucket/prefix`.
    #[cfg(feature = "aws")]
    S3(Box<Selection>),
    /// Applications of Managed Service for Apache Flink: `msf://region/application`.
    #[cfg(feature = "aws")]
    Msf { address: msf::address::Address, access: Access, filter: Option<Arc<Filter>> },
}

impl Target {
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::Path { path: path.into(), listed: None, filter: None }
    }

    /// As a report shows it.
    pub fn entry(&self) -> EntryPath {
        match self {
            Self::Path { path, .. } => EntryPath::below(path.as_os_str().as_encoded_bytes(), 0),
            // The folders in the name are the user's words too.
            Self::Stdin { name } => EntryPath::below(name.as_bytes(), name.rfind('/').map_or(0, |slash| slash + 1)),
            #[cfg(feature = "aws")]
            Self::S3(selection) => selection.address.named(),
            #[cfg(feature = "aws")]
            Self::Msf { address, .. } => address.entry(),
        }
    }

    /// Its own filter, if it has one.
    pub fn filter(&self) -> Option<&Arc<Filter>> {
        match self {
            Self::Path { filter, .. } => filter.as_ref(),
            Self::Stdin { .. } => None,
            #[cfg(feature = "aws")]
            Self::S3(selection) => selection.criteria.keys.as_ref(),
            #[cfg(feature = "aws")]
            Self::Msf { filter, .. } => filter.as_ref(),
        }
    }

    /// Whether it is reached over the network.
    pub fn is_remote(&self) -> bool {
        !matches!(self, Self::Path { .. } | Self::Stdin { .. })
    }
}

#[derive(Clone, Debug)]
pub struct Settings {
    pub targets: Vec<Target>,
    /// Of targets that have none of their own.
    pub filter: Filter,
    /// Files that the run itself writes, reports and the cache: what the last one left there is not
    /// scanned.
    pub outputs: Vec<PathBuf>,
    /// Whether entries are known again by what the directory of their archive says of them.
    pub trust_crc: bool,
    /// The part of all artifacts that is scanned, if others scan the rest.
    pub shard: Option<Shard>,
    pub limits: Limits,
    /// Bytes of memory that artifacts may hold together.
    pub max_memory: u64,
    pub threads: usize,
    /// What is allowed, accepted and known.
    pub policy: Policy,
    /// Salts the fingerprints, so that they mean nothing outside.
    pub fingerprint_key: Option<Secret>,
}

impl Settings {
    /// The rules of which a baseline knows findings by the fingerprints of version 1.
    pub(super) fn former_rules(&self) -> BTreeSet<String> {
        self.policy.baseline.as_ref().map(Baseline::former_rules).unwrap_or_default()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            filter: Filter::default(),
            outputs: Vec::new(),
            trust_crc: false,
            shard: None,
            limits: Limits::default(),
            max_memory: 256 << 20,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            policy: Policy::default(),
            fingerprint_key: None,
        }
    }
}
