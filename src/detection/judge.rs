//! The judge: whether a bound value is a secret at all.

use super::shape;
use crate::rules::key::{Word, words};
use crate::rules::letters;
use crate::rules::schema::Judge;
use crate::rules::set::{CompiledRule, RuleSet};

/// The rule's own `allow` patterns.
pub fn is_allowed(rule: &CompiledRule, value: &str) -> bool {
    rule.allow.iter().filter_map(|allow| allow.get()).any(|regex| regex.is_match(value.as_bytes()))
}

pub fn accepts(judge: Judge, key: &[Word], value: &str, rules: &RuleSet) -> bool {
    // A text that was written into another shows how its lines end.
    let value = value.trim_end_matches("\\n").trim_end_matches(',');
    if is_nothing(value) || is_key_itself(value, rules) || names_a_key(key, value) || shape::is_sentence(value) {
        return false;
    }
    judge == Judge::Lenient || looks_secret(key, value, rules)
}

/// Values that no credential ever has.
fn is_nothing(value: &str) -> bool {
    value.chars().count() < 2
        || matches!(
            value.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "none" | "nil" | "yes" | "no" | "on" | "off"
        )
        || value.chars().all(|c| !c.is_alphanumeric())
        || value.contains('\0')
        || is_one_letter(value)
        // Regular expressions.
        || value.contains("(.*)")
        || value.contains("\\.")
}

/// `ACCESS_KEY_SECRET = "fs.s3a.secret.key"`
fn is_key_itself(value: &str, rules: &RuleSet) -> bool {
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    value.split('.').count() >= 3 && value.split(['.', '-', '_']).all(is_plain) && rules.vocabulary.is_key(value)
}

/// `yyy` stands for something else.
fn is_one_letter(value: &str) -> bool {
    let first = value.as_bytes()[0];
    value.len() >= 3 && first.is_ascii_alphabetic() && value.bytes().all(|byte| byte == first)
}

/// The value is a name and not what is named: `apiKey = "api-key"`, `PASSWORD = "db.password"`,
/// `keyStorePassword = "trust-store-type"`.
fn names_a_key(key: &[Word], value: &str) -> bool {
    if !value.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '_' | '-' | ':' | '/' | '*') || c.is_ascii_digit())
    {
        return false;
    }
    let words = words(value);
    // `KEYSTORE_PASSWORD = "keystorepassword"`
    let joined: String = key.iter().map(|word| word.text.as_str()).collect();
    if key.len() > 1 && value.eq_ignore_ascii_case(&joined) {
        return true;
    }
    // `REFRESH_TOKEN("refresh_token2")`; one word alone, `password1`, is a weak password.
    let holds = |word: &Word| {
        let bare = if words.len() > 1 { unnumbered(&word.text) } else { &word.text };
        key.iter().any(|k| noun(&k.text) == noun(bare))
    };
    let shared = words.iter().filter(|word| holds(word)).count();
    if !words.is_empty() && shared == words.len() {
        return true;
    }
    // `secretKey: password` says which entry of a store it is; as a password it is a weak one.
    if let [only] = words.as_slice()
        && matches!(noun(&only.text), "password" | "username" | "user" | "token")
        && key.last().is_some_and(|last| !matches!(noun(&last.text), "password" | "pass" | "passphrase" | "secret"))
    {
        return true;
    }
    let last_is_key = words.len() >= 2 && words.last().map(|word| &word.text) == key.last().map(|word| &word.text);
    let plain = words.iter().all(|word| word.text.chars().all(char::is_alphabetic));
    let camel = value.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    // `caching_sha2_password`
    let cases = [value.contains(char::is_uppercase), value.contains(char::is_lowercase)];
    let snake = value.contains('_') && cases != [true, true] && !value.contains('-');
    last_is_key && (value.contains('.') || snake || plain && camel) || plain && shared >= 2 && shared * 2 >= words.len()
}

/// Without the one digit at its end.
fn unnumbered(word: &str) -> &str {
    word.strip_suffix(|c: char| c.is_ascii_digit())
        .filter(|rest| rest.bytes().all(|b| b.is_ascii_alphabetic()))
        .unwrap_or(word)
}

/// `case "pwd" -> "password"`: the same noun, however it is shortened.
fn noun(word: &str) -> &str {
    if matches!(word, "passwd" | "pwd" | "pw" | "passwort") { "password" } else { word }
}

/// A listed weak default is a secret all the same: its severity says how much it matters.
fn looks_secret(key: &[Word], value: &str, rules: &RuleSet) -> bool {
    if rules.values.is_weak_default(value) {
        return true;
    }
    let length = value.chars().count();
    let letters_only = value.chars().all(char::is_alphabetic);
    if length < 4 || value.bytes().all(|b| b.is_ascii_digit()) && length < 6 {
        return false;
    }
    // Messages in other scripts, whatever words of ours are in them.
    let foreign = value.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
    if foreign >= 6 && foreign * 2 > length || !value.bytes().any(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    if value.contains(['\n', '\r', '\t']) || shape::is_prose(value) {
        return false;
    }
    if shape::is_url(value) || shape::is_path(value) || shape::is_class_name(value) {
        return false;
    }
    if shape::is_uuid(value) {
        return holds_uuid(key);
    }
    if shape::is_sequence(value) || is_code(value) || is_numbered_name(value, rules) {
        return false;
    }
    // Words without a digit or an odd character name things: `USER_PASSWORD`, `basicAuth`, `Bearer`.
    if shape::is_identifier_words(value) || (letters_only && shape::is_camel_word(value)) {
        return letters::are_random(value) || is_passphrase(key, value, rules);
    }
    // Of six digits or letters one may come three times; `111222` and `aaaa` are nobody's.
    shape::entropy(value) >= if length < 6 { 2.0 } else { 1.2 }
}

/// UUIDs name things, but what a key calls a secret is one all the same: Keycloak and Splunk make them.
fn holds_uuid(key: &[Word]) -> bool {
    const SECRETS: [&str; 7] = ["secret", "password", "passwd", "pass", "apikey", "authorization", "clientsecret"];
    const BEFORE: [&str; 15] = [
        "api",
        "private",
        "license",
        "routing",
        "integration",
        "access",
        "auth",
        "secret",
        "subscription",
        "sdk",
        "ingest",
        "http",
        "jenkins",
        "camo",
        "webhook",
    ];
    match key {
        [.., before, last] if matches!(&*last.text, "key" | "token") => BEFORE.contains(&&*before.text),
        [last] if last.text == "token" => true,
        [.., last] => SECRETS.contains(&&*last.text),
        [] => false,
    }
}

/// `prod-orders-db-credentials-v2`: words of which some name things, and a version.
fn is_numbered_name(value: &str, rules: &RuleSet) -> bool {
    let Some((words, version)) = value.rsplit_once(['-', '_', '/']) else { return false };
    let number = version.strip_prefix('v').unwrap_or(version);
    let words: Vec<&str> = words.split(['-', '_', '/']).collect();
    (1..=3).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        && words.iter().filter(|word| rules.values.is_naming(word)).count() >= 2
}

/// `amber-birch-cedar-delta`: words that name nothing here, bound to what is surely a password.
fn is_passphrase(key: &[Word], value: &str, rules: &RuleSet) -> bool {
    let words: Vec<&str> = value.split('-').collect();
    words.len() >= 4
        && key.last().is_some_and(|last| matches!(noun(&last.text), "password" | "pass" | "passphrase"))
        && words.iter().all(|word| (3..=12).contains(&word.len()) && !rules.values.is_naming(word))
}

/// Fragments of code, format strings, descriptors, lists and patterns.
fn is_code(value: &str) -> bool {
    // Passwords of all character classes begin and end with whatever the generator liked.
    let strong = value.len() >= 8 && shape::classes(value) == 4 && !value.contains(char::is_whitespace);
    let edges =
        value.starts_with(['(', '[', '{', '<', ',', ':', '=', '\\']) || value.ends_with([':', ',', '(', '>', ' ']);
    // `{…}` of Maven, `<…>` and `[…]` of templates stand for something else, whatever is in them.
    let wrapped = [('{', '}'), ('<', '>'), ('[', ']'), ('(', ')')]
        .iter()
        .any(|(open, close)| value.starts_with(*open) && value.ends_with(*close));
    wrapped
        || value.contains("()")
        // A glob.
        || value.ends_with("/*") || ["/**", "/*.", "/*/"].iter().any(|glob| value.contains(glob))
        || value.contains("${")
        || value.contains("%s") && !value.bytes().any(|b| b.is_ascii_digit())
        || value.contains("{}")
        || value.contains(".*") && !strong
        || value.contains("\\.")
        || edges && !strong
        // The end of base64 is no assignment.
        || value.ends_with('=') && value.len() < 16 && !strong
        || value.split_whitespace().count() > 2 && !is_grouped(value)
        || value.starts_with('L') && value.ends_with(';')
        || value.contains(", ")
        || is_list_of_names(value)
        || shape::is_header_name(value)
        || shape::is_transformation(value)
}

/// `hB9 zU3 n4pY`: a password in groups, each of letters and digits.
fn is_grouped(value: &str) -> bool {
    let is_group = |word: &str| {
        word.bytes().any(|b| b.is_ascii_digit())
            && word.bytes().any(|b| b.is_ascii_alphabetic())
            && word.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    value.split_whitespace().all(|word| word.len() >= 3 && is_group(word))
}

/// `e,n.password`: operands of an expression without spaces; `n.password,u.token=n.token` are assignments.
fn is_list_of_names(value: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    value.contains(',') && value.contains('.') && value.split([',', '.', '=']).all(is_name)
}
