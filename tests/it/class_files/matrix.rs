//! The shapes, compiled anew by many compilers and with other credentials in each run, so that nothing
//! can be tuned to the committed ones.

use super::{Marks, compare, find, marks_in};
use crate::support::jdk::{compilers, releases};
use crate::support::{project, scan};
use regex::{Captures, Regex};
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Other credentials of the same kinds, as long as what they stand for. Values in pieces, arrays and
/// Base64 stay: they are whole only when the program runs.
fn refresh(source: &str, fresh: &mut BTreeMap<String, String>) -> String {
    let random = RandomState::new();
    let mut next = {
        let mut count = 0u64;
        move |limit: usize| {
            count += 1;
            usize::try_from(random.hash_one(count) % limit as u64).unwrap()
        }
    };
    let alphabet = |text: &str| -> Vec<char> { text.chars().collect() };
    let upper = alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    let lower = alphabet("abcdefghijklmnopqrstuvwxyz");
    let digits = alphabet("0123456789");
    // Whole string constants only, and those between single quotes in SQL.
    let literal =
        Regex::new(r#"(["'=@])(AKIA[A-Z2-7]{16}|[A-Za-z0-9/+]{36,40}|[A-Z][a-z]+[~^*&%!?][a-z]+[0-9]{2}[a-f])(["'])"#)
            .unwrap();
    literal
        .replace_all(source, |found: &Captures<'_>| {
            let old = &found[2];
            let new = fresh.entry(old.to_owned()).or_insert_with(|| {
                let keep = if old.starts_with("AKIA") && old.len() == 20 { 5 } else { 0 };
                old.chars()
                    .enumerate()
                    .map(|(index, c)| match c {
                        c if index < keep => c,
                        _ if keep > 0 => upper[next(32)],
                        'a'..='z' => lower[next(26)],
                        'A'..='Z' => upper[next(26)],
                        '0'..='9' => digits[next(10)],
                        odd => odd,
                    })
                    .collect()
            });
            format!("{}{new}{}", &found[1], &found[3])
        })
        .into_owned()
}

fn refresh_all(folder: &Path, fresh: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            refresh_all(&path, fresh);
        } else if path.extension().is_some_and(|extension| extension != "xml") {
            let source = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, refresh(&source, fresh)).unwrap();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// Sources with fresh credentials, the jar made of them, and old to new credentials.
fn build(
    language: &str,
    jdk: Option<&Path>,
    properties: &[&str],
) -> (tempfile::TempDir, PathBuf, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    copy(&project(&format!("testdata/shapes/{language}")), folder.path());
    let mut fresh = BTreeMap::new();
    refresh_all(&folder.path().join("src"), &mut fresh);
    assert!(fresh.len() >= 15, "{language}: {} credentials", fresh.len());
    let mut command = Command::new("mvn");
    command.args(["--batch-mode", "--quiet", "package"]).args(properties).current_dir(folder.path());
    if let Some(jdk) = jdk {
        command.env("JAVA_HOME", jdk);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let jar = folder.path().join(format!("target/shapes-{language}.jar"));
    (folder, jar, fresh)
}

fn check(language: &str, properties: &[&str]) {
    check_with(language, None, properties);
}

fn check_with(language: &str, jdk: Option<&Path>, properties: &[&str]) {
    let (folder, jar, fresh) = build(language, jdk, properties);
    compare(&folder.path().join("src"), jar.to_str().unwrap());
    let (report, _) = scan(jar.to_str().unwrap());
    let text = report.to_string();
    // Every fresh credential is among the values found; none of the old ones is.
    for (old, new) in &fresh {
        let shown = serde_json::to_string(new).unwrap();
        assert!(text.contains(shown.trim_matches('"')), "{language} {properties:?}: {new}");
        assert!(old == new || !text.contains(old.as_str()), "{old}");
    }
}

#[test]
fn javac() {
    check("java", &[]);
    check("java", &["-Dmaven.compiler.release=16"]);
    check("java8", &[]);
    check("java8", &["-Dmaven.compiler.release=11"]);
}

/// As far as this machine has JDKs for it.
#[test]
fn newer_javac() {
    for javac in compilers() {
        let jdk = javac.ancestors().nth(2);
        for release in releases(&javac).iter().filter(|release| **release != "17") {
            check_with("java", jdk, &[&format!("-Dmaven.compiler.release={release}")]);
        }
    }
}

#[test]
fn javac_without_debug_information() {
    let (folder, jar, _) = build("java", None, &["-Dmaven.compiler.debug=false", "-Dmaven.compiler.debuglevel=none"]);
    let sources = folder.path().join("src");
    let mut expected = Marks::new();
    marks_in(&sources, &mut expected);
    let local: usize = ["Shapes.java", "More.java"]
        .iter()
        .map(|name| std::fs::read_to_string(find(&sources, name).unwrap()).unwrap().matches(" local\n").count())
        .sum();
    assert!(local >= 5);
    let (report, _) = scan(jar.to_str().unwrap());
    let findings = report["findings"].as_array().unwrap();
    let places: usize = findings.iter().map(|finding| finding["locations"].as_array().unwrap().len()).sum();
    assert_eq!(places, expected.values().map(Vec::len).sum::<usize>() - local);
}

#[test]
fn scalac() {
    check("scala", &[]);
    check("scala", &["-Dscala.version=2.13.15"]);
    check("scala", &["-Dscala.version=3.3.4", "-Dscala.library=scala3-library_3"]);
}

#[test]
fn kotlinc() {
    check("kotlin", &[]);
    check("kotlin", &["-Dkotlin.version=1.9.25"]);
}
