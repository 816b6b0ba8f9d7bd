//! The built-in data: `patterns/*.toml`, embedded at build time.

use super::RuleError;
use super::letters::FOLLOWERS;
use super::schema::{KnownFile, LibraryFile, Rule, RuleFile, SinkFile, ValueFile};
use crate::auxiliary::without_quotes;
use serde::de::DeserializeOwned;

const RULE_FILES: [(&str, &str); 10] = [
    ("aws.toml", include_str!("../../patterns/aws.toml")),
    ("flink.toml", include_str!("../../patterns/flink.toml")),
    ("kafka.toml", include_str!("../../patterns/kafka.toml")),
    ("databases.toml", include_str!("../../patterns/databases.toml")),
    ("cloud.toml", include_str!("../../patterns/cloud.toml")),
    ("tokens.toml", include_str!("../../patterns/tokens.toml")),
    ("services.toml", include_str!("../../patterns/services.toml")),
    ("commands.toml", include_str!("../../patterns/commands.toml")),
    ("private-keys.toml", include_str!("../../patterns/private-keys.toml")),
    ("generic.toml", include_str!("../../patterns/generic.toml")),
];
const SINKS: &str = include_str!("../../patterns/sinks.toml");
const KNOWN: &str = include_str!("../../patterns/known-public.toml");
const VALUES: &str = include_str!("../../patterns/values.toml");
const LIBRARIES: &str = include_str!("../../patterns/libraries.toml");

/// Everything in `patterns/`, parsed.
#[derive(Debug)]
pub struct Builtin {
    pub rules: Vec<Rule>,
    pub sinks: SinkFile,
    pub known: KnownFile,
    pub values: ValueFile,
    pub libraries: LibraryFile,
}

impl Builtin {
    pub fn load() -> Result<Self, RuleError> {
        let mut rules = Vec::new();
        for (file, text) in RULE_FILES {
            rules.extend(parse::<RuleFile>(file, text)?.rule);
        }
        Ok(Self {
            rules,
            sinks: parse("sinks.toml", SINKS)?,
            known: parse("known-public.toml", KNOWN)?,
            values: parse("values.toml", VALUES)?,
            libraries: parse("libraries.toml", LIBRARIES)?,
        })
    }

    /// The tables that rules rely on, as written: with the rules, all that decides what is found.
    pub fn tables() -> [&'static str; 5] {
        [SINKS, KNOWN, VALUES, LIBRARIES, FOLLOWERS]
    }
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
