//! The built-in data: `patterns/*.toml`, embedded as JSON when keysift is built (`build.rs`).

use super::RuleError;
use super::schema::{KnownFile, LibraryFile, Rule, RuleFile, SinkFile, ValueFile};
use crate::auxiliary::without_quotes;
use serde::de::DeserializeOwned;

/// A file of `patterns/`: its name, and what it says.
type Embedded = (&'static str, &'static str);

macro_rules! embedded {
    ($name:literal) => {
        (concat!($name, ".toml"), include_str!(concat!(env!("OUT_DIR"), "/", $name, ".json")))
    };
}

const RULE_FILES: [Embedded; 10] = [
    embedded!("aws"),
    embedded!("flink"),
    embedded!("kafka"),
    embedded!("databases"),
    embedded!("cloud"),
    embedded!("tokens"),
    embedded!("services"),
    embedded!("commands"),
    embedded!("private-keys"),
    embedded!("generic"),
];
const SINKS: Embedded = embedded!("sinks");
const KNOWN: Embedded = embedded!("known-public");
const VALUES: Embedded = embedded!("values");
const LIBRARIES: Embedded = embedded!("libraries");
pub(super) const REMEDIES: Embedded = embedded!("remedies");

/// Everything in `patterns/` that decides what is found.
#[derive(Debug)]
pub struct Builtin {
    pub rules: Vec<Rule>,
    pub sinks: SinkFile,
    pub known: KnownFile,
    pub values: ValueFile,
    pub libraries: LibraryFile,
    /// Hex digest of all of it.
    pub digest: String,
}

impl Builtin {
    pub fn load() -> Result<Self, RuleError> {
        let mut rules = Vec::new();
        for file in RULE_FILES {
            rules.extend(read::<RuleFile>(file)?.rule);
        }
        Ok(Self {
            rules,
            sinks: read(SINKS)?,
            known: read(KNOWN)?,
            values: read(VALUES)?,
            libraries: read(LIBRARIES)?,
            digest: env!("KEYSIFT_PATTERNS_DIGEST").to_owned(),
        })
    }
}

/// Reads a built-in table.
pub(super) fn read<T: DeserializeOwned>((file, text): Embedded) -> Result<T, RuleError> {
    serde_json::from_str(text).map_err(|error| RuleError::Builtin { file, message: error.to_string() })
}

/// Parses one TOML file; the message names line and column and does not quote the line: whoever names
/// the wrong file must not find its passwords in the log.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, RuleError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let message = format!("line {line}, column {column}: {}", without_quotes(error.message()));
        RuleError::Toml { file: file.to_owned(), message }
    })
}
