//! Interest: what a constant pool says about whether a class is worth interpreting. Most are not.

use super::modified_utf8;
use super::pool::{Entry, Pool};
use crate::rules::vocabulary::Vocabulary;
use memchr::memmem;
use rustc_hash::FxHashSet;

/// Calls that turn a constant into another text.
const DECODERS: [&[u8]; 7] = [
    b"reverse",
    b"java/util/Base64$Decoder",
    b"decodeBase64",
    b"parseBase64Binary",
    b"parseHexBinary",
    b"parseHex",
    b"decodeHex",
];
/// Attributes whose strings no String entry stands for (JVMS 4.7.16).
const ANNOTATED: [&[u8]; 3] = [b"AnnotationDefault", b"RuntimeVisibleAnnotations", b"RuntimeInvisibleAnnotations"];
/// The start of an array initialiser: newarray of char or byte, dup, iconst_0, bipush.
const CHARS: [u8; 5] = [0xBC, 5, 0x59, 0x03, 0x10];
const BYTES: [u8; 5] = [0xBC, 8, 0x59, 0x03, 0x10];

#[derive(Debug, Default)]
pub(super) struct Interest {
    /// Pool indices of Utf8 entries that hold a token, a key or a value with the looks of one.
    pub(super) constants: FxHashSet<u16>,
    /// A member's or class's name says that its methods are worth interpreting.
    pub(super) names: bool,
    keys: bool,
}

impl Interest {
    pub(super) fn read(pool: &Pool<'_>, file: &[u8], vocabulary: &Vocabulary) -> Self {
        let mut interest = Self::default();
        let roles = roles(pool);
        let mut strings = false;
        for (index, entry) in pool.entries().iter().enumerate() {
            let Ok(index) = u16::try_from(index) else { break };
            match entry {
                Entry::String(_) => strings = true,
                Entry::Class(name) if !interest.names => {
                    interest.names = pool.utf8(*name).is_some_and(|name| vocabulary.is_sink_owner(&name));
                }
                Entry::Utf8 { .. } => {
                    let role = roles.get(usize::from(index)).copied().unwrap_or(Role::Text);
                    let Some(raw) = pool.raw(index) else { continue };
                    if raw.len() < 3 || role == Role::Type {
                        continue;
                    }
                    strings = strings || ANNOTATED.contains(&raw);
                    interest.names = interest.names || DECODERS.contains(&raw);
                    if role == Role::Name {
                        interest.keys = interest.keys || vocabulary.is_key(&modified_utf8::decode(raw));
                    } else if vocabulary.mentions_any(raw) || raw.len() == 40 {
                        interest.look(index, raw, vocabulary);
                    }
                }
                _ => {}
            }
        }
        let arrays = || memmem::find(file, &CHARS).is_some() || memmem::find(file, &BYTES).is_some();
        // A class without strings may still take secrets from others, if a member is named so.
        interest.names = interest.keys || strings && interest.names || arrays();
        interest
    }

    fn look(&mut self, index: u16, raw: &[u8], vocabulary: &Vocabulary) {
        if vocabulary.is_telling(raw) {
            self.constants.insert(index);
        }
        if !vocabulary.mentions_key(raw) {
            return;
        }
        let text = modified_utf8::decode(raw);
        let inner = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if !text.contains(inner) {
            self.keys = self.keys || vocabulary.is_key(&text);
        } else if text.split(inner).any(|word| vocabulary.is_key(word)) {
            self.constants.insert(index);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.constants.is_empty() && !self.names
    }
}

/// What the pool uses a Utf8 entry for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A string, or what attributes alone refer to.
    Text,
    /// A member that the class calls or reads: it may be a key, but never a token.
    Name,
    /// A class name, descriptor or signature: it tells nothing.
    Type,
}

fn roles(pool: &Pool<'_>) -> Vec<Role> {
    let mut roles = vec![Role::Text; pool.entries().len()];
    let mut set = |index: u16, role: Role| {
        if let Some(own) = roles.get_mut(usize::from(index)) {
            *own = role;
        }
    };
    for (index, entry) in (0..).zip(pool.entries()) {
        match entry {
            Entry::Class(utf8) => set(*utf8, Role::Type),
            Entry::NameAndType { descriptor, .. } => set(*descriptor, Role::Type),
            // Descriptors and signatures of the class's own members (JVMS 4.3, 4.7.9.1).
            Entry::Utf8 { .. } if pool.raw(index).is_some_and(is_signature) => set(index, Role::Type),
            _ => {}
        }
    }
    // One entry may serve for all three: what tells most decides.
    for entry in pool.entries() {
        if let Entry::NameAndType { name, .. } = entry {
            set(*name, Role::Name);
        }
    }
    for entry in pool.entries() {
        if let Entry::String(utf8) = entry {
            set(*utf8, Role::Text);
        }
    }
    roles
}

fn is_signature(raw: &[u8]) -> bool {
    match raw {
        [b'(', rest @ .., b';' | b'V' | b'Z' | b'B' | b'C' | b'S' | b'I' | b'J' | b'F' | b'D'] => rest.contains(&b')'),
        [b'L' | b'T' | b'[' | b'<', .., b';'] => true,
        _ => false,
    }
}
