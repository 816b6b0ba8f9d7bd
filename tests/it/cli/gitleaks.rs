//! Rules of a gitleaks configuration find what the same rules find in keysift's own schema.

use super::{Desk, Run};
use crate::archives::building::{entry, zip};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Made-up values, other ones for each number.
fn value(seed: usize, length: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut state = seed as u64 * 2 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ALPHABET[(state >> 33) as usize % ALPHABET.len()] as char
    };
    (0..length).map(|_| next()).collect()
}

/// A rule in both schemas, and lines that it finds and leaves.
struct Case {
    gitleaks: String,
    own: String,
    finds: Vec<String>,
    leaves: Vec<String>,
    /// Only in such files.
    ending: &'static str,
}

/// The shapes that such rules have, by turns.
fn case(n: usize) -> Case {
    let word = format!("zorp{n}q");
    let (a, b, low) = (value(n, 24), value(n + 1000, 24), "ab".repeat(12));
    let assigned = format!(r"(?i)\b{word}[_-]?x?\s*=>\s*'([A-Za-z0-9]{{24}})'");
    let line = |value: &str| format!("{word} => '{value}'");
    let (gitleaks, own, finds, leaves, ending) = match n % 10 {
        0 => (
            format!(r"regex = '\b{word}-[A-Za-z0-9]{{24}}\b'"),
            format!(r"pattern = '\b{word}-[A-Za-z0-9]{{24}}\b'"),
            vec![format!("{word}-{a}")],
            vec![format!("{word}-{a}z")],
            "",
        ),
        1 => (
            format!("regex = '''{assigned}'''\nsecretGroup = 1"),
            format!("pattern = '''{assigned}'''\ngroup = 1"),
            vec![line(&a)],
            vec![],
            "",
        ),
        2 => (
            format!("regex = '''{assigned}'''"),
            format!("pattern = '''{assigned}'''\ngroup = \"first\""),
            vec![line(&a), line(&b)],
            vec![],
            "",
        ),
        3 => (
            format!("regex = '''{assigned}'''\nentropy = 3.0"),
            format!("pattern = '''{assigned}'''\ngroup = 1\nmin-entropy = 3.0"),
            vec![line(&a)],
            vec![line(&low)],
            "",
        ),
        4 => (
            format!("regex = '''{assigned}'''\npath = '(?i)\\.ya?ml$'"),
            format!("pattern = '''{assigned}'''\ngroup = 1\npath-pattern = '(?i)\\.ya?ml$'"),
            vec![line(&a)],
            vec![],
            ".yml",
        ),
        5 => (
            format!("regex = '''{assigned}'''\n[[rules.allowlists]]\nregexes = ['^{}']", &b[..8]),
            format!("pattern = '''{assigned}'''\ngroup = 1\nexcept = [{{ patterns = ['^{}'] }}]", &b[..8]),
            vec![line(&a)],
            vec![line(&b)],
            "",
        ),
        6 => (
            format!("regex = '''{assigned}'''\n[rules.allowlist]\nregexTarget = 'line'\nregexes = ['sample$']"),
            format!("pattern = '''{assigned}'''\ngroup = 1\nexcept = [{{ target = 'line', patterns = ['sample$'] }}]"),
            vec![line(&a)],
            vec![format!("{} sample", line(&b))],
            "",
        ),
        7 => (
            format!("regex = '''{assigned}'''\n[[rules.allowlists]]\nstopwords = ['{}']", b[3..9].to_uppercase()),
            format!("pattern = '''{assigned}'''\ngroup = 1\nexcept = [{{ words = ['{}'] }}]", &b[3..9]),
            vec![line(&a)],
            vec![line(&b)],
            "",
        ),
        8 => (
            format!(r"regex = '\Q{word}[\E[A-Z0-9a-z]{{24}}]'"),
            format!(r"pattern = '{word}\[[A-Z0-9a-z]{{24}}\]'"),
            vec![format!("{word}[{a}]")],
            vec![],
            "",
        ),
        _ => (
            format!(
                "regex = '''{word}(?:<([a-zA-Z0-9]{{24}})>|\\{{([a-zA-Z0-9]{{24}})}})'''\n[[rules.allowlists]]\ncondition = 'AND'\npaths = ['\\.txt$']\nregexes = ['^{}']",
                &b[..8]
            ),
            format!(
                "pattern = '''{word}(?:<([a-zA-Z0-9]{{24}})>|\\{{([a-zA-Z0-9]{{24}})\\}})'''\ngroup = 'first'\nexcept = [{{ all = true, paths = ['\\.txt$'], patterns = ['^{}'] }}]",
                &b[..8]
            ),
            vec![format!("{word}<{a}>"), format!("{word}{{{}}}", value(n + 2000, 24))],
            vec![format!("{word}<{b}>")],
            "",
        ),
    };
    // Some have no keywords at all.
    let keywords = if n % 10 == 8 { String::new() } else { format!("keywords = ['ZORP{n}q']\n") };
    let id = format!("acme-rule-{n}");
    Case {
        gitleaks: format!("[[rules]]\nid = '{id}'\ndescription = 'Acme {n}'\n{keywords}{gitleaks}\n\n"),
        own: format!(
            "[[rule]]\nid = '{id}'\ntitle = 'Acme {n}'\nkind = 'token'\nseverity = 'high'\nconfidence = 'medium'\nlifetime = 'long-term'\nremedy = 'Revoke it.'\nwindow = 0\n{keywords}{own}\n\n"
        ),
        finds,
        leaves,
        ending,
    }
}

/// Rule, path and line of all findings of Acme's rules.
fn found(run: &Run) -> BTreeSet<String> {
    let report = run.json();
    let mut found = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule_id"].as_str().unwrap();
        for place in finding["locations"].as_array().unwrap() {
            found.insert(format!("{rule} {}:{}", place["uri"].as_str().unwrap(), place["line"]));
        }
    }
    found
}

#[test]
fn a_hundred_rules_find_the_same_in_both_schemas() {
    let desk = Desk::new();
    let (mut gitleaks, mut own) = ("title = 'Acme'\n\n".to_owned(), String::new());
    let mut text = String::new();
    let mut expected = BTreeSet::new();
    let mut number = 0;
    for n in 0..100 {
        let case = case(n);
        gitleaks.push_str(&case.gitleaks);
        own.push_str(&case.own);
        for (line, is_found) in case.finds.iter().map(|l| (l, true)).chain(case.leaves.iter().map(|l| (l, false))) {
            writeln!(text, "{line}").unwrap();
            number += 1;
            for uri in ["app/a.txt", "app/b.yml", "app/c.jar!/inner/d.yml"] {
                // An allowlist that wants both holds in texts only.
                let left = !is_found && (n % 10 != 9 || uri.ends_with(".txt"));
                if !left && uri.ends_with(case.ending) {
                    expected.insert(format!("acme-rule-{n} {uri}:{number}"));
                }
            }
        }
    }
    desk.file(".gitleaks.toml", gitleaks).file("own.toml", own);
    desk.file("app/a.txt", &text).file("app/b.yml", &text);
    desk.file("app/c.jar", zip(&[entry("inner/d.yml", text.as_bytes())]));
    let imported = desk.run(&["scan", "app", "--format", "json", "--gitleaks-config", ".gitleaks.toml"]);
    assert_eq!(imported.err(), "");
    let written = desk.run(&["scan", "app", "--format", "json", "--rules", "own.toml"]);
    let (imported, written) = (found(&imported), found(&written));
    let missed: Vec<&String> = expected.difference(&imported).collect();
    let more: Vec<&String> = imported.difference(&expected).collect();
    assert!(missed.is_empty() && more.is_empty(), "missed {missed:#?}\nmore {more:#?}");
    assert_eq!(imported, written);
    assert!(expected.len() > 300);
}

#[test]
fn what_cannot_be_carried_over_is_told() {
    let desk = Desk::new();
    desk.file("a.txt", "");
    desk.file(
        ".gitleaks.toml",
        r#"
minVersion = "v8.25.0"
[extend]
useDefault = true
[[rules]]
id = "by-name"
path = '\.p12$'
[[rules]]
id = "composite"
regex = 'a{3}'
[[rules.required]]
id = "by-name"
[[rules]]
id = "broken"
regex = '(?<!x)abc'
[[rules]]
id = "no-group"
regex = 'abc'
secretGroup = 2
[[rules]]
id = "jdbc-password"
regex = 'zorp=(\w+)'
colour = "red"
[[rules.allowlists]]
condition = "AND"
commits = ["abc"]
regexes = ["x"]
"#,
    );
    let run = desk.run(&["rules", "check", "--gitleaks", ".gitleaks.toml"]);
    assert_eq!((run.code(), run.err().as_str()), (0, ""));
    for told in [
        "extend.useDefault",
        "rule by-name: it flags files by their names",
        "rule composite: it is made of several rules (required)",
        "rule broken: its pattern cannot be compiled",
        "rule no-group: its regex has no group 2",
        "rule jdbc-password: colour is not known",
        "rule jdbc-password: allowlist: commits",
        "1 rule in 1 file, no problems",
    ] {
        assert!(run.out().contains(told), "{told}: {}", run.out());
    }
    let scan = desk.run(&["scan", "a.txt", "--gitleaks-config", ".gitleaks.toml"]);
    assert_eq!(
        (scan.code(), scan.err().matches("not carried over: .gitleaks.toml: ").count()),
        (0, 7),
        "{}",
        scan.err()
    );
    // The built-in rule of that name stays what it is.
    desk.file("b.txt", "zorp=Kw83hTq2LmZp");
    let report = desk.run(&["scan", "b.txt", "--gitleaks-config", ".gitleaks.toml", "--format", "json"]).json();
    assert_eq!(report["findings"][0]["rule_id"], "gitleaks-jdbc-password");
    let none = desk.run(&["scan", "a.txt", "--gitleaks-config", "none.toml"]);
    assert_eq!((none.code(), none.err().contains("none.toml: cannot be read")), (2, true));
}

#[test]
fn a_configuration_extends_another() {
    let desk = Desk::new();
    desk.file("conf/base.toml", "[allowlist]\npaths = ['ignored/']\n[[rules]]\nid = 'one'\nregex = 'zorp1=(\\w{12})'\n[[rules]]\nid = 'two'\nregex = 'zorp2=(\\w{12})'\n[[rules]]\nid = 'three'\nregex = 'zorp3=(\\w{12})'\n");
    desk.file("conf/top.toml", "[extend]\npath = 'base.toml'\ndisabledRules = ['two']\n[[allowlists]]\ntargetRules = ['three']\nstopwords = ['kw83']\n[[rules]]\nid = 'one'\ndescription = 'Renamed'\n");
    desk.file("keysift.toml", "gitleaks-config = [\"conf/top.toml\"]\n");
    let text = "zorp1=Kw83hTq2LmZp\nzorp2=Jx94kRs3NnYq\nzorp3=Kw83dFg6HhWe\nzorp3=Pv52sDc7BbMa\n";
    desk.file("a.txt", text).file("ignored/a.txt", text);
    let run = desk.run(&["scan", "a.txt", "ignored/a.txt", "--format", "json"]);
    let places: BTreeSet<String> = ["one a.txt:1", "three a.txt:4"].map(str::to_owned).into();
    assert_eq!(found(&run), places);
    assert!(run.json()["findings"].as_array().unwrap().iter().any(|finding| finding["title"] == "Renamed"));
    assert_eq!(desk.run(&["config", "check"]).code(), 0);
}
