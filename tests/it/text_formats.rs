//! Tests of text_formats.

mod loose;
mod structured;

use keysift::formats::evidence::{Binding, Evidence};
use keysift::formats::{Context, read};
use keysift::place::EntryPath;
use keysift::rules::set::RuleSet;
use std::sync::OnceLock;

fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| RuleSet::builtin().unwrap())
}

/// What is read of a file of this name.
fn evidence<'a>(name: &str, bytes: &'a [u8]) -> Evidence<'a> {
    read(bytes, &Context { path: &EntryPath::artifact(name), vocabulary: &rules().vocabulary })
}

/// Key, value, line and column of each binding, in the order of the text.
fn bound(name: &str, text: &str) -> Vec<(String, String, u32, u32)> {
    let mut bound: Vec<_> = evidence(name, text.as_bytes()).bindings.iter().map(row).collect();
    bound.sort_by_key(|(_, _, line, column)| (*line, *column));
    bound
}

fn row(binding: &Binding) -> (String, String, u32, u32) {
    let position = &binding.position;
    (binding.key.clone(), binding.value.clone(), position.line.unwrap_or(0), position.column.unwrap_or(0))
}

/// `key=value@line:column` of each binding.
fn shown(name: &str, text: &str) -> Vec<String> {
    bound(name, text).into_iter().map(|(key, value, line, column)| format!("{key}={value}@{line}:{column}")).collect()
}
