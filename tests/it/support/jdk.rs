//! JDKs: the compilers that this machine has, and the releases of Java that they compile for.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The JDKs of this machine, the default one first.
pub fn compilers() -> Vec<PathBuf> {
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
pub fn releases(javac: &Path) -> Vec<&'static str> {
    let makes = |release: &&str| {
        let output = Command::new(javac).args(["--release", release, "-version"]).output().unwrap();
        output.status.success()
    };
    ["17", "21", "25"].into_iter().filter(makes).collect()
}

/// A program that Maven Central has, with what it needs, as a class path.
pub fn jars(group: &str, artifact: &str, version: &str, folder: &Path) -> String {
    let dependency =
        format!("<groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>");
    let pom = format!(
        "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>a</artifactId><version>1</version>\
         <dependencies><dependency>{dependency}</dependency></dependencies></project>"
    );
    std::fs::write(folder.join("pom.xml"), pom).unwrap();
    let goal = ["--batch-mode", "--quiet", "dependency:copy-dependencies", "-DoutputDirectory=jars"];
    run(Command::new("mvn").args(goal).current_dir(folder));
    let mut found = Vec::new();
    sources(&folder.join("jars"), &mut found);
    found.iter().map(|jar| jar.to_str().unwrap()).collect::<Vec<_>>().join(":")
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
