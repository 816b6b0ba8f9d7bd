//! What is scanned: hidden and ignored files too, globs as in an ignore file, and tests judged by
//! what lies below the target.

use super::{Desk, PASSWORD};

fn places(desk: &Desk, words: &[&str]) -> Vec<String> {
    desk.run(&[&["scan", "--format", "json"], words].concat()).places()
}

#[test]
fn ignored_and_hidden_files_are_scanned() {
    let desk = Desk::new();
    desk.file(".gitignore", "target/\n").file(".git/HEAD", "").file(".ignore", "*\n");
    desk.file("target/a.properties", PASSWORD).file(".env", PASSWORD).file(".hidden/b.properties", PASSWORD);
    assert_eq!(places(&desk, &["."]), ["./.env:1", "./.hidden/b.properties:1", "./target/a.properties:1"]);
}

#[test]
fn globs_choose_files_of_folders() {
    let desk = Desk::new();
    for path in ["app/a.properties", "app/b.conf", "app/lib/c.properties", "app/node_modules/d.properties"] {
        desk.file(path, PASSWORD);
    }
    assert_eq!(places(&desk, &["app", "--include", "*.conf"]), ["app/b.conf:1"]);
    assert_eq!(places(&desk, &["app", "--include", "app/*.properties"]), ["app/a.properties:1"]);
    let kept = ["app/a.properties:1", "app/b.conf:1", "app/lib/c.properties:1"];
    assert_eq!(places(&desk, &["app", "--exclude", "node_modules"]), kept);
    assert_eq!(places(&desk, &["app", "--exclude", "app/node_modules/"]), kept);
    let absolute = desk.path("app");
    assert_eq!(
        places(&desk, &[absolute.to_str().unwrap(), "--exclude", "app/node_modules", "--exclude", "lib"]).len(),
        2
    );
    // What is named is scanned, whatever the globs say.
    assert_eq!(places(&desk, &["app/b.conf", "--include", "*.jar", "--exclude", "app"]), ["app/b.conf:1"]);
    let run = desk.run(&["scan", "app", "--exclude", "node_modules", "--exclude", "*.conf"]);
    assert!(run.out().contains("; 2 left out; "), "{}", run.out());
}

#[test]
fn folders_above_the_target_decide_nothing() {
    let desk = Desk::new();
    let generic = "password=Tr0ub4dor-and-3x\n";
    desk.file("tests/app/job.properties", generic)
        .file("tests/app/src/test/job.properties", "password=An0ther-and-4y\n");
    let severities = |target: &str, words: &[&str]| {
        let report = desk.run(&[&["scan", "--format", "json", target], words].concat()).json();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|f| f["severity"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let absolute = desk.path("tests/app");
    for target in ["tests/app", "tests/app/", absolute.to_str().unwrap(), "tests"] {
        assert_eq!(severities(target, &[]), ["high", "low"], "{target}");
    }
    assert_eq!(severities(".", &[]), ["low", "low"]);
    assert_eq!(severities("tests/app/job.properties", &[]), ["high"]);
    assert_eq!(severities("tests/app/src/test", &[]), ["high"]);
    assert_eq!(severities("tests/app", &["--exclude", "tests/x"]), ["high", "low"]);
    let piped = desk.pipe(&["scan", "-", "--stdin-name", "tests/job.properties", "--format", "json"], generic);
    assert_eq!(piped.json()["findings"][0]["severity"], "high");
}

#[test]
fn the_same_bytes_whatever_the_threads_and_the_order_of_creation() {
    let names: Vec<String> = (0..60).map(|n| format!("in/d{}/f{n}.properties", n % 7)).collect();
    let report = |reverse: bool, threads: &str| {
        let desk = Desk::new();
        let mut names = names.clone();
        if reverse {
            names.reverse();
        }
        for name in names {
            desk.file(&name, if name.ends_with("3.properties") { PASSWORD } else { "AWS=AKIA2W3QFYOZTM3D7QXA\n" });
        }
        ["text", "json"].map(|format| desk.run(&["scan", "in", "--format", format, "-j", threads]).out())
    };
    let first = report(false, "1");
    assert!(first[0].contains("and 48 more places in 48 files"), "{}", first[0]);
    assert_eq!(first, report(true, "8"));
    assert_eq!(first, report(false, "3"));
}
