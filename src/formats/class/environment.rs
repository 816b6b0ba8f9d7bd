//! The environment: values that a program asks for by name, and the defaults beside them.

use super::call_site::CallSite;
use super::frame::Frame;
use super::value::{Texts, Value};
use std::rc::Rc;

/// What `getenv` and `getProperty` give, or the default beside them.
pub(super) fn result(
    call: &CallSite<'_>,
    receiver: &Value,
    args: &[Value],
    frame: &Frame,
    is_key: &dyn Fn(&str) -> bool,
) -> Option<Value> {
    let name = || args.first().map(|v| frame.as_texts(v)).and_then(|v| v.only_text().map(Rc::<str>::from));
    match (call.simple_class(), &*call.method, args) {
        ("System", "getenv" | "getProperty", [_]) | ("ConfigOptions", "key", [_]) => {
            Some(name().map_or(Value::Unknown, Value::Environment))
        }
        // `ConfigOptions.key(…).stringType()` is still about that key.
        ("OptionBuilder" | "Optional", _, [])
        | ("Optional" | "Option", "filter" | "map" | "flatMap" | "or" | "orElse" | "filterNot", [Value::Thing(_)]) => {
            receiver.label().cloned().map(Value::Environment)
        }
        // Of any other store: `config.get("db.password")`.
        (_, "get" | "getString" | "getProperty" | "property" | "getValue" | "getRequired", [_]) => {
            name().filter(|name| is_key(name)).map(Value::Environment)
        }
        (
            _,
            method @ ("getOrDefault" | "getProperty" | "get" | "getOrElse" | "or" | "orElse" | "orElseGet"
            | "defaultValue" | "requireNonNullElse" | "getString" | "defaultIfNull"),
            [.., default],
        ) if args.len() > 1 || !matches!(method, "get" | "getProperty" | "getString") => {
            let default = frame.as_texts(default);
            let Value::Texts(texts) = &default else { return None };
            let label = match args {
                [first, _] => match first {
                    Value::Environment(name) => Some(name.clone()),
                    _ => name(),
                },
                _ => receiver.label().cloned(),
            };
            Some(match label {
                Some(label) => Value::Texts(Rc::new(texts.labelled(&label))),
                None => Value::Texts(Rc::new(Texts { open: true, ..Texts::clone(texts) })),
            })
        }
        _ => None,
    }
}
