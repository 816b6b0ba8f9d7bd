//! Collections: dictionaries, lists and tuples of a program, as far as what they hold is followed.

use super::value::{Text, Value};
use std::rc::Rc;

/// Items of one collection that are followed.
const MOST_ITEMS: usize = 256;

/// A dictionary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    /// The instruction that made it.
    pub(super) at: u32,
    /// The variable that it was given to.
    name: Option<Rc<str>>,
    entries: Vec<(Rc<str>, Value)>,
}

impl Map {
    pub(super) fn new(at: u32) -> Self {
        Self { at, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn put(&mut self, key: &Value, value: &Value) {
        if let Some(key) = key.name()
            && self.entries.len() < MOST_ITEMS
        {
            self.entries.push((key.into(), value.flat()));
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().rev().find(|(own, _)| &**own == key).map(|(_, value)| value)
    }
}

impl Value {
    pub(super) fn map_of(at: u32, entries: &[(Rc<str>, Self)]) -> Self {
        let entries = entries.iter().take(MOST_ITEMS).map(|(key, value)| (key.clone(), value.flat())).collect();
        Self::Map(Rc::new(Map { entries, ..Map::new(at) }))
    }

    /// As an item of a collection: what holds collections itself is not followed further.
    pub(super) fn flat(&self) -> Self {
        if self.is_nested() { Self::Unknown } else { self.clone() }
    }

    /// Whether it is a collection that holds collections.
    pub(super) fn is_nested(&self) -> bool {
        let holds = |item: &Self| matches!(item, Self::Row(_) | Self::Map(_));
        match self {
            Self::Row(items) => items.iter().any(holds),
            Self::Map(map) => map.entries.iter().any(|(_, value)| holds(value)),
            _ => false,
        }
    }

    /// The dictionary is a variable's.
    pub(super) fn given_to(self, variable: &str) -> Self {
        match self {
            Self::Map(mut map) if map.name.is_none() => {
                Rc::make_mut(&mut map).name = Some(variable.into());
                Self::Map(map)
            }
            other => other,
        }
    }

    /// What a collection is called: its variable, or the last part of how the program names it.
    pub(super) fn collection_name(&self) -> &str {
        match self {
            Self::Map(map) => map.name.as_deref().unwrap_or_default(),
            named => named.path().rsplit('.').next().unwrap_or_default(),
        }
    }

    /// The texts that a collection, or one in it, holds as values.
    pub(super) fn elements(&self) -> Vec<&Text> {
        let mut found = Vec::new();
        let mut pending: Vec<&Self> = self.items().collect();
        while let Some(item) = pending.pop() {
            found.extend(item.texts());
            pending.extend(item.items());
        }
        found
    }

    fn items(&self) -> impl Iterator<Item = &Self> {
        let entries = match self {
            Self::Map(map) => &map.entries[..],
            _ => &[],
        };
        self.row().iter().chain(entries.iter().map(|(_, value)| value))
    }
}
