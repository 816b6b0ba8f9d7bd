//! The rules that are built in hold what they promise.

use keysift::engine::examples;
use keysift::rules::remedies;
use keysift::rules::set::RuleSet;

#[test]
fn every_rule_finds_its_examples_and_leaves_its_counter_examples() {
    let rules = RuleSet::builtin().unwrap();
    rules.check().unwrap();
    assert!(rules.rules.len() >= 200, "{} rules", rules.rules.len());
    let problems: Vec<String> = rules
        .rules
        .iter()
        .flat_map(|rule| {
            examples::check(rule, &rules).into_iter().map(|problem| format!("{}: {problem}", rule.rule.id))
        })
        .collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_family_of_remedies_has_rules() {
    let rules = RuleSet::builtin().unwrap();
    let of = |rule: &str| remedies::family(rule).unwrap().unwrap().name;
    let used: std::collections::BTreeSet<String> = rules.rules.iter().map(|rule| of(&rule.rule.id)).collect();
    let all: Vec<String> = remedies::families().unwrap().into_iter().map(|family| family.name).collect();
    for name in &all {
        assert!(used.contains(name), "{name}");
    }
    for (rule, family) in [
        ("aws-access-key-pair", "AWS credentials of IAM users"),
        ("aws-bedrock-api-key", "AWS keys of single services"),
        ("jdbc-password", "Passwords of databases"),
        ("kafka-jaas-password", "Credentials of message brokers"),
        ("pem-private-key", "Private keys, key stores and keytabs"),
        ("acme-token", "Secrets of services and generic names"),
    ] {
        assert_eq!(of(rule), family);
    }
}
