//! A service that takes a request and never answers.

use crate::support::s3::Server;
use crate::support::wire::Fault;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn silent_server() -> Server {
    let server = Server::start();
    server.put("code", "a.properties", crate::cli::PASSWORD);
    server.wire.fail_once("list-type", Fault::Silence);
    server
}

fn summary(output: &Output) -> (Option<i32>, serde_json::Value) {
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code(), report["summary"]["complete"].clone())
}

/// A job in the background ignores some signals, and so would its children.
fn in_foreground(command: &Command) -> Command {
    let mut own = Command::new("env");
    own.arg("--default-signal").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => own.env(name, value),
            None => own.env_remove(name),
        };
    }
    own.current_dir(command.get_current_dir().unwrap());
    own
}

#[test]
fn a_wait_for_an_answer_ends_at_a_signal() {
    let server = silent_server();
    let mut command = in_foreground(&server.command(&["s3://code"]));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !server.wire.log().iter().any(|line| line.target.contains("list-type")) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(summary(&child.wait_with_output().unwrap()), (Some(130), false.into()));
}

/// Without a timeout, this test would not end.
#[test]
#[ignore = "takes as long as the timeout, half a minute; .ci/run runs it"]
fn what_is_not_answered_is_asked_again() {
    let server = silent_server();
    assert_eq!(summary(&server.scan(&["s3://code"])), (Some(1), true.into()));
    assert!(server.wire.log().iter().filter(|line| line.target.contains("list-type")).count() > 1);
}
