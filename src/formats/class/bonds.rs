//! Bonds: which texts of a method become part of one thing, a call, an array, an object or a record. That two
//! texts stand beside each other in the constant pool says nothing (JVMS 4.4: its order has no meaning).

use super::frame::Frame;
use super::recorder::{MOST, Owner, Recorder};
use super::recording::Recording;
use super::value::{Spot, Value};
use rustc_hash::FxHashMap;

/// Keys and ids are within these lengths; what calls are given besides is not of interest.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=512;
/// Arguments of one call, or items of one array, that are looked at.
const MOST_ITEMS: usize = 256;

/// Where a text ends up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bond {
    pub(super) owner: Option<Owner>,
    pub(super) method: u16,
    pub(super) at: u32,
    /// Which of several texts it is.
    pub(super) alternative: Option<usize>,
    /// In a call or array of several couples, the couple.
    pub(super) couple: Option<usize>,
    strength: Strength,
}

/// How much a bond says of what belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// Texts of one kind are given to one call.
    Alike,
    /// One text is given to a call of an object.
    Member,
    /// Texts of both kinds are.
    Both,
}

impl Bond {
    /// Whether both kinds of texts are part of it.
    pub(super) fn is_of_both(&self) -> bool {
        self.strength == Strength::Both
    }
}

/// The strongest bond of each text.
#[derive(Debug, Default)]
pub(super) struct Bonds(FxHashMap<Spot, Bond>);

impl Bonds {
    pub(super) fn of(&self, spot: Spot) -> Option<&Bond> {
        self.0.get(&spot)
    }

    fn note(&mut self, spot: Spot, bond: Bond) {
        if self.0.len() < MOST || self.0.contains_key(&spot) {
            let known = self.0.entry(spot).or_insert(bond);
            if known.strength < bond.strength {
                *known = bond;
            }
        }
    }
}

impl Recording<'_, '_, '_> {
    /// Notes what becomes part of a call, or of an array.
    pub(super) fn note_bonds(&mut self, at: u32, values: &[Value], owner: Owner, frame: &Frame) {
        let Recorder { vocabulary, bonds, .. } = &mut *self.recorder;
        let telling = |value: &Value| {
            let value = frame.as_texts(value);
            // A keyword tells an id, the shape alone a secret.
            let kind = |text: &str| {
                let fits = LENGTHS.contains(&text.len()) && vocabulary.is_telling(text.as_bytes());
                fits.then(|| vocabulary.mentions_keyword(text.as_bytes()))
            };
            let kinds: Vec<(Spot, bool)> =
                value.texts().iter().filter_map(|text| Some((text.spot, kind(&text.text)?))).collect();
            (!kinds.is_empty()).then_some(kinds)
        };
        let values: Vec<Vec<(Spot, bool)>> = values.iter().take(MOST_ITEMS).filter_map(telling).collect();
        let Some(first) = values.first().and_then(|texts| texts.first()).map(|&(_, kind)| kind) else { return };
        let both = values.iter().flatten().any(|&(_, kind)| kind != first);
        let strength = match (both, values.len(), owner) {
            (true, 2.., _) => Strength::Both,
            (_, 1, Owner::Call(_)) => return,
            (_, 1, _) => Strength::Member,
            _ => Strength::Alike,
        };
        // `{id, key, id, key}`: two by two, in one order.
        let kinds: Vec<bool> = values.iter().map(|texts| texts[0].1).collect();
        let couples =
            both && kinds.len() > 2 && kinds.len().is_multiple_of(2) && kinds.windows(2).all(|pair| pair[0] != pair[1]);
        for (index, texts) in values.iter().enumerate() {
            for (alternative, &(spot, _)) in texts.iter().enumerate() {
                let alternative = (texts.len() > 1).then_some(alternative);
                let couple = couples.then_some(index / 2);
                bonds.note(spot, Bond { owner: Some(owner), method: self.method, at, alternative, couple, strength });
            }
        }
    }
}
