//! `keysift rules`: list, show, check.

use super::args::{RulesArgs, RulesCommand};
use super::output::complain;
use crate::engine::examples;
use crate::reports::exit::Exit;
use crate::reports::prose::{clean_line, counted, word, wrap};
use crate::reports::text::Layout;
use crate::rules::builtin::Builtin;
use crate::rules::own::{OwnRule, OwnRules};
use crate::rules::remedies;
use crate::rules::set::RuleSet;
use crate::sources::near::nearest;
use anyhow::bail;
use std::io::Write;
use std::path::PathBuf;

pub(super) fn run(args: &RulesArgs) -> anyhow::Result<Exit> {
    match &args.command {
        RulesCommand::List => list(),
        RulesCommand::Show { id } => show(id),
        RulesCommand::Check { files, gitleaks } => check(files, gitleaks),
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

pub(super) fn show(id: &str) -> anyhow::Result<Exit> {
    let rules = RuleSet::builtin()?;
    let Some(compiled) = rules.find(id) else {
        let near = nearest(id, rules.rules.iter().map(|rule| rule.rule.id.clone()));
        let hint = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        bail!("no rule {id}; {hint}keysift rules list shows all")
    };
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
    if let Some(family) = remedies::family(&rule.id)? {
        writeln!(out, "\nopens   {}", wrap(&family.opens, width, 8))?;
        writeln!(out, "rotate  {}", wrap(&family.rotate, width, 8))?;
        writeln!(out, "\ninstead")?;
        for (platform, instead) in family.instead() {
            writeln!(out, "  {platform}\n    {}", wrap(instead, width, 4))?;
        }
    }
    if !rule.references.is_empty() {
        writeln!(out, "\nsee\n  {}", rule.references.join("\n  "))?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// Checks files of one's own beside the built-in rules; every problem is told, not only the first.
fn check(files: &[PathBuf], gitleaks: &[PathBuf]) -> anyhow::Result<Exit> {
    let mut own = OwnRules::default();
    let mut problems: Vec<String> =
        files.iter().filter_map(|file| own.read(file).err()).map(|error| error.to_string()).collect();
    for file in gitleaks {
        match own.import(file) {
            // What cannot be carried over is no mistake of the file.
            Ok(left) => left
                .iter()
                .try_for_each(|left| writeln!(anstream::stdout(), "not carried over: {}", clean_line(left)))?,
            Err(error) => problems.push(error.to_string()),
        }
    }
    match own.over(Builtin::load()?) {
        Ok(rules) => {
            for OwnRule { file, rule } in &own.rules {
                let Some(compiled) = rules.find(&rule.id) else { continue };
                let found = match compiled.check() {
                    Ok(()) => examples::check(compiled, &rules),
                    Err(error) => vec![error.to_string()],
                };
                problems.extend(found.into_iter().map(|problem| format!("{file}: {problem}")));
            }
        }
        Err(error) => problems.push(own.locate(&error)),
    }
    for problem in &problems {
        complain(problem);
    }
    if problems.is_empty() {
        let (count, files) = (own.rules.len(), files.len() + gitleaks.len());
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
