//! The shape of the project: what every source file keeps to, whoever edits it.
//!
//! The sources are read as tokens, so that comments, strings and tests do not count.

use crate::support::project;
use std::path::{Path, PathBuf};

/// Who may import whom: each only what stands to its left.
const STAGES: [&str; 16] = [
    "place",
    "secret",
    "trouble",
    "blob",
    "budget",
    "meter",
    "auxiliary",
    "rules",
    "sources",
    "archives",
    "formats",
    "detection",
    "findings",
    "reports",
    "engine",
    "cli",
];
/// The crates that belong to one part of the program alone.
const CONFINED: [(&str, &[&str]); 5] = [
    ("anyhow", &["src/cli/"]),
    ("clap", &["src/cli/"]),
    ("redb", &["src/engine/cache/"]),
    ("tokio", &["src/sources/aws", "src/sources/s3", "src/sources/msf", "src/verify"]),
    ("aws_", &["src/sources/aws", "src/sources/s3", "src/sources/msf", "src/verify"]),
];
const LONGEST: usize = 400;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Sign(char),
}

/// Words and signs with their lines. Strings, characters and comments are left out.
fn tokens(text: &str) -> Vec<(Token, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&c) = chars.get(at) {
        let start = at;
        let next = chars.get(at + 1).copied().unwrap_or_default();
        match c {
            '/' if next == '/' => at += chars[at..].iter().take_while(|&&c| c != '\n').count(),
            '/' if next == '*' => at = end_of_comment(&chars, at),
            '"' => at = end_of_string(&chars, at),
            '\'' if next == '\\' => at += 3 + chars[at + 3..].iter().take_while(|&&c| c != '\'').count() + 1,
            '\'' if chars.get(at + 2) == Some(&'\'') => at += 3,
            _ if c.is_alphanumeric() || c == '_' => {
                at += chars[at..].iter().take_while(|&&c| c.is_alphanumeric() || c == '_').count();
                let word: String = chars[start..at].iter().collect();
                let hashes = chars[at..].iter().take_while(|&&c| c == '#').count();
                if matches!(&*word, "r" | "br" | "cr") && chars.get(at + hashes) == Some(&'"') {
                    at = end_of_raw_string(&chars, at + hashes + 1, hashes);
                } else {
                    found.push((Token::Word(word), line));
                }
            }
            _ => {
                at += 1;
                if !c.is_whitespace() {
                    found.push((Token::Sign(c), line));
                }
            }
        }
        line += chars[start..at.min(chars.len())].iter().filter(|&&c| c == '\n').count();
    }
    found
}

fn end_of_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn end_of_string(chars: &[char], mut at: usize) -> usize {
    at += 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn end_of_raw_string(chars: &[char], mut at: usize, hashes: usize) -> usize {
    while at < chars.len() && !(chars[at] == '"' && chars[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes)
    {
        at += 1;
    }
    at + 1 + hashes
}

/// Leaves out the items under `#[cfg(test)]`.
fn without_tests(tokens: Vec<(Token, usize)>) -> Vec<(Token, usize)> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if spelled(&tokens[at..], "# [ cfg ( test ) ]") {
            let mut depth = 0;
            at += 7;
            while let Some((token, _)) = tokens.get(at) {
                at += 1;
                match token {
                    Token::Sign('{') => depth += 1,
                    Token::Sign('}') => depth -= 1,
                    Token::Sign(';') => {}
                    _ => continue,
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn spelled(tokens: &[(Token, usize)], text: &str) -> bool {
    let mut tokens = tokens.iter();
    text.split(' ').all(|expected| {
        tokens.next().is_some_and(|(token, _)| match token {
            Token::Word(word) => word == expected,
            Token::Sign(sign) => expected.starts_with(*sign),
        })
    })
}

/// Every path from the crate's root: its first two names, with their line. `super` counts, too.
fn imports(tokens: &[(Token, usize)], depth: usize) -> Vec<(String, Option<String>, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let line = tokens[at].1;
        let mut ups = 0;
        while spelled(&tokens[at + 3 * ups..], "super : :") {
            ups += 1;
        }
        let root = if spelled(&tokens[at..], "crate : :") {
            Some(at + 3)
        } else {
            (ups > 0 && ups == depth).then_some(at + 3 * ups)
        };
        at += (3 * ups).max(1);
        let Some(root) = root else { continue };
        for (first, second) in members(tokens, root) {
            let seconds = match second {
                // `rules::{a, b}`, one for each.
                Some(inner) if matches!(tokens[inner].0, Token::Sign('{')) => {
                    members(tokens, inner).into_iter().map(|(name, _)| Some(name)).collect()
                }
                Some(inner) => vec![word(tokens, inner)],
                None => vec![None],
            };
            found.extend(seconds.into_iter().map(|second| (first.clone(), second, line)));
        }
        at = root;
    }
    found
}

/// The names at the top of a path or of a group in braces, each with where its own path goes on.
fn members(tokens: &[(Token, usize)], start: usize) -> Vec<(String, Option<usize>)> {
    let goes_on = |at: usize| spelled(&tokens[at + 1..], ": :").then_some(at + 3);
    if !matches!(tokens.get(start), Some((Token::Sign('{'), _))) {
        return word(tokens, start).map(|name| (name, goes_on(start))).into_iter().collect();
    }
    let mut names = Vec::new();
    let (mut depth, mut at, mut first) = (0, start, true);
    while let Some((token, _)) = tokens.get(at) {
        match token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') => depth -= 1,
            Token::Sign(',') if depth == 1 => first = true,
            Token::Word(name) if depth == 1 && std::mem::take(&mut first) => names.push((name.clone(), goes_on(at))),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    names
}

fn word(tokens: &[(Token, usize)], at: usize) -> Option<String> {
    match tokens.get(at) {
        Some((Token::Word(word), _)) => Some(word.clone()),
        _ => None,
    }
}

/// What is wrong with a source file, a line for each.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with("//! ") {
        faults.push(format!("{path}:1: does not open with //!"));
    }
    let lines = text.lines().count();
    if lines > LONGEST {
        faults.push(format!("{path}:{lines}: longer than {LONGEST} lines"));
    }
    let tokens = without_tests(tokens(text));
    for (at, (token, line)) in tokens.iter().enumerate() {
        let rest = &tokens[at..];
        for call in [". unwrap ( )", ". expect (", "panic !", "todo !", "unimplemented !", "unreachable !"] {
            if spelled(rest, call) {
                faults.push(format!("{path}:{line}: {}", call.replace(' ', "")));
            }
        }
        for (name, homes) in CONFINED {
            let named =
                matches!(token, Token::Word(word) if word == name || name.ends_with('_') && word.starts_with(name));
            if named && spelled(&rest[1..], ": :") && !homes.iter().any(|home| path.starts_with(home)) {
                faults.push(format!("{path}:{line}: {name} belongs to {}", homes.join(", ")));
            }
        }
    }
    faults.extend(misdirected(path, &tokens));
    faults
}

/// Imports against the one way that data flows.
fn misdirected(path: &str, tokens: &[(Token, usize)]) -> Vec<String> {
    let module = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let stage = module.split('/').next().unwrap_or(module);
    if matches!(stage, "lib" | "main") {
        return Vec::new();
    }
    let rank = |name: &str| STAGES.iter().position(|stage| *stage == name);
    let Some(own) = rank(stage) else { return vec![format!("{path}:1: {stage} is no stage")] };
    let mut faults = Vec::new();
    for (first, second, line) in imports(tokens, module.split('/').count()) {
        match rank(&first) {
            Some(other) if other > own => faults.push(format!("{path}:{line}: {stage} imports {first}")),
            // Readers know what is worth reading closely, and no rule.
            Some(_) if stage == "formats" && first == "rules" && second.as_deref() != Some("vocabulary") => {
                faults.push(format!("{path}:{line}: formats imports more of rules than the vocabulary"));
            }
            Some(_) if matches!(stage, "sources" | "archives") && first == "rules" => {
                faults.push(format!("{path}:{line}: {stage} imports rules"));
            }
            Some(_) => {}
            None => faults.push(format!("{path}:{line}: {first} is no stage")),
        }
    }
    faults
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The text files below the project's root, by their relative paths.
fn texts(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&project(folder), &mut found);
    found.sort();
    let relative = |path: &Path| path.strip_prefix(project("")).unwrap().to_str().unwrap().replace('\\', "/");
    found.iter().map(|path| (relative(path), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn sources_keep_the_shape() {
    let sources = texts("src");
    assert!(sources.len() > 50);
    let faults: Vec<String> = sources.iter().flat_map(|(path, text)| faults(path, text)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn data_holds_no_path_of_a_machine() {
    let home = regex::Regex::new(r"(?:/home|/Users|/root|/work|[A-Z]:\\Users)[/\\]\w").unwrap();
    for (path, text) in ["patterns", "docs", ".ci"].into_iter().flat_map(texts) {
        let line = text.lines().position(|line| home.is_match(line));
        assert_eq!(line, None, "{path}");
    }
}

#[test]
fn each_fault_is_noticed() {
    let long = format!("//! A.\n{}", "\n".repeat(LONGEST));
    for (path, text) in [
        ("src/place.rs", "use std::fmt;\n"),
        ("src/place.rs", long.as_str()),
        ("src/place.rs", "//! A.\nfn f() { g().unwrap(); }"),
        ("src/place.rs", "//! A.\nfn f() { g()\n    .expect(\"h\"); }"),
        ("src/place.rs", "//! A.\n#[cfg(test)]\nmod tests { fn a() {} }\nfn f() { panic!(\"h\") }"),
        ("src/engine/a.rs", "//! A.\nuse anyhow::Context;"),
        ("src/sources/local.rs", "//! A.\nuse aws_sdk_s3::Client;"),
        ("src/formats/a.rs", "//! A.\nuse crate::detection::judge;"),
        ("src/formats/a.rs", "//! A.\nuse crate::rules::set::RuleSet;"),
        ("src/formats/a.rs", "//! A.\nuse crate::rules::{vocabulary::Call, set::RuleSet};"),
        ("src/formats/mod.rs", "//! A.\nuse super::findings::Finding;"),
        ("src/formats/class/a.rs", "//! A.\nuse super::super::super::{place::Place, engine::Settings};"),
        ("src/place.rs", "//! A.\nfn f() -> crate::secret::Secret {}"),
        ("src/archives/zip/a.rs", "//! A.\nuse crate::rules::key;"),
        ("src/helpers.rs", "//! A.\n"),
    ] {
        assert_eq!(faults(path, text).len(), 1, "{path}: {text}\n{:#?}", faults(path, text));
    }
}

#[test]
fn what_is_no_fault_is_left_alone() {
    let text = r##"//! A.
use crate::rules::vocabulary::{Call, Vocabulary};
use crate::{blob::Blob, place::Place};
use super::page::Page;
use super::super::evidence;
/* .unwrap() /* nested */ panic!() */
const A: (&str, char, char) = (r#"x".unwrap() "#, '"', '\'');
fn f<'a>(g: &'a str) -> &'a str { g.unwrap_or("\".expect(") }
#[cfg(test)]
mod tests {
    use crate::engine::Scan;
    fn f() { g().unwrap(); panic!("}"); }
}
"##;
    assert_eq!(faults("src/formats/class/a.rs", text), Vec::<String>::new());
}
