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
}

impl Interest {
    pub(super) fn read(pool: &Pool<'_>, file: &[u8], vocabulary: &Vocabulary) -> Self {
        let mut interest = Self::default();
        let mut strings = false;
        for (index, entry) in pool.entries().iter().enumerate() {
            let Ok(index) = u16::try_from(index) else { break };
            match entry {
                Entry::String(_) => strings = true,
                Entry::Class(name) if !interest.names => {
                    interest.names = pool.utf8(*name).is_some_and(|name| vocabulary.is_sink_owner(&name));
                }
                Entry::Utf8 { .. } => {
                    let Some(raw) = pool.raw(index) else { continue };
                    if raw.len() < 3 {
                        continue;
                    }
                    let key = vocabulary.mentions_key(raw);
                    if key && (raw.contains(&b'=') || raw.contains(&b' ')) || vocabulary.is_telling(raw) {
                        interest.constants.insert(index);
                    }
                    if key {
                        interest.names = interest.names || vocabulary.is_key(&modified_utf8::decode(raw));
                    } else if ANNOTATED.contains(&raw) {
                        strings = true;
                    } else if DECODERS.contains(&raw) {
                        interest.names = true;
                    }
                }
                _ => {}
            }
        }
        let arrays = || memmem::find(file, &CHARS).is_some() || memmem::find(file, &BYTES).is_some();
        interest.names = if strings { interest.names || arrays() } else { arrays() };
        interest
    }

    pub(super) fn is_empty(&self) -> bool {
        self.constants.is_empty() && !self.names
    }
}
