//! Settings: what one scan is to do, as data.

use crate::budget::Limits;
use crate::sources::local::Filter;
use std::path::PathBuf;

/// What the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Path(PathBuf),
    /// Content on standard input, under this name.
    Stdin { name: String },
}

impl Target {
    pub fn label(&self) -> String {
        match self {
            Self::Path(path) => path.to_string_lossy().into_owned(),
            Self::Stdin { name } => name.clone(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Settings {
    pub targets: Vec<Target>,
    pub filter: Filter,
    pub limits: Limits,
    /// Bytes of memory that artifacts may hold together.
    pub max_memory: u64,
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            filter: Filter::default(),
            limits: Limits::default(),
            max_memory: 256 << 20,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}
