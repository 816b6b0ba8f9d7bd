//! Interest: what a constant pool says about whether a class is worth interpreting. Most are not.

use super::modified_utf8;
use super::pool::{Entry, Pool};
use crate::formats::names::of_elements;
use crate::rules::vocabulary::Vocabulary;
use memchr::memmem::Finder;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// Calls that turn a constant into another text.
const DECODERS: [&[u8]; 9] = [
    b"reverse",
    b"getDecoder",
    b"getMimeDecoder",
    b"getUrlDecoder",
    b"decodeBase64",
    b"parseBase64Binary",
    b"parseHexBinary",
    b"parseHex",
    b"decodeHex",
];
/// Attributes whose strings no String entry stands for (JVMS 4.7.16).
const ANNOTATED: [&[u8]; 3] = [b"AnnotationDefault", b"RuntimeVisibleAnnotations", b"RuntimeInvisibleAnnotations"];
/// How the types of a Scala class begin in its annotation: version 5.0, in bytes of seven bits to each of which one
/// was added. No text of the source is in it as it stands.
const PICKLED: &[u8] = &[6, 1];
/// Shorter texts are no keys but `pw`, no tokens and no decoders.
const SHORTEST: u16 = 3;
/// The start of an array initialiser: newarray of char or byte, dup, iconst_0, bipush.
static ARRAYS: LazyLock<[Finder<'_>; 2]> =
    LazyLock::new(|| [5, 8].map(|of| Finder::new(&[0xBC, of, 0x59, 0x03, 0x10]).into_owned()));

#[derive(Debug, Default)]
pub(super) struct Interest {
    /// Pool indices of Utf8 entries that hold a token, a key or a value with the looks of one.
    pub(super) constants: FxHashSet<u16>,
    /// A member's or class's name says that its methods are worth interpreting.
    pub(super) names: bool,
    keys: bool,
}

impl Interest {
    /// `members` is what follows the pool.
    pub(super) fn read(pool: &Pool<'_>, members: &[u8], vocabulary: &Vocabulary) -> Self {
        let mut interest = Self::default();
        let Uses { roles, mut strings } = Uses::read(pool);
        for ((index, entry), role) in (0u16..).zip(pool.entries()).zip(roles) {
            let Entry::Utf8 { start, length } = *entry else { continue };
            let raw = pool.slice(start, length);
            if length < SHORTEST && !raw.eq_ignore_ascii_case(b"pw") {
                continue;
            }
            match role {
                _ if role & TEXT != 0 => interest.look(index, raw, vocabulary),
                _ if role & NAME != 0 => {
                    interest.keys = interest.keys || is_key(raw, vocabulary);
                }
                _ if role & TYPE != 0 || is_signature(raw) || raw.starts_with(PICKLED) => continue,
                _ => interest.look(index, raw, vocabulary),
            }
            strings = strings || is_one_of(raw, &ANNOTATED);
            interest.names = interest.names || is_decoder(raw);
        }
        let owner = |entry: &Entry| match *entry {
            Entry::Class(name) => pool.raw(name).is_some_and(|name| vocabulary.is_sink_owner(name)),
            _ => false,
        };
        // A class without strings may still take secrets from others, if a member is named so.
        interest.names = interest.keys
            || strings && (interest.names || pool.entries().iter().any(owner))
            || ARRAYS.iter().any(|array| array.find(members).is_some());
        interest
    }

    fn look(&mut self, index: u16, raw: &[u8], vocabulary: &Vocabulary) {
        if !vocabulary.may_tell(raw) {
            return;
        }
        if vocabulary.is_telling(raw) {
            self.constants.insert(index);
        }
        if raw.iter().all(|&byte| is_plain(byte)) {
            self.keys = self.keys || is_key(raw, vocabulary);
            return;
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

/// A key, or the name of a collection of what a key names.
pub(super) fn is_key(raw: &[u8], vocabulary: &Vocabulary) -> bool {
    let is_many = || {
        may_be_many(raw)
            && vocabulary.mentions_key(raw)
            && of_elements(vocabulary, &modified_utf8::decode(raw)).is_some()
    };
    vocabulary.may_be_key(raw) && vocabulary.is_key(&modified_utf8::decode(raw)) || is_many()
}

/// Most names are neither a plural nor end as `PasswordMap`, `PASSWORD_LIST` or `passwordsByUser` do.
fn may_be_many(name: &[u8]) -> bool {
    match name {
        [.., b's' | b'S'] | [.., b'a', b'p'] | [.., b'A', b'P'] | [.., b's', b't'] | [.., b'S', b'T'] => true,
        _ => name.windows(2).any(|two| matches!(two, [b'B', b'y'] | [b'B', b'Y'] | [b'b', b'y'])),
    }
}

pub(super) fn is_decoder(name: &[u8]) -> bool {
    is_one_of(name, &DECODERS)
}

/// What ASCII a key is made of.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn is_one_of(raw: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|name| name.len() == raw.len() && *name == raw)
}

/// What the pool uses a Utf8 entry for. One may serve for all three: what tells most decides. An entry
/// without a use is one that attributes alone refer to, and as good as a string.
const TEXT: u8 = 4;
/// A member that the class calls or reads: it may be a key, but never a token.
const NAME: u8 = 2;
/// A class name, descriptor or signature: it tells nothing.
const TYPE: u8 = 1;

struct Uses {
    /// By pool index.
    roles: Vec<u8>,
    /// There are String entries.
    strings: bool,
}

impl Uses {
    fn read(pool: &Pool<'_>) -> Self {
        let mut roles = vec![0; pool.entries().len()];
        let mut strings = false;
        let mut set = |index: u16, role: u8| {
            if let Some(own) = roles.get_mut(usize::from(index)) {
                *own |= role;
            }
        };
        for entry in pool.entries() {
            match *entry {
                Entry::Class(utf8) => set(utf8, TYPE),
                Entry::NameAndType { name, descriptor } => {
                    set(name, NAME);
                    set(descriptor, TYPE);
                }
                Entry::String(utf8) => {
                    strings = true;
                    set(utf8, TEXT);
                }
                _ => {}
            }
        }
        Self { roles, strings }
    }
}

/// Descriptors and signatures of the class's own members (JVMS 4.3, 4.7.9.1).
fn is_signature(raw: &[u8]) -> bool {
    match raw {
        [b'(', rest @ .., b';' | b'V' | b'Z' | b'B' | b'C' | b'S' | b'I' | b'J' | b'F' | b'D'] => rest.contains(&b')'),
        [b'L' | b'T' | b'[' | b'<', .., b';'] => true,
        _ => false,
    }
}
