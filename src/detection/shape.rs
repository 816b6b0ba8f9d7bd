//! The shape of a value: entropy, character classes, and what only looks like a secret.

use crate::rules::letters;

/// Shannon entropy in bits per character.
pub fn entropy(value: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f64;
    counts.iter().filter(|&&n| n > 0).map(|&n| f64::from(n) / total).map(|p| -p * p.log2()).sum()
}

/// How many of lower, upper, digit, other occur.
pub fn classes(value: &str) -> usize {
    let has = |test: fn(&char) -> bool| usize::from(value.chars().any(|c| test(&c)));
    has(|c| c.is_lowercase()) + has(|c| c.is_uppercase()) + has(char::is_ascii_digit) + has(|c| !c.is_alphanumeric())
}

/// Upper, lower and digits, not hex, and not words run together in camel case.
pub fn is_mixed(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_uppercase())
        && value.bytes().any(|b| b.is_ascii_lowercase())
        && value.bytes().any(|b| b.is_ascii_digit())
        && !value.bytes().all(|b| b.is_ascii_hexdigit())
        && !is_camel_case(value)
}

/// `EC2SpotFleetRequestAverageCPUUtilization`: long runs of lower-case letters after capitals.
pub fn is_camel_case(value: &str) -> bool {
    if !value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-')) {
        return false;
    }
    let longest = value.split(|c: char| !c.is_ascii_lowercase()).map(str::len).max().unwrap_or(0);
    let lower = value.bytes().filter(u8::is_ascii_lowercase).count();
    longest >= 6 && lower * 10 >= value.len() * 6 && restlessness(value) < 42 && !letters::are_random(value)
}

/// How many of a hundred steps from one byte to the next change between lower-case letters, upper-case
/// letters, digits and others: 62 in random base62, 47 in hex, some 30 in words run together.
fn restlessness(value: &str) -> usize {
    let class = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let steps = value.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    steps * 100 / value.len().saturating_sub(1).max(1)
}

/// Certainly made by a machine, so that nobody can guess it: long, and changing between letters, cases
/// and digits as no words do.
pub fn is_machine_made(value: &str) -> bool {
    let bytes = value.as_bytes();
    // No word of a text is so long; around a key there may be a few.
    let is_text = || is_prose(value) && value.split_whitespace().all(|word| word.len() < 100);
    if bytes.len() >= 100 && entropy(value) >= 4.0 && !is_text() {
        return true;
    }
    bytes.len() >= 20
        && entropy(value) >= 3.0
        && bytes.iter().any(u8::is_ascii_digit)
        && !bytes.iter().any(u8::is_ascii_whitespace)
        && restlessness(value) >= 36
}

/// `abcdefgh…` and `0123456789…`: alphabets and counting runs.
pub fn is_sequence(value: &str) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() < 8 {
        return false;
    }
    let steps = bytes.windows(2).filter(|w| w[1] == w[0].wrapping_add(1) || w[1] == w[0]).count();
    steps * 4 >= (bytes.len() - 1) * 3
}

/// A dotted or slashed Java name: `com.acme.PasswordEncoder`, `java/lang/String`.
pub fn is_class_name(value: &str) -> bool {
    let parts: Vec<&str> = value.split(['.', '/', '$']).collect();
    // Base64 has slashes too.
    let random = parts.len() <= 3 && value.len() >= 20 && restlessness(value) >= 42;
    // `coral.Amber8739`: classes are numbered, but not by the thousand.
    let digits = value.len() - value.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    parts.len() >= 2
        && !random
        && (parts.len() > 2 || digits < 3)
        && parts.iter().all(|part| {
            part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        })
        && parts.iter().filter(|part| part.chars().all(|c| c.is_lowercase() || matches!(c, '_' | '-'))).count() * 2
            >= parts.len()
}

/// An absolute or relative file path.
pub fn is_path(value: &str) -> bool {
    let rooted =
        value.starts_with('/') || value.starts_with("./") || value.starts_with("../") || value.starts_with("~/");
    let words = value
        .split('/')
        .filter(|s| s.len() > 1 && s.chars().all(|c| c.is_ascii_lowercase() || "._-".contains(c)))
        .count();
    let random = words == 1 && is_machine_made(value);
    (rooted && words >= 1 && !random) || (value.as_bytes().get(1..3) == Some(b":\\"))
}

pub fn is_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, rest)| {
        !rest.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-:".contains(c))
    })
}

/// A sentence: whatever is bound to it, it describes. A passphrase has no full stops and commas, and
/// rarely this many words.
pub fn is_sentence(value: &str) -> bool {
    let words = value.split_whitespace().count();
    words >= 5 && is_prose(value) || words >= 3 && is_prose(value) && value.ends_with('.')
}

/// A sentence or message: several words of letters.
pub fn is_prose(value: &str) -> bool {
    let mut words = 0;
    let mut plain = 0;
    for word in value.split_whitespace() {
        words += 1;
        let stripped = word.trim_matches(|c: char| !c.is_alphanumeric());
        // Vowel signs of many scripts are marks, not letters: what is not ASCII counts as a letter.
        let letter = |c: char| c.is_alphabetic() || c == '\'' || !c.is_ascii();
        plain += usize::from(!stripped.is_empty() && stripped.chars().all(letter));
    }
    words >= 3 && plain * 3 >= words * 2 || (words == 2 && plain == 2)
}

/// `x-amz-security-token`, `X-ClickHouse-Key`: words and hyphens behind the prefix of experiments.
pub fn is_header_name(value: &str) -> bool {
    let words = value.strip_prefix("x-").or_else(|| value.strip_prefix("X-"));
    words.is_some_and(|words| words.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}

/// `AES/CBC/PKCS5Padding`: what `Cipher.getInstance` takes.
pub fn is_transformation(value: &str) -> bool {
    value.split('/').count() == 3 && (value.ends_with("Padding") || value.ends_with("/NoPadding"))
}

/// 8-4-4-4-12 hex.
pub fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value
            .bytes()
            .enumerate()
            .all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Lower-case or upper-case words joined by separators: `basic-auth`, `USER_PASSWORD`, `x-api-key`.
pub fn is_identifier_words(value: &str) -> bool {
    let parts: Vec<&str> = value.split(['-', '_', '.', ':', ' ', '/']).filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [] => false,
        [word] => is_camel_word(word),
        words => words.iter().all(|word| word.chars().all(char::is_alphabetic)),
    }
}

/// One dictionary-like word: letters only, lower or capitalised or camel case.
pub fn is_camel_word(word: &str) -> bool {
    // `V1SecretProjection`: types carry their version in front.
    let word = word.strip_prefix('V').and_then(|rest| rest.strip_prefix(|c: char| c.is_ascii_digit())).unwrap_or(word);
    word.chars().all(char::is_alphabetic)
        && (word.chars().skip(1).all(|c| c.is_lowercase())
            || word.chars().all(|c| c.is_uppercase())
            || is_camel_run(word))
}

/// `dagIdPattern`: behind each capital some small letters, on the average of all words three.
fn is_camel_run(word: &str) -> bool {
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let words = word.split(|c: char| c.is_uppercase()).filter(|part| !part.is_empty());
    let (count, shortest) = words.fold((0, usize::MAX), |(count, least), part| (count + 1, least.min(part.len())));
    shortest >= 2 || count >= capitals && word.chars().count() >= count * 4
}
