//! Standard input, and lists of paths.

use super::{Desk, PASSWORD};

const LIST: [&str; 5] = ["scan", "--format", "json", "--files-from", "-"];

#[test]
fn content_on_standard_input_has_the_name_that_is_given() {
    let desk = Desk::new();
    desk.file("a.properties", "x");
    let json = "{\n  \"db.password\": \"Tr0ub4dor-and-3x\"\n}\n";
    let run = desk.pipe(&["scan", "-", "--stdin-name", "conf/app.json", "--format", "json", "a.properties"], json);
    assert_eq!((run.places(), run.code()), (vec!["conf/app.json:2".to_owned()], 1));
    assert_eq!(run.json()["targets"], serde_json::json!(["conf/app.json", "a.properties"]));
    let run = desk.pipe(&["scan", "-", "--format", "json"], PASSWORD);
    assert_eq!(run.places(), ["stdin:1"]);
    assert_eq!(desk.pipe(&["scan", "-"], "").code(), 0);
}

#[test]
fn more_than_memory_allows_is_told() {
    let desk = Desk::new();
    let mut content = PASSWORD.to_owned();
    content.push_str(&"#\n".repeat(1000));
    let run = desk.pipe(&["scan", "-", "--format", "json", "--max-entry-bytes", "1000"], content);
    assert_eq!(run.json()["trouble"][0]["limit"], "max-entry-bytes");
    assert_eq!(run.places(), ["stdin:1"]);
}

#[test]
fn lists_end_their_lines_as_they_like() {
    let desk = Desk::new();
    desk.file("a b.properties", PASSWORD).file("-", PASSWORD).file("sub/c.properties", PASSWORD);
    let places = ["./-:1", "a b.properties:1", "sub/c.properties:1"];
    let lists = [
        "a b.properties\nsub\n./-\n",
        "\u{FEFF}a b.properties\r\n\r\n./-\r\nsub",
        "a b.properties\0./-\0sub\0",
        "sub\n\nsub\n./-\n./a b.properties/../a b.properties",
    ];
    for list in &lists[..3] {
        assert_eq!(desk.pipe(&LIST, list).places(), places, "{list:?}");
    }
    desk.file("list", lists[0]);
    assert_eq!(desk.run(&["scan", "--format", "json", "--files-from", "list"]).places(), places);
    let both = desk.pipe(&[&LIST[..], &["./-"]].concat(), lists[0]);
    assert_eq!(both.places(), places);
    assert_eq!(desk.pipe(&LIST, "").code(), 3);
}

#[test]
fn a_list_is_blamed_by_line() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD).file("list.txt", "a.properties\n\nmissing.jar\n");
    let run = desk.run(&["scan", "--files-from", "list.txt"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("list.txt:3: missing.jar: no such file or folder"), "{}", run.err());
    assert!(run.out().contains("db.password"));
    assert!(desk.pipe(&LIST, "x\ns3://").err().contains("standard input:2: s3://"));
    let run = desk.run(&["scan", "--files-from", "none.txt"]);
    assert!(run.err().contains("none.txt (--files-from)"), "{}", run.err());
}

#[cfg(unix)]
#[test]
fn lists_hold_names_of_any_bytes() {
    let desk = Desk::new();
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff.properties");
    if std::fs::write(desk.path("").join(name), PASSWORD).is_ok() {
        assert_eq!(desk.pipe(&LIST, b"\xff.properties\n").places(), ["%FF.properties:1"]);
    }
}
