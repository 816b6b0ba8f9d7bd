//! `keysift rules`: list, show, check.

use super::args::{RulesArgs, RulesCommand};
use super::exit::Exit;
use super::output::complain;
use crate::engine::examples;
use crate::rules::builtin::{Builtin, parse};
use crate::rules::schema::{Rule, RuleFile};
use crate::rules::set::RuleSet;
use anyhow::{Context as _, bail};
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
    let mut out = std::io::BufWriter::new(anstream::stdout());
    writeln!(out, "{}\n{}, severity {}\n", rule.id, rule.title, rule.severity.as_str())?;
    if !rule.keys.is_empty() {
        writeln!(out, "keys: {}", rule.keys.join(", "))?;
    }
    if !rule.sinks.is_empty() {
        writeln!(out, "sinks: {}", rule.sinks.join(", "))?;
    }
    if let Some(pattern) = &rule.pattern {
        writeln!(out, "pattern: {pattern}")?;
    }
    if !rule.parts.is_empty() {
        writeln!(out, "parts: {}", rule.parts.join(", "))?;
    }
    writeln!(out, "\nfix: {}", rule.remedy)?;
    for reference in &rule.references {
        writeln!(out, "  {reference}")?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// Checks files of one's own beside the built-in rules; every problem is told, not only the first.
fn check(files: &[PathBuf]) -> anyhow::Result<Exit> {
    let mut data = Builtin::load()?;
    let mut own: Vec<Rule> = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
        match parse::<RuleFile>(&name, &text) {
            Ok(parsed) => own.extend(parsed.rule),
            Err(error) => problems.push(error.to_string()),
        }
    }
    let ids: Vec<String> = own.iter().map(|rule| rule.id.clone()).collect();
    data.rules.retain(|rule| !ids.contains(&rule.id));
    data.rules.extend(own);
    match RuleSet::new(data) {
        Ok(rules) => {
            for id in &ids {
                if let Some(compiled) = rules.find(id) {
                    match compiled.check() {
                        Ok(()) => problems.extend(examples::check(compiled, &rules)),
                        Err(error) => problems.push(error.to_string()),
                    }
                }
            }
        }
        Err(error) => problems.push(error.to_string()),
    }
    for problem in &problems {
        complain(problem);
    }
    if problems.is_empty() {
        writeln!(anstream::stdout(), "{} rules, no problems", ids.len())?;
        return Ok(Exit::Clean);
    }
    Ok(Exit::Found)
}
