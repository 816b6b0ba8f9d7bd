//! Baselines: what is known does not fail, whatever a release changes of itself.

use super::{Desk, PASSWORD, Run};
use crate::archives::building::{entry, zip};
use serde_json::Value;

const OTHER: &str = "kafka.password=mK7-tulip-Vq29z\n";

/// Fingerprint and state of each finding that is no published one, by rule.
fn states(run: &Run) -> Vec<(String, String)> {
    let report = run.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut states: Vec<(String, String)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (text(&finding["locations"][0]["uri"]), text(&finding["state"])))
        .collect();
    states.sort();
    states
}

fn jar(entries: &[(&str, &str)]) -> Vec<u8> {
    zip(&entries.iter().map(|(name, text)| entry(name, text.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn only_what_is_new_fails() {
    let desk = Desk::new();
    desk.file("target/orders-1.4.2.jar", jar(&[("app.properties", PASSWORD)]));
    let written = desk.run(&["scan", "target", "--write-baseline", "known.toml"]);
    assert_eq!(written.code(), 0);
    assert!(written.err().contains("known.toml: wrote 1 finding"), "{}", written.err());
    let known = desk.run(&["scan", "target", "--baseline", "known.toml", "--format", "json"]);
    assert_eq!((known.code(), known.json()["summary"]["baselined"].clone()), (0, 1.into()));

    // The next release: another name, more lines, one jar deeper, and one secret more.
    std::fs::remove_file(desk.path("target/orders-1.4.2.jar")).unwrap();
    let inner = jar(&[("app.properties", &format!("# moved\n\n{PASSWORD}{OTHER}"))]);
    let outer = zip(&[entry("BOOT-INF/lib/orders-1.5.0-SNAPSHOT.jar", &inner)]);
    desk.file("target/orders-1.5.0-20261125.101500-3.jar", outer);
    let run = desk.run(&["scan", "target", "--baseline", "known.toml", "--format", "json"]);
    let found: Vec<String> = states(&run).into_iter().map(|(_, state)| state).collect();
    assert_eq!((run.code(), found), (1, vec!["known".to_owned(), "new".to_owned()]));
    let new = run.json();
    let new = new["findings"].as_array().unwrap().iter().find(|finding| finding["state"] == "new").unwrap().clone();
    assert_eq!(new["locations"][0]["line"], 4);
    let text = desk.run(&["scan", "target", "--baseline", "known.toml"]);
    assert!(text.out().contains("KNOWN, in the baseline"), "{}", text.out());
    assert!(text.out().contains("1 new finding (1 high) in 1 artifact, 1 known\n"), "{}", text.out());
}

#[test]
fn a_known_secret_in_a_new_place_is_spread() {
    let desk = Desk::new();
    desk.file("app/a.properties", PASSWORD);
    desk.run(&["scan", "app", "--write-baseline", "known.toml"]);
    desk.file("app/b.properties", PASSWORD);
    let words = ["scan", "app", "--baseline", "known.toml", "--format", "json"];
    let run = desk.run(&words);
    assert_eq!((run.code(), states(&run)[0].1.as_str()), (0, "spread"));
    let places = run.json()["findings"][0]["locations"].clone();
    let known = |index: usize| (places[index]["uri"].as_str().unwrap().to_owned(), places[index]["known"] == true);
    assert_eq!([known(0), known(1)], [("app/a.properties".to_owned(), true), ("app/b.properties".to_owned(), false)]);
    assert_eq!(desk.run(&[&words[..], &["--baseline-strict"]].concat()).code(), 1);
    let text = desk.run(&words[..4]).out();
    let phrases = [
        "known, in a new place\n",
        "app/b.properties:1   db.password   (new place)\n",
        "0 new findings in 2 artifacts, 1 known\n",
    ];
    assert!(phrases.iter().all(|phrase| text.contains(phrase)), "{text}");
}

#[test]
fn what_is_gone_is_told_and_pruned() {
    let desk = Desk::new();
    desk.file("app/a.properties", PASSWORD).file("app/b.properties", OTHER);
    desk.run(&["scan", "app", "--write-baseline", "known.toml"]);
    std::fs::remove_file(desk.path("app/b.properties")).unwrap();
    let words = ["scan", "app", "--baseline", "known.toml", "--format", "json"];
    let run = desk.run(&words);
    assert_eq!(run.json()["gone"][0]["places"][0], "app/b.properties");
    assert!(desk.run(&words[..4]).out().contains("GONE, in the baseline"));
    let before = std::fs::read_to_string(desk.path("known.toml")).unwrap();
    let pruned = desk.run(&[&words[..], &["--prune-baseline"]].concat());
    assert_eq!((pruned.code(), pruned.err().contains("dropped 1 finding")), (0, true), "{}", pruned.err());
    let after = std::fs::read_to_string(desk.path("known.toml")).unwrap();
    assert_eq!((before.matches("[[finding]]").count(), after.matches("[[finding]]").count()), (2, 1));
    assert_eq!(desk.run(&words).json()["gone"], serde_json::json!([]));
    assert_eq!(desk.run(&["scan", "app", "--prune-baseline"]).code(), 2);
}

#[test]
fn the_file_is_stable_and_tells_nothing() {
    let desk = Desk::new();
    desk.file("app/a.properties", format!("{PASSWORD}{OTHER}")).file("app/b.properties", PASSWORD);
    let write = || {
        assert_eq!(desk.run(&["scan", "app", "--write-baseline", "known.toml"]).code(), 0);
        std::fs::read_to_string(desk.path("known.toml")).unwrap()
    };
    let first = write();
    assert_eq!(first, write());
    // Lines are no part of it.
    desk.file("app/a.properties", format!("\n\n{OTHER}\n{PASSWORD}"));
    assert_eq!(first, write());
    for value in ["Tr0ub4dor-and-3x", "mK7-tulip-Vq29z"] {
        assert!(!first.contains(value));
    }
    assert!(first.contains("app/a.properties"));
    // Nor is it a find itself.
    assert_eq!(desk.run(&["scan", "known.toml"]).code(), 0);
}

#[test]
fn an_incomplete_scan_writes_no_baseline() {
    let desk = Desk::new();
    desk.file("app/a.properties", PASSWORD).file("app/b.7z", b"7z\xBC\xAF\x27\x1C and what follows");
    let run = desk.run(&["scan", "app", "--write-baseline", "known.toml"]);
    assert_eq!((run.code(), run.err().contains("the scan is incomplete")), (2, true), "{}", run.err());
    assert!(!desk.path("known.toml").exists());
    assert_eq!(desk.run(&["scan", "app", "--write-baseline", "known.toml", "--allow-incomplete"]).code(), 0);
    assert!(desk.path("known.toml").exists());
}

#[test]
fn a_baseline_that_cannot_be_used_ends_the_scan() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD).file("other.json", "{}").file("newer.toml", "version = 7\n");
    for (file, message) in [
        ("none.toml", "--write-baseline none.toml writes one"),
        ("other.json", "not a baseline"),
        ("newer.toml", "written by a newer keysift"),
    ] {
        let run = desk.run(&["scan", "a.properties", "--baseline", file]);
        assert_eq!((run.code(), run.out().as_str()), (2, ""), "{file}");
        assert!(run.err().contains(message), "{}", run.err());
    }
    // Both at once: the first run and every one after it are the same call.
    let both = ["scan", "a.properties", "--baseline", "known.toml", "--write-baseline", "known.toml"];
    assert_eq!([desk.run(&both).code(), desk.run(&both).code()], [0, 0]);
}

/// A job of which a release changes lines, lambdas and anonymous classes, and to which it adds a secret.
#[cfg(feature = "compilers")]
#[test]
fn a_rebuilt_jar_has_the_places_that_it_had() {
    use std::process::Command;
    let desk = Desk::new();
    let build = |version: &str, filler: &str, more: &str| {
        let source = format!(
            r#"package com.acme;
public class Job {{
{filler}
    Runnable first = new Runnable() {{ public void run() {{ {more} }} }};
    Runnable second = new Runnable() {{
        public void run() {{ System.getProperties().setProperty("db.password", "Tr0ub4dor-and-3x"); }}
    }};
    public static void main(String[] args) {{
        Runnable task = () -> System.getProperties().setProperty("s3.secret-key", "9fKq2LxVt7RbYw0cZs4Nh8Gd5PmJe1Ua3XvTo6Wi");
        task.run();
    }}
}}
"#
        );
        desk.file("src/com/acme/Job.java", source);
        let _ = std::fs::remove_dir_all(desk.path("classes"));
        let javac = Command::new("javac")
            .args(["-g", "-d", "classes", "src/com/acme/Job.java"])
            .current_dir(desk.path(""))
            .status()
            .unwrap();
        assert!(javac.success());
        let mut classes: Vec<_> =
            std::fs::read_dir(desk.path("classes/com/acme")).unwrap().map(|e| e.unwrap()).collect();
        classes.sort_by_key(|class| class.file_name());
        let entries: Vec<_> = classes
            .iter()
            .map(|class| {
                let name = format!("com/acme/{}", class.file_name().to_str().unwrap());
                entry(&name, &std::fs::read(class.path()).unwrap())
            })
            .collect();
        let _ = std::fs::remove_dir_all(desk.path("target"));
        desk.file(&format!("target/orders-{version}.jar"), zip(&entries));
    };
    build("1.4.2", "", "");
    assert_eq!(desk.run(&["scan", "target", "--write-baseline", "known.toml"]).code(), 0);
    let words = ["scan", "target", "--baseline", "known.toml", "--baseline-strict", "--format", "json"];
    build("1.5.0", "    // moved\n    Runnable zeroth = () -> {};\n    Object o = new Object() {};", "");
    let run = desk.run(&words);
    assert_eq!(run.code(), 0, "{}", run.out());
    assert!(states(&run).iter().all(|(_, state)| state == "known") && states(&run).len() >= 2, "{:?}", states(&run));
    build("1.5.1", "    // moved\n", r#"System.getProperties().setProperty("ssl.password", "uV5-marble-Jd83k");"#);
    let run = desk.run(&words);
    let new: Vec<String> = states(&run).into_iter().filter(|(_, state)| state != "known").map(|(at, _)| at).collect();
    assert_eq!((run.code(), new), (1, vec!["target/orders-1.5.1.jar!/com/acme/Job$1.class".to_owned()]));
}
