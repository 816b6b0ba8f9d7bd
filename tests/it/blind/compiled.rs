//! The blind sets of compiled languages, against stubs of the libraries: calls are known by the ends of
//! their classes' names.

use super::template::{Filler, Planted};
use super::{fill, judge, seeds};
use crate::support::jdk::{compilers, jars, releases};
use crate::support::{project, scan};
use std::path::{Path, PathBuf};
use std::process::Command;

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

/// Fills the sources of a language.
fn filled(language: &str, folder: &Path) -> (Filler, Vec<PathBuf>) {
    let base = project(&format!("testdata/blind/{language}"));
    let mut filler = Filler::new(seeds().start);
    fill(&base, &base, &folder.join("src"), &mut filler);
    let mut files = Vec::new();
    sources(&folder.join("src"), &mut files);
    std::fs::create_dir_all(folder.join("classes")).unwrap();
    (filler, files)
}

/// Packs the classes into a jar and scans it.
fn check(javac: &Path, folder: &Path, filler: &Filler, what: &str) {
    let (jar, classes) = (folder.join("blind.jar"), folder.join("classes"));
    run(Command::new(javac.with_file_name("jar")).arg("cf").arg(&jar).arg("-C").arg(&classes).arg("."));
    let (report, _) = scan(jar.to_str().unwrap());
    let wrong = judge(&report, &filler.planted);
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

#[test]
fn what_java_hides_is_found_and_nothing_else() {
    let mut done = Vec::new();
    for javac in compilers() {
        for release in releases(&javac) {
            if done.contains(&release) {
                continue;
            }
            done.push(release);
            let folder = tempfile::tempdir().unwrap();
            let (filler, files) = filled("java", folder.path());
            assert!(filler.planted.len() > 190);
            let stubs = stubs(folder.path(), &javac);
            let mut command = Command::new(&javac);
            command.args(["-g", "-nowarn", "--release", release, "-cp"]).arg(&stubs);
            run(command.arg("-d").arg(folder.path().join("classes")).args(files));
            check(&javac, folder.path(), &filler, release);
        }
    }
    assert!(done.contains(&"17"), "{done:?}");
}

/// What the program of the set writes: a Java object stream and a savepoint's metadata.
#[test]
fn what_serialized_objects_hide_is_found_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (filler, files) = filled("objects", folder.path());
    assert!(filler.planted.len() > 10);
    let java = compilers().remove(0).with_file_name("java");
    let written = folder.path().join("classes");
    run(Command::new(java).arg(&files[0]).current_dir(&written));
    let (report, _) = scan(written.to_str().unwrap());
    let mut planted = Vec::new();
    for file in ["graph.ser", "_metadata"] {
        let bytes = std::fs::read(written.join(file)).unwrap();
        // The characters of an array have two bytes each.
        let wide = |value: &str| value.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let holds = |value: &str| {
            [value.as_bytes().to_vec(), wide(value)].iter().any(|form| memchr::memmem::find(&bytes, form).is_some())
        };
        let here = filler.planted.iter().filter(|one| holds(&one.value));
        planted.extend(here.map(|one| Planted { file: file.to_owned(), ..one.clone() }));
    }
    assert!(planted.len() > filler.planted.len());
    let wrong = judge(&report, &planted);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn compile(language: &str, coordinates: [&str; 3], main: &str, arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let javac = compilers().remove(0);
    let (filler, files) = filled(language, folder.path());
    assert!(filler.planted.len() > 50);
    let [group, artifact, version] = coordinates;
    let jars = jars(group, artifact, version, folder.path());
    let libraries = format!("{}:{jars}", stubs(folder.path(), &javac).display());
    let mut command = Command::new(javac.with_file_name("java"));
    command.args(["-cp", &jars, main]).args(arguments).args(["-classpath", &libraries, "-d"]);
    run(command.arg(folder.path().join("classes")).args(files));
    // Scala 3 keeps the typed tree beside the class: the same values once more, without lines.
    let mut written = Vec::new();
    sources(&folder.path().join("classes"), &mut written);
    let trees = written.iter().filter(|path| path.extension().is_some_and(|extension| extension == "tasty"));
    trees.for_each(|tree| std::fs::remove_file(tree).unwrap());
    check(&javac, folder.path(), &filler, language);
}

#[test]
fn what_scala_hides_is_found_and_nothing_else() {
    for version in ["2.12.20", "2.13.15"] {
        compile("scala", ["org.scala-lang", "scala-compiler", version], "scala.tools.nsc.Main", &[]);
    }
    compile("scala", ["org.scala-lang", "scala3-compiler_3", "3.3.4"], "dotty.tools.dotc.Main", &[]);
}

#[test]
fn what_kotlin_hides_is_found_and_nothing_else() {
    let coordinates = ["org.jetbrains.kotlin", "kotlin-compiler-embeddable", "2.1.0"];
    let arguments = ["-no-stdlib", "-no-reflect", "-nowarn", "-jvm-target", "21"];
    compile("kotlin", coordinates, "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", &arguments);
}
