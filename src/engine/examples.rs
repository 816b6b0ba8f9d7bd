//! Examples: a rule proves itself on the texts that it brings along.

use crate::detection::detect;
use crate::detection::pairing::pair;
use crate::formats::evidence::{Binding, Evidence, Literal, LiteralKind, Scope, Use};
use crate::formats::{Context, read};
use crate::meter::Meter;
use crate::place::{EntryPath, Position};
use crate::rules::schema::{Example, RuleKind};
use crate::rules::set::{CompiledRule, RuleSet};
use std::borrow::Cow;

/// What is wrong with a rule's examples; empty if all hold. Messages name the example by number:
/// its text is made to look like a secret.
pub fn check(rule: &CompiledRule, rules: &RuleSet) -> Vec<String> {
    let id = &rule.rule.id;
    let mut problems = Vec::new();
    for (number, example) in rule.rule.examples.iter().enumerate() {
        if rule.rule.kind == RuleKind::Token && !rule.rule.keywords.is_empty() && !holds_keyword(rule, example) {
            problems.push(format!("rule {id}: example {} holds no keyword", number + 1));
        }
        if !found(rule, example, rules) {
            problems.push(format!("rule {id}: example {} is not found", number + 1));
        }
    }
    for (number, example) in rule.rule.negative_examples.iter().enumerate() {
        if found(rule, example, rules) {
            problems.push(format!("rule {id}: negative example {} is found", number + 1));
        }
    }
    problems
}

fn text_of(example: &Example) -> &str {
    match example {
        Example::Text(text) | Example::File { text, .. } => text,
        Example::Bound { value, .. } | Example::Sink { value, .. } => value,
    }
}

fn holds_keyword(rule: &CompiledRule, example: &Example) -> bool {
    let text = text_of(example).to_lowercase();
    rule.rule.keywords.iter().any(|keyword| text.contains(&keyword.to_lowercase()))
}

fn found(rule: &CompiledRule, example: &Example, rules: &RuleSet) -> bool {
    let name = match example {
        Example::File { file, .. } => file.as_str(),
        _ => "example.txt",
    };
    let path = EntryPath::artifact(name);
    let context = Context { path: &path, vocabulary: &rules.vocabulary };
    let evidence = match example {
        Example::File { text, .. } => read(text.as_bytes(), &context),
        Example::Text(text) => {
            let mut evidence = read(text.as_bytes(), &context);
            // The same text as a whole string constant: some rules hold for those only.
            evidence.literals.push(Literal {
                text: Cow::Borrowed(text.as_bytes()),
                kind: LiteralKind::Constant,
                uses: vec![Use { position: Position::at(1, 1), scope: Scope::default() }],
            });
            evidence
        }
        Example::Bound { key, value } => bound(key, None, value),
        Example::Sink { sink, value } => bound(sink, Some(sink), value),
    };
    let groups = pair(detect(&evidence, &path, rules, usize::MAX, &Meter::default()).0, rules);
    groups.iter().any(|group| {
        rules.rules[group.rule].rule.id == rule.rule.id
            || group.parts.iter().any(|part| rules.rules[part.rule].rule.id == rule.rule.id)
    })
}

fn bound(key: &str, role: Option<&str>, value: &str) -> Evidence<'static> {
    Evidence {
        bindings: vec![Binding {
            role: role.map(Into::into),
            position: Position::at(1, 1),
            ..Binding::new(key, value)
        }],
        ..Evidence::default()
    }
}
