//! `keysift rules`: list, show, check.

use super::args::{RulesArgs, RulesCommand};
use super::output::complain;
use crate::engine::examples;
use crate::reports::exit::Exit;
use crate::reports::prose::{counted, wrap};
use crate::reports::text::Layout;
use crate::rules::RuleError;
use crate::rules::builtin::{Builtin, parse};
use crate::rules::schema::{Rule, RuleFile};
use crate::rules::set::RuleSet;
use anyhow::bail;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

pub(super) fn run(args: &RulesArgs) -> anyhow::Result<Exit> {
    match &args.command {
        RulesCommand::List => list(),
        RulesCommand::Show { id } => show(id),
        RulesCommand::Check { files } => check(files),
    }
}

fn list() -> anyhow::Result<Exit> {
    let rules = RuleSet::builtin()?;
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let width = rules.rules.iter().map(|r| r.rule.id.len()).max().unwrap_or(0);
    for compiled in &rules.rules {
        let rule = &compiled.rule;
        writeln!(out, "{:width$}  {:8}  {}", rule.id, rule.severity.as_str(), rule.title)?;
    }
    writeln!(out, "{} rules", rules.rules.len())?;
    out.flush()?;
    Ok(Exit::Clean)
}

fn show(id: &str) -> anyhow::Result<Exit> {
    let rules = RuleSet::builtin()?;
    let Some(compiled) = rules.find(id) else { bail!("no rule {id}; keysift rules list shows all") };
    let rule = &compiled.rule;
    let width = Layout::default().width;
    let mut out = std::io::BufWriter::new(anstream::stdout());
    writeln!(out, "{}\n{}\n", rule.id, rule.title)?;
    writeln!(out, "severity    {}", rule.severity.as_str())?;
    for when in &rule.severity_when {
        writeln!(out, "            {} if {}", when.severity.as_str(), word(&when.context))?;
    }
    writeln!(out, "confidence  {}\nlifetime    {}", word(&rule.confidence), word(&rule.lifetime))?;
    for (name, words) in
        [("keywords", &rule.keywords), ("keys", &rule.keys), ("sinks", &rule.sinks), ("parts", &rule.parts)]
    {
        if !words.is_empty() {
            writeln!(out, "{name:10}  {}", wrap(&words.join(", "), width, 12))?;
        }
    }
    if let Some(pattern) = &rule.pattern {
        writeln!(out, "pattern     {pattern}")?;
    }
    writeln!(out, "\nfix: {}", wrap(&rule.remedy, width, 5))?;
    for reference in &rule.references {
        writeln!(out, "     {reference}")?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// As the rule files spell it.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Checks files of one's own beside the built-in rules; every problem is told, not only the first.
fn check(files: &[PathBuf]) -> anyhow::Result<Exit> {
    let mut data = Builtin::load()?;
    let mut own: Vec<(String, Rule)> = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => {
                problems.push(format!("{name}: cannot be read: {error}"));
                continue;
            }
        };
        match parse::<RuleFile>(&name, &text) {
            Ok(parsed) => own.extend(parsed.rule.into_iter().map(|rule| (name.clone(), rule))),
            Err(error) => problems.push(error.to_string()),
        }
    }
    // A rule of one's own takes the place of the built-in one, but not of another of one's own.
    data.rules.retain(|rule| own.iter().all(|(_, mine)| mine.id != rule.id));
    data.rules.extend(own.iter().map(|(_, rule)| rule.clone()));
    match RuleSet::new(data) {
        Ok(rules) => {
            for (file, rule) in &own {
                let Some(compiled) = rules.find(&rule.id) else { continue };
                let found = match compiled.check() {
                    Ok(()) => examples::check(compiled, &rules),
                    Err(error) => vec![error.to_string()],
                };
                problems.extend(found.into_iter().map(|problem| format!("{file}: {problem}")));
            }
        }
        Err(error) => problems.push(located(&error, &own)),
    }
    for problem in &problems {
        complain(problem);
    }
    if problems.is_empty() {
        let (count, files) = (own.len(), files.len());
        writeln!(
            anstream::stdout(),
            "{} in {}, no problems",
            counted(count as u64, "rule"),
            counted(files as u64, "file")
        )?;
        return Ok(Exit::Clean);
    }
    Ok(Exit::Found)
}

/// A rule's error with the file that defines the rule.
fn located(error: &RuleError, own: &[(String, Rule)]) -> String {
    let id = match error {
        RuleError::Pattern { rule, .. } | RuleError::Incomplete { rule, .. } | RuleError::Duplicate(rule) => Some(rule),
        _ => None,
    };
    // The last one: of two that share an id, it is the one too many.
    match own.iter().rev().find(|(_, rule)| Some(&rule.id) == id) {
        Some((file, _)) => format!("{file}: {error}"),
        None => error.to_string(),
    }
}
