//! The vocabulary: what is worth reading closely. All that format readers know of the rules.

use super::endings::{Endings, Tails};
use super::key::{KeyPattern, Word, words};
use super::needles::Needles;
use super::qualifiers::{unqualified, unqualified_name};
use super::schema::SinkFile;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Compiled once from the rules and `sinks.toml`.
#[derive(Debug)]
pub struct Vocabulary {
    /// A rule has no keywords: any text may hold a token.
    everything: bool,
    keywords: Needles,
    key_words: Needles,
    /// Both of them: most texts are done with after one pass.
    either: Needles,
    /// A word of each pattern that ends in a wildcard.
    open_words: Needles,
    /// No key that such a pattern fits is shorter.
    shortest_open: usize,
    /// Last words of key patterns.
    endings: Endings,
    key_patterns: FxHashMap<String, Vec<KeyPattern>>,
    open_patterns: Vec<KeyPattern>,
    sinks: FxHashMap<String, Vec<SinkEntry>>,
    maps: FxHashMap<String, Vec<MapEntry>>,
    fields: FxHashMap<String, Vec<FieldEntry>>,
    /// Owners of sinks and fields by their last segment: a class that names none has no known sink.
    owners: FxHashMap<Vec<u8>, Vec<String>>,
    owner_tails: Tails,
}

#[derive(Debug)]
pub struct SinkEntry {
    class: String,
    arity: Option<usize>,
    descriptor: Option<String>,
    /// Argument position to role.
    pub args: Vec<(usize, Arc<str>)>,
}

#[derive(Debug)]
pub struct MapEntry {
    class: String,
    arity: Option<usize>,
    descriptor: Option<String>,
    pub shape: MapShape,
}

/// Which arguments of a map-like call are key and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapShape {
    KeyValue { key: usize, value: usize },
    Pairs,
}

#[derive(Debug)]
struct FieldEntry {
    class: String,
    key: Arc<str>,
}

/// A call as a reader sees it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// With dots or slashes, and `$` for nested classes.
    pub class: &'a str,
    pub method: &'a str,
    /// Simple types of the parameters, where they are known.
    pub types: &'a [Cow<'a, str>],
    pub arity: usize,
}

impl Vocabulary {
    /// `keywords` come from token rules, `keys` from binding rules. `everything` is worth reading if a rule
    /// has no keywords.
    pub fn new(keywords: &[String], keys: &[String], sinks: &SinkFile, everything: bool) -> Self {
        let mut key_patterns: FxHashMap<String, Vec<KeyPattern>> = FxHashMap::default();
        let mut open_patterns = Vec::new();
        for key in keys {
            let pattern = KeyPattern::new(key);
            match pattern.last_word() {
                Some(word) => key_patterns.entry(word.to_owned()).or_default().push(pattern),
                None => open_patterns.push(pattern),
            }
        }
        // Any key that matches a pattern holds its longest word; the last is often a mere `id`.
        let patterns = key_patterns.values().flatten().chain(&open_patterns);
        let mut telling: Vec<String> = patterns.filter_map(|p| p.longest_word().map(str::to_owned)).collect();
        telling.sort();
        telling.dedup();
        let mut owners: FxHashMap<Vec<u8>, Vec<String>> = FxHashMap::default();
        let mut own = |class: &str| {
            let list = owners.entry(last_segment(class.as_bytes()).to_vec()).or_default();
            let class = class.replace('$', ".");
            if !list.contains(&class) {
                list.push(class);
            }
        };
        let mut by_method: FxHashMap<String, Vec<SinkEntry>> = FxHashMap::default();
        for sink in &sinks.sink {
            own(&sink.class);
            by_method.entry(sink.method.clone()).or_default().push(SinkEntry {
                class: sink.class.replace('$', "."),
                arity: sink.arity,
                descriptor: sink.descriptor.clone(),
                args: sink.args.iter().filter_map(|(i, role)| Some((i.parse().ok()?, role.as_str().into()))).collect(),
            });
        }
        let mut maps: FxHashMap<String, Vec<MapEntry>> = FxHashMap::default();
        for map in &sinks.map {
            let shape = match (map.pairs, map.key, map.value) {
                (false, Some(key), Some(value)) => MapShape::KeyValue { key, value },
                _ => MapShape::Pairs,
            };
            maps.entry(map.method.clone()).or_default().push(MapEntry {
                class: map.class.replace('$', "."),
                arity: map.arity,
                descriptor: map.descriptor.clone(),
                shape,
            });
        }
        let mut fields: FxHashMap<String, Vec<FieldEntry>> = FxHashMap::default();
        for field in &sinks.field {
            own(&field.class);
            fields
                .entry(field.field.clone())
                .or_default()
                .push(FieldEntry { class: field.class.replace('$', "."), key: field.key.as_str().into() });
        }
        let shortest_open = open_patterns.iter().map(KeyPattern::letters).min().unwrap_or(usize::MAX);
        let open: Vec<&str> = open_patterns.iter().filter_map(KeyPattern::longest_word).collect();
        let key_words = || telling.iter().map(String::as_str);
        let keywords = || keywords.iter().map(String::as_str);
        Self {
            everything,
            either: Needles::new(keywords().chain(key_words())),
            open_words: Needles::new(open),
            shortest_open,
            endings: Endings::new(key_patterns.keys().map(String::as_str)),
            keywords: Needles::new(keywords()),
            key_words: Needles::new(key_words()),
            key_patterns,
            open_patterns,
            sinks: by_method,
            maps,
            fields,
            owner_tails: Tails::new(owners.keys().map(Vec::as_slice)),
            owners,
        }
    }

    /// Whether a token rule could match in this text.
    pub fn mentions_keyword(&self, text: &[u8]) -> bool {
        self.everything || self.keywords.are_in(text)
    }

    /// All places of keywords, which may overlap, each with the keyword's number.
    pub fn keywords_in(&self, text: &[u8], found: &mut dyn FnMut(usize, Range<usize>)) {
        self.keywords.each(text, found);
    }

    /// Whether the text could hold a key that a rule binds: a cheap test without word boundaries.
    pub fn mentions_key(&self, text: &[u8]) -> bool {
        self.key_words.are_in(text)
    }

    /// All places at which a key may stand, cheaply told: those of one word of each.
    pub fn keys_in(&self, text: &[u8], found: &mut dyn FnMut(Range<usize>)) {
        self.key_words.each(text, &mut |_, place| found(place));
    }

    /// Whether the text could hold a token or a key: false for most, at the cost of one pass.
    pub fn mentions_any(&self, text: &[u8]) -> bool {
        self.everything || self.either.are_in(text)
    }

    /// Whether any rule binds this key.
    pub fn is_key(&self, key: &str) -> bool {
        let is_key = |key: &str| self.ends_as_key(key.as_bytes()) && self.is_key_words(&words(key));
        is_key(key) || unqualified_name(key).is_some_and(is_key)
    }

    /// A cheap test for a key's last word: nearly all names fail it.
    pub fn may_be_key(&self, key: &[u8]) -> bool {
        self.ends_as_key(key) || unqualified(key).is_some_and(|key| self.ends_as_key(key))
    }

    fn ends_as_key(&self, key: &[u8]) -> bool {
        // Bytes beyond ASCII may be letters or not; words are told apart later.
        let end = key.iter().rposition(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).map_or(0, |at| at + 1);
        let Some((last, _)) = key[..end].split_last() else { return false };
        !last.is_ascii()
            || self.endings.end(&key[..end])
            || key.len() >= self.shortest_open && self.open_words.are_in(key)
    }

    fn is_key_words(&self, key: &[Word]) -> bool {
        let Some(last) = key.last() else { return false };
        self.key_patterns.get(&last.text).is_some_and(|patterns| patterns.iter().any(|p| p.matches(key)))
            || self.open_patterns.iter().any(|p| p.matches(key))
    }

    /// Whether a whole string constant tells by itself that it may be a token: it holds a keyword, or
    /// has the looks of a machine-made value.
    pub fn is_telling(&self, constant: &[u8]) -> bool {
        looks_machine_made(constant) || self.mentions_keyword(constant)
    }

    /// Whether it is telling, or could be or hold a key: false for most, at the cost of one pass.
    pub fn may_tell(&self, constant: &[u8]) -> bool {
        self.mentions_any(constant) || looks_machine_made(constant)
    }

    /// Whether a class of this name, dotted or slashed, owns a known sink or field.
    pub fn is_sink_owner(&self, class: &[u8]) -> bool {
        self.owner_tails.may_end(class)
            && self.owners.get(last_segment(class)).is_some_and(|owners| owners.iter().any(|o| ends_with(class, o)))
    }

    /// Whether a class, dotted or slashed, has a method of this name that is a known sink.
    pub fn is_sink(&self, class: &str, method: &str) -> bool {
        self.is_sink_owner(class.as_bytes())
            && self.sinks.get(method).is_some_and(|sinks| sinks.iter().any(|sink| is_suffix(class, &sink.class)))
    }

    /// Whether one of them binds one of its arguments to another.
    pub fn is_map(&self, class: &str, method: &str) -> bool {
        self.maps.get(method).is_some_and(|maps| maps.iter().any(|map| is_suffix(class, &map.class)))
    }

    pub fn sink(&self, call: Call<'_>) -> Option<&SinkEntry> {
        self.sinks.get(call.method)?.iter().find(|s| fits(call, &s.class, s.arity, s.descriptor.as_deref()))
    }

    pub fn map(&self, call: Call<'_>) -> Option<&MapEntry> {
        self.maps.get(call.method)?.iter().find(|m| fits(call, &m.class, m.arity, m.descriptor.as_deref()))
    }

    /// The config key that a static field holds.
    pub fn field(&self, class: &str, field: &str) -> Option<&Arc<str>> {
        self.fields.get(field)?.iter().find(|f| is_suffix(class, &f.class)).map(|f| &f.key)
    }
}

fn fits(call: Call<'_>, class: &str, arity: Option<usize>, descriptor: Option<&str>) -> bool {
    arity.is_none_or(|a| a == call.arity)
        && descriptor.is_none_or(|descriptor| is_of_types(descriptor, call.types))
        && is_suffix(call.class, class)
}

/// Whether a descriptor, `(String,int)`, lists these types.
fn is_of_types(descriptor: &str, types: &[Cow<'_, str>]) -> bool {
    let inside = descriptor.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
    inside.split(',').filter(|of| !of.is_empty()).eq(types.iter().map(|of| &**of))
}

/// Whether `suffix` (dots only) ends `class` (dots or slashes, and `$`) at a segment boundary.
fn is_suffix(class: &str, suffix: &str) -> bool {
    ends_with(class.as_bytes(), suffix)
}

fn ends_with(class: &[u8], suffix: &str) -> bool {
    let suffix = suffix.as_bytes();
    let Some(start) = class.len().checked_sub(suffix.len()) else { return false };
    let same = class[start..].iter().zip(suffix).all(|(&a, &b)| a == b || (matches!(a, b'$' | b'/') && b == b'.'));
    same && (start == 0 || matches!(class[start - 1], b'.' | b'$' | b'/'))
}

fn last_segment(class: &[u8]) -> &[u8] {
    let start = class.iter().rposition(|byte| matches!(byte, b'.' | b'$' | b'/')).map_or(0, |at| at + 1);
    &class[start..]
}

/// 40 characters of base64 that mix cases and digits: an AWS secret key bound to nothing.
fn looks_machine_made(text: &[u8]) -> bool {
    text.len() == 40
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
        && text.iter().any(u8::is_ascii_uppercase)
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::is_suffix;

    #[test]
    fn relocated_and_nested_classes_match_by_suffix() {
        assert!(is_suffix("shaded.org.apache.x.JdbcOptions$Builder", "x.JdbcOptions.Builder"));
        assert!(!is_suffix("com.MyJdbcOptions", "JdbcOptions"));
        assert!(is_suffix("JdbcOptions", "JdbcOptions"));
    }
}
