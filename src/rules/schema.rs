//! The schema of `patterns/*.toml`: rules, sinks, known values, libraries as written.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How sure a rule is of what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifetime {
    LongTerm,
    Temporary,
    /// Not a secret by itself, shown whole: an access key id.
    Identifier,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    Token,
    Binding,
    Pair,
}

/// Circumstances under which a finding weighs less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    Library,
    Localhost,
    WeakDefault,
    Weak,
    Test,
}

/// How a bound value is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judge {
    /// Anything but empty, a placeholder or a reference.
    Lenient,
    /// It must look like a secret.
    Strict,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityWhen {
    pub context: Context,
    pub severity: Severity,
}

/// An example: text, a file, a key with its value, or a sink's argument.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Example {
    Text(String),
    File { file: String, text: String },
    Bound { key: String, value: String },
    Sink { sink: String, value: String },
}

/// Which group of a pattern is the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected the number of a group, or \"first\"")]
pub enum Group {
    /// Zero is all that was matched.
    Number(usize),
    Named(NamedGroup),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamedGroup {
    /// The first that took part in the match; without any, all of it.
    First,
}

impl Default for Group {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl Group {
    pub fn first() -> Self {
        Self::Named(NamedGroup::First)
    }
}

/// What a token rule leaves. Conditions that it does not name do not count.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Except {
    /// Regular expressions on the innermost path.
    pub paths: Vec<String>,
    /// Regular expressions on the target.
    pub patterns: Vec<String>,
    pub target: ExceptTarget,
    /// Words in the secret, in any case.
    pub words: Vec<String>,
    /// All conditions have to hold, not just one.
    pub all: bool,
}

impl Except {
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.patterns.is_empty() && self.words.is_empty()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExceptTarget {
    #[default]
    Secret,
    Match,
    Line,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    pub id: String,
    pub title: String,
    pub kind: RuleKind,
    pub severity: Severity,
    #[serde(default)]
    pub severity_when: Vec<SeverityWhen>,
    pub confidence: Confidence,
    pub lifetime: Lifetime,
    #[serde(default = "secret_role")]
    pub role: String,
    /// False: reported only as a part of a pair.
    #[serde(default = "yes")]
    pub standalone: bool,
    #[serde(default)]
    pub keywords: Vec<String>,
    pub pattern: Option<String>,
    #[serde(default)]
    pub group: Group,
    pub window: Option<usize>,
    #[serde(default)]
    pub keys: Vec<String>,
    #[serde(default)]
    pub not_keys: Vec<String>,
    #[serde(default)]
    pub sinks: Vec<String>,
    pub judge: Option<Judge>,
    #[serde(default)]
    pub random: bool,
    pub min_entropy: Option<f64>,
    pub validator: Option<String>,
    #[serde(default)]
    pub paths: Vec<String>,
    pub path_pattern: Option<String>,
    #[serde(default)]
    pub allow: Vec<String>,
    #[serde(default)]
    pub except: Vec<Except>,
    #[serde(default)]
    pub parts: Vec<String>,
    #[serde(default)]
    pub optional_parts: Vec<String>,
    pub max_scope: Option<String>,
    pub remedy: String,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub examples: Vec<Example>,
    #[serde(default)]
    pub negative_examples: Vec<Example>,
}

fn secret_role() -> String {
    "secret".to_owned()
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    #[serde(default)]
    pub rule: Vec<Rule>,
}

/// An argument of a call that takes a credential.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sink {
    /// Suffix of the dotted class name, `$` written as `.`: shading relocates packages.
    pub class: String,
    pub method: String,
    pub arity: Option<usize>,
    /// Simple parameter types: `(String,String)`.
    pub descriptor: Option<String>,
    /// Argument position (from 0, without the receiver) to role.
    pub args: BTreeMap<String, String>,
    pub note: Option<String>,
}

/// A call in which one argument names what another holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapCall {
    pub class: String,
    pub method: String,
    pub key: Option<usize>,
    pub value: Option<usize>,
    /// Alternating keys and values: `Map.of`.
    #[serde(default)]
    pub pairs: bool,
    pub arity: Option<usize>,
    pub descriptor: Option<String>,
    pub note: Option<String>,
}

/// A static field whose value is computed when its class is initialised.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownField {
    pub class: String,
    pub field: String,
    pub key: String,
    pub note: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinkFile {
    #[serde(default)]
    pub sink: Vec<Sink>,
    #[serde(default)]
    pub map: Vec<MapCall>,
    #[serde(default)]
    pub field: Vec<KnownField>,
}

/// What becomes of a published value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Counted, shown with `--show-suppressed`.
    Suppress,
    /// Reported at severity info.
    Info,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    pub value: Option<String>,
    pub pattern: Option<String>,
    /// SHA-256 of the value in lower-case hex.
    pub sha256: Option<String>,
    pub verdict: Verdict,
    pub reason: String,
    /// Glob on the innermost path.
    pub path: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFile {
    #[serde(default)]
    pub known: Vec<Known>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patterns {
    #[serde(default)]
    pub patterns: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    #[serde(default)]
    pub values: Vec<String>,
}

/// `values.toml`: which values are no secrets, or weak ones.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueFile {
    #[serde(default)]
    pub placeholders: Patterns,
    #[serde(default)]
    pub references: Patterns,
    #[serde(default)]
    pub defaults: Patterns,
    #[serde(default)]
    pub weak: Values,
    #[serde(default)]
    pub naming: Values,
    #[serde(default)]
    pub localhost: Patterns,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    pub name: String,
    pub coordinates: String,
    /// Of Java.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Of Python: the folders and files that it is installed as.
    #[serde(default)]
    pub modules: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryFile {
    #[serde(default)]
    pub library: Vec<Library>,
}
