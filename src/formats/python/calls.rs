//! A call: what it gives back where that is a text, and what its name says about its arguments.

use super::value::{Spot, Value};
use crate::formats::encodings::{base64, hex};
use std::rc::Rc;

/// Calls that give back the text that they are given.
const WRAPPERS: [&str; 18] = [
    "str",
    "bytes",
    "bytearray",
    "SecretStr",
    "SecretBytes",
    "quote",
    "quote_plus",
    "dedent",
    "lit",
    "Field",
    "Final",
    "cast",
    "text",
    "urlquote",
    "list",
    "tuple",
    "set",
    "frozenset",
];
/// Arguments that hold what stands in for something else.
const DEFAULTS: [&str; 3] = ["default", "fallback", "default_factory"];
/// Calls that look a name up, some with a default beside it.
const LOOKUPS: [&str; 9] =
    ["get", "getenv", "pop", "setdefault", "get_property", "getProperty", "get_string", "getString", "env"];
/// Calls whose one argument is what they look for or change, not what they are given to keep.
const LOOKING: [&str; 36] = [
    "get", "is", "has", "find", "read", "resolve", "remove", "contains", "decrypt", "encrypt", "load", "lookup",
    "fetch", "require", "prompt", "ask", "check", "validate", "env", "describe", "delete", "hide", "mask", "generate",
    "derive", "import", "export", "verify", "hash", "parse", "decode", "redact", "to", "for", "from", "test",
];
/// Calls whose first of two texts names no second.
const NO_MAPS: [&str; 27] = [
    "replace",
    "assert",
    "equals",
    "log",
    "print",
    "format",
    "debug",
    "info",
    "warn",
    "warning",
    "error",
    "trace",
    "split",
    "compare",
    "rename",
    "withcolumn",
    "help",
    "describe",
    "sub",
    "translate",
    "match",
    "expect",
    "raise",
    "gettext",
    "join",
    "startswith",
    "isinstance",
];

#[derive(Debug)]
pub(super) struct Call {
    pub(super) callee: Value,
    pub(super) positional: Vec<Value>,
    pub(super) keywords: Vec<(Rc<str>, Value)>,
    pub(super) spot: Spot,
}

impl Call {
    /// `set` of `conf.set`.
    pub(super) fn method(&self) -> &str {
        match &self.callee {
            Value::Method(method) => &method.1,
            callee => callee.path().rsplit('.').next().unwrap_or_default(),
        }
    }

    /// `conf` of `conf.set`: of one object, calls belong together.
    pub(super) fn owner(&self) -> String {
        match &self.callee {
            Value::Named(named) => match (named.made_at, named.path.rsplit_once('.')) {
                (Some(made_at), _) => format!("@{made_at}"),
                (None, Some((object, _))) => object.to_owned(),
                (None, None) => self.identity(),
            },
            _ => self.identity(),
        }
    }

    pub(super) fn identity(&self) -> String {
        format!("@{}", self.spot.at)
    }

    pub(super) fn is_setter(&self) -> bool {
        !LOOKING.iter().any(|verb| starts_with_word(self.method(), verb))
    }

    pub(super) fn takes_pairs(&self) -> bool {
        let method = self.method().to_ascii_lowercase();
        let is_exception = method.ends_with("error") || method.ends_with("exception");
        !is_exception && !NO_MAPS.iter().any(|verb| method.starts_with(verb))
    }

    pub(super) fn result(&self) -> Value {
        let first = self.positional.first();
        match &self.callee {
            Value::Method(method) => match &*method.1 {
                "encode" | "decode" | "__str__" => method.0.clone(),
                "strip" | "lstrip" | "rstrip" => method.0.map(|text| Some(text.trim().to_owned())),
                "lower" => method.0.map(|text| Some(text.to_lowercase())),
                "upper" => method.0.map(|text| Some(text.to_uppercase())),
                _ => Value::Unknown,
            },
            Value::Named(_) => match (first, self.method()) {
                (Some(held @ (Value::Texts(_) | Value::Row(_))), wrapper) if WRAPPERS.contains(&wrapper) => {
                    held.clone()
                }
                (None, "dict") => Value::map_of(self.spot.at, &self.keywords),
                (Some(text), "b64decode" | "urlsafe_b64decode" | "standard_b64decode") => text.map(base64),
                (Some(text), "unhexlify" | "fromhex") => text.map(hex),
                (Some(name), lookup) if LOOKUPS.contains(&lookup) => self.lookup(name),
                // `token: str = field(default="v", repr=False)`
                _ => match self.default() {
                    Some(text @ Value::Texts(_)) => text.clone(),
                    _ => self.callee.result(self.spot.at),
                },
            },
            _ => Value::Unknown,
        }
    }

    fn default(&self) -> Option<&Value> {
        self.keywords.iter().find(|(keyword, _)| DEFAULTS.contains(&&**keyword)).map(|(_, value)| value)
    }

    fn lookup(&self, name: &Value) -> Value {
        let Some(name) = name.name() else { return Value::Unknown };
        match self.positional.get(1).or(self.default()) {
            Some(texts @ Value::Texts(_)) => texts.labelled(&name.into()),
            _ => Value::Lookup(name.into()),
        }
    }
}

/// `getPassword`, `get_password`, but not `gettysburg`.
fn starts_with_word(method: &str, verb: &str) -> bool {
    method
        .trim_start_matches('_')
        .strip_prefix(verb)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
}
