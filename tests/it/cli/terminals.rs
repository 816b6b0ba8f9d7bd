//! Colour and progress, on a terminal that util-linux's `script` plays.

use super::{Desk, PASSWORD};
use std::process::Stdio;

const ESCAPE: char = '\u{1b}';

/// What a terminal shows of `keysift scan a.properties`, with standard error as told; `None`
/// without `script`.
fn on_terminal(desk: &Desk, environment: &[(&str, &str)], rest: &str) -> Option<String> {
    let binary = env!("CARGO_BIN_EXE_keysift");
    let mut command = std::process::Command::new("script");
    command.args(["-qec", &format!("'{binary}' scan a.properties {rest}"), "/dev/null"]).current_dir(desk.path(""));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(variable);
    }
    let command = command.env("TERM", "xterm").envs(environment.iter().copied()).stdin(Stdio::null());
    let shown = command.output().ok().filter(|output| !output.stdout.is_empty())?;
    Some(String::from_utf8_lossy(&shown.stdout).into_owned())
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    let Some(shown) = on_terminal(&desk, &[], "2>/dev/null") else { return };
    assert!(shown.contains(ESCAPE) && shown.contains("HIGH"), "{shown:?}");
    for environment in [("NO_COLOR", "1"), ("TERM", "dumb"), ("CLICOLOR", "0")] {
        let shown = on_terminal(&desk, &[environment], "2>/dev/null").unwrap();
        assert!(!shown.contains(ESCAPE) && shown.contains("HIGH"), "{environment:?} {shown:?}");
    }
    let forced = desk.command(&["scan", "a.properties"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(forced.stdout).unwrap().contains(ESCAPE));
    assert!(!desk.run(&["scan", "a.properties"]).out().contains(ESCAPE));
    desk.command(&["scan", "a.properties", "-o", "report"]).env("CLICOLOR_FORCE", "1").status().unwrap();
    assert!(!std::fs::read_to_string(desk.path("report")).unwrap().contains(ESCAPE));
}

#[test]
fn progress_is_for_terminals() {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    assert_eq!(desk.run(&["scan", "a.properties"]).err(), "");
    for (environment, rest) in [(("TERM", "dumb"), ">/dev/null"), (("TERM", "xterm"), "--quiet >/dev/null")] {
        let Some(shown) = on_terminal(&desk, &[environment], &format!("{rest}; echo end")) else { return };
        assert_eq!(shown.trim(), "end");
    }
}
