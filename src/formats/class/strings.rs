//! Strings: what the calls that make texts out of texts return.

use super::call_site::CallSite;
use super::frame::{ArrayOf, Frame, Object};
use super::value::{MAX_TEXT, Spot, Text, Value};
use crate::formats::encodings::{base64, hex};
use crate::formats::evidence::HOLE;
use data_encoding::BASE64;
use memchr::memchr2_iter;
use std::borrow::Cow;

/// Parts of a split text that are followed.
const MAX_PARTS: usize = 64;
/// Parts that are put together at once: `StringConcatFactory` takes 200 of them.
pub(super) const MAX_JOINED: usize = 256;

/// Whether a class's calls turn a text that is written in one way into what it stands for.
pub(super) fn decodes(simple_class: &str) -> bool {
    matches!(
        simple_class,
        "Decoder" | "Base64" | "DatatypeConverter" | "Hex" | "HexFormat" | "BaseEncoding" | "BinaryUtils"
    )
}

/// Whether they put texts together or take them apart.
pub(super) fn puts_together(simple_class: &str) -> bool {
    matches!(simple_class, "String" | "StringBuilder" | "StringBuffer" | "MessageFormat" | "StringsKt" | "StringOps")
}

/// The result of a call that has to do with strings; `None` for any other call. A constructor's
/// result replaces the object that it was called on.
pub(super) fn result(
    call: &CallSite<'_>,
    receiver: &Value,
    args: &[Value],
    frame: &mut Frame,
    at: u32,
) -> Option<Value> {
    let spot = Spot::Code { method: frame.method, at };
    let text_of = |frame: &Frame, value: Option<&Value>| value.map(|v| frame.as_texts(v)).unwrap_or_default();
    match call.simple_class() {
        "StringBuilder" | "StringBuffer" => builder(call, receiver, args, frame, spot),
        "String" if call.is_constructor() => {
            let text = match args {
                [] => Value::text(Text::constant("", spot)),
                _ => text_of(frame, args.first()),
            };
            Some(replace(receiver, text, frame))
        }
        "String" => string(call, &frame.as_texts(receiver), args, frame, at),
        "Optional" if call.method.starts_with("of") => args.first().cloned(),
        "Some" | "Right" | "Success" if call.is_constructor() => {
            let text = text_of(frame, args.first());
            (!text.texts().is_empty()).then(|| replace(receiver, text, frame))
        }
        "Encoder" if call.method.starts_with("encode") => {
            Some(text_of(frame, args.first()).map(spot, |t| (!t.contains(HOLE)).then(|| BASE64.encode(t.as_bytes()))))
        }
        "MessageFormat" if call.method == "format" && args.len() == 2 => {
            Some(numbered(&text_of(frame, args.first()), &args[1], frame, spot))
        }
        "Decoder" if call.method == "decode" => Some(text_of(frame, args.first()).map(spot, base64)),
        class if decodes(class) => {
            let decode: fn(&str) -> Option<String> = match &*call.method {
                "decode" | "decodeBase64" | "parseBase64Binary" if call.simple_class() != "Hex" => base64,
                "decodeHex" | "parseHex" | "parseHexBinary" | "decode" | "fromHex" => hex,
                _ => return None,
            };
            Some(text_of(frame, args.first()).map(spot, decode))
        }
        // Wrappers of Scala and Kotlin, and casts, that give back what they are given.
        "Predef"
        | "LowPriorityImplicits"
        | "Intrinsics"
        | "Objects"
        | "Preconditions"
        | "StringOps"
        | "Option"
        | "Some"
        | "Right"
        | "Success"
            if matches!(
                &*call.method,
                "augmentString"
                    | "wrapString"
                    | "ArrowAssoc"
                    | "any2ArrowAssoc"
                    | "checkNotNull"
                    | "requireNonNull"
                    | "apply"
                    | "stripMargin"
                    | "stripMargin$extension"
            ) =>
        {
            let text = args.first().cloned().unwrap_or_else(|| receiver.clone());
            Some(if call.method.starts_with("stripMargin") {
                frame.as_texts(&text).map(spot, |t| Some(strip_margin(t)))
            } else {
                text
            })
        }
        "StringsKt" | "StringsKt__IndentKt" => match &*call.method {
            "trimIndent" | "trimMargin" | "trimMargin$default" | "trim" => {
                Some(text_of(frame, args.first()).map(spot, |t| Some(t.trim().to_owned())))
            }
            "toCharArray" | "encodeToByteArray" => args.first().cloned(),
            _ => None,
        },
        "CharBuffer" if call.method == "wrap" => args.first().cloned(),
        "ConfigValueFactory" if call.method == "fromAnyRef" => args.first().cloned(),
        _ => None,
    }
}

fn builder(call: &CallSite<'_>, receiver: &Value, args: &[Value], frame: &mut Frame, spot: Spot) -> Option<Value> {
    let text = frame.as_texts(receiver);
    Some(match (&*call.method, args) {
        ("<init>", [initial]) if call.descriptor.parameters[0] != "int" => {
            let initial = frame.as_texts(initial);
            replace(receiver, initial, frame)
        }
        ("<init>", _) => replace(receiver, Value::text(Text::constant("", spot)), frame),
        ("append", [added]) => {
            let added = printed(added, &call.descriptor.parameters[0], frame, spot);
            replace(receiver, text.concat(&added, spot), frame)
        }
        ("append", _) => replace(receiver, text.concat(&Value::Unknown, spot), frame),
        ("insert", [Value::Int(0), added]) => {
            let added = printed(added, &call.descriptor.parameters[1], frame, spot);
            replace(receiver, added.concat(&text, spot), frame)
        }
        ("reverse", []) => replace(receiver, text.map(spot, |t| Some(t.chars().rev().collect())), frame),
        ("toString", []) => text,
        ("insert" | "replace" | "delete" | "deleteCharAt" | "setCharAt" | "setLength", _) => {
            replace(receiver, Value::Unknown, frame)
        }
        _ => return None,
    })
}

/// Puts a text into the object that a constructor or builder method works on.
fn replace(receiver: &Value, text: Value, frame: &mut Frame) -> Value {
    match receiver {
        Value::Object(id) => frame.make(*id, Object::Builder(text)),
        _ => Value::Unknown,
    }
}

/// How a value prints when it is appended.
pub(super) fn printed(value: &Value, simple_type: &str, frame: &Frame, spot: Spot) -> Value {
    match (value, simple_type) {
        (Value::Int(code), "char") => {
            let text = u32::try_from(*code).ok().and_then(char::from_u32).unwrap_or(HOLE).to_string();
            Value::text(Text { composed: true, ..Text::constant(text, spot) })
        }
        (Value::Int(_), "int" | "short" | "byte" | "Object") => value.clone(),
        (Value::Int(_), _) => Value::Unknown,
        _ => frame.as_texts(value),
    }
}

fn string(call: &CallSite<'_>, text: &Value, args: &[Value], frame: &mut Frame, at: u32) -> Option<Value> {
    let spot = Spot::Code { method: frame.method, at };
    if call.method == "split" {
        return split(text, args, frame, at);
    }
    let arg = |index: usize| args.get(index).map(|v| frame.as_texts(v)).unwrap_or_default();
    if !matches!(text, Value::Texts(_)) && args.is_empty() && call.method != "length" {
        // A parameter or another class's value in another form.
        return matches!(text, Value::Thing(_) | Value::Foreign(_)).then(|| text.clone());
    }
    Some(match (&*call.method, args.len()) {
        ("trim" | "strip" | "stripIndent" | "stripLeading" | "stripTrailing", 0) => {
            text.map(spot, |t| Some(t.trim().to_owned()))
        }
        ("toString" | "intern" | "toCharArray" | "getBytes" | "chars", _) => text.clone(),
        ("toUpperCase", _) => text.map(spot, |t| Some(t.to_uppercase())),
        ("toLowerCase", _) => text.map(spot, |t| Some(t.to_lowercase())),
        ("substring", 1 | 2) => {
            let bound = |index: usize| match args.get(index) {
                Some(Value::Int(bound)) => usize::try_from(*bound).ok(),
                _ => None,
            };
            let from = bound(0)?;
            let to = if args.len() == 2 { Some(bound(1)?) } else { None };
            text.map(spot, |t| {
                if t.contains(HOLE) {
                    return None;
                }
                let length = to.unwrap_or_else(|| t.chars().count()).checked_sub(from)?;
                Some(t.chars().skip(from).take(length).collect())
            })
        }
        ("concat", 1) => text.concat(&arg(0), spot),
        ("valueOf" | "copyValueOf", 1) => printed(&args[0], &call.descriptor.parameters[0], frame, spot),
        ("format", 2) if call.descriptor.parameters[0] == "String" => format(&arg(0), &args[1], frame, spot),
        ("formatted", 1) => format(text, &args[0], frame, spot),
        ("join", 2) => join(&arg(0), &args[1], frame, spot),
        ("replace" | "replaceAll", 2) => match (arg(0).only_text(), arg(1).only_text()) {
            (Some(from), Some(to)) if !from.is_empty() && call.method == "replace" => {
                text.map(spot, |t| Some(t.replace(from, to)).filter(|t| t.len() <= MAX_TEXT))
            }
            _ => Value::Unknown,
        },
        _ => return None,
    })
}

/// What `split` makes of a text, where the pattern stands for itself.
fn split(text: &Value, args: &[Value], frame: &mut Frame, at: u32) -> Option<Value> {
    let pattern = frame.as_texts(args.first()?);
    let pattern = pattern.only_text()?;
    let literal = pattern.strip_prefix('\\').filter(|rest| rest.chars().count() == 1).unwrap_or(pattern);
    if literal.is_empty() || literal == pattern && pattern.contains(|c| "\\[](){}.*+?^$|".contains(c)) {
        return None;
    }
    let most = match args.get(1) {
        Some(Value::Int(most)) if *most > 0 => usize::try_from(*most).ok()?,
        _ => usize::MAX,
    };
    let [whole] = text.texts() else { return None };
    let items: Vec<Value> = whole
        .text
        .splitn(most, literal)
        .take(MAX_PARTS)
        .map(|part| Value::text(Text { text: part.into(), composed: true, ..whole.clone() }))
        .collect();
    Some(frame.make(at, Object::Array { items, of: ArrayOf::Other }))
}

/// `MessageFormat.format`: `{0}` stands for the first argument.
fn numbered(pattern: &Value, array: &Value, frame: &Frame, spot: Spot) -> Value {
    let Some(pattern) = pattern.only_text() else { return Value::Unknown };
    let items = frame.items(array).unwrap_or_default();
    let constant = |text: &str| Value::text(Text::constant(text, spot));
    if pattern.matches('{').count() > MAX_JOINED {
        return Value::Unknown;
    }
    let mut out = constant("");
    let mut rest = pattern;
    while let Some((before, (inside, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        let number: Option<usize> = inside.split(',').next().and_then(|number| number.trim().parse().ok());
        let part = number.and_then(|number| items.get(number)).map(|item| frame.as_texts(item)).unwrap_or_default();
        out = out.concat(&constant(before), spot).concat(&part, spot);
        rest = after;
    }
    out.concat(&constant(rest), spot)
}

/// `String.format` with `%s` and `%d`; other conversions become holes (java.util.Formatter).
fn format(pattern: &Value, array: &Value, frame: &Frame, spot: Spot) -> Value {
    let Some(pattern) = pattern.only_text() else { return Value::Unknown };
    let items = frame.items(array).unwrap_or_default();
    let mut out = Value::text(Text::constant("", spot));
    if pattern.matches('%').count() > MAX_JOINED {
        return Value::Unknown;
    }
    let mut next = 0;
    let mut rest = pattern;
    while let Some(percent) = rest.find('%') {
        let literal = Value::text(Text::constant(&rest[..percent], spot));
        out = out.concat(&literal, spot);
        rest = &rest[percent + 1..];
        let length = rest.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(rest.len());
        let flags = &rest[..length];
        let conversion = rest[length..].chars().next();
        rest = &rest[(length + 1).min(rest.len())..];
        let part = match conversion {
            Some('%') => Value::text(Text::constant("%", spot)),
            Some('n') => Value::text(Text::constant("\n", spot)),
            Some(_) => {
                let index = match flags.strip_suffix('$').and_then(|n| n.parse::<usize>().ok()) {
                    Some(explicit) => explicit.saturating_sub(1),
                    None => {
                        next += 1;
                        next - 1
                    }
                };
                items.get(index).map(|item| frame.as_texts(item)).unwrap_or_default()
            }
            None => break,
        };
        out = out.concat(&part, spot);
    }
    out.concat(&Value::text(Text::constant(rest, spot)), spot)
}

fn join(separator: &Value, array: &Value, frame: &Frame, spot: Spot) -> Value {
    let (Some(_), Some(items)) = (separator.only_text(), frame.items(array)) else { return Value::Unknown };
    if items.len() > MAX_JOINED {
        return Value::Unknown;
    }
    let mut out = Value::text(Text::constant("", spot));
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out = out.concat(separator, spot);
        }
        out = out.concat(&frame.as_texts(item), spot);
    }
    out
}

fn strip_margin(text: &str) -> String {
    text.lines().map(|line| line.trim_start().strip_prefix('|').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// The text of an `invokedynamic` concatenation (StringConcatFactory): `\1` stands for an argument,
/// `\2` for a constant.
pub(super) fn concatenated(
    recipe: &str,
    constants: &mut dyn Iterator<Item = Value>,
    args: &[Value],
    types: &[Cow<'_, str>],
    frame: &Frame,
    spot: Spot,
) -> Value {
    let mut out = Value::text(Text::constant("", spot));
    if memchr2_iter(1, 2, recipe.as_bytes()).nth(MAX_JOINED).is_some() {
        return Value::Unknown;
    }
    let mut args = args.iter().zip(types);
    let mut literal = String::new();
    for c in recipe.chars() {
        let part = match c {
            '\u{1}' => args.next().map(|(value, of)| printed(value, of, frame, spot)).unwrap_or_default(),
            '\u{2}' => constants.next().unwrap_or_default(),
            _ => {
                literal.push(c);
                continue;
            }
        };
        if !literal.is_empty() {
            out = out.concat(&Value::text(Text::constant(&*literal, spot)), spot);
            literal.clear();
        }
        out = out.concat(&part, spot);
    }
    if !literal.is_empty() {
        out = out.concat(&Value::text(Text::constant(&*literal, spot)), spot);
    }
    out
}
