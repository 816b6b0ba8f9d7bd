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
