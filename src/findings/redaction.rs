//! Redaction: what is printed around a finding, without the secrets that happen to stand in it: the key
//! that a value is bound to, the members and paths that lead there, and what trouble tells of them.
//!
//! It is done once, to the findings themselves, so that no report, baseline or cache can forget it.

use super::finding::{Finding, Location, Owner};
use crate::detection::shape;
use crate::detection::token;
use crate::formats::evidence::LiteralKind;
use crate::meter::Meter;
use crate::place::{EntryPath, Place};
use crate::rules::schema::{Confidence, Lifetime};
use crate::rules::set::RuleSet;
use crate::trouble::Trouble;
use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::noncontiguous::NFA;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::sync::Arc;

const MASK: &str = "••••";
/// So many bytes of a machine-made secret are a piece of it; fewer are met by chance.
const PIECE: usize = 8;
/// Pieces beyond this many are not looked for: the values themselves still are.
const MOST_PIECES: usize = 1 << 20;

/// Of other ways to write secrets, so many bytes are looked for.
const MOST_DISGUISES: usize = 4 << 20;
/// What is longer does not fit a name, or what is said of one.
const LONGEST: usize = 8 << 10;
/// Bytes by which a secret, or a disguise of one, is told from any other text: what follows is masked unseen.
const BEGINNING: usize = 32;

/// The secrets that may not be repeated.
pub struct Redaction<'a> {
    rules: &'a RuleSet,
    pieces: FxHashSet<[u8; PIECE]>,
    whole: Option<Whole>,
    /// For the paths that rules' globs ask for: a name lies nowhere.
    nowhere: EntryPath,
}

impl<'a> Redaction<'a> {
    pub fn new(findings: &[Finding], rules: &'a RuleSet) -> Self {
        let mut pieces = FxHashSet::default();
        let mut whole: FxHashMap<Vec<u8>, usize> = FxHashMap::default();
        let mut left = MOST_DISGUISES;
        for part in findings.iter().flat_map(|finding| &finding.parts).filter(|part| !part.identifier) {
            let Some(value) = part.exposed() else { continue };
            if part.random && pieces.len() < MOST_PIECES {
                pieces.extend(value.as_bytes().windows(PIECE).filter_map(|piece| <[u8; PIECE]>::try_from(piece).ok()));
            }
            let is_told = || is_telling(value) && !rules.values.is_weak_default(value);
            // Long ones are met by their pieces, if at all.
            if value.len() <= LONGEST && (part.random && value.len() >= PIECE || is_told()) {
                let mut add = |text: &[u8], length: usize| {
                    let longest = whole.entry(text[..text.len().min(BEGINNING)].to_vec()).or_default();
                    *longest = length.max(*longest);
                };
                let value = value.as_bytes();
                add(value, value.len());
                let begins = &value[..value.len().min(2 * BEGINNING)];
                let disguises = if left > 0 { disguises(begins) } else { Vec::new() };
                for disguise in disguises.into_iter().filter(|text| text.len() >= PIECE) {
                    left = left.saturating_sub(disguise.len().min(BEGINNING));
                    if left > 0 {
                        add(disguise.as_bytes(), disguise.len() * value.len().div_ceil(begins.len()));
                    }
                }
            }
        }
        Self { rules, pieces, whole: Whole::new(whole), nowhere: EntryPath::artifact("") }
    }

    /// The text without secrets; `None` if there are none in it.
    pub fn text(&self, text: &str) -> Option<String> {
        let mut spans: Vec<Range<usize>> = Vec::new();
        if !self.pieces.is_empty() {
            let starts = text.as_bytes().windows(PIECE).enumerate();
            spans.extend(starts.filter(|(_, piece)| self.pieces.contains(*piece)).map(|(at, _)| at..at + PIECE));
        }
        if let Some(whole) = &self.whole {
            spans.extend(whole.find(text));
        }
        let meter = Meter::of(text.len());
        token::search(text.as_bytes(), &LiteralKind::Text, &self.nowhere, self.rules, &meter, &mut |rule, span| {
            let rule = &self.rules.rules[rule].rule;
            let shown = rule.lifetime == Lifetime::Identifier || rule.role == "access_key_id";
            if rule.confidence == Confidence::High && !shown {
                spans.push(span);
            }
            true
        });
        (!spans.is_empty()).then(|| masked(text, spans))
    }

    /// Redacts what surrounds the findings.
    pub fn apply(&self, findings: &mut [Finding], trouble: &mut [Trouble]) {
        let mut known = Known { redaction: self, texts: FxHashMap::default() };
        for finding in findings {
            known.owner(&mut finding.owner);
            finding.locations.iter_mut().for_each(|location| known.location(location));
        }
        for trouble in trouble {
            for text in [&mut trouble.uri, &mut trouble.detail] {
                known.string(text);
            }
        }
    }
}

/// Whole secrets, and whole disguises of them, by how they begin.
struct Whole {
    beginnings: NFA,
    /// How long the longest is that begins so.
    lengths: Vec<usize>,
}

impl Whole {
    fn new(beginnings: FxHashMap<Vec<u8>, usize>) -> Option<Self> {
        let (beginnings, lengths): (Vec<_>, Vec<_>) = beginnings.into_iter().unzip();
        // The table of a DFA has kilobytes for each byte: megabytes for a dozen secrets, to search some names.
        let beginnings = if beginnings.is_empty() { None } else { NFA::new(beginnings).ok() };
        beginnings.map(|beginnings| Self { beginnings, lengths })
    }

    /// At each place where one ends, the longest: they may be the ends of one another.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let secrets = &self.beginnings;
        let mut found = Vec::new();
        let Ok(mut state) = secrets.start_state(Anchored::No) else { return found };
        for (at, byte) in text.bytes().enumerate() {
            state = secrets.next_state(Anchored::No, state, byte);
            if secrets.is_match(state) {
                // Those behind it are its ends.
                let pattern = secrets.match_pattern(state, 0);
                let start = at + 1 - secrets.pattern_len(pattern);
                let length = self.lengths.get(pattern.as_usize()).copied().unwrap_or_default();
                found.push(start..(start + length).min(text.len()).max(at + 1));
            }
        }
        found
    }
}

/// How a secret is written as part of a name: in a URL, in hexadecimal digits, and in Base64 from any byte of
/// a group of three on, without the characters in which its neighbours have a part.
fn disguises(bytes: &[u8]) -> Vec<String> {
    let percent = |upper: bool| -> String {
        let escaped = |byte: &u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
            byte if upper => format!("%{byte:02X}"),
            byte => format!("%{byte:02x}"),
        };
        bytes.iter().map(escaped).collect()
    };
    let mut forms = vec![percent(true), percent(false), HEXLOWER.encode(bytes), HEXUPPER.encode(bytes)];
    for shift in 0..3 {
        let shifted = [&[0; 2][..shift], bytes].concat();
        let first = (shift * 8).div_ceil(6);
        for coding in [&BASE64_NOPAD, &BASE64URL_NOPAD] {
            let coded = coding.encode(&shifted);
            let end = coded.len() - usize::from(!shifted.len().is_multiple_of(3));
            forms.extend(coded.get(first..end).map(str::to_owned));
        }
    }
    forms.retain(|form| form.as_bytes() != bytes);
    forms
}

/// Whether a value that a person chose says so: one that is a word of letters alone is met everywhere.
fn is_telling(value: &str) -> bool {
    let classes = shape::classes(value);
    value.len() >= 6 && (classes >= 3 || classes == 2 && value.bytes().any(|byte| byte.is_ascii_digit()))
}

fn masked(text: &str, mut spans: Vec<Range<usize>>) -> String {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        let start = (0..=span.start).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let end = (span.end..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
        if start >= done && (start > done || !out.ends_with(MASK)) {
            out.push_str(text.get(done..start).unwrap_or_default());
            out.push_str(MASK);
        }
        done = done.max(end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Texts that have been redacted already: the same few paths and members stand in all places.
struct Known<'a> {
    redaction: &'a Redaction<'a>,
    texts: FxHashMap<String, Option<Arc<str>>>,
}

impl Known<'_> {
    fn text(&mut self, text: &str) -> Option<Arc<str>> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let redacted: Option<Arc<str>> = self.redaction.text(text).map(Into::into);
        self.texts.insert(text.to_owned(), redacted.clone());
        redacted
    }

    fn string(&mut self, text: &mut String) {
        if let Some(redacted) = self.text(text) {
            *text = redacted.to_string();
        }
    }

    fn shared(&mut self, text: &mut Option<Arc<str>>) {
        if let Some(redacted) = text.as_deref().and_then(|text| self.text(text)) {
            *text = Some(redacted);
        }
    }

    fn owner(&mut self, owner: &mut Owner) {
        if let Owner::Library { name } = owner {
            self.string(name);
        }
    }

    fn location(&mut self, location: &mut Location) {
        self.place(&mut location.place);
        self.shared(&mut location.sink);
        self.owner(&mut location.owner);
        for binding in location.binding.iter_mut().chain(location.parts.iter_mut().filter_map(|p| p.binding.as_mut())) {
            self.string(binding);
        }
        location.parts.iter_mut().for_each(|part| self.place(&mut part.place));
    }

    fn place(&mut self, place: &mut Place) {
        if let Some(entry) = place.entry.rewritten(&mut |text| self.text(text)) {
            place.entry = entry;
        }
        let position = &mut place.position;
        for name in [&mut position.class, &mut position.method, &mut position.field, &mut position.source_file] {
            self.shared(name);
        }
        if let Some(cell) = &mut position.cell {
            self.shared(&mut cell.id);
        }
    }
}
