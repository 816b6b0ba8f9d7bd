//! Values: which name the strings of an open object are bound to.

use super::stream::Class;
use std::borrow::Cow;

/// Longer strings name nothing.
const LONGEST_KEY: usize = 256;

#[derive(Debug)]
pub(super) enum Kind {
    Object,
    Array { left: usize },
}

/// An object whose parts are being read.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) kind: Kind,
    pub(super) class_name: Cow<'a, str>,
    /// Classes of the object, topmost first; of which the data is being read.
    pub(super) lineage: Vec<usize>,
    pub(super) class: usize,
    pub(super) field: usize,
    /// Behind the fields: what the class's `writeObject` wrote.
    pub(super) in_annotation: bool,
    pub(super) at: usize,
    /// Of the field that is being read.
    pub(super) field_name: Option<Cow<'a, str>>,
    /// The last primitive.
    pub(super) tag: u8,
    /// Whether a key comes next, in the annotation of a map.
    is_value: bool,
    key: Option<String>,
    /// Fields that name what others hold: `key1` of `value1`.
    keys: Vec<(String, String)>,
}

impl<'a> Frame<'a> {
    pub(super) fn object(class_name: Cow<'a, str>, lineage: Vec<usize>, at: usize) -> Self {
        Self {
            kind: Kind::Object,
            class_name,
            lineage,
            class: 0,
            field: 0,
            in_annotation: false,
            at,
            field_name: None,
            tag: 0,
            is_value: false,
            key: None,
            keys: Vec::new(),
        }
    }

    pub(super) fn array(class_name: Cow<'a, str>, left: usize, at: usize) -> Self {
        Self { kind: Kind::Array { left }, ..Self::object(class_name, Vec::new(), at) }
    }

    pub(super) fn next_class(&mut self) {
        self.class += 1;
        self.field = 0;
        self.in_annotation = false;
        self.field_name = None;
    }

    pub(super) fn begin_annotation(&mut self) {
        self.in_annotation = true;
        self.is_value = false;
        self.key = None;
    }

    /// A part that is no string.
    pub(super) fn other(&mut self) {
        self.key = None;
        self.is_value = !self.is_value;
    }

    /// The name that a string is bound to, if any; it may be the name of the next one itself.
    pub(super) fn key_of(&mut self, value: &str, classes: &[Class<'_>]) -> Option<String> {
        match self.kind {
            Kind::Array { .. } => self.argument(value),
            Kind::Object if self.in_annotation => {
                let is_value = self.is_value;
                self.is_value = !is_value;
                let map = self.lineage.get(self.class).and_then(|&class| classes.get(class));
                if !map.is_some_and(|class| is_map(&class.name, self.tag)) {
                    return map.filter(|class| is_list(&class.name, self.tag)).and_then(|_| self.argument(value));
                }
                if is_value {
                    return self.key.take();
                }
                self.key = Some(value).filter(|key| key.len() <= LONGEST_KEY).map(str::to_owned);
                None
            }
            Kind::Object => self.member(value),
        }
    }

    /// `--db.password x`: the arguments of a program.
    fn argument(&mut self, value: &str) -> Option<String> {
        let option = self.key.take();
        let name = value.trim_start_matches('-');
        if value.starts_with("--") && value.len() <= LONGEST_KEY && !value.contains('=') {
            self.key = Some(name.to_owned());
            return None;
        }
        option
    }

    /// A field is bound to its name; in a pair of fields one names the other.
    fn member(&mut self, value: &str) -> Option<String> {
        let name = self.field_name.take()?;
        let half = |halves: [&str; 4]| {
            halves
                .iter()
                .find_map(|half| name.strip_prefix(half).filter(|number| number.bytes().all(|b| b.is_ascii_digit())))
        };
        // Scala's `Map2`, tuples of Scala, Flink and Kotlin, entries of maps.
        let key = match &*name {
            "_1" | "f0" | "first" => Some(""),
            _ => half(["key", "KEY", "k", "name"]),
        };
        if let Some(number) = key {
            if value.len() <= LONGEST_KEY && self.keys.len() < 8 {
                self.keys.push((number.to_owned(), value.to_owned()));
            }
            return Some(name.into_owned());
        }
        let held = match &*name {
            "_2" | "f1" | "second" => Some(""),
            _ => half(["value", "VALUE", "v", "content"]),
        };
        let named = held.and_then(|number| self.keys.iter().find(|(of, _)| of == number));
        Some(named.map_or_else(|| name.into_owned(), |(_, key)| key.clone()))
    }
}

/// Lists write their elements in order.
fn is_list(class: &str, tag: u8) -> bool {
    class.ends_with("List") || class == "java.util.CollSer" && tag == 1
}

/// Maps write each key in front of its value. `CollSer` stands for the collections of `Map.of` and
/// `List.of`; its tag says which.
fn is_map(class: &str, tag: u8) -> bool {
    class.ends_with("Map") || class.ends_with("Hashtable") || class == "java.util.CollSer" && tag == 3
}
