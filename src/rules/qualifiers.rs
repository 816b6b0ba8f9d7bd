//! Qualifiers: what the end of a name says of where or when its value holds, and not of what it is:
//! `DB_PASSWORD_PROD`, `passwordOld`, `secret2`.

use super::endings::Endings;
use std::sync::LazyLock;

const QUALIFIERS: [&str; 46] = [
    "prod",
    "production",
    "prd",
    "preprod",
    "live",
    "dev",
    "devel",
    "development",
    "stage",
    "staging",
    "stg",
    "test",
    "tst",
    "qa",
    "uat",
    "int",
    "sandbox",
    "local",
    "default",
    "old",
    "new",
    "prev",
    "previous",
    "current",
    "next",
    "backup",
    "bak",
    "legacy",
    "primary",
    "secondary",
    "master",
    "replica",
    "main",
    "alt",
    "eu",
    "us",
    "apac",
    "emea",
    "value",
    "string",
    "str",
    "text",
    "plain",
    "raw",
    "tmp",
    "temp",
];
/// Longer numbers count something.
const MOST_DIGITS: usize = 2;

static ENDINGS: LazyLock<Endings> = LazyLock::new(|| Endings::new(QUALIFIERS.iter().copied()));

/// The name without what qualifies it at its end.
pub fn unqualified_name(name: &str) -> Option<&str> {
    unqualified(name.as_bytes()).and_then(|head| name.get(..head.len()))
}

/// The same of bytes, which need not be of one encoding: qualifiers are ASCII.
pub(super) fn unqualified(name: &[u8]) -> Option<&[u8]> {
    let run = |of: fn(&u8) -> bool, end: usize| end - name[..end].iter().rev().take(12).take_while(|b| of(b)).count();
    let start = if name.last()?.is_ascii_digit() {
        let digits = run(u8::is_ascii_digit, name.len());
        (name.len() - digits <= MOST_DIGITS).then_some(digits)?
    } else if ENDINGS.end(name) {
        let lower = run(u8::is_ascii_lowercase, name.len());
        let start = match name.get(lower.wrapping_sub(1)) {
            _ if lower == name.len() => run(u8::is_ascii_uppercase, lower),
            Some(b) if b.is_ascii_uppercase() => lower - 1,
            _ => lower,
        };
        QUALIFIERS.iter().any(|own| name[start..].eq_ignore_ascii_case(own.as_bytes())).then_some(start)?
    } else {
        return None;
    };
    let end = name[..start].iter().rposition(|byte| !matches!(byte, b'_' | b'-' | b'.'))? + 1;
    Some(&name[..end])
}

#[cfg(test)]
mod tests {
    use super::unqualified_name;

    #[test]
    fn a_qualifier_at_the_end_is_no_part_of_the_name() {
        for (name, plain) in [
            ("DB_PASSWORD_PROD", Some("DB_PASSWORD")),
            ("passwordOld", Some("password")),
            ("secret2", Some("secret")),
            ("api-key.default", Some("api-key")),
            ("password2024", None),
            ("PRODUCTION", None),
            ("passwordReproduction", None),
            ("password", None),
            ("", None),
        ] {
            assert_eq!(unqualified_name(name), plain, "{name}");
        }
    }
}
