//! A peer: the sibling of a value that says which system it opens, a URL or a host.

use super::page::ScopeId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How a key that names a peer ends, longest first.
const PEER_WORDS: [&str; 16] = [
    "bootstrap.servers",
    "bootstrap_servers",
    "bootstrap-servers",
    "base-url",
    "jdbc-url",
    "jdbcurl",
    "jdbc_url",
    "endpoint",
    "fenodes",
    "address",
    "hostname",
    "servers",
    "hosts",
    "host",
    "url",
    "uri",
];
const LONGEST: usize = 512;
/// More than this many URLs in one scope tell nothing about its secrets.
const MOST: usize = 64;

/// Whether a key's last segment names a peer.
pub(super) fn is_peer_value(last_segment: &str, value: &str) -> bool {
    peer_prefix(last_segment, value).is_some()
}

/// What stands before the peer word: `db` of `db.jdbc-url`. `None` if the key names no peer.
pub(super) fn peer_prefix<'k>(key: &'k str, value: &str) -> Option<&'k str> {
    if value.len() > LONGEST || value.len() < 4 || value.starts_with('/') {
        return None;
    }
    // The quick way out: they all end with one of these letters.
    if !matches!(key.as_bytes().last().map(u8::to_ascii_lowercase), Some(b's' | b'l' | b't' | b'e' | b'i')) {
        return None;
    }
    let word = PEER_WORDS.iter().find(|word| {
        key.len() >= word.len()
            && key.as_bytes()[key.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
            && is_word_start(key, key.len() - word.len())
    })?;
    Some(key.get(..key.len() - word.len())?.trim_end_matches(['.', '_', '-']))
}

fn is_word_start(key: &str, at: usize) -> bool {
    let bytes = key.as_bytes();
    at == 0
        || !bytes[at - 1].is_ascii_alphanumeric()
        || bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase()
}

/// The peers of a page, by scope and prefix.
#[derive(Clone, Debug, Default)]
pub(super) struct Peers {
    noted: FxHashMap<ScopeId, Vec<(String, Arc<str>)>>,
}

impl Peers {
    pub(super) fn note(&mut self, scope: ScopeId, prefix: &str, value: &str) {
        let list = self.noted.entry(scope).or_default();
        if list.len() < MOST {
            list.push((prefix.to_owned(), value.into()));
        }
    }

    pub(super) fn adopt(&mut self, other: Self, moved: impl Fn(ScopeId) -> ScopeId) {
        for (scope, list) in other.noted {
            self.noted.entry(moved(scope)).or_default().extend(list);
        }
    }

    /// Longest prefix first, so that the first that fits is the nearest.
    pub(super) fn settle(mut self) -> Self {
        for list in self.noted.values_mut() {
            list.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        }
        self
    }

    pub(super) fn of(&self, scope: ScopeId, key: &str) -> Option<Arc<str>> {
        if peer_prefix(key, "some").is_some() {
            return None;
        }
        let list = self.noted.get(&scope)?;
        let fits = list.iter().find(|(prefix, _)| {
            !prefix.is_empty()
                && key.strip_prefix(prefix.as_str()).is_some_and(|rest| !rest.starts_with(|c: char| c.is_lowercase()))
        });
        // A name without a prefix speaks for its whole map; in a flat file only for names like it.
        let whole = || {
            let bare = list.iter().find(|(prefix, _)| prefix.is_empty());
            match (bare, scope == ScopeId::ROOT) {
                (Some(found), false) => Some(found),
                (Some(found), true) if !key.contains('.') => Some(found),
                _ if scope != ScopeId::ROOT && list.len() == 1 => list.first(),
                _ => None,
            }
        };
        fits.or_else(whole).map(|(_, value)| value.clone())
    }
}
