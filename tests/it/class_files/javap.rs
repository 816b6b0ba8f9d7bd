//! Against `javap` on thousands of the JDK's own classes: the same string constants, used in the same
//! methods on the same lines.

use keysift::formats::evidence::LiteralKind;
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::schema::SinkFile;
use keysift::rules::vocabulary::Vocabulary;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const CLASSES: usize = 3000;

/// Method, line and text of one use of a constant.
type Use = (String, Option<u32>, String);

/// A sample of the classes of `java.base`, spread over all its packages.
fn extract(to: &Path) -> Vec<PathBuf> {
    let java = Command::new("java").args(["-XshowSettings:properties", "-version"]).output().unwrap();
    let settings = String::from_utf8_lossy(&java.stderr).into_owned();
    let home = settings.lines().find_map(|line| line.trim().strip_prefix("java.home = ")).unwrap();
    let jmod = PathBuf::from(home).join("jmods/java.base.jmod");
    assert!(Command::new("jmod").arg("extract").arg("--dir").arg(to).arg(jmod).status().unwrap().success());
    let mut classes = Vec::new();
    walk(&to.join("classes"), &mut classes);
    classes.sort();
    let step = (classes.len() / CLASSES).max(1);
    classes.into_iter().step_by(step).take(CLASSES).collect()
}

fn walk(folder: &Path, classes: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, classes);
        } else if path.extension().is_some_and(|extension| extension == "class") {
            classes.push(path);
        }
    }
}

/// What `javap -c -l -p` says: `12: ldc #7 // String text` in a method, and its line table.
fn told_by_javap(output: &str) -> Vec<BTreeSet<Use>> {
    let mut classes = Vec::new();
    let mut uses: Vec<(u32, String)> = Vec::new();
    let mut lines: Vec<(u32, u32)> = Vec::new();
    let mut method = String::new();
    let mut class: BTreeSet<Use> = BTreeSet::new();
    let flush =
        |method: &str, uses: &mut Vec<(u32, String)>, lines: &mut Vec<(u32, u32)>, class: &mut BTreeSet<Use>| {
            for (at, text) in uses.drain(..) {
                let line = lines.iter().filter(|(start, _)| *start <= at).max().map(|(_, line)| *line);
                class.insert((method.to_owned(), line, text));
            }
            lines.clear();
        };
    for row in output.lines() {
        if row.starts_with("Compiled from") || row.starts_with("Classfile") {
            continue;
        }
        if row == "}" {
            flush(&method, &mut uses, &mut lines, &mut class);
            classes.push(std::mem::take(&mut class));
        } else if row.starts_with("  ") && !row.starts_with("   ") {
            flush(&method, &mut uses, &mut lines, &mut class);
            let head = row.trim().split('(').next().unwrap();
            method = head.rsplit([' ', '.']).next().unwrap().trim_end_matches([';', '}', '{']).to_owned();
        } else if let Some((at, text)) =
            row.split_once(": ldc").and_then(|(at, rest)| Some((at, rest.split_once("// String ")?.1)))
        {
            uses.push((at.trim().parse().unwrap(), text.trim().to_owned()));
        } else if let Some(entry) = row.trim().strip_prefix("line ")
            && let Some((line, at)) = entry.split_once(": ")
        {
            lines.push((at.parse().unwrap(), line.parse().unwrap()));
        }
    }
    classes
}

/// The same from our reader. A constructor has its class's name in `javap`.
fn told_by_keysift(bytes: &[u8], vocabulary: &Vocabulary) -> BTreeSet<Use> {
    let path = EntryPath::artifact("X.class");
    let evidence = read(bytes, &Context { path: &path, vocabulary });
    assert_eq!(evidence.unparsed, None);
    evidence
        .literals
        .iter()
        .filter(|literal| literal.kind == LiteralKind::Constant)
        .flat_map(|literal| {
            let text = String::from_utf8_lossy(&literal.text).into_owned();
            literal.uses.iter().map(move |usage| {
                let method = usage.position.method.as_deref().unwrap_or_default().split('(').next().unwrap().to_owned();
                (method, usage.position.line, text.trim().to_owned())
            })
        })
        .collect()
}

/// `javap` prints escapes; constants that need one are left out on both sides.
fn is_plain(text: &str) -> bool {
    text.len() >= 3
        && text.chars().all(|c| c.is_ascii_graphic() || c == ' ')
        && !text.contains(['\\', '"', '\''])
        && text.trim() == text
}

#[test]
fn thousands_of_classes_read_as_javap_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let classes = extract(folder.path());
    assert!(classes.len() > 2000, "{}", classes.len());
    // Every letter is a keyword: each constant of three letters and more is of interest.
    let keywords: Vec<String> = ('a'..='z').map(String::from).collect();
    let vocabulary = Vocabulary::new(&keywords, &[], &SinkFile::default(), false);
    let mut compared = 0;
    for chunk in classes.chunks(250) {
        let output = Command::new("javap").args(["-c", "-l", "-p"]).args(chunk).output().unwrap();
        let told = told_by_javap(&String::from_utf8_lossy(&output.stdout));
        assert_eq!(told.len(), chunk.len());
        for (path, expected) in chunk.iter().zip(told) {
            let found = told_by_keysift(&std::fs::read(path).unwrap(), &vocabulary);
            let texts: BTreeSet<&str> = found.iter().map(|(_, _, text)| text.as_str()).collect();
            let methods: BTreeSet<(&str, &str)> =
                found.iter().map(|(m, _, text)| (m.as_str(), text.as_str())).collect();
            let class = path.file_stem().unwrap().to_string_lossy().into_owned();
            let letters = |text: &str| text.contains(|c: char| c.is_ascii_alphabetic());
            for (method, line, text) in expected.iter().filter(|(_, _, text)| is_plain(text) && letters(text)) {
                let place = format!("{}: {method} {line:?} {text}", path.display());
                assert!(texts.contains(text.as_str()), "{place}");
                // Constructors and initialisers have other names there, and fields in ours.
                if !method.is_empty() && !class.ends_with(method.rsplit('$').next().unwrap()) {
                    assert!(methods.contains(&(method, text)), "{place}");
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}
