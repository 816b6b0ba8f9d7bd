//! The identity of a place: which file and member hold a secret, whatever version they are of.
//!
//! It survives what a release changes of itself: the version in a jar's name, the jar's own place,
//! lines that moved, the numbers that a compiler gives to anonymous classes and lambdas.

use super::finding::Location;
use crate::detection::shape;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// SHA-256 over the finding's fingerprint, the innermost path without versions, and the member.
pub fn place(fingerprint: &str, location: &Location) -> String {
    let position = &location.place.position;
    let digest = Sha256::new()
        .chain_update(fingerprint)
        .chain_update([0])
        .chain_update(path(location.place.entry.innermost()))
        .chain_update([0])
        .chain_update(member(position.method.as_deref().or(position.field.as_deref())))
        .finalize();
    HEXLOWER.encode(&digest[..8])
}

/// How a reader recognises the place of the innermost path: `com/acme/Job.class main`.
pub fn hint(path: &str, member: Option<&str>) -> String {
    let (path, member) = (self::path(path), self::member(member));
    if member.is_empty() { path } else { format!("{path} {member}") }
}

fn path(path: &str) -> String {
    unversioned(path.strip_prefix("./").unwrap_or(path))
}

/// Without parameters: one more of them is the same method to whoever reads the report.
fn member(member: Option<&str>) -> String {
    unversioned(member.map(|member| member.split('(').next().unwrap_or(member)).unwrap_or_default())
}

/// A path in which `*` stands for versions, time stamps, hashes and compilers' numbers.
fn unversioned(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        let segment = if shape::is_uuid(segment) { "*" } else { segment };
        let mut versioned = false;
        let mut rest = segment;
        while !rest.is_empty() {
            let separators = rest.len() - rest.trim_start_matches(['-', '_', '.', '+']).len();
            let word = &rest[separators..];
            let word = &word[..word.find(['-', '_', '.', '+']).unwrap_or(word.len())];
            let version = is_version(word) || versioned && is_qualifier(word);
            if !(version && versioned) {
                out.push_str(&rest[..separators]);
                if version {
                    out.push('*');
                } else {
                    push_unnumbered(word, &mut out);
                }
            }
            versioned = version;
            rest = &rest[separators + word.len()..];
        }
    }
    out
}

/// `1`, `2rc1`, `v3`, `20240501T101500Z`, and hashes of seven digits and more.
fn is_version(word: &str) -> bool {
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let is_hash =
        word.len() >= 7 && word.bytes().all(|b| b.is_ascii_hexdigit()) && word.bytes().any(|b| b.is_ascii_digit());
    is_number(word) || word.strip_prefix('v').is_some_and(is_number) || is_hash
}

/// What may follow a version's numbers.
fn is_qualifier(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(
        name,
        "snapshot" | "release" | "final" | "ga" | "rc" | "cr" | "m" | "sp" | "alpha" | "beta" | "dev" | "post"
    )
}

/// `Job$1` and `lambda$main$0` are numbered in the order of their source.
fn push_unnumbered(word: &str, out: &mut String) {
    for (index, part) in word.split('$').enumerate() {
        if index > 0 {
            out.push('$');
        }
        let numbered = index > 0 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        out.push_str(if numbered { "*" } else { part });
    }
}

#[cfg(test)]
mod tests {
    use super::unversioned;

    #[test]
    fn versions_are_cut() {
        for (path, expected) in [
            ("target/orders-1.4.2.jar", "target/orders-*.jar"),
            ("orders-1.5.0-SNAPSHOT.jar", "orders-*.jar"),
            ("orders-1.5.0-20240501.101500-3.jar", "orders-*.jar"),
            ("orders-1.5.0.RC2.jar", "orders-*.jar"),
            ("orders-1.5.0-3fa9c2d.jar", "orders-*.jar"),
            ("orders_2.12-1.20.0.jar", "orders_*.jar"),
            ("releases/v12/8c6ad1ff-19bc-4d1c-9c1c-0d4f4a6b7f11/app.yaml", "releases/*/*/app.yaml"),
            ("job.cpython-311.pyc", "job.cpython-*.pyc"),
            ("com/acme/Job$1.class", "com/acme/Job$*.class"),
            ("lambda$main$0", "lambda$main$*"),
        ] {
            assert_eq!(unversioned(path), expected);
        }
    }

    #[test]
    fn names_stay() {
        for path in [
            "com/acme/v/Job$Inner.class",
            "log4j2.properties",
            ".env",
            "s3a/release/feedback.txt",
            "a--b__c..d",
            "conf/application-dev.yaml",
            "",
        ] {
            assert_eq!(unversioned(path), path);
        }
    }
}
