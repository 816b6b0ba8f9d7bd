//! Each file once, and nothing that hangs: links, loops, devices, pipes, odd names.
#![cfg(unix)]

use super::{Desk, PASSWORD};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

#[test]
fn a_file_is_scanned_once_whatever_leads_to_it() {
    let desk = Desk::new();
    desk.file("app/a.properties", PASSWORD).link("a.properties", "app/z.properties").link("app", "zlink");
    let absolute = desk.path("app/a.properties");
    let targets = ["app", "app/a.properties", "./app", "zlink", ".", absolute.to_str().unwrap()];
    let run = desk.run(&[&["scan", "--format", "json"][..], &targets].concat());
    assert_eq!(run.places(), ["app/a.properties:1"]);
    assert_eq!(run.json()["summary"]["artifacts"], 1);
}

#[test]
fn loops_end_and_links_are_followed() {
    let desk = Desk::new();
    desk.file("in/sub/a.properties", PASSWORD).file("outside/b.properties", "db.password=An0ther-and-4y\n");
    desk.link("..", "in/sub/up").link("../..", "in/sub/top").link(".", "in/self").link("../outside", "in/out");
    for words in [&[][..], &["--exclude", "*.class"]] {
        let run = desk.run(&[&["scan", "in", "--format", "json"], words].concat());
        assert_eq!(run.places(), ["in/out/b.properties:1", "in/sub/a.properties:1"]);
        assert_eq!(run.trouble(), []);
    }
}

#[test]
fn broken_links_are_told() {
    let desk = Desk::new();
    desk.file("in/a", "x").link("gone", "in/broken").link("ring", "in/ring");
    let run = desk.run(&["scan", "in", "--format", "json"]);
    let trouble = run.trouble();
    assert_eq!(trouble[0], ("in/broken".to_owned(), "unreadable: the symbolic link leads nowhere".to_owned()));
    assert_eq!(trouble[1].0, "in/ring");
    assert_eq!(run.code(), 3);
    assert_eq!(desk.run(&["scan", "in", "--exclude", "broken", "--exclude", "ring"]).code(), 0);
    assert_eq!(desk.run(&["scan", "in/broken"]).code(), 3);
}

#[test]
fn pipes_sockets_and_devices_do_not_hang() {
    let desk = Desk::new();
    desk.file("in/a", "x");
    let _socket = std::os::unix::net::UnixListener::bind(desk.path("in/socket")).unwrap();
    assert!(Command::new("mkfifo").arg(desk.path("in/fifo")).status().unwrap().success());
    assert_eq!(desk.run(&["scan", "in"]).code(), 0);
    for named in ["in/fifo", "in/socket", "/dev/null", "/dev/zero"] {
        let run = desk.run(&["scan", named, "--format", "json"]);
        assert_eq!(run.code(), 3, "{named}");
        assert!(run.trouble()[0].1.starts_with("unsupported: not a regular file"), "{named}");
    }
}

/// They hold nothing that could be scanned; how many there are is said all the same.
#[test]
fn pipes_sockets_and_devices_are_left_out_and_counted() {
    let desk = Desk::new();
    desk.file("in/a.properties", "name=x\n").link("/dev/null", "in/null").link("fifo", "in/to-fifo");
    let _socket = std::os::unix::net::UnixListener::bind(desk.path("in/socket")).unwrap();
    assert!(Command::new("mkfifo").arg(desk.path("in/fifo")).status().unwrap().success());
    let run = desk.run(&["scan", "in", "--format", "json"]);
    assert_eq!((run.code(), &run.json()["summary"]["left_out"]), (0, &serde_json::json!(4)));
    assert!(desk.run(&["scan", "in"]).out().contains("; 4 left out; "));
    let run = desk.run(&["scan", "in", "--exclude", "socket", "--exclude", "*.properties", "--format", "json"]);
    assert_eq!(run.json()["summary"]["left_out"], 5, "once each");
}

#[test]
fn what_may_not_be_read_is_told() {
    let desk = Desk::new();
    desk.file("in/a.properties", PASSWORD).file("in/b", "x").file("in/closed/c", "x");
    let close =
        |path: &str, mode| std::fs::set_permissions(desk.path(path), std::fs::Permissions::from_mode(mode)).unwrap();
    close("in/b", 0);
    close("in/closed", 0);
    // The superuser reads everything.
    if std::fs::File::open(desk.path("in/b")).is_err() {
        let run = desk.run(&["scan", "in", "--format", "json"]);
        let denied = "unreadable: permission denied".to_owned();
        assert_eq!(run.trouble(), [("in/b".to_owned(), denied.clone()), ("in/closed".to_owned(), denied)]);
        assert_eq!((run.places(), run.code()), (vec!["in/a.properties:1".to_owned()], 1));
        assert_eq!(desk.run(&["scan", "in", "--exclude", "b", "--exclude", "closed"]).code(), 1);
    }
    close("in/closed", 0o700);
}

#[test]
fn names_of_any_bytes_are_kept_apart() {
    let desk = Desk::new();
    let odd = |bytes: &[u8]| desk.path("in").join(std::ffi::OsStr::from_bytes(bytes));
    desk.file("in/a", "x");
    // Not every file system takes such names.
    if std::fs::write(odd(b"\xff.properties"), PASSWORD).is_err() {
        return;
    }
    std::fs::write(odd(b"\xfe.properties"), PASSWORD).unwrap();
    std::fs::write(odd(b"\x1b[31m\n.properties"), PASSWORD).unwrap();
    let run = desk.run(&["scan", "in", "--format", "json"]);
    assert_eq!(run.places(), ["in/%1B[31m%0A.properties:1", "in/%FE.properties:1", "in/%FF.properties:1"]);
    let named = desk.command(&["scan"]).arg(odd(b"\xff.properties")).output().unwrap();
    assert_eq!(named.status.code(), Some(1));
    let missing = desk.command(&["scan"]).arg(odd(b"\x1b]0;\xff")).output().unwrap();
    assert!(String::from_utf8(missing.stderr).unwrap().contains("/in/%1B]0;%FF: no such file"));
}
