//! Mentions: what the entries of a constant pool say of the methods that use them.

use super::call_site::simple_name;
use super::class_file::ClassFile;
use super::comparisons::compares;
use super::descriptor::{is_reference, parameters};
use super::interest::{Interest, is_decoder, is_key};
use super::naming::{holds_text, only_looks};
use super::pool::{Entry, MemberRef};
use super::recorder::Recorder;
use super::strings::{decodes, puts_together};
use crate::formats::links::Links;
use crate::formats::names::{key_of_constant, logs_in};
use crate::rules::vocabulary::Vocabulary;

pub(super) mod says {
    //! What a mention says, one bit each.

    /// A text that is a key, or holds one, or may be a secret.
    pub(in super::super) const TEXT: u16 = 1;
    /// A text that may be a part of one.
    pub(in super::super) const PART: u16 = 1 << 1;
    /// What is stored there or given to it has a secret's name, or it makes another text of it.
    pub(in super::super) const BINDS: u16 = 1 << 2;
    /// What it gives has a secret's name.
    pub(in super::super) const NAMED: u16 = 1 << 3;
    pub(in super::super) const COMPARES: u16 = 1 << 4;
    /// It puts texts together or takes them apart.
    pub(in super::super) const COMPOSES: u16 = 1 << 5;
    /// It binds one argument to another.
    pub(in super::super) const MAPS: u16 = 1 << 6;
    /// A member of the class's own.
    pub(in super::super) const OWN: u16 = 1 << 7;
    pub(in super::super) const CALLS: u16 = 1 << 8;
    /// A text may come from it.
    pub(in super::super) const HAS_TEXT: u16 = 1 << 9;
    /// The entry has been asked about.
    pub(super) const ASKED: u16 = 1 << 15;
}

/// Shorter parts say nothing.
const SHORTEST_PART: usize = 8;

pub(super) struct Mentions<'m, 'a> {
    class: &'m ClassFile<'a>,
    interest: &'m Interest,
    vocabulary: &'m Vocabulary,
    links: Option<&'m Links>,
    /// By pool index, of the entries that were asked about.
    known: Vec<u16>,
}

impl<'m, 'a> Mentions<'m, 'a> {
    pub(super) fn new(interest: &'m Interest, recorder: &Recorder<'m, 'a>) -> Self {
        let Recorder { class, vocabulary, links, .. } = *recorder;
        Self { class, interest, vocabulary, links, known: vec![0; class.pool.entries().len()] }
    }

    /// What an entry says: a constant that is loaded, a member that is called or a field, the name of a variable.
    pub(super) fn of(&mut self, index: u16) -> u16 {
        match self.known.get(usize::from(index)) {
            Some(0) => {
                let said = self.judge(index).unwrap_or(0) | says::ASKED;
                self.known[usize::from(index)] = said;
                said
            }
            known => known.copied().unwrap_or(0),
        }
    }

    fn judge(&self, index: u16) -> Option<u16> {
        let pool = &self.class.pool;
        match pool.get(index) {
            Entry::String(utf8) => Some(self.text(utf8, pool.raw(utf8)?) | says::HAS_TEXT),
            Entry::Utf8 { start, length } => {
                Some(if is_key(pool.slice(start, length), self.vocabulary) { says::NAMED } else { 0 })
            }
            Entry::Member { .. } => {
                let MemberRef { class, name, descriptor } = self.class.pool.member(index)?;
                let said = if descriptor.starts_with('(') {
                    self.method(&class, &name, &descriptor)
                } else {
                    self.field(&class, &name, &descriptor)
                };
                Some(said | if class == self.class.slashed { says::OWN } else { 0 })
            }
            _ => None,
        }
    }

    fn text(&self, utf8: u16, raw: &[u8]) -> u16 {
        if self.interest.constants.contains(&utf8) || is_key(raw, self.vocabulary) {
            says::TEXT
        } else if is_part_of_secret(raw) || !raw.contains(&b' ') && self.vocabulary.mentions_key(raw) {
            says::PART
        } else {
            0
        }
    }

    fn is_key(&self, name: &str) -> bool {
        is_key(name.as_bytes(), self.vocabulary)
    }

    fn field(&self, class: &str, name: &str, descriptor: &str) -> u16 {
        if self.vocabulary.field(class, name).is_some() {
            says::TEXT
        } else if is_reference(descriptor) && (self.is_key(name) || self.is_key(key_of_constant(name))) {
            says::BINDS | if self.vocabulary.is_key(name) { says::NAMED } else { 0 }
        } else {
            0
        }
    }

    fn method(&self, class: &str, name: &str, descriptor: &str) -> u16 {
        let simple = &class[simple_name(class)];
        let mut said = says::CALLS;
        let mut add = |holds: bool, says: u16| said |= if holds { says } else { 0 };
        add(is_decoder(name.as_bytes()) || logs_in(name) || self.vocabulary.is_sink(class, name), says::BINDS);
        add(decodes(simple) || self.links.is_some_and(|links| links.take(class, name)), says::BINDS);
        add(puts_together(simple), says::COMPOSES);
        add(self.vocabulary.is_map(class, name), says::MAPS);
        add(compares(name, 2) || compares(name, 1), says::COMPARES);
        let mut given = parameters(descriptor);
        match (given.next(), given.next()) {
            (None, _) => {
                add(self.is_key(name), says::NAMED);
                add(descriptor == "()Ljava/lang/String;" && !class.starts_with("java/"), says::HAS_TEXT);
            }
            (Some(of), None) if holds_text(&of) => {
                let name = if name == "<init>" { simple } else { name };
                add(!only_looks(name) && self.is_key(name), says::BINDS);
            }
            _ => {}
        }
        said
    }
}

/// Whether a constant may be a part of a secret that is put together: no word, no sentence.
fn is_part_of_secret(text: &[u8]) -> bool {
    let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-');
    text.len() >= SHORTEST_PART
        && text.iter().all(is_of_token)
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
}
