//! Texts: a byte is searched once by a rule, however many keywords stand around it.

use super::{Cost, assert_linear, cost};

const KILOBYTE: usize = 1 << 10;

/// Sixteen bytes are searched in a step, and a text with one keyword is gone through once.
fn assert_searched_once(name: &str, text: &str, rules: u64) -> Cost {
    let cost = cost(name, text.as_bytes());
    let most = rules * (text.len() as u64 / 16 + 100) * 2;
    assert!(cost.searched <= most, "{name}: {} steps for {} bytes, {text:.40}", cost.searched, text.len());
    cost
}

/// What begins like a token, and is none.
const BEGINNINGS: [&str; 12] = [
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n",
    "eyJa",
    "~eyJ,",
    "IQoJb3JpZ2luX2Vj ",
    "bedrock-api-key-",
    "PuTTY-User-Key-File-3: a\n",
    "X-Amz-Signature=",
    "LoginModule required",
    "\"type\": \"random_password\"",
    "jdbc:a?password",
];

#[test]
fn a_keyword_does_not_search_what_one_before_it_has_searched() {
    for unit in BEGINNINGS {
        let cost = assert_searched_once("a.txt", &unit.repeat(64 * KILOBYTE / unit.len()), 3);
        assert_eq!(cost.trouble, None, "{unit}");
    }
}

#[test]
fn so_in_files_of_all_kinds() {
    for unit in BEGINNINGS {
        let text = unit.repeat(32 * KILOBYTE / unit.len());
        let (escaped, line) = (text.replace('"', "\\\"").replace('\n', "\\n"), text.replace('\n', " "));
        let block: String = text.lines().map(|line| format!("    {line}\n")).collect();
        for (name, content) in [
            ("a.json", format!("{{\"a\":[\"{escaped}\"]}}")),
            ("a.yaml", format!("a:\n  b: |\n{block}")),
            (
                "a.ipynb",
                format!("{{\"nbformat\":4,\"cells\":[{{\"cell_type\":\"code\",\"source\":[\"{escaped}\"]}}]}}"),
            ),
            ("A.java", format!("class A {{\n  String a = \"{escaped}\";\n}}\n")),
            ("a.sql", format!("SELECT '{line}';\n")),
            ("a.log", format!("2024-01-01 00:00:00,000 INFO  a.B [] - {line}\n")),
            ("a.xml", format!("<a><b>{}</b></a>", line.replace('&', "&amp;"))),
            ("a.properties", format!("a={escaped}\n")),
        ] {
            // A value may be searched by itself, and as a part of its text; a cell as one, too.
            assert_searched_once(name, &content, 9);
        }
    }
}

/// A key far behind its keyword, at the end of one window and within the next.
#[test]
fn what_lies_between_keywords_is_found() {
    let id = "AKIA2W3QFYOZTM3D7QXA";
    for distance in [0, 1, 400, 511, 512, 513, 1000, 1100, 2000] {
        let text = format!("akia{} {id} {} akia", " ".repeat(distance), ".".repeat(distance));
        let found = cost("a.txt", text.as_bytes()).found;
        let columns: Vec<_> = found.iter().map(|candidate| candidate.place.position.column).collect();
        assert_eq!(columns, [Some(6 + u32::try_from(distance).unwrap())], "{distance}");
    }
}

/// All begin within one another and end at the same place, so that each would be gone through again to its end.
#[test]
fn matches_that_share_their_end_are_tried_a_few_times() {
    for unit in ["eyJaaaaaaaaaa-", "eyJaaaaaaaaaa--", "eyJ_a_a_a_a_a_a-eyJ-"] {
        let text = |kilobytes: usize| {
            let end = format!(".eyJaaaaaaaaaa.{}\n", "a".repeat(50));
            unit.repeat(kilobytes * KILOBYTE / unit.len()) + &end
        };
        let [once, twice] = [32, 64].map(|kilobytes| cost("a.txt", text(kilobytes).as_bytes()));
        assert_linear(unit, once.searched, twice.searched);
        assert_eq!(twice.trouble.as_deref(), Some("searched in part"), "and the report says so");
    }
}

/// Comments that allow secrets are looked up by line: none is held against all candidates.
#[test]
fn a_comment_on_each_line_allows_what_stands_there() {
    let lines: String = (0..4_000)
        .map(|n| match n % 4 {
            0 => "# keysift:allow for tests\n".to_owned(),
            1 => format!("db.password=Tr0ub4dor-{n}-3x\n"),
            2 => format!("db.password=Tr0ub4dor-{n}-3x # keysift:allow[database-password] a\n"),
            _ => format!("db.password=Tr0ub4dor-{n}-3x\n"),
        })
        .collect();
    let cost = cost("a.properties", lines.as_bytes());
    assert_eq!(cost.found.len(), 3_000);
    for candidate in &cost.found {
        let line = candidate.place.position.line.unwrap() - 1;
        assert_eq!(candidate.allowed.len(), usize::from(line % 4 != 3), "line {line}");
    }
}
