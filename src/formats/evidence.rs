//! Evidence: what a format reader gives back. Literals, and bindings of values to names.

use super::excerpt::Excerpt;
use crate::place::Position;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use zeroize::Zeroize;

/// Stands in a value for a part that is unknown before run time. It is the character that javac's
/// string concatenation recipes use for a dynamic argument (`StringConcatFactory`).
pub const HOLE: char = '\u{1}';

/// What a literal's bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// The text of an entry: matches inside it are placed by counting lines from its position.
    Text,
    /// The text of a notebook's cell, which knows where its parts stand in the entry.
    Excerpt(Arc<Excerpt>),
    /// One whole string value: a constant of a class. All of `uses` hold for any match inside it.
    Constant,
    /// A text that the program puts together. Tokens that a constant of the same method holds by
    /// itself are no news.
    Composed,
    /// Printable runs of a binary, of characters of so many bytes: only tokens that recognise
    /// themselves count.
    Binary { width: u8 },
}

/// One whole string value in an entry, in UTF-8 (lossless where the source was).
#[derive(Clone, Debug)]
pub struct Literal<'a> {
    pub text: Cow<'a, [u8]>,
    pub kind: LiteralKind,
    /// Where it stands, or for a constant each place that uses it; never empty.
    pub uses: Vec<Use>,
}

/// One use of a literal.
#[derive(Clone, Debug)]
pub struct Use {
    pub position: Position,
    pub scope: Scope,
}

/// A value bound to a name.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The raw key: a dotted config key, a field, a variable, a parameter.
    pub key: String,
    /// What `sinks.toml` says the argument is: `aws-secret-access-key`.
    pub role: Option<Arc<str>>,
    /// Decoded value; unknown parts are `HOLE`.
    pub value: String,
    /// The call it is passed to, dotted: `java.util.Properties.setProperty`.
    pub sink: Option<Arc<str>>,
    /// Where the value stands.
    pub position: Position,
    pub scope: Scope,
    /// The neighbours that say which system the value opens (a URL, a host): for localhost peers.
    pub peer: Option<Arc<str>>,
    /// Read off bytes whose structure is not known: the value must look like a secret, whatever its key is.
    pub is_guess: bool,
}

impl Binding {
    /// A value that a name alone is given to, at no particular place.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            role: None,
            value: value.into(),
            sink: None,
            position: Position::default(),
            scope: Scope::default(),
            peer: None,
            is_guess: false,
        }
    }
}

/// The width of a scope segment, narrow to wide in `Ord`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// One alternative of a value, e.g. one arm of a conditional.
    Alternative,
    Call,
    /// A map, profile, WITH list, object, array row or cell.
    Map,
    Block,
    Method,
    /// A section of a file: a property group, a YAML document, a table.
    Section,
    Class,
    Entry,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alternative => "alternative",
            Self::Call => "call",
            Self::Map => "map",
            Self::Block => "block",
            Self::Method => "method",
            Self::Section => "section",
            Self::Class => "class",
            Self::Entry => "entry",
        }
    }
}

/// A path of segments below the entry, outermost first. Parts pair by the longest common prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope(pub Vec<(Level, Arc<str>)>);

impl Scope {
    #[must_use]
    pub fn within(&self, level: Level, name: &str) -> Self {
        let mut segments = self.0.clone();
        segments.push((level, name.into()));
        Self(segments)
    }

    /// How many leading segments two scopes share.
    pub fn common(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).take_while(|(a, b)| a == b).count()
    }

    /// The level of the innermost shared segment; `Entry` when nothing is shared.
    pub fn meeting(&self, other: &Self) -> Level {
        match self.common(other) {
            0 => Level::Entry,
            n => self.0[n - 1].0,
        }
    }

    /// The innermost level.
    pub fn level(&self) -> Level {
        self.0.last().map_or(Level::Entry, |segment| segment.0)
    }
}

/// A file inside a value (base64 zip content, a file inside a ConfigMap): goes back through
/// recognition under its parent's budget.
#[derive(Clone, Debug)]
pub struct Embedded {
    pub name: String,
    pub bytes: Vec<u8>,
    pub position: Position,
}

/// A value that another class of the same container defines.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// Dotted class name and member that hold the value.
    pub owner: String,
    pub member: String,
    /// What the value is bound to, once known.
    pub binding: Binding,
}

/// What a method does with an argument: callers in other classes bind it so.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Take {
    /// Dotted.
    pub class: String,
    pub method: String,
    /// As in the class file.
    pub descriptor: String,
    pub argument: usize,
    pub key: String,
    pub role: Option<Arc<str>>,
}

/// What an entry says about its container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// `Main-Class` or `program-class` of the manifest.
    MainClass(String),
    /// `META-INF/maven/*/*/pom.properties`.
    Maven { group: String, artifact: String, version: String },
    /// `*.dist-info/METADATA` or `*.egg-info/PKG-INFO` of a Python package, and whether its licence is that of
    /// something published.
    Python { name: String, version: String, published: bool },
    /// What `RECORD` or `top_level.txt` beside it list: folders and files that the package is installed as.
    Modules(Vec<String>),
}

/// Everything a reader found in one entry.
#[derive(Clone, Debug, Default)]
pub struct Evidence<'a> {
    /// The entry was read as a text.
    pub is_text: bool,
    /// A binary of which no reader knows more than printable runs.
    pub is_unknown: bool,
    pub literals: Vec<Literal<'a>>,
    pub bindings: Vec<Binding>,
    pub unresolved: Vec<Unresolved>,
    pub takes: Vec<Take>,
    pub embedded: Vec<Embedded>,
    pub facts: Vec<Fact>,
    /// Why the entry's structure was not read in full; it was read as text all the same.
    pub unparsed: Option<String>,
    /// What its reader was charged, if it has a meter.
    pub steps: u64,
}

impl Evidence<'_> {
    /// Whether what lies beside the entry, or in it, is read or judged by what it says.
    pub fn speaks_of_others(&self) -> bool {
        let Self { unresolved, takes, embedded, facts, .. } = self;
        !(unresolved.is_empty() && takes.is_empty() && embedded.is_empty() && facts.is_empty())
    }

    /// Zeroes the values that are held here, once something has come of them. What is only borrowed
    /// belongs to the archive's buffers.
    pub fn wipe(&mut self) {
        for binding in &mut self.bindings {
            binding.value.zeroize();
        }
        for literal in &mut self.literals {
            if let Cow::Owned(text) = &mut literal.text {
                text.zeroize();
            }
        }
    }
}
