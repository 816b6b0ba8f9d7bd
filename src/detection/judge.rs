//! The judge: whether a bound value is a secret at all.

use super::shape;
use crate::rules::key::{Word, words};
use crate::rules::schema::Judge;
use crate::rules::set::{CompiledRule, RuleSet};

/// The rule's own `allow` patterns.
pub fn is_allowed(rule: &CompiledRule, value: &str) -> bool {
    rule.allow.iter().filter_map(|allow| allow.get()).any(|regex| regex.is_match(value.as_bytes()))
}

pub fn accepts(judge: Judge, key: &[Word], value: &str, rules: &RuleSet) -> bool {
    if is_nothing(value) || echoes_key(key, value) {
        return false;
    }
    judge == Judge::Lenient || looks_secret(value, rules)
}

/// Values that no credential ever has.
fn is_nothing(value: &str) -> bool {
    value.chars().count() < 2
        || matches!(value.to_ascii_lowercase().as_str(), "true" | "false" | "null" | "none" | "nil" | "yes" | "no" | "on" | "off")
        || value.chars().all(|c| !c.is_alphanumeric())
        || value.contains('\0')
}

/// `password = "password"`, `apiKey = "api-key"`: the value names the key.
fn echoes_key(key: &[Word], value: &str) -> bool {
    let value = words(value);
    !value.is_empty()
        && value.iter().all(|word| key.iter().any(|k| k.text == word.text))
}

/// A listed weak default is a secret all the same: its severity says how much it matters.
fn looks_secret(value: &str, rules: &RuleSet) -> bool {
    if rules.values.is_weak_default(value) {
        return true;
    }
    let length = value.chars().count();
    let letters_only = value.chars().all(char::is_alphabetic);
    if length < 4 || value.bytes().all(|b| b.is_ascii_digit()) && length < 6 {
        return false;
    }
    if value.contains(['\n', '\r', '\t']) || shape::is_prose(value) {
        return false;
    }
    if shape::is_url(value) || shape::is_path(value) || shape::is_class_name(value) || shape::is_uuid(value) {
        return false;
    }
    if shape::is_sequence(value) || is_code(value) {
        return false;
    }
    // Words without a digit or an odd character name things: `USER_PASSWORD`, `basicAuth`, `Bearer`.
    if shape::is_identifier_words(value) || (letters_only && shape::is_camel_word(value)) {
        return false;
    }
    shape::entropy(value) >= 2.0
}

/// Fragments of code, format strings, descriptors, lists and patterns.
fn is_code(value: &str) -> bool {
    value.contains("()")
        || value.contains("${")
        || value.contains("%s")
        || value.contains("{}")
        || value.starts_with(['(', '[', '{', '<', ',', ':', '=', '\\'])
        || value.ends_with([':', '=', ',', '(', '>', ' '])
        || value.split_whitespace().count() > 2
        || value.starts_with('L') && value.ends_with(';')
        || value.contains(", ")
}
