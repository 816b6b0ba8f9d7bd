//! A value: what may lie in a local variable or on the operand stack, as far as strings go.

use crate::formats::evidence::HOLE;
use std::rc::Rc;

/// More alternatives than this tell nothing; the rest of a set is left unknown.
const MAX_ALTERNATIVES: usize = 4;
/// The longest text that is put together: a constant's own limit (JVMS 4.4.7).
pub(super) const MAX_TEXT: usize = 65_535;

/// Where a text was written in the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Spot {
    Code {
        method: u16,
        at: u32,
    },
    /// The ConstantValue of a field.
    Field(u16),
}

/// One text that a value may be. Unknown parts are `HOLE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Where it was written; compared first, for it is short.
    pub(super) spot: Spot,
    pub(super) text: Rc<str>,
    /// It went through a variable: its line is where it was written, not where it is used.
    pub(super) stored: bool,
    /// It was put together, so no constant shows it whole.
    pub(super) composed: bool,
}

/// The texts that a value may be.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Texts {
    pub(super) list: Vec<Text>,
    /// It may be something else as well.
    pub(super) open: bool,
    /// The environment variable or property that it stands in for.
    pub(super) label: Option<Rc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) enum Value {
    #[default]
    Unknown,
    Null,
    Int(i32),
    Texts(Rc<Texts>),
    /// An object of this frame's heap, by the offset of the instruction that made it.
    Object(u32),
    /// An unknown object, told apart by where it came from.
    Thing(Thing),
    /// What `getenv` and its like gave for a name.
    Environment(Rc<str>),
    /// What a member of another class holds.
    Foreign(Rc<Foreign>),
}

/// A field or getter of another class.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    /// Dotted.
    pub(super) class: String,
    /// A field's name, or a method's with its descriptor.
    pub(super) member: String,
}

/// Where an unknown object came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Thing {
    /// A call's result, by the offset of the call.
    Result(u32),
    Parameter(u16),
    /// A field, by pool index of its reference.
    Field(u16),
}

impl Text {
    pub(super) fn constant(text: impl Into<Rc<str>>, spot: Spot) -> Self {
        Self { text: text.into(), spot, stored: false, composed: false }
    }
}

impl Value {
    pub(super) fn text(text: Text) -> Self {
        Self::Texts(Rc::new(Texts { list: vec![text], ..Texts::default() }))
    }

    pub(super) fn texts(&self) -> &[Text] {
        match self {
            Self::Texts(texts) => &texts.list,
            _ => &[],
        }
    }

    /// The text, if there is no other.
    pub(super) fn only_text(&self) -> Option<&str> {
        match self.texts() {
            [text] => Some(&text.text),
            _ => None,
        }
    }

    pub(super) fn label(&self) -> Option<&Rc<str>> {
        match self {
            Self::Texts(texts) => texts.label.as_ref(),
            Self::Environment(name) => Some(name),
            _ => None,
        }
    }

    /// The value after a load from a variable.
    pub(super) fn loaded(&self) -> Self {
        match self {
            Self::Texts(texts) if texts.list.iter().any(|text| !text.stored) => {
                let mut texts = Texts::clone(texts);
                texts.list.iter_mut().for_each(|text| text.stored = true);
                Self::Texts(Rc::new(texts))
            }
            other => other.clone(),
        }
    }

    /// What a value may be after two ways meet.
    pub(super) fn join(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        match (self, other) {
            (Self::Texts(a), Self::Texts(b)) => {
                let mut joined = Texts::clone(a);
                joined.open |= b.open;
                if joined.label.is_none() {
                    joined.label.clone_from(&b.label);
                }
                for text in &b.list {
                    let known = joined.list.iter().any(|own| own.spot == text.spot && own.text == text.text);
                    if !known && joined.list.len() < MAX_ALTERNATIVES {
                        joined.list.push(text.clone());
                    } else {
                        joined.open |= !known;
                    }
                }
                Self::Texts(Rc::new(joined))
            }
            // `if (password == null) password = "x"`.
            (Self::Texts(texts), Self::Null) | (Self::Null, Self::Texts(texts)) => Self::Texts(texts.clone()),
            (Self::Texts(texts), Self::Environment(name)) | (Self::Environment(name), Self::Texts(texts)) => {
                let label = texts.label.clone().or_else(|| Some(name.clone()));
                Self::Texts(Rc::new(Texts { open: true, label, list: texts.list.clone() }))
            }
            (Self::Texts(texts), _) | (_, Self::Texts(texts)) if !texts.open => {
                Self::Texts(Rc::new(Texts { open: true, ..Texts::clone(texts) }))
            }
            (Self::Texts(texts), _) | (_, Self::Texts(texts)) => Self::Texts(texts.clone()),
            (Self::Null, known) | (known, Self::Null) => known.clone(),
            _ => Self::Unknown,
        }
    }

    /// Each text changed by a function; texts that it drops leave the set open.
    pub(super) fn map(&self, spot: Spot, change: impl Fn(&str) -> Option<String>) -> Self {
        let Self::Texts(texts) = self else { return Self::Unknown };
        let list: Vec<Text> = texts
            .list
            .iter()
            .filter_map(|text| {
                let changed = change(&text.text)?;
                let same = changed == *text.text;
                Some(if same {
                    text.clone()
                } else {
                    // Where it was written tells more than where it was trimmed or decoded.
                    let spot = if text.stored { text.spot } else { spot };
                    Text { text: changed.into(), spot, composed: true, stored: text.stored }
                })
            })
            .collect();
        if list.is_empty() {
            return Self::Unknown;
        }
        let open = texts.open || list.len() < texts.list.len();
        Self::Texts(Rc::new(Texts { list, open, label: texts.label.clone() }))
    }

    /// The texts of this value followed by those of another; what is unknown becomes a hole.
    pub(super) fn concat(&self, other: &Self, spot: Spot) -> Self {
        let hole = Text { text: HOLE.to_string().into(), spot, stored: false, composed: true };
        let parts = |value: &Self| match value {
            Self::Texts(texts) if !texts.list.is_empty() => texts.list.clone(),
            Self::Int(number) => vec![Text { text: number.to_string().into(), ..hole.clone() }],
            _ => vec![hole.clone()],
        };
        let (left, right) = (parts(self), parts(other));
        // Two conditionals on one condition pair up; anything else is every combination.
        let pairs: Vec<(&Text, &Text)> = if left.len() == right.len() {
            left.iter().zip(&right).collect()
        } else {
            left.iter().flat_map(|a| right.iter().map(move |b| (a, b))).collect()
        };
        let list = pairs
            .into_iter()
            .filter(|(a, b)| a.text.len() + b.text.len() <= MAX_TEXT)
            .take(MAX_ALTERNATIVES)
            .map(|(a, b)| match (a.text.is_empty(), b.text.is_empty()) {
                (true, _) => b.clone(),
                (_, true) => a.clone(),
                // A hole after a hole is still one unknown part.
                _ if a.text.ends_with(HOLE) && &*b.text == HOLE.encode_utf8(&mut [0; 4]) => a.clone(),
                _ => Text { text: format!("{}{}", a.text, b.text).into(), spot, stored: false, composed: true },
            })
            .collect::<Vec<_>>();
        if list.is_empty() { Self::Unknown } else { Self::Texts(Rc::new(Texts { list, ..Texts::default() })) }
    }
}
