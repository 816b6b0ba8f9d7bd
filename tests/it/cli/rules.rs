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
