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
}

/// `failing_command | keysift scan -`: what should have been scanned never came.
#[test]
fn nothing_on_standard_input_is_trouble() {
    let desk = Desk::new();
    desk.file("a.properties", "name=x\n");
    for words in [&["-"][..], &["-", "--stdin-name", "orders.tar"], &["-", "--stdin-name", "a.yaml", "a.properties"]] {
        let run = desk.pipe(&[&["scan", "--format", "json"], words].concat(), "");
        assert_eq!(run.code(), 3, "{words:?}");
        let told = run.trouble();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].1.starts_with("truncated: empty"), "{told:?}");
    }
    assert_eq!(desk.pipe(&["scan", "-"], "\n").code(), 0, "a blank line is a content");
}

/// A commit that touches no file is clean.
#[test]
fn an_empty_list_is_an_answer() {
    let desk = Desk::new();
    for list in ["", "\n", "\0", "\r\n\n"] {
        let run = desk.pipe(&LIST, list);
        assert_eq!(run.code(), 0, "{list:?}: {}", run.err());
        assert_eq!(run.err(), "", "{list:?}");
        assert_eq!(run.json()["summary"]["complete"], true);
    }
    let run = desk.pipe(&["scan", "--files-from", "-"], "");
    assert!(run.out().contains("no paths were listed"), "{}", run.out());
    let run = desk.pipe(&["scan", "--files-from", "-", "--format", "junit"], "");
    assert!(!run.out().contains("<error"), "{}", run.out());
    // A list of folders in which nothing lies is none.
    std::fs::create_dir(desk.path("empty")).unwrap();
    assert_eq!(desk.pipe(&LIST, "empty\n").code(), 3);
}

/// As `git ls-files` and `git diff --name-only` write names without `-z`.
#[cfg(unix)]
#[test]
fn names_that_git_quotes_are_understood() {
    let desk = Desk::new();
    for (name, quoted) in [
        ("zürich.properties", r#""z\303\274rich.properties""#),
        ("tab\there.properties", r#""tab\there.properties""#),
        ("quote\"s.properties", r#""quote\"s.properties""#),
        ("back\\slash.properties", r#""back\\slash.properties""#),
        ("日本.properties", r#""\346\227\245\346\234\254.properties""#),
    ] {
        desk.file(name, PASSWORD);
        let run = desk.pipe(&LIST, format!("{quoted}\n"));
        assert_eq!((run.code(), run.places().len()), (1, 1), "{quoted}: {}", run.err());
        // With core.quotePath=false it is written as it is.
        assert_eq!(desk.pipe(&LIST, format!("{name}\n")).code(), 1, "{name}");
        std::fs::remove_file(desk.path(name)).unwrap();
    }
    // A name may itself begin and end with quotes; and what is no quoting stays what it is.
    desk.file("\"own\"", PASSWORD);
    assert_eq!(desk.pipe(&LIST, "\"own\"\n").places(), ["\"own\":1"]);
    for wrong in [r#""\9""#, r#""\30""#, r#""\x41""#, "\"", "\"\\\""] {
        assert_eq!(desk.pipe(&LIST, format!("{wrong}\n")).code(), 2, "{wrong}");
    }
    // Between NULs nothing is quoted.
    assert_eq!(desk.pipe(&LIST, "\"z\\303\\274rich.properties\"\0").code(), 2);
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
