//! A page: the decoded text of an entry, and the bindings that readers have read off it so far.
//!
//! Readers speak of byte offsets only; lines, columns, scopes and peers are worked out once, at the
//! end, in one pass over the text.

use super::evidence::{Binding, Embedded, Level, Scope};
use super::fragments::fragments;
use super::keypath::cut;
use super::names::of_element;
use super::origin::{Origin, Places};
use super::peer::{Peers, is_peer_value, peer_prefix};
use crate::rules::vocabulary::Vocabulary;
use rustc_hash::FxHashSet;
use std::ops::Range;
use std::sync::Arc;

/// Values longer than this are left to the text they stand in, unless their key is known.
const LONGEST_TOKEN: usize = 256;
/// The same for values that are written with escapes: the text does not show them as they are.
const LONGEST_ESCAPED: usize = 16 << 10;

/// More bindings than this are made by nobody but to fill memory. The text is matched all the same.
pub(super) const MOST_BINDINGS: usize = 50_000;
/// What is told of a page with more.
pub(super) const TOO_MANY: &str = "it gives values to more keys than are read; its text was matched";

/// One scope of a page; `ROOT` is the page itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ScopeId(u32);

impl ScopeId {
    pub(super) const ROOT: Self = Self(0);
}

#[derive(Clone, Debug)]
struct ScopeNode {
    parent: ScopeId,
    level: Level,
    name: String,
    at: usize,
}

#[derive(Clone, Debug)]
struct Draft {
    key: String,
    value: String,
    at: usize,
    scope: ScopeId,
    peer: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
pub(super) struct Page<'t> {
    pub(super) text: &'t str,
    pub(super) vocabulary: &'t Vocabulary,
    drafts: Vec<Draft>,
    /// There were more of them than are kept.
    capped: bool,
    /// Where values were bound: no two readers bind one value.
    bound: FxHashSet<usize>,
    scopes: Vec<ScopeNode>,
    peers: Peers,
    /// Values whose fragments were read from their decoded form, not to be read again from the text.
    covered: Vec<Range<usize>>,
    embedded: Vec<(String, Vec<u8>, usize)>,
}

impl<'t> Page<'t> {
    pub(super) fn new(text: &'t str, vocabulary: &'t Vocabulary) -> Self {
        Self {
            text,
            vocabulary,
            drafts: Vec::new(),
            capped: false,
            bound: FxHashSet::default(),
            scopes: Vec::new(),
            peers: Peers::default(),
            covered: Vec::new(),
            embedded: Vec::new(),
        }
    }

    /// A scope below another. Its name is told apart from its like by where it starts.
    pub(super) fn scope(&mut self, parent: ScopeId, level: Level, name: &str, at: usize) -> ScopeId {
        self.scopes.push(ScopeNode { parent, level, name: name.to_owned(), at });
        ScopeId(u32::try_from(self.scopes.len()).unwrap_or(u32::MAX))
    }

    pub(super) fn rename_scope(&mut self, scope: ScopeId, name: &str) {
        if let Some(node) = (scope.0 as usize).checked_sub(1).and_then(|index| self.scopes.get_mut(index)) {
            name.clone_into(&mut node.name);
        }
    }

    /// Whether a key or its value is worth binding. A quick test on the key's last segment comes
    /// first, so that readers need not join their paths.
    pub(super) fn wants(&self, last_segment: &str, value: &str, escaped: bool) -> bool {
        let longest = if escaped { LONGEST_ESCAPED } else { LONGEST_TOKEN };
        !value.is_empty()
            && (self.vocabulary.mentions_key(last_segment.as_bytes())
                || is_peer_value(last_segment, value)
                || escaped && value.len() <= longest && value.contains('=')
                || value.len() <= longest && self.vocabulary.is_telling(value.as_bytes()))
    }

    /// A structured value: bound if a rule could have a use for it. `span` is what stands for it in
    /// the text, without quotes.
    pub(super) fn offer(&mut self, key: &str, value: &str, span: Range<usize>, scope: ScopeId) {
        if value.is_empty() || self.capped {
            return;
        }
        let key = cut(key);
        if let Some(prefix) = peer_prefix(key, value) {
            self.peers.note(scope, prefix, value);
        }
        let escaped = self.text.get(span.clone()) != Some(value);
        let longest = if escaped { LONGEST_ESCAPED } else { LONGEST_TOKEN };
        if self.vocabulary.is_key(key) || value.len() <= longest && self.vocabulary.is_telling(value.as_bytes()) {
            self.bind(key, value, span.start, scope, None);
        } else if let Some(name) = of_element(self.vocabulary, key, value) {
            self.bind(name, value, span.start, scope, None);
        }
        if escaped && !value.contains('\n') && value.len() <= LONGEST_ESCAPED && value.contains(['=', ':']) {
            self.inner_fragments(value, span, scope);
        }
    }

    /// What stands inside a value that is written with escapes. All of it is placed at the value.
    fn inner_fragments(&mut self, value: &str, span: Range<usize>, scope: ScopeId) {
        let mut found = Vec::new();
        fragments(value, &mut |fragment| {
            if self.vocabulary.is_key(&fragment.key) {
                found.push((fragment.key.into_owned(), fragment.value.into_owned(), fragment.peer));
            }
        });
        for (key, value, peer) in found {
            if !value.is_empty() {
                let peer = peer.map(|peer| peer.as_str().into());
                self.keep(Draft { key, value, at: span.start, scope, peer });
            }
        }
        self.covered.push(span);
    }

    /// A value of a reader that is not sure that it reads assignments at all: bound only to a key
    /// that a rule knows.
    pub(super) fn offer_known(&mut self, key: &str, value: &str, at: usize, scope: ScopeId) {
        if value.is_empty() || self.capped {
            return;
        }
        let key = cut(key);
        if let Some(prefix) = peer_prefix(key, value) {
            self.peers.note(scope, prefix, value);
        }
        if self.vocabulary.is_key(key) {
            self.bind(key, value, at, scope, None);
        }
    }

    /// Binds, unless the value at this place is bound already.
    pub(super) fn bind(&mut self, key: &str, value: &str, at: usize, scope: ScopeId, peer: Option<Arc<str>>) {
        if !value.is_empty() && self.bound.insert(at) {
            self.keep(Draft { key: cut(key).to_owned(), value: value.to_owned(), at, scope, peer });
        }
    }

    fn keep(&mut self, draft: Draft) {
        self.capped |= self.drafts.len() >= MOST_BINDINGS;
        if !self.capped {
            self.drafts.push(draft);
        }
    }

    pub(super) fn is_capped(&self) -> bool {
        self.capped
    }

    pub(super) fn is_bound(&self, at: usize) -> bool {
        self.bound.contains(&at)
    }

    /// Whether an offset lies in a value whose fragments are known already. Sorted by the caller of
    /// `settle`.
    pub(super) fn is_covered(&self, at: usize) -> bool {
        let after = self.covered.partition_point(|span| span.start <= at);
        after > 0 && self.covered[after - 1].end > at
    }

    /// Ends structured reading: `is_covered` may be asked from here on.
    pub(super) fn settle(&mut self) {
        self.covered.sort_by_key(|span| (span.start, span.end));
    }

    pub(super) fn embed(&mut self, name: &str, bytes: Vec<u8>, at: usize) {
        self.embedded.push((name.to_owned(), bytes, at));
    }

    /// Where the files begin that have been taken out.
    pub(super) fn embedded_at(&self) -> FxHashSet<usize> {
        self.embedded.iter().map(|(_, _, at)| *at).collect()
    }

    /// Binds one of several values that are at one place.
    pub(super) fn add(&mut self, key: &str, value: &str, at: usize, scope: ScopeId) {
        if !value.is_empty() {
            self.keep(Draft { key: cut(key).to_owned(), value: value.to_owned(), at, scope, peer: None });
        }
    }

    pub(super) fn has_bindings(&self) -> bool {
        !self.drafts.is_empty()
    }

    /// Takes over what was read from a text inside this one; `place` maps its offsets.
    pub(super) fn adopt(&mut self, inner: Page<'_>, scope: ScopeId, place: impl Fn(usize) -> usize) {
        self.capped |= inner.capped;
        let shift = self.scopes.len() as u32;
        let moved = |id: ScopeId| if id == ScopeId::ROOT { scope } else { ScopeId(id.0 + shift) };
        for node in inner.scopes {
            self.scopes.push(ScopeNode { parent: moved(node.parent), at: place(node.at), ..node });
        }
        self.peers.adopt(inner.peers, moved);
        for draft in inner.drafts {
            let at = place(draft.at);
            if self.bound.insert(at) {
                self.keep(Draft { at, scope: moved(draft.scope), ..draft });
            }
        }
        self.covered.extend(inner.covered.into_iter().map(|span| place(span.start)..place(span.end)));
        self.embedded.extend(inner.embedded.into_iter().map(|(name, bytes, at)| (name, bytes, place(at))));
    }

    /// The bindings with their places.
    pub(super) fn finish(self, origin: &Origin<'_>) -> (Vec<Binding>, Vec<Embedded>) {
        let used = self.used_scopes();
        let mut offsets: Vec<usize> = self.drafts.iter().map(|draft| draft.at).collect();
        offsets.extend(self.embedded.iter().map(|(_, _, at)| *at));
        offsets.extend(self.scopes.iter().zip(&used).filter(|(_, used)| **used).map(|(node, _)| node.at));
        let places = Places::new(self.text, offsets, origin);
        let mut scopes: Vec<Scope> = Vec::with_capacity(self.scopes.len() + 1);
        scopes.push(origin.scope());
        for (node, used) in self.scopes.iter().zip(used) {
            let scope = if used {
                let name = match node.level {
                    Level::Section if !node.name.is_empty() => node.name.clone(),
                    _ => format!("{}@{}", node.name, places.mark(node.at)),
                };
                scopes.get(node.parent.0 as usize).cloned().unwrap_or_default().within(node.level, &name)
            } else {
                Scope::default()
            };
            scopes.push(scope);
        }
        let peers = self.peers.settle();
        let bindings = self
            .drafts
            .into_iter()
            .map(|draft| Binding {
                peer: draft.peer.or_else(|| peers.of(draft.scope, &draft.key)),
                position: places.of(draft.at),
                scope: scopes.get(draft.scope.0 as usize).cloned().unwrap_or_default(),
                ..Binding::new(draft.key, draft.value)
            })
            .collect();
        let embedded = self
            .embedded
            .into_iter()
            .map(|(name, bytes, at)| Embedded { name, bytes, position: places.of(at) })
            .collect();
        (bindings, embedded)
    }

    /// Which scopes lead to a binding; a page may have a million others.
    fn used_scopes(&self) -> Vec<bool> {
        let mut used = vec![false; self.scopes.len()];
        for draft in &self.drafts {
            let mut id = draft.scope;
            while let Some(index) = (id.0 as usize).checked_sub(1)
                && let Some(flag) = used.get_mut(index)
                && !*flag
            {
                *flag = true;
                id = self.scopes[index].parent;
            }
        }
        used
    }
}
