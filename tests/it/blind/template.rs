//! Templates: artifacts with gaps that are filled with random credentials, other ones for each seed.
//!
//! `⟦kind⟧` stands for a value of a kind, `⟦kind:name⟧` for one of a pair that the parts of that name in
//! the file form, `⟦kind|form⟧` for one that is written in another form. A `?` at the end says that the
//! value is known to be out of reach. `«b64 …»` is written in Base64.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use regex::{Captures, Regex};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

/// A value that was planted, and where.
#[derive(Clone, Debug)]
pub struct Planted {
    pub file: String,
    pub line: u64,
    pub value: String,
    pub kind: String,
    pub name: Option<String>,
    pub is_out_of_reach: bool,
}

impl Planted {
    /// Whether it is one of the parts of an AWS key.
    pub fn is_part(&self) -> bool {
        self.name.is_some() && matches!(self.kind.as_str(), "id" | "key" | "sid" | "session")
    }
}

static GAP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"⟦([a-z]+)([0-9]*)(?::([A-Za-z0-9]+))?(?:\|([a-z0-9]+))?(\?)?⟧").unwrap());
static ENCODED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"«b64 (.*?)»").unwrap());

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
/// None that quotes or escapes.
const ODD: &str = "!#%&()*+,-./:;<=>?@[]^_{|}~";
const WORDS: [&str; 20] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "ivory", "jasper", "krill", "maple",
    "nylon", "onyx", "pearl", "quartz", "raven", "slate", "topaz", "umber",
];

/// Fills templates, and keeps what it has planted.
pub struct Filler {
    seed: u64,
    count: u64,
    pub planted: Vec<Planted>,
}

impl Filler {
    pub fn new(seed: u64) -> Self {
        Self { seed, count: 0, planted: Vec::new() }
    }

    pub fn fill(&mut self, file: &str, template: &str) -> String {
        let mut named: BTreeMap<String, String> = BTreeMap::new();
        let mut filled = Vec::new();
        for (line, text) in (1..).zip(template.split('\n')) {
            let text = GAP.replace_all(text, |gap: &Captures<'_>| {
                let name = gap.get(3).map(|name| name.as_str().to_owned());
                let key = name.as_ref().map(|name| format!("{}:{name}", &gap[1]));
                let value = match key.and_then(|key| named.get(&key).cloned()) {
                    Some(value) => value,
                    None => self.value(&gap[1], gap[2].parse().unwrap_or(0)),
                };
                if let Some(name) = &name {
                    named.insert(format!("{}:{name}", &gap[1]), value.clone());
                }
                self.planted.push(Planted {
                    file: file.to_owned(),
                    line,
                    value: value.clone(),
                    kind: gap[1].to_owned(),
                    name,
                    is_out_of_reach: gap.get(5).is_some(),
                });
                written(&value, gap.get(4).map_or("", |form| form.as_str()))
            });
            let text = ENCODED.replace_all(&text, |plain: &Captures<'_>| BASE64.encode(plain[1].as_bytes()));
            filled.push(text.into_owned());
        }
        filled.join("\n")
    }

    fn below(&mut self, limit: usize) -> usize {
        self.count += 1;
        let mut hasher = DefaultHasher::new();
        (self.seed, self.count).hash(&mut hasher);
        usize::try_from(hasher.finish() % limit as u64).unwrap()
    }

    fn pick(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| letters[self.below(letters.len())]).collect()
    }

    /// Letters of both cases and digits.
    fn mixed(&mut self, length: usize, more: &str) -> String {
        loop {
            let value = self.pick(&format!("{LOWER}{UPPER}{DIGITS}{more}"), length);
            let has = |of: fn(&u8) -> bool| value.bytes().any(|b| of(&b));
            if has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit) {
                return value;
            }
        }
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }

    fn value(&mut self, kind: &str, length: usize) -> String {
        let base32 = format!("{UPPER}234567");
        match kind {
            "id" => format!("AKIA{}{}", self.pick("QRSTUVWXYZ23456", 1), self.pick(&base32, 15)),
            "sid" => format!("ASIA{}{}", self.pick("QRSTUVWXYZ23456", 1), self.pick(&base32, 15)),
            "key" => self.mixed(40, "+/"),
            "session" => format!("IQoJb3JpZ2luX2Vj{}", self.mixed(260, "+/")),
            // What a person makes up, and what such people call strong.
            "pw" => {
                let (first, odd, second) = (self.word(), self.pick("!*^~+_-.", 1), self.word());
                format!("{}{}{odd}{second}{}", first[..1].to_uppercase(), &first[1..], self.pick(DIGITS, 2))
            }
            "plain" => {
                let word = self.word();
                format!("{}{}{}", word[..1].to_uppercase(), &word[1..], self.pick(DIGITS, 4))
            }
            "gen" => self.mixed(16, ""),
            "ltai" => format!("LTAI5t{}", self.mixed(18, "")),
            "strong" => format!("{}{}{}", self.mixed(12, ""), self.pick("!*^~+_-.", 2), self.mixed(4, "")),
            "ghp" | "npm" => {
                let body = self.mixed(30, "");
                let checksum = base62(crc32fast::hash(body.as_bytes()));
                format!("{kind}_{body}{checksum}")
            }
            "jwt" => {
                let payload = format!("{{\"sub\":\"svc-{}\",\"iat\":1700000000}}", self.pick(DIGITS, 6));
                let signature = self.mixed(32, "");
                let parts = [r#"{"alg":"HS256","typ":"JWT"}"#, &payload, &signature];
                parts.map(|part| BASE64URL_NOPAD.encode(part.as_bytes())).join(".")
            }
            "uuid" => {
                let hex = self.pick("0123456789abcdef", 32);
                format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
            }
            // With what ends a value too early where a reader knows no better.
            "starred" => format!("{}*{}", self.mixed(6, ""), self.mixed(5, "")),
            "ated" => format!("{}@{}", self.mixed(6, ""), self.mixed(5, "")),
            "commented" => format!("{}/*{}", self.mixed(4, ""), self.mixed(7, "")),
            // As people make them up: `coral.Amber8739`.
            "worded" => {
                let (first, second) = (self.word(), self.word());
                format!("{first}.{}{}{}", second[..1].to_uppercase(), &second[1..], self.pick(DIGITS, 4))
            }
            "spaced" => [(); 4].map(|()| format!("{}{}", self.pick(LOWER, 2), self.pick(DIGITS, 1))).join(" "),
            "azkey" => format!("{}==", self.mixed(86, "+/")),
            "hex" => self.pick("0123456789abcdef", length),
            // A digit is in it: letters alone may be a word, and are judged as one.
            "lower" => self.pick(&format!("{LOWER}{DIGITS}"), length - 1) + &self.pick(DIGITS, 1),
            "letters" => self.pick(LOWER, length),
            "phrase" => [(); 4].map(|()| self.word()).join("-"),
            // What a generator of four classes makes; at its edges too, there is whatever it likes.
            "four" => loop {
                let value = self.mixed(length, ODD);
                if value.bytes().filter(|byte| ODD.as_bytes().contains(byte)).count() >= 2 {
                    break value;
                }
            },
            "edges" => {
                format!("{}{}{}", self.pick("!*^~+_.%&@?/", 1), self.mixed(length, ""), self.pick("!*^~_.-=:?/", 1))
            }
            "upper" => self.pick(&format!("{UPPER}{DIGITS}"), length),
            "digits" => self.pick(DIGITS, length),
            "alnum" => self.mixed(length, ""),
            "mixed" => self.mixed(length, "+/"),
            "urlsafe" => self.mixed(length, "-_"),
            _ => panic!("kind {kind}"),
        }
    }
}

/// How the value is written down.
fn written(value: &str, form: &str) -> String {
    match form {
        "b64" => BASE64.encode(value.as_bytes()),
        "hex" => HEXLOWER.encode(value.as_bytes()),
        "rev" => value.chars().rev().collect(),
        "chars" => value.chars().map(|c| format!("'{c}'")).collect::<Vec<_>>().join(", "),
        _ => value.to_owned(),
    }
}

fn base62(mut number: u32) -> String {
    let alphabet: Vec<char> = format!("{DIGITS}{UPPER}{LOWER}").chars().collect();
    let mut digits = ['0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = alphabet[(number % 62) as usize];
        number /= 62;
    }
    digits.iter().collect()
}
