//! Names: what can stand for a value in a program or file, as opposed to a value or prose.

use crate::rules::vocabulary::Vocabulary;

/// Longer names are no names.
const LONGEST: usize = 256;

/// Whether a name could bind a secret; prose and patterns are no names.
pub(super) fn is_key(vocabulary: &Vocabulary, name: &str) -> bool {
    let named = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '/' | '$' | '[' | ']');
    name.len() <= LONGEST && name.chars().all(named) && vocabulary.is_key(name)
}

/// Longer words of both cases and digits are made by machines.
const RANDOM: usize = 12;

/// Words with at most two digits each, as names have them: `db.user`, `s3_port`.
pub(super) fn is_name(value: &str) -> bool {
    value.split(['_', '-', '.', ' ']).all(|word| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_mixed = letters.len() < word.len()
            && word.len() >= RANDOM
            && letters.bytes().skip(1).any(|b| b.is_ascii_uppercase())
            && letters.bytes().any(|b| b.is_ascii_lowercase());
        !is_mixed && word.len() - letters.len() <= 2 && letters.bytes().all(|b| b.is_ascii_alphabetic())
    })
}

/// Methods that take two arguments, a user and the password.
pub(super) fn logs_in(method: &str) -> bool {
    const VERBS: [&str; 10] = [
        "login",
        "logon",
        "signin",
        "sign_in",
        "authenticate",
        "basicauth",
        "setbasicauth",
        "withbasicauth",
        "credentials",
        "withcredentials",
    ];
    VERBS.iter().any(|verb| method.eq_ignore_ascii_case(verb))
}

/// What a constant that holds a key is named for: `SASL_PASSWORD` of `SASL_PASSWORD_CONFIG`.
pub(super) fn key_of_constant(name: &str) -> &str {
    const SUFFIXES: [&str; 8] = ["_KEY", "_CONFIG", "_OPTION", "_PROPERTY", "_PROP", "_PARAM", "_PARAMETER", "_CONF"];
    let is_constant = !name.bytes().any(|b| b.is_ascii_lowercase());
    SUFFIXES.iter().filter(|_| is_constant).find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name)
}
