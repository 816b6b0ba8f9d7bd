//! A gitleaks configuration as written. Keys in any case, as gitleaks takes them.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Table, Value};

type Unknown = BTreeMap<String, Value>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    pub(super) extend: Extend,
    pub(super) allowlist: Option<Allowlist>,
    pub(super) allowlists: Vec<Allowlist>,
    pub(super) rules: Vec<Entry>,
    pub(super) title: Option<Value>,
    pub(super) description: Option<Value>,
    pub(super) minversion: Option<Value>,
    #[serde(flatten)]
    pub(super) unknown: Unknown,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Extend {
    pub(super) path: Option<String>,
    pub(super) usedefault: bool,
    pub(super) disabledrules: Vec<String>,
    #[serde(flatten)]
    pub(super) unknown: Unknown,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) description: String,
    pub(super) regex: String,
    pub(super) path: String,
    pub(super) secretgroup: usize,
    pub(super) entropy: f64,
    pub(super) keywords: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) allowlist: Option<Allowlist>,
    pub(super) allowlists: Vec<Allowlist>,
    #[serde(flatten)]
    pub(super) unknown: Unknown,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Allowlist {
    pub(super) description: Option<Value>,
    pub(super) condition: String,
    pub(super) paths: Vec<String>,
    pub(super) regexes: Vec<String>,
    pub(super) regextarget: String,
    pub(super) stopwords: Vec<String>,
    pub(super) commits: Vec<String>,
    pub(super) targetrules: Vec<String>,
    #[serde(flatten)]
    pub(super) unknown: Unknown,
}

impl File {
    pub(super) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let table: Table = toml::from_str(text)?;
        lower(Value::Table(table)).try_into()
    }
}

/// All keys in lower case.
fn lower(value: Value) -> Value {
    match value {
        Value::Table(table) => {
            Value::Table(table.into_iter().map(|(key, value)| (key.to_lowercase(), lower(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(lower).collect()),
        value => value,
    }
}
