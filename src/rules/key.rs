//! A key: the name a value is bound to, normalised so that every spelling of it compares equal.

/// One word of a key, and whether a dotted segment starts with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub starts_segment: bool,
}

/// Splits a key into lower-case words at camel humps and non-alphanumerics: `fs.s3a.secretKey`,
/// `FS_S3A_SECRET_KEY` and `fs-s3a-secret-key` are the same words. Only `.` and `/` end a segment.
pub fn words(key: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::with_capacity(8);
    let mut word = String::new();
    let mut starts_segment = true;
    let mut previous = None;
    let mut chars = key.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_alphanumeric() {
            flush(&mut word, &mut starts_segment, &mut out);
            if matches!(c, '.' | '/' | ':' | '[' | ']') {
                starts_segment = true;
            }
        } else if c.is_ascii_lowercase() || c.is_ascii_digit() {
            word.push(c);
        } else {
            if c.is_uppercase() && !word.is_empty() {
                let next_is_lower = chars.peek().is_some_and(|n| n.is_lowercase());
                // `secretKey` splits before K, `AWSSecret` before the last capital of the run.
                // `s3SecretKey` splits after the digit, `S3A` does not.
                if previous.is_some_and(char::is_lowercase) || next_is_lower {
                    flush(&mut word, &mut starts_segment, &mut out);
                }
            }
            word.extend(c.to_lowercase());
        }
        previous = Some(c);
    }
    flush(&mut word, &mut starts_segment, &mut out);
    out
}

fn flush(word: &mut String, starts_segment: &mut bool, out: &mut Vec<Word>) {
    if !word.is_empty() {
        out.push(Word { text: std::mem::take(word), starts_segment: *starts_segment });
        *starts_segment = false;
    }
}

/// A rule's key pattern: words that must be the suffix of a key's words, with `*` for one segment
/// and `**` for any number of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Word(String),
    Segment,
    Any,
}

impl KeyPattern {
    pub fn new(pattern: &str) -> Self {
        let mut parts = Vec::new();
        for segment in pattern.split('.') {
            match segment {
                "*" => parts.push(Part::Segment),
                "**" => parts.push(Part::Any),
                _ => parts.extend(words(segment).into_iter().map(|word| Part::Word(word.text))),
            }
        }
        Self { parts }
    }

    /// The pattern's last word: every key that matches ends with it. `None` if it ends in a wildcard.
    pub fn last_word(&self) -> Option<&str> {
        match self.parts.last() {
            Some(Part::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// The word that is the rarest in texts at large, going by its length.
    pub fn longest_word(&self) -> Option<&str> {
        let words =
            self.parts.iter().filter_map(|part| if let Part::Word(word) = part { Some(word.as_str()) } else { None });
        words.max_by_key(|word| word.len())
    }

    /// How many letters all its words have.
    pub fn letters(&self) -> usize {
        self.parts.iter().map(|part| if let Part::Word(word) = part { word.len() } else { 0 }).sum()
    }

    /// How particular the pattern is: the number of its words.
    pub fn specificity(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, Part::Word(_))).count()
    }

    pub fn matches(&self, key: &[Word]) -> bool {
        matches_from_end(&self.parts, key)
    }
}

fn matches_from_end(parts: &[Part], key: &[Word]) -> bool {
    let Some((last, parts)) = parts.split_last() else { return true };
    match last {
        Part::Word(word) => key.split_last().is_some_and(|(k, key)| k.text == *word && matches_from_end(parts, key)),
        Part::Segment => {
            let Some(start) = key.iter().rposition(|word| word.starts_segment) else { return false };
            matches_from_end(parts, &key[..start])
        }
        Part::Any => (0..=key.len()).rev().any(|end| matches_from_end(parts, &key[..end])),
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyPattern, words};

    fn matches(pattern: &str, key: &str) -> bool {
        KeyPattern::new(pattern).matches(&words(key))
    }

    #[test]
    fn spellings_compare_equal() {
        for key in ["fs.s3a.secret.key", "fs.s3a.secretKey", "FS_S3A_SECRET_KEY", "my.fs-s3a-secret-key"] {
            assert!(matches("fs.s3a.secret.key", key), "{key}");
        }
        assert!(matches("aws.secret.access.key", "AWSSecretAccessKey"));
        assert!(!matches("secret.key", "secret.key.name"));
    }

    #[test]
    fn wildcards() {
        assert!(matches("s3.bucket.*.access-key", "s3.bucket.my-bucket.access-key"));
        assert!(!matches("s3.bucket.*.access-key", "s3.bucket.a.b.access-key"));
        assert!(matches("aws.credentials.**.secretkey", "aws.credentials.provider.role.provider.basic.secretkey"));
        assert!(matches("aws.credentials.**.secretkey", "aws.credentials.secretkey"));
    }
}
