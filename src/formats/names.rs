//! Names: what can stand for a value in a program or file, as opposed to a value or prose.

use crate::rules::vocabulary::Vocabulary;

/// Longer names are no names.
const LONGEST: usize = 256;

/// Whether a name could bind a secret; prose and patterns are no names.
pub(super) fn is_key(vocabulary: &Vocabulary, name: &str) -> bool {
    let named = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '/' | '$' | '[' | ']');
    name.len() <= LONGEST && name.chars().all(named) && vocabulary.is_key(name)
}

/// Words with at most two digits each, as names have them: `db.user`, `s3_port`.
pub(super) fn is_name(value: &str) -> bool {
    value.split(['_', '-', '.', ' ']).all(|word| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        word.len() - letters.len() <= 2 && letters.bytes().all(|b| b.is_ascii_alphabetic())
    })
}
