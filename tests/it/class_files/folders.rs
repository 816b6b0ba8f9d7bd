//! Loose classes: the class files of a folder tell what their jar tells.

use crate::support::{keysift, project, scan};
use keysift::findings::finding::Owner;
use keysift::findings::owner::Containers;
use keysift::place::{EntryPath, Place, Position};
use keysift::rules::set::RuleSet;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{Cursor, Read, Write};
use std::path::Path;

/// The class files of a jar, by name.
fn classes_of(jar: &str) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(File::open(project(jar)).unwrap()).unwrap();
    let mut classes = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        if name.ends_with(".class") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            classes.push((name, bytes));
        }
    }
    classes
}

fn pack(classes: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut jar = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in classes {
        jar.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        jar.write_all(bytes).unwrap();
    }
    jar.finish().unwrap().into_inner()
}

fn unpack(classes: &[(String, Vec<u8>)], folder: &Path) {
    for (name, bytes) in classes {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// What a report tells, but for the way to the classes.
fn told(report: &Value) -> Vec<Value> {
    let mut findings: Vec<Value> = report["findings"].as_array().unwrap().clone();
    for finding in &mut findings {
        // Which place is told first is a matter of paths.
        let mut places: Vec<Value> = finding["locations"].as_array().unwrap().iter().map(place).collect();
        places.sort_by_key(Value::to_string);
        let values: Vec<&Value> = finding["parts"].as_array().unwrap().iter().map(|part| &part["value"]).collect();
        *finding = json!({"rule": finding["rule_id"], "severity": finding["severity"], "values": values,
            "fingerprint": finding["fingerprint"], "places": places});
    }
    findings.sort_by_key(Value::to_string);
    findings
}

fn place(location: &Value) -> Value {
    json!([
        location["class"],
        location["method"],
        location["field"],
        location["line"],
        location["sink"],
        location["scope"]
    ])
}

/// Folders by name, with the jars whose classes are put into them.
fn compare(folders: &[(&str, &[&str])]) {
    let desk = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for (folder, jars) in folders {
        let classes: Vec<_> = jars.iter().flat_map(|jar| classes_of(jar)).collect();
        unpack(&classes, &desk.path().join("loose").join(folder));
        all.extend(classes);
    }
    fs::write(desk.path().join("all.jar"), pack(&all)).unwrap();
    let (jar, code) = scan(desk.path().join("all.jar").to_str().unwrap());
    let (loose, loose_code) = scan(desk.path().join("loose").to_str().unwrap());
    assert_eq!(told(&loose), told(&jar));
    assert_eq!((loose_code, code), (1, 1));
    assert_eq!(loose["trouble"], json!([]));
    assert_eq!(loose["summary"]["artifacts"], all.len());
}

#[test]
fn a_folder_of_java_classes_tells_what_the_jar_tells() {
    compare(&[("target/classes", &["testdata/shapes/shapes-java.jar"])]);
}

#[test]
fn a_folder_of_kotlin_classes_tells_what_the_jar_tells() {
    compare(&[("build/classes/kotlin/main", &["testdata/shapes/shapes-kotlin.jar"])]);
}

#[test]
fn a_folder_of_scala_classes_tells_what_the_jar_tells() {
    compare(&[("target/scala-2.12/classes", &["testdata/shapes/shapes-scala.jar"])]);
}

/// The fat jar links what several modules built.
#[test]
fn classes_of_several_modules_are_linked_with_each_other() {
    let classes = classes_of("testdata/shapes/shapes-java.jar");
    let desk = tempfile::tempdir().unwrap();
    fs::write(desk.path().join("all.jar"), pack(&classes)).unwrap();
    for (number, class) in classes.iter().enumerate() {
        let module = desk.path().join(format!("loose/{}/target/classes", ["api", "core", "job"][number % 3]));
        unpack(std::slice::from_ref(class), &module);
    }
    let (jar, _) = scan(desk.path().join("all.jar").to_str().unwrap());
    let (loose, _) = scan(desk.path().join("loose").to_str().unwrap());
    assert_eq!(told(&loose), told(&jar));
}

/// What needs its neighbours is read anew; classes that say nothing are not.
#[test]
fn a_cache_does_not_lose_the_link() {
    let desk = tempfile::tempdir().unwrap();
    unpack(&classes_of("testdata/shapes/shapes-java.jar"), &desk.path().join("classes"));
    let classes = desk.path().join("classes");
    let cache = desk.path().join("cache.redb");
    let arguments = ["scan", "--format", "json", classes.to_str().unwrap(), "--cache", cache.to_str().unwrap()];
    let run = || -> Value { serde_json::from_slice(&keysift(&arguments).stdout).unwrap() };
    // A file that was touched just now is not believed.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let (first, second) = (run(), run());
    assert_eq!(told(&second), told(&first));
    assert!(!told(&first).is_empty());
    let cached = second["summary"]["cached"].as_u64().unwrap();
    assert!(cached > 0 && cached < second["summary"]["artifacts"].as_u64().unwrap(), "{cached}");
}

#[test]
#[ignore = "takes half a minute"]
fn more_classes_than_are_linked() {
    let desk = tempfile::tempdir().unwrap();
    let jar = classes_of("testdata/shapes/shapes-java.jar");
    unpack(&jar, &desk.path().join("shapes"));
    let folder = desk.path().join("many");
    fs::create_dir(&folder).unwrap();
    for number in 0..100_000 {
        fs::write(folder.join(format!("{number}.class")), []).unwrap();
    }
    let (report, _) = scan(desk.path().to_str().unwrap());
    let trouble = report["trouble"].as_array().unwrap();
    let told = "more than 100000 loose class files are not linked with each other";
    assert_eq!(trouble.iter().filter(|one| one["detail"] == told && one["kind"] == "limit").count(), 1, "{trouble:?}");
}

/// What is known of a package holds where its classes were unpacked to.
#[test]
fn classes_of_libraries_are_known_without_their_jar() {
    let rules = RuleSet::builtin().unwrap();
    let owner = |class: &str| {
        let entry = EntryPath::artifact(&format!("lib/{}.class", class.replace('.', "/")));
        let position = Position { class: Some(class.into()), ..Position::default() };
        Containers::default().owner(&Place { entry, position }, &rules.libraries)
    };
    assert!(matches!(owner("software.amazon.awssdk.utils.ToString"), Owner::Library { .. }));
    assert_eq!(owner("com.acme.orders.OrdersJob"), Owner::Unknown);
}
