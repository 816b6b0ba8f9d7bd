//! `keysift rules`.

use super::Desk;

const OWN: &str = r#"
[[rule]]
id = "acme-token"
title = "Acme token"
kind = "token"
severity = "high"
confidence = "high"
lifetime = "long-term"
role = "secret"
keywords = ["acme_"]
pattern = 'acme_[0-9a-f]{16}'
remedy = "Revoke it."
examples = ["acme_0123456789abcdef"]
"#;

#[test]
fn rules_are_listed_and_shown() {
    let desk = Desk::new();
    let list = desk.run(&["rules", "list"]).out();
    assert!(list.lines().count() > 60);
    let ids: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(ids.contains(&"aws-access-key-pair"));
    let shown = desk.run(&["rules", "show", "aws-access-key-pair"]);
    assert_eq!(shown.code(), 0);
    assert!(shown.out().contains("severity    critical") && shown.out().contains("fix: "));
    let unknown = desk.run(&["rules", "show", "aws"]);
    assert_eq!((unknown.code(), unknown.err().contains("no rule aws")), (2, true));
}

#[test]
fn files_of_ones_own_are_checked() {
    let desk = Desk::new();
    desk.file("good.toml", OWN);
    let run = desk.run(&["rules", "check", "good.toml"]);
    assert_eq!((run.out().as_str(), run.err().as_str(), run.code()), ("1 rule in 1 file, no problems\n", "", 0));
}

#[test]
fn problems_name_file_and_place() {
    let desk = Desk::new();
    desk.file("good.toml", OWN);
    let wrong = |name: &str, from: &str, to: &str| {
        desk.file(name, OWN.replace(from, to));
        let run = desk.run(&["rules", "check", name]);
        assert_eq!(run.code(), 1, "{name}");
        assert!(run.err().starts_with(&format!("keysift: {name}: ")), "{}", run.err());
        run.err()
    };
    assert!(wrong("syntax.toml", "title =", "title").contains("line 4"));
    let unknown = wrong("unknown.toml", "role =", "roll =");
    assert!(unknown.contains("line 9") && unknown.contains("roll"), "{unknown}");
    assert!(wrong("pattern.toml", "{16}", "{16").contains("acme-token"));
    assert!(wrong("example.toml", "\"acme_0123", "\"acme-0123").contains("example 1 is not found"));
    let run = desk.run(&["rules", "check", "missing.toml", "good.toml", "syntax.toml"]);
    assert_eq!(run.code(), 1);
    assert!(run.err().contains("missing.toml: cannot be read") && run.err().contains("syntax.toml: "), "{}", run.err());
    desk.file("twice.toml", OWN);
    let run = desk.run(&["rules", "check", "good.toml", "twice.toml"]);
    assert!(run.err().contains("twice.toml: rule acme-token is defined twice"), "{}", run.err());
}

#[test]
fn a_scan_uses_rules_of_ones_own() {
    let desk = Desk::new();
    desk.file("acme.toml", OWN).file("a.txt", "token acme_0123456789abcdef");
    assert_eq!(desk.run(&["scan", "a.txt"]).code(), 0);
    let run = desk.run(&["scan", "a.txt", "--rules", "acme.toml", "--format", "json"]);
    let report = run.json();
    assert_eq!((run.code(), &report["findings"][0]["rule_id"]), (1, &"acme-token".into()));
    let plain = desk.run(&["scan", "a.txt", "--format", "json"]).json();
    assert_ne!(plain["tool"]["rules_digest"], report["tool"]["rules_digest"]);
    // Another word in it is another digest: a cache must not take one for the other.
    desk.file("acme.toml", OWN.replace("high", "low"));
    let changed = desk.run(&["scan", "a.txt", "--rules", "acme.toml", "--format", "json"]).json();
    assert_ne!(changed["tool"]["rules_digest"], report["tool"]["rules_digest"]);
    assert_eq!(changed["findings"][0]["severity"], "low");
}

#[test]
fn a_rule_with_a_built_in_id_replaces_it() {
    let desk = Desk::new();
    desk.file("own.toml", OWN.replace("acme-token", "aws-access-key-id"));
    desk.file("a.txt", "AKIA3C5CPZFD76MGANID acme_0123456789abcdef");
    let run = desk.run(&["scan", "a.txt", "--rules", "own.toml", "--format", "json"]).json();
    assert_eq!(run["findings"].as_array().unwrap().len(), 1);
    assert_eq!(run["findings"][0]["title"], "Acme token");
}

#[test]
fn a_rule_file_that_is_wrong_ends_the_scan_before_it_begins() {
    let desk = Desk::new();
    desk.file("a.txt", "").file("own.toml", OWN.replace("{16}", "{16"));
    for (file, message) in [("own.toml", "own.toml: rule acme-token"), ("none.toml", "none.toml: cannot be read")] {
        let run = desk.run(&["scan", "a.txt", "--rules", file]);
        assert_eq!((run.code(), run.out().as_str()), (2, ""));
        assert!(run.err().contains(message), "{}", run.err());
    }
}
