//! A value: what may lie on the stack or in a variable, as far as strings go.

use super::collections::Map;
use crate::formats::evidence::HOLE;
use std::rc::Rc;

/// More alternatives than this tell nothing; the rest is left unknown.
const MAX_ALTERNATIVES: usize = 4;
/// Parts of one text that are remembered.
const MAX_PARTS: usize = 32;
/// The longest text that is put together.
pub(super) const MAX_TEXT: usize = 65_535;
/// The longest dotted name.
const MAX_NAME: usize = 200;

/// An instruction: of which code object, and its offset there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub(super) code: u32,
    pub(super) at: u32,
}

/// A text that is part of another, and where it was written.
pub(super) type Part = (Rc<str>, Spot);

/// One text that a value may be. Unknown parts are `HOLE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Where it was written; compared first, for it is short.
    pub(super) spot: Spot,
    pub(super) text: Rc<str>,
    /// What it was put together of, so that no constant shows it whole.
    pub(super) parts: Option<Rc<[Part]>>,
}

impl Text {
    pub(super) fn is_composed(&self) -> bool {
        self.parts.is_some()
    }

    fn parts(&self) -> Vec<Part> {
        self.parts.as_ref().map_or_else(|| vec![(self.text.clone(), self.spot)], |parts| parts.to_vec())
    }

    fn followed_by(&self, other: &Self) -> Self {
        let parts = self.parts().into_iter().chain(other.parts()).take(MAX_PARTS).collect();
        // The line of its first part is where a reader looks for it.
        Self { text: format!("{}{}", self.text, other.text).into(), spot: self.spot, parts: Some(parts) }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) list: Vec<Text>,
    /// The environment variable or option that it stands in for.
    pub(super) label: Option<Rc<str>>,
}

/// Something that is known only by how the program names it: `os.environ`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) path: String,
    /// The call that gave it: two objects of one class are two.
    pub(super) made_at: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Value {
    #[default]
    Unknown,
    /// The NULL beside a callable that is no method.
    Absent,
    Texts(Rc<Texts>),
    /// A tuple, list or set under construction.
    Row(Rc<[Self]>),
    Map(Rc<Map>),
    Named(Rc<Named>),
    /// A method of a text.
    Method(Rc<(Self, String)>),
    /// What `getenv` and its like gave for a name.
    Lookup(Rc<str>),
    /// A code object, or the function made of it.
    Code(u32),
}

impl Value {
    pub(super) fn text(text: &str, spot: Spot) -> Self {
        Self::shared(text.into(), spot)
    }

    pub(super) fn shared(text: Rc<str>, spot: Spot) -> Self {
        Self::composed(vec![Text { text, spot, parts: None }])
    }

    fn composed(list: Vec<Text>) -> Self {
        Self::Texts(Rc::new(Texts { list, label: None }))
    }

    pub(super) fn named(path: &str) -> Self {
        Self::Named(Rc::new(Named { path: shortened(path).to_owned(), made_at: None }))
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

    /// The text, if it is short enough for a name.
    pub(super) fn name(&self) -> Option<&str> {
        self.only_text().filter(|text| text.len() <= MAX_NAME)
    }

    pub(super) fn row(&self) -> &[Self] {
        match self {
            Self::Row(items) => items,
            _ => &[],
        }
    }

    /// How many steps it takes to look at all of it.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.list.iter().map(|text| text.text.len() / 16).sum(),
            Self::Row(items) => items.len(),
            Self::Map(map) => map.len(),
            _ => 0,
        }
    }

    pub(super) fn path(&self) -> &str {
        match self {
            Self::Named(named) => &named.path,
            _ => "",
        }
    }

    /// The value's attribute.
    pub(super) fn attribute(&self, name: &str) -> Self {
        match self {
            Self::Texts(_) => Self::Method(Rc::new((self.clone(), shortened(name).to_owned()))),
            Self::Named(named) if named.path.len() + name.len() < MAX_NAME => {
                Self::Named(Rc::new(Named { path: format!("{}.{name}", named.path), made_at: named.made_at }))
            }
            _ => Self::named(name),
        }
    }

    /// What a call of this value gives: in a chain of calls, the object that the first one made.
    pub(super) fn result(&self, at: u32) -> Self {
        match self {
            Self::Named(named) => {
                let path = match named.path.rsplit_once('.') {
                    Some((object, _)) if named.made_at.is_some() => object,
                    _ => &named.path,
                };
                Self::Named(Rc::new(Named { path: path.to_owned(), made_at: named.made_at.or(Some(at)) }))
            }
            _ => Self::Unknown,
        }
    }

    /// What tells the object apart from others: calls on one object belong together.
    pub(super) fn identity(&self) -> Option<String> {
        match self {
            Self::Named(named) => match named.made_at {
                Some(at) => Some(format!("@{at}")),
                None => Some(named.path.clone()),
            },
            Self::Map(map) => Some(format!("map@{}", map.at)),
            _ => None,
        }
    }

    /// The texts as what stands in for a name: the default beside `getenv`.
    pub(super) fn labelled(&self, label: &Rc<str>) -> Self {
        match self {
            Self::Texts(texts) => Self::Texts(Rc::new(Texts { list: texts.list.clone(), label: Some(label.clone()) })),
            other => other.clone(),
        }
    }

    /// Rows are not compared by their items, which may be many.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Row(a), Self::Row(b)) => Rc::ptr_eq(a, b),
            (Self::Method(a), Self::Method(b)) => Rc::ptr_eq(a, b),
            (Self::Map(a), Self::Map(b)) => a.at == b.at,
            _ => self == other,
        }
    }

    /// What a value may be after two ways meet.
    pub(super) fn join(&self, other: &Self) -> Self {
        if self.is_same(other) {
            return self.clone();
        }
        match (self, other) {
            (Self::Texts(a), Self::Texts(b)) => {
                let mut joined = Texts::clone(a);
                if joined.label.is_none() {
                    joined.label.clone_from(&b.label);
                }
                for text in &b.list {
                    let known = joined.list.iter().any(|own| own.spot == text.spot && own.text == text.text);
                    if !known && joined.list.len() < MAX_ALTERNATIVES {
                        joined.list.push(text.clone());
                    }
                }
                Self::Texts(Rc::new(joined))
            }
            (texts @ Self::Texts(_), Self::Lookup(name)) | (Self::Lookup(name), texts @ Self::Texts(_)) => {
                texts.labelled(name)
            }
            (texts @ Self::Texts(_), _) | (_, texts @ Self::Texts(_)) => texts.clone(),
            (lookup @ Self::Lookup(_), Self::Unknown) | (Self::Unknown, lookup @ Self::Lookup(_)) => lookup.clone(),
            _ => Self::Unknown,
        }
    }

    /// Each text changed by a function; what it drops is unknown.
    pub(super) fn map(&self, change: impl Fn(&str) -> Option<String>) -> Self {
        let list: Vec<Text> = (self.texts().iter())
            .filter_map(|text| {
                let changed = change(&text.text)?;
                let changed: Rc<str> = changed.into();
                let new = || Rc::from([(changed.clone(), text.spot)]);
                let parts = if changed == text.text { text.parts.clone() } else { Some(new()) };
                Some(Text { text: changed, spot: text.spot, parts })
            })
            .collect();
        if list.is_empty() { Self::Unknown } else { Self::composed(list) }
    }

    /// The texts of this value followed by those of another; what is unknown becomes a hole.
    pub(super) fn concat(&self, other: &Self, spot: Spot) -> Self {
        let hole = [Text { text: HOLE.to_string().into(), spot, parts: Some([].into()) }];
        let parts = |value: &Self| if value.texts().is_empty() { hole.to_vec() } else { value.texts().to_vec() };
        let (left, right) = (parts(self), parts(other));
        // Two conditionals on one condition pair up; anything else is every combination.
        let pairs: Vec<(&Text, &Text)> = if left.len() == right.len() {
            left.iter().zip(&right).collect()
        } else {
            left.iter().flat_map(|a| right.iter().map(move |b| (a, b))).collect()
        };
        let list: Vec<Text> = (pairs.into_iter())
            .filter(|(a, b)| a.text.len() + b.text.len() <= MAX_TEXT)
            .take(MAX_ALTERNATIVES)
            .map(|(a, b)| match (a.text.is_empty(), b.text.is_empty()) {
                (true, _) => b.clone(),
                (_, true) => a.clone(),
                // A hole after a hole is still one unknown part.
                _ if a.text.ends_with(HOLE) && b.text.len() == HOLE.len_utf8() && b.text.starts_with(HOLE) => a.clone(),
                _ => a.followed_by(b),
            })
            .collect();
        if list.is_empty() { Self::Unknown } else { Self::composed(list) }
    }
}

fn shortened(name: &str) -> &str {
    let mut end = name.len().min(MAX_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}
