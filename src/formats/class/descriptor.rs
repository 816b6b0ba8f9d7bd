//! A descriptor: the types of a method's parameters and result (JVMS 4.3).

use std::borrow::Cow;

/// JVMS 4.3.3.
const MOST_PARAMETERS: usize = 255;

/// A parsed method descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Descriptor<'d> {
    /// Readable simple types: `String`, `byte[]`.
    pub(super) parameters: Vec<Cow<'d, str>>,
    /// Readable simple type, `void` for none.
    pub(super) result: Cow<'d, str>,
}

impl<'d> Descriptor<'d> {
    /// `None` if it is no method descriptor.
    pub(super) fn parse(text: &'d str) -> Option<Self> {
        let mut rest = text.strip_prefix('(')?;
        let mut parameters = Vec::new();
        while !rest.starts_with(')') {
            if parameters.len() == MOST_PARAMETERS {
                return None;
            }
            let (name, after) = one_type(rest)?;
            parameters.push(name);
            rest = after;
        }
        let (result, end) = one_type(&rest[1..])?;
        end.is_empty().then_some(Self { parameters, result })
    }

    /// That of a name in a pool: most are there as they are.
    pub(super) fn of(text: &Cow<'d, str>) -> Option<Self> {
        match text {
            Cow::Borrowed(text) => Self::parse(text),
            Cow::Owned(text) => {
                let Descriptor { parameters, result } = Descriptor::parse(text)?;
                let owned = |of: Cow<'_, str>| Cow::Owned(of.into_owned());
                Some(Self { parameters: parameters.into_iter().map(owned).collect(), result: owned(result) })
            }
        }
    }
}

/// The readable types of a method descriptor's parameters, as far as they can be read.
pub(super) fn parameters(descriptor: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = descriptor.strip_prefix('(').unwrap_or_default();
    std::iter::from_fn(move || {
        let (of, after) = one_type(rest)?;
        rest = after;
        Some(of)
    })
}

/// Whether a type, or what a method gives back, is an object or an array.
pub(super) fn is_reference(descriptor: &str) -> bool {
    let of = descriptor.rsplit(')').next().unwrap_or_default();
    of.starts_with(['L', '['])
}

/// Slots of one value: long and double take two (JVMS 2.6.1).
pub(super) fn slots(simple_type: &str) -> usize {
    match simple_type {
        "long" | "double" => 2,
        "void" => 0,
        _ => 1,
    }
}

/// The first type of a descriptor, and what follows it.
fn one_type(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let element = text.trim_start_matches('[');
    let dimensions = text.len() - element.len();
    if dimensions > 255 {
        return None;
    }
    let (name, rest) = match element.as_bytes().first()? {
        b'B' => ("byte", &element[1..]),
        b'C' => ("char", &element[1..]),
        b'D' => ("double", &element[1..]),
        b'F' => ("float", &element[1..]),
        b'I' => ("int", &element[1..]),
        b'J' => ("long", &element[1..]),
        b'S' => ("short", &element[1..]),
        b'Z' => ("boolean", &element[1..]),
        b'V' if dimensions == 0 => ("void", &element[1..]),
        b'L' => {
            let end = element.find(';')?;
            let simple = element[1..end].rsplit(['/', '$']).next().unwrap_or_default();
            // An anonymous class has a number for a name.
            (if simple.is_empty() { &element[1..end] } else { simple }, &element[end + 1..])
        }
        _ => return None,
    };
    let name = match dimensions {
        0 => Cow::Borrowed(name),
        _ => Cow::Owned(format!("{name}{}", "[]".repeat(dimensions))),
    };
    Some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::Descriptor;

    #[test]
    fn reads_types() {
        let parsed = Descriptor::parse("(Ljava/lang/String;[[BJLjava/util/Map$Entry;)V").unwrap();
        assert_eq!(parsed.parameters, ["String", "byte[][]", "long", "Entry"]);
        assert_eq!(parsed.result, "void");
    }

    #[test]
    fn refuses_what_is_none() {
        for broken in ["", "(", "()", "(V)", "(L)V", "(Q)V", "()VV", "(Ljava/lang/String)V", "I"] {
            assert!(Descriptor::parse(broken).is_none() || broken == "(V)", "{broken}");
        }
    }
}
