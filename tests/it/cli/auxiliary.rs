//! Files that keysift reads for itself: none goes on for ever, and a file that names others names no devices.

use super::{Desk, PASSWORD, Run};
use std::process::Command;

/// Without a bound the system would end it, out of memory; without an end, `timeout`.
fn bounded(desk: &Desk, words: &str) -> Run {
    let script = format!("ulimit -v 3000000 && ulimit -c 0 && exec timeout 300 \"$0\" {words}");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_keysift")]);
    Run::of(desk.prepare(command).output().unwrap())
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("a.properties", PASSWORD);
    assert!(Command::new("mkfifo").arg(desk.path("silent")).status().unwrap().success());
    desk
}

#[test]
fn what_never_ends_is_an_error() {
    let desk = desk();
    for words in [
        "scan a.properties --config /dev/zero",
        "config check --config /dev/zero",
        "scan a.properties --rules /dev/zero",
        "rules check /dev/zero",
        "scan a.properties --gitleaks-config /dev/zero",
        "scan a.properties --baseline /dev/zero",
        "scan --files-from /dev/zero",
        "scan --files-from - < /dev/zero",
        "report convert /dev/zero",
        "report merge - < /dev/zero",
    ] {
        let run = bounded(&desk, words);
        assert!([1, 2].contains(&run.code()), "{words}: {} {}", run.code(), run.err());
        assert!(run.err().contains("MiB, which is the most that is read"), "{words}: {}", run.err());
    }
    // A content is scanned as far as it may go.
    let run = bounded(&desk, "scan - --max-entry-bytes 1M --format json < /dev/zero");
    assert_eq!((run.code(), &run.json()["trouble"][0]["limit"]), (3, &"max-entry-bytes".into()));
    for target in ["/dev/zero", "silent"] {
        let run = bounded(&desk, &format!("scan {target} --format json"));
        assert_eq!(run.code(), 3, "{}", run.err());
        assert!(run.trouble()[0].1.contains("not a regular file"), "{:?}", run.trouble());
    }
}

/// Nobody writes to the pipe, so that reading it would wait for ever.
#[test]
fn what_a_file_names_has_to_be_a_file() {
    for path in ["/dev/zero", "silent", "."] {
        for (name, text) in [
            ("keysift.toml", format!("baseline = \"{path}\"\n")),
            ("keysift.toml", format!("rule-files = [\"{path}\"]\n")),
            ("keysift.toml", format!("gitleaks-config = [\"{path}\"]\n")),
            ("gitleaks.toml", format!("[extend]\npath = \"{path}\"\n")),
        ] {
            let desk = desk();
            desk.file(name, &text);
            let words = if name == "gitleaks.toml" { "--gitleaks-config gitleaks.toml" } else { "" };
            let run = bounded(&desk, &format!("scan a.properties {words}"));
            assert_eq!(run.code(), 2, "{text}: {}", run.err());
            assert!(run.err().contains("not a regular file"), "{text}: {}", run.err());
        }
    }
    // A cache is done without; a target is trouble.
    let desk = desk();
    desk.file(
        "keysift.toml",
        "cache = \"silent\"\n[[target]]\npath = \"silent\"\n[[target]]\npath = \"a.properties\"\n",
    );
    let run = bounded(&desk, "scan --format json");
    assert_eq!((run.code(), run.places()), (1, vec!["a.properties:1".to_owned()]), "{}", run.err());
    assert!(run.trouble()[0].1.contains("not a regular file"), "{:?}", run.trouble());
}

/// The command line may name a pipe: shells make one of `<(command)`.
#[test]
fn what_the_command_line_names_may_be_a_pipe() {
    let desk = desk();
    desk.file("list", "a.properties\n");
    let mut writer = Command::new("sh").args(["-c", "cat list > silent"]).current_dir(desk.path("")).spawn().unwrap();
    let run = bounded(&desk, "scan --files-from silent --format json");
    assert!(writer.wait().unwrap().success());
    assert_eq!((run.code(), run.places()), (1, vec!["a.properties:1".to_owned()]), "{}", run.err());
}

/// Nesting as deep as a file is long, in what is parsed by libraries.
#[test]
fn settings_and_reports_that_nest_without_end_are_errors() {
    let desk = desk();
    desk.file("deep.toml", format!("a = {}", "[".repeat(1 << 20))).file("deep.json", "[".repeat(1 << 20));
    desk.file("dotted.toml", format!("a{} = 1", ".a".repeat(1 << 18)));
    for file in ["deep.toml", "dotted.toml"] {
        for flag in ["--config", "--rules", "--gitleaks-config", "--baseline"] {
            let run = bounded(&desk, &format!("scan a.properties {flag} {file}"));
            assert_eq!(run.code(), 2, "{flag} {file}: {}", run.err());
        }
    }
    assert_eq!(bounded(&desk, "report convert deep.json").code(), 2);
}

/// Patterns of one's own that would take gigabytes when they are compiled, or for ever when they are tried.
#[test]
fn patterns_of_ones_own_are_bounded() {
    let desk = desk();
    let rule = |pattern: &str| {
        format!(
            "[[rule]]\nid = \"own\"\ntitle = \"t\"\nkind = \"token\"\nseverity = \"high\"\nconfidence = \"high\"\n\
             lifetime = \"long-term\"\nrole = \"secret\"\nkeywords = [\"aaa\"]\nremedy = \"r\"\npattern = '{pattern}'\n"
        )
    };
    desk.file("large.toml", rule("((a{1000}){1000}){1000}")).file("slow.toml", rule("(a+)+(a+)+$"));
    let run = bounded(&desk, "scan a.properties --rules large.toml");
    assert_eq!(run.code(), 2, "{}", run.err());
    desk.file("a.txt", "a".repeat(100_000) + "!");
    let run = bounded(&desk, "scan a.txt a.properties --rules slow.toml --format json");
    assert!(run.places().contains(&"a.properties:1".to_owned()), "{}", run.err());
}
