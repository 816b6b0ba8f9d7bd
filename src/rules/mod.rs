//! Rules: what counts as a credential, as data compiled once.

pub mod builtin;
mod endings;
pub mod except;
pub mod gitleaks;
pub mod key;
pub mod known;
pub mod lazy_regex;
pub mod letters;
mod needles;
pub mod own;
pub mod qualifiers;
pub mod remedies;
pub mod schema;
pub mod searcher;
pub mod set;
pub mod vocabulary;

/// What can be wrong with rule data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// A TOML file does not follow the schema.
    #[error("{file}: {message}")]
    Toml { file: String, message: String },
    /// A built-in table does not follow the schema; `keysift rules check` on the file says where.
    #[error("{file}: {message}")]
    Builtin { file: &'static str, message: String },
    /// A rule file cannot be read.
    #[error("{file}: cannot be read: {message}")]
    Unreadable { file: String, message: String },
    /// A pattern is no regular expression.
    #[error("rule {rule}: {message}")]
    Pattern { rule: String, message: String },
    /// Two rules share an id.
    #[error("rule {0} is defined twice")]
    Duplicate(String),
    /// A change names a rule that is not there.
    #[error("no rule {0}")]
    Unknown(String),
    /// A rule lacks what its kind needs.
    #[error("rule {rule}: {problem}")]
    Incomplete { rule: String, problem: String },
}
