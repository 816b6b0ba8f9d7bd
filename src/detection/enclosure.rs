//! An enclosure: the brackets around a token of a text, which say what else belongs to it: the call that takes it, the
//! row or the block that it is part of.

use crate::formats::evidence::{Level, Scope};

/// How far in front of a token its bracket is looked for.
const REACH: usize = 512;

/// The scope of what stands at an offset of a text that lies in a scope.
pub(super) fn scope_at(text: &[u8], at: usize, scope: &Scope) -> Scope {
    let floor = at.saturating_sub(REACH);
    let mut closed = 0usize;
    for (index, byte) in text[floor..at].iter().enumerate().rev() {
        let level = match byte {
            b')' | b']' | b'}' => {
                closed += 1;
                continue;
            }
            b'(' => Level::Call,
            b'[' => Level::Map,
            b'{' => Level::Block,
            _ => continue,
        };
        match closed.checked_sub(1) {
            Some(left) => closed = left,
            None => return scope.within(level, &format!("bracket at {}", floor + index)),
        }
    }
    scope.clone()
}

#[cfg(test)]
mod tests {
    use super::scope_at;
    use crate::formats::evidence::{Level, Scope};

    fn level(text: &str) -> (Level, String) {
        let at = text.find('x').unwrap();
        let scope = scope_at(text.as_bytes(), at, &Scope::default());
        scope.0.last().map_or((Level::Entry, String::new()), |(level, name)| (*level, name.to_string()))
    }

    #[test]
    fn the_innermost_open_bracket_encloses() {
        assert_eq!(level("f(a, x, b)"), (Level::Call, "bracket at 1".to_owned()));
        assert_eq!(level("f(g(a), [b], x)").1, "bracket at 1");
        assert_eq!(level("[[a, b], [x"), (Level::Map, "bracket at 9".to_owned()));
        assert_eq!(level("{ f(a); x").0, Level::Block);
        assert_eq!(level("f(a) x").0, Level::Entry);
        assert_eq!(level(&format!("({}x", " ".repeat(600))).0, Level::Entry);
    }
}
