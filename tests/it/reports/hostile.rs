//! Hostile names: entries, classes and keys that are markup, formulas, escapes or commands somewhere.

use super::{scanned, written};
use crate::support::project;
use keysift::reports::document::Document;
use keysift::reports::format::Format;
use serde_json::Value;
use std::io::{Read as _, Write as _};
use zip::write::SimpleFileOptions;

const ENTRIES: [&str; 17] = [
    "<img src=x onerror=alert(1)>.properties",
    "</script><script>alert(1)</script>.properties",
    "]](http://evil) [link](http://evil) ![x](http://evil/x.png).properties",
    "`` ` ``` code <b>.properties",
    "```\n# heading\n.properties",
    "=cmd|' /C calc'!A0.properties",
    "@SUM(1).properties",
    "+1-1.properties",
    "::error file=x::pwned.properties",
    "  ::add-mask::x.properties",
    "a ##[error]pwned ##vso[task.setvariable variable=x]y ##teamcity[z].properties",
    "\u{1b}[2J\u{1b}]0;pwned\u{7}\u{9b}31m.properties",
    "\u{202e}seitreporp.lmth\u{2066}\u{feff}\u{fffe}\u{0}.properties",
    "]]>&lt;&x;<!--<?xml ?>.properties",
    "|table| @mention #1 {0} {{x}}.properties",
    "\"quoted\", 'cell'\r\n\"=1+1\".properties",
    "line\n::warning::pwned\u{2028}\n.properties",
];

/// A jar of such entries, with such keys, and a class whose name and source file are no better.
fn document() -> Document {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("=hostile`[x](y)<b>.jar");
    let mut jar = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for entry in ENTRIES {
        jar.start_file(entry, SimpleFileOptions::default()).unwrap();
        jar.write_all(b"<script>alert(1)</script>.db.password=Tr0ub4dor-and-3x\n").unwrap();
    }
    jar.start_file("keys.properties", SimpleFileOptions::default()).unwrap();
    jar.write_all(
        b"::error::x.password=An0ther-and-4y\n=1+1.password=An0ther-and-5z\n`[x](y).password=An0ther-and-6q\n",
    )
    .unwrap();
    jar.start_file("com/acme/orders/Secrets.class", SimpleFileOptions::default()).unwrap();
    jar.write_all(&hostile_class()).unwrap();
    jar.start_file("broken <b>`.gz", SimpleFileOptions::default()).unwrap();
    jar.write_all(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03").unwrap();
    jar.finish().unwrap();
    let document = scanned(&[path.to_str().unwrap()]);
    let places: Vec<_> = document.findings.iter().flat_map(|finding| &finding.locations).collect();
    assert!(places.len() >= ENTRIES.len(), "{places:#?}");
    assert!(places.iter().any(|place| place.class.as_deref().is_some_and(|class| class.starts_with("<b>"))));
    assert!(!document.trouble.is_empty());
    document
}

/// The sample's class of secrets, under another name of the same length.
fn hostile_class() -> Vec<u8> {
    let mut jar = zip::ZipArchive::new(std::fs::File::open(project("testdata/orders.jar")).unwrap()).unwrap();
    let mut bytes = Vec::new();
    jar.by_name("com/acme/orders/Secrets.class").unwrap().read_to_end(&mut bytes).unwrap();
    for (name, hostile) in
        [("com/acme/orders/Secrets", "<b>`](x)::##[e]\u{1}{0}|@me"), ("Secrets.java", "::error::<a>")]
    {
        assert_eq!(name.len(), hostile.len());
        for at in 0..bytes.len() - name.len() {
            if bytes[at..].starts_with(name.as_bytes()) {
                bytes[at..at + name.len()].copy_from_slice(hostile.as_bytes());
            }
        }
    }
    bytes
}

#[test]
fn no_format_prints_escapes_or_commands() {
    let document = document();
    for format in Format::ALL {
        let text = written(&document, format);
        let plain = anstream::adapter::strip_str(&text).to_string();
        let plain = if format == Format::Text { plain } else { text };
        for c in plain.chars().filter(|c| !matches!(c, '\n' | '\r')) {
            assert!(!c.is_control(), "{format}: {c:?}");
            assert!(
                !matches!(c, '\u{200E}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'),
                "{format}: {c:?}"
            );
        }
        for line in plain.lines() {
            assert!(!line.trim_start().starts_with("::"), "{format}: {line}");
            assert!(!line.contains("##["), "{format}: {line}");
            assert!(!line.contains("##vso[") && !line.contains("##teamcity["), "{format}: {line}");
        }
    }
}

#[test]
fn json_gives_back_every_name() {
    let document = document();
    assert_eq!(Document::parse(written(&document, Format::Json).as_bytes()).unwrap(), document);
    let lines = written(&document, Format::Jsonl);
    let types: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].clone()).collect();
    let count = |name: &str| types.iter().filter(|found| *found == name).count();
    assert_eq!((count("finding"), count("trouble")), (document.findings.len(), document.trouble.len()));
    assert_eq!((count("summary"), types.last().unwrap()), (1, &Value::from("summary")));
}

#[test]
fn no_cell_is_a_formula() {
    let document = document();
    let text = written(&document, Format::Csv);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let width = rows.headers().unwrap().len();
    let mut read = 0;
    for row in rows.records() {
        let row = row.unwrap();
        assert_eq!(row.len(), width);
        for cell in &row {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        read += 1;
    }
    let places: usize = document.findings.iter().map(|finding| finding.locations.len()).sum();
    assert_eq!(read, places + document.trouble.len());
}

#[test]
fn xml_is_well_formed_and_has_no_element_of_theirs() {
    let document = document();
    let text = written(&document, Format::Junit);
    let parsed = roxmltree::Document::parse(&text).unwrap();
    let known = ["testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "system-out"];
    for element in parsed.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&element.tag_name().name()), "{}", element.tag_name().name());
    }
    assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;"));
}

#[test]
fn sarif_messages_hold_no_links() {
    let report: Value = serde_json::from_str(&written(&document(), Format::Sarif)).unwrap();
    for result in report["runs"][0]["results"].as_array().unwrap() {
        for location in result["locations"].as_array().unwrap() {
            let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"`{}|[]\\^".contains(&byte)), "{uri}");
            let text = location["message"]["text"].as_str().unwrap_or_default();
            assert!(!unescaped(text, '['), "{text}");
        }
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!unescaped(text, '['), "{text}");
    }
}

fn unescaped(text: &str, wanted: char) -> bool {
    let mut before = ' ';
    text.chars().any(|c| std::mem::replace(&mut before, c) != '\\' && c == wanted)
}

#[test]
fn markdown_holds_their_names_in_code_spans() {
    let text = written(&document(), Format::Markdown);
    for line in text.lines() {
        let outside = outside_code(line);
        let outside = outside.replace("<br>", "").replace("@\u{200B}", "");
        for mark in ["<", "](", "![", "@", "|"] {
            let bare = outside.match_indices(mark).any(|(at, _)| at == 0 || outside.as_bytes()[at - 1] != b'\\');
            assert!(!bare, "{mark} in {outside}");
        }
    }
}

/// A line without its code spans (CommonMark 6.1); a fence that nothing closes stays.
fn outside_code(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find('`') {
        let fence = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        out.push_str(&rest[..at]);
        let mut inner = &rest[at + fence..];
        let mut end = None;
        let mut passed = at + fence;
        while let Some(next) = inner.find('`') {
            let run = inner[next..].len() - inner[next..].trim_start_matches('`').len();
            passed += next + run;
            inner = &inner[next + run..];
            if run == fence {
                end = Some(passed);
                break;
            }
        }
        let Some(end) = end else { return out + &rest[at..] };
        rest = &rest[end..];
    }
    out + rest
}

#[test]
fn markdown_fits_a_comment_and_says_what_does_not() {
    let mut document = document();
    let one = document.findings[0].clone();
    document.findings = (0..2_000).map(|_| one.clone()).collect();
    let text = written(&document, Format::Markdown);
    assert!(text.len() <= 65_536 && text.len() > 60_000, "{}", text.len());
    let told = text.matches("\n### CRITICAL").count();
    let last = text.lines().last().unwrap();
    let left = 2_000 - told;
    assert!(last.starts_with(&format!("{},{:03} more findings", left / 1_000, left % 1_000)), "{last}");
    // Whatever is told before the findings fits, too.
    document.trouble = vec![document.trouble[0].clone(); 5_000];
    document.lost = vec!["`".repeat(5_000); 5_000];
    assert!(written(&document, Format::Markdown).len() <= 65_536);
}
