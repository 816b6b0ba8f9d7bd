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
    // Options stand under the headings that they belong to.
    for command in [&["report", "convert", "--help"][..], &["report", "merge", "--help"], &["scan", "--help"]] {
        let help = desk.run(command).out();
        let at = |word: &str| help.find(word).unwrap_or_else(|| panic!("{word}: {help}"));
        assert!(at("--format <") < at("Verdict:") && at("Verdict:") < at("Baseline:"), "{help}");
        let formats = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(formats.contains("csv, markdown, html;"), "{help}");
    }
    assert!(!desk.run(&["report", "merge", "--help"]).out().contains("\nthose of\n"));
    assert!(desk.run(&["--help"]).out().contains("Examples:"));
    // Where a line is broken depends on the words that are built in.
    let scan = desk.run(&["scan", "--help"]).out().split_whitespace().collect::<Vec<_>>().join(" ");
    for phrase in ["Exit codes:", "130 interrupted", "Examples:", "[env: KEYSIFT_FAIL_ON]", "Limits:"] {
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
    for job in ["keysift scan target/", "keysift scan s3://", "--baseline keysift-baseline.toml", "keysift scan -"] {
        assert!(run.out().contains(job), "{job}: {}", run.out());
    }
    assert_eq!(run.code(), 2);
}

#[test]
fn a_word_that_is_nearly_right_is_answered_with_the_right_one() {
    let desk = Desk::new();
    desk.file("target/a.txt", "").file("orders.jar", "");
    for (words, told) in [
        (&["scna"][..], "'scan'"),
        (&["target/"], "to scan it: keysift scan target/"),
        (&["s3://code-bucket/jobs"], "to scan it: keysift scan s3://code-bucket/jobs"),
        (&["scan", "--fail-onn", "high", "target"], "'--fail-on'"),
        (&["scan", "oders.jra"], "did you mean orders.jar?"),
        (&["scan", "S3:/code-bucket/jobs"], "did you mean s3://code-bucket/jobs?"),
        (&["scan", "orders.jar", "--format", "sarrif=a"], "did you mean sarif?"),
        (&["report", "orders.jar"], "keysift report convert orders.jar"),
        (&["rules", "show", "jdbc-pasword"], "did you mean jdbc-password?"),
        (&["--explain", "aws-acces-key-pair"], "did you mean aws-access-key-pair?"),
    ] {
        let run = desk.run(words);
        assert_eq!(run.code(), 2, "{words:?}");
        assert!(run.err().contains(told), "{words:?}: {}", run.err());
    }
}

#[test]
fn a_rule_is_explained_with_what_replaces_its_credential() {
    let desk = Desk::new();
    let explained = desk.run(&["--explain", "jdbc-password"]);
    for heading in [
        "\nopens   ",
        "\nrotate  ",
        "\ninstead\n",
        "  Managed Service for Apache Flink\n",
        "  EKS\n",
        "  EC2\n",
        "  on premises\n",
    ] {
        assert!(explained.out().contains(heading), "{heading}: {}", explained.out());
    }
    assert_eq!((explained.code(), explained.out()), (0, desk.run(&["rules", "show", "jdbc-password"]).out()));
}
