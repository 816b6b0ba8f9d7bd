//! The blind sets of compiled languages, against stubs of the libraries: calls are known by the ends of
//! their classes' names.

use super::template::Filler;
use super::{fill, judge};
use crate::support::{project, scan};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The JDKs of this machine, the default one first.
fn compilers() -> Vec<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/jvm").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = installed
        .map(|jdk| jdk.path().join("bin/javac"))
        .filter(|javac| javac.exists())
        .filter_map(|javac| javac.canonicalize().ok())
        .collect();
    found.sort();
    found.dedup();
    if found.is_empty() { vec![PathBuf::from("javac")] } else { found }
}

/// The releases that a compiler makes class files for, of those that count.
fn releases(javac: &Path) -> Vec<&'static str> {
    let makes = |release: &&str| {
        let output = Command::new(javac).args(["--release", release, "-version"]).output().unwrap();
        output.status.success()
    };
    ["17", "21", "25"].into_iter().filter(makes).collect()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { sources(&path, found) } else { found.push(path) }
    }
}

/// One class a line: its name, a blank, what it is.
fn stubs(target: &Path, javac: &Path) -> PathBuf {
    for line in std::fs::read_to_string(project("testdata/blind/stubs.txt")).unwrap().lines() {
        let (name, body) = line.split_once(' ').unwrap();
        let (package, class) = name.rsplit_once('.').unwrap();
        let folder = target.join("stubs").join(package.replace('.', "/"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{class}.java")), format!("package {package};\n{body}\n")).unwrap();
    }
    let mut files = Vec::new();
    sources(&target.join("stubs"), &mut files);
    let classes = target.join("stub-classes");
    run(Command::new(javac).args(["-nowarn", "-d"]).arg(&classes).args(files));
    classes
}

fn check(javac: &Path, release: &str) {
    let folder = tempfile::tempdir().unwrap();
    let base = project("testdata/blind/java");
    let mut filler = Filler::new();
    fill(&base, &base, &folder.path().join("src"), &mut filler);
    let stubs = stubs(folder.path(), javac);
    let mut files = Vec::new();
    sources(&folder.path().join("src"), &mut files);
    let classes = folder.path().join("classes");
    run(Command::new(javac)
        .args(["-g", "-nowarn", "--release", release, "-cp"])
        .arg(&stubs)
        .arg("-d")
        .arg(&classes)
        .args(files));
    let jar = folder.path().join("blind.jar");
    run(Command::new(javac.with_file_name("jar")).arg("cf").arg(&jar).arg("-C").arg(&classes).arg("."));
    for target in [&jar, &classes] {
        let (report, _) = scan(target.to_str().unwrap());
        let wrong = judge(&report, &filler.planted);
        assert!(wrong.is_empty(), "release {release}, {}: {wrong:#?}", target.display());
    }
    assert!(filler.planted.len() > 190);
}

/// Packed into a jar, and as a folder of loose classes.
#[test]
fn what_java_hides_is_found_and_nothing_else() {
    let mut done = Vec::new();
    for javac in compilers() {
        for release in releases(&javac) {
            if !done.contains(&release) {
                done.push(release);
                check(&javac, release);
            }
        }
    }
    assert!(done.contains(&"17"), "{done:?}");
}
