//! The rules that are built in hold what they promise.

use keysift::engine::examples;
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
