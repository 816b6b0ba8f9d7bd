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
    const VERBS: [&str; 17] = [
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
        "httpbasicauth",
        "httpdigestauth",
        "authpassword",
        "basiccredentials",
        "plaincredentials",
        "plaintextauthprovider",
        "basicauthentication",
    ];
    VERBS.iter().any(|verb| method.eq_ignore_ascii_case(verb))
}

/// Names of a user and the password behind it: `auth = ("svc", "v")`.
pub(super) fn is_login(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    const NAMES: [&str; 8] =
        ["auth", "basic_auth", "http_auth", "proxy_auth", "basicauth", "creds", "credentials", "login"];
    NAMES.iter().any(|name| last.eq_ignore_ascii_case(name))
}

/// What a constant that holds a key is named for: `SASL_PASSWORD` of `SASL_PASSWORD_CONFIG`.
pub(super) fn key_of_constant(name: &str) -> &str {
    const SUFFIXES: [&str; 8] = ["_KEY", "_CONFIG", "_OPTION", "_PROPERTY", "_PROP", "_PARAM", "_PARAMETER", "_CONF"];
    let is_constant = !name.bytes().any(|b| b.is_ascii_lowercase());
    SUFFIXES.iter().filter(|_| is_constant).find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name)
}

/// What the elements of a collection are called: `PASSWORD` of `PASSWORDS`, `token` of `tokensByTenant` and
/// `tokenMap`. `None` if no rule binds that, or if the name is a key of its own.
pub(super) fn of_elements<'n>(vocabulary: &Vocabulary, name: &'n str) -> Option<&'n str> {
    const KINDS: [&str; 6] = ["Map", "_map", "_MAP", "List", "_list", "_LIST"];
    let by = ["By", "_BY_", "_by_"].iter().filter_map(|by| name.rfind(by)).min();
    let head = &name[..by.unwrap_or(name.len())];
    let head = KINDS.iter().find_map(|kind| head.strip_suffix(kind)).unwrap_or(head);
    let single = head.strip_suffix(['s', 'S']).unwrap_or(head);
    (single.len() < name.len() && vocabulary.is_key(single) && !vocabulary.is_key(name)).then_some(single)
}

/// What the value of a dotted key is called, if only its collection says: `password` of `passwords.orders` and of
/// the elements of `db.passwords`.
pub(super) fn of_element<'n>(vocabulary: &Vocabulary, key: &'n str, value: &str) -> Option<&'n str> {
    let mut segments = key.rsplit('.').take(2).filter(|_| is_element(value));
    segments.find_map(|segment| of_elements(vocabulary, segment))
}

/// Whether a value is one that only its collection names: a run of letters and others that is no name. Beside
/// secrets, a collection may hold whatever says where to find them.
pub(super) fn is_element(value: &str) -> bool {
    const SHORTEST: usize = 8;
    const LONG: usize = 20;
    let is_made = |word: &str| word.len() >= SHORTEST && word.bytes().any(|b| !b.is_ascii_alphabetic());
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    // `min8chars` is a setting.
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    let is_odd = value.bytes().any(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_' | b'.'));
    (is_mixed || is_odd || value.len() >= LONG)
        && !is_digest(value)
        && !is_name(value)
        && !value.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '\\') && value.len() < LONG)
        && value.split(['-', '_', '.']).any(|word| is_made(word) && word.bytes().any(|b| b.is_ascii_alphabetic()))
}

/// What is kept in place of passwords, and told of files: the hexadecimal digits of a digest.
pub(super) fn is_digest(value: &str) -> bool {
    matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128) && value.bytes().all(|b| b.is_ascii_hexdigit())
}
