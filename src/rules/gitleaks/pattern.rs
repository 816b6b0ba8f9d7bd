//! Patterns of Go's regexp package, in the syntax of the regex crate.
//!
//! Both are linear-time engines of one family. They differ in what they take literally: Go has `\Q…\E`,
//! octal escapes, a lone `{` and a `[` inside a class; the regex crate has set operations in classes, and
//! `\<` as a word boundary.

/// The same pattern. What still does not compile cannot be carried over.
pub(super) fn translate(go: &str) -> String {
    let chars: Vec<char> = go.chars().collect();
    let mut out = String::with_capacity(go.len() + 8);
    // Where the class at hand begins, behind `[` and `^`.
    let mut class: Option<usize> = None;
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match (c, class) {
            ('\\', _) => at += escape(&chars[at..], &mut out),
            ('[', None) => {
                out.push('[');
                at += 1;
                if chars.get(at) == Some(&'^') {
                    out.push('^');
                    at += 1;
                }
                class = Some(at);
            }
            ('[', Some(_)) if next != Some(':') => push_escaped('[', &mut at, &mut out),
            ('[', Some(_)) => {
                // `[:alpha:]`, whole.
                let end = chars[at..].windows(2).position(|pair| pair == [':', ']']).map_or(1, |end| end + 2);
                out.extend(&chars[at..at + end]);
                at += end;
            }
            (']', Some(start)) if at > start => {
                class = None;
                out.push(']');
                at += 1;
            }
            ('-', Some(start)) if next == Some('-') && at > start => {
                out.push_str("-\\-");
                at += 2;
            }
            ('-', Some(start)) if at == start => push_escaped('-', &mut at, &mut out),
            ('&' | '~', Some(_)) => push_escaped(c, &mut at, &mut out),
            ('{', None) if !is_repetition(&chars[at + 1..]) => push_escaped('{', &mut at, &mut out),
            _ => {
                out.push(c);
                at += 1;
            }
        }
    }
    // Outside ASCII, bytes would match in halves.
    if go.contains("\\p") || go.contains("\\P") || !go.is_ascii() { format!("(?u:{out})") } else { out }
}

fn push_escaped(c: char, at: &mut usize, out: &mut String) {
    out.push('\\');
    out.push(c);
    *at += 1;
}

/// Translates what a backslash begins; returns its length.
fn escape(chars: &[char], out: &mut String) -> usize {
    match chars.get(1) {
        Some('Q') => {
            let quoted = &chars[2..];
            let end = quoted.windows(2).position(|pair| pair == ['\\', 'E']);
            let text: String = quoted[..end.unwrap_or(quoted.len())].iter().collect();
            out.push_str(&regex::escape(&text));
            2 + end.map_or(quoted.len(), |end| end + 2)
        }
        Some(c) if c.is_digit(8) => {
            let digits: String = chars[1..].iter().take(3).take_while(|c| c.is_digit(8)).collect();
            out.push_str(&format!("\\x{{{:x}}}", u32::from_str_radix(&digits, 8).unwrap_or(0)));
            1 + digits.len()
        }
        // `\p{Greek}` and `\x{3b1}`, whole.
        Some('p' | 'P' | 'x') if chars.get(2) == Some(&'{') => {
            let end = chars.iter().position(|c| *c == '}').map_or(2, |end| end + 1);
            out.extend(&chars[..end]);
            end
        }
        Some(c) if c.is_ascii_alphanumeric() || is_meta(*c) => {
            out.extend([&'\\', c]);
            2
        }
        // Any other escaped character is itself.
        Some(c) => {
            out.push(*c);
            2
        }
        None => {
            out.push('\\');
            1
        }
    }
}

fn is_meta(c: char) -> bool {
    matches!(
        c,
        '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' | '&' | '-' | '~' | '#'
    )
}

/// Whether `{` is followed by `n}`, `n,}` or `n,m}`.
fn is_repetition(rest: &[char]) -> bool {
    let end = rest.iter().position(|c| *c == '}').unwrap_or(0);
    let inside = &rest[..end];
    let commas = inside.iter().filter(|c| **c == ',').count();
    inside.first().is_some_and(char::is_ascii_digit)
        && commas <= 1
        && inside.iter().all(|c| c.is_ascii_digit() || *c == ',')
}

#[cfg(test)]
mod tests {
    use super::translate;
    use regex::bytes::RegexBuilder;

    #[test]
    fn what_is_literal_in_go_is_literal() {
        for (go, yes, no) in [
            (r"\Qa.b(\E[0-9]", "a.b(7", "axb(7"),
            (r"a\<b\>\_\/\'\ c", "a<b>_/' c", "ab_/' c"),
            (r"[[a]x", "[x", "bx"),
            (r"[a&&b]x", "&x", "cx"),
            (r"[!--]x", "+x", "ax"),
            (r"^[--/]x", "-x", "ax"),
            (r"[]a]x", "]x", "bx"),
            (r"[^]a]x", "bx", "]x"),
            (r"a{{b", "a{{b", "aab"),
            (r"a{2}b{1,}c{1,2}", "aabcc", "abc"),
            (r"\$\{[^}]+}", "${x}", "$x"),
            (r"[[:digit:]\-_]x", "_x", "ax"),
            (r"\101\x42\x{43}", "ABC", "1BC"),
            (r"(?P<name>x)(?i:Y)\z", "xy", "xyz"),
            (r"[^~]~~x", "a~~x", "~~~x"),
            ("p\u{e4}ss", "p\u{e4}ss", "pass"),
            (r"\p{Greek}x", "\u{3b1}x", "ax"),
        ] {
            let ours = translate(go);
            let regex = RegexBuilder::new(&ours).unicode(false).build().unwrap_or_else(|e| panic!("{go}: {e}"));
            assert!(regex.is_match(yes.as_bytes()) && !regex.is_match(no.as_bytes()), "{go} became {ours}");
        }
    }
}
