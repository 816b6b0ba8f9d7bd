//! Completions and manual pages.

use super::Desk;

#[test]
fn completions_know_the_commands_and_options() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = desk.run(&["generate", "completions", shell]);
        assert_eq!(run.code(), 0);
        for word in ["scan", "--trust-crc", "rules"] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(run.out().contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(desk.run(&["generate", "completions", "cmd"]).code(), 2);
}

#[test]
fn manual_pages_are_written_for_all_commands() {
    let desk = Desk::new();
    let page = desk.run(&["generate", "man"]).out();
    assert!(page.contains(".TH keysift 1") && page.contains("keysift\\-scan(1)"), "{page}");
    assert_eq!(desk.run(&["generate", "man", "share/man"]).code(), 0);
    let scan = std::fs::read_to_string(desk.path("share/man/keysift-scan.1")).unwrap();
    assert!(scan.contains("\\-\\-trust\\-crc") && scan.contains("interrupted"), "{scan}");
    desk.file("taken", "");
    let run = desk.run(&["generate", "man", "taken"]);
    assert_eq!(run.code(), 2);
    assert!(run.err().contains("cannot write manual pages to taken"), "{}", run.err());
}
