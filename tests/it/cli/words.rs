//! Help and version.

use super::Desk;

#[test]
fn help_has_examples_and_exit_codes_within_100_columns() {
    let desk = Desk::new();
    for words in
        [&["--help"][..], &["scan", "--help"], &["rules", "--help"], &["rules", "check", "--help"], &["help", "scan"]]
    {
        let run = desk.run(words);
        assert_eq!((run.code(), run.err().as_str()), (0, ""), "{words:?}");
        assert!(run.out().lines().all(|line| line.chars().count() <= 100), "{}", run.out());
    }
    assert!(desk.run(&["--help"]).out().contains("Examples:"));
    let scan = desk.run(&["scan", "--help"]).out();
    for phrase in ["Exit codes:", "  130  interrupted", "Examples:", "[env: KEYSIFT_FAIL_ON]", "Limits:"] {
        assert!(scan.contains(phrase), "{phrase}: {scan}");
    }
}

#[test]
fn the_version_is_the_packages() {
    let run = Desk::new().run(&["--version"]);
    assert_eq!(run.out(), format!("keysift {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn without_words_the_jobs_are_told() {
    let run = Desk::new().run(&[]);
    assert!(run.out().contains("keysift scan target/"));
    assert_eq!(run.code(), 2);
}
