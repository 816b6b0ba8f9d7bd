//! The rules that are built in hold what they promise.

use crate::support::project;
use keysift::engine::examples;
use keysift::rules::builtin::{Builtin, parse};
use keysift::rules::remedies;
use keysift::rules::schema::{Rule, RuleFile};
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

/// The tables are embedded in another notation. What is wrong in a file is told here with its line.
#[test]
fn what_is_embedded_is_what_the_files_say() {
    let mut written = Vec::new();
    for file in std::fs::read_dir(project("patterns")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("[[rule]]") {
            let name = path.file_name().unwrap().to_string_lossy();
            written.extend(parse::<RuleFile>(&name, &text).unwrap().rule);
        }
    }
    let sorted = |rules: Vec<Rule>| {
        let mut rules: Vec<String> = rules.iter().map(|rule| serde_json::to_string(rule).unwrap()).collect();
        rules.sort();
        rules
    };
    assert_eq!(sorted(Builtin::load().unwrap().rules), sorted(written));
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

#[test]
fn every_rule_has_references() {
    let rules = RuleSet::builtin().unwrap();
    let without: Vec<&str> =
        rules.rules.iter().filter(|r| r.rule.references.is_empty()).map(|r| r.rule.id.as_str()).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// Words as names have them, and letters as generators give them.
#[test]
fn random_letters_are_no_words() {
    use keysift::rules::letters::are_random;
    for word in [
        "postgres",
        "username",
        "KEYSTORE",
        "rabbitmq",
        "schemaregistry",
        "oauthbearer",
        "passwordencoder",
        "kubernetes",
        "Authorization",
        "flink-kafka-connector",
        "aws-pwd-cfg-kfk",
        "basicauth",
        "deutschland",
        "geheimnis",
        "trustedcertificates",
        "x",
        "",
    ] {
        assert!(!are_random(word), "{word}");
    }
    // Of letters that were drawn, so many are told: a fixed sequence, so that each run is the same.
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + u8::try_from(state % 26).unwrap())
    };
    for (length, least) in [(8, 900), (12, 970), (16, 980)] {
        let told = (0..1000).filter(|_| are_random(&(0..length).map(|_| letter()).collect::<String>())).count();
        assert!(told >= least, "{told} of 1000 with {length} letters");
    }
}
