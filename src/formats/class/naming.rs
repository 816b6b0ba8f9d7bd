//! Naming: what names of methods and types say about the values that go through them.

/// Types that a secret is passed as.
pub(super) fn holds_text(simple_type: &str) -> bool {
    matches!(
        simple_type,
        "String" | "Object" | "char[]" | "byte[]" | "CharSequence" | "Serializable" | "Optional" | "Option"
    )
}

/// Types of what gives a text when it is asked: a lambda in place of a value.
pub(super) fn gives_text(simple_type: &str) -> bool {
    matches!(simple_type, "Supplier" | "Function" | "Callable" | "Function0" | "Function1")
}

/// Methods whose one argument is what they look for, not what they are given to keep.
pub(super) fn only_looks(method: &str) -> bool {
    const PREFIXES: [&str; 23] = [
        "share", "get", "find", "load", "fetch", "read", "resolve", "lookup", "is", "has", "check", "validate",
        "parse", "decode", "remove", "delete", "contains", "mask", "hide", "redact", "key", "for", "to",
    ];
    PREFIXES.iter().any(|prefix| {
        method.strip_prefix(prefix).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    })
}

/// The name in the source: compilers wrap it for lambdas, lazy values and delegates, and name a
/// lambda's class after what it initialises.
pub(super) fn declared_name<'n>(method: &'n str, class: &'n str) -> &'n str {
    let name = match method {
        "invoke" | "apply" | "get" | "call" => class
            .rsplit('$')
            .find(|part| !part.is_empty() && !part.bytes().all(|b| b.is_ascii_digit()))
            .unwrap_or(method),
        _ => method.strip_prefix("lambda$").map_or(method, |method| {
            let name = method.trim_end_matches(|c: char| c.is_ascii_digit() || c == '$');
            // What gives a password is not one, but its lambda returns it.
            ["Supplier", "Provider"].iter().find_map(|role| name.strip_suffix(role)).unwrap_or(name)
        }),
    };
    // Nearly no name has a mark, and what they have in common is looked for fast.
    let marks = if name.contains('$') { &["_delegate$", "$lambda", "$lzy", "$default$"][..] } else { &[] };
    let end = marks.iter().filter_map(|mark| name.find(mark)).min();
    let name = &name[..end.unwrap_or(name.len())];
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '$')
}
