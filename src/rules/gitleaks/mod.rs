//! Rules of a gitleaks configuration, carried over as far as keysift has what they need.

mod file;
mod pattern;

use super::RuleError;
use super::lazy_regex::{LazyRegex, problem};
use super::own::OwnRule;
use super::schema::{Confidence, Except, ExceptTarget, Group, Lifetime, Rule, RuleKind, Severity};
use crate::auxiliary::{self, without_quotes};
use file::{Allowlist, Entry, File};
use pattern::translate;
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};

/// How many configurations may extend each other.
const DEEPEST: usize = 8;
const REMEDY: &str = "Revoke it where it was issued and read its successor from a secret store at start-up (AWS Secrets Manager through the application's role, or a mounted secret); old artifacts keep the old value.";

/// Rules carried over, and what could not be, a line each.
#[derive(Debug, Default)]
pub struct Imported {
    pub rules: Vec<OwnRule>,
    pub left: Vec<String>,
}

/// Reads a configuration and those that it extends. `taken` are the ids of built-in rules: one that is
/// imported takes the place of none of them.
pub fn import(path: &Path, taken: &dyn Fn(&str) -> bool) -> Result<Imported, RuleError> {
    let mut imported = Imported::default();
    let Loaded { entries, allowlists } = load(path, DEEPEST, &mut imported.left)?;
    let name = path.display().to_string();
    let mut ids = FxHashSet::default();
    for entry in entries {
        let lists: Vec<&Allowlist> =
            entry.allowlists.iter().chain(allowlists.iter().filter(|list| concerns(list, &entry))).collect();
        let mut tell = |what: &str| imported.left.push(format!("{name}: rule {}: {what}", entry.id));
        match rule(&entry, &lists, &mut tell) {
            Ok(mut rule) => {
                if taken(&rule.id) {
                    rule.id.insert_str(0, "gitleaks-");
                }
                if !ids.insert(rule.id.clone()) {
                    tell("its id is used twice");
                    continue;
                }
                imported.rules.push(OwnRule { file: name.clone(), rule });
            }
            Err(cause) => tell(&cause),
        }
    }
    Ok(imported)
}

/// A configuration with all that it extends.
#[derive(Default)]
struct Loaded {
    entries: Vec<Entry>,
    allowlists: Vec<Allowlist>,
}

fn load(path: &Path, depth: usize, left: &mut Vec<String>) -> Result<Loaded, RuleError> {
    let name = path.display().to_string();
    // What another one extends is named by a file.
    let rested = if depth < DEEPEST { auxiliary::at_rest(path) } else { Ok(()) };
    let text = rested
        .and_then(|()| auxiliary::read_text(path, auxiliary::SETTINGS))
        .map_err(|error| RuleError::Unreadable { file: name.clone(), message: error.to_string() })?;
    let File { extend, allowlist, allowlists, rules, unknown, .. } = File::parse(&text)
        .map_err(|error| RuleError::Toml { file: name.clone(), message: without_quotes(error.message()) })?;
    left.extend(unknown.keys().chain(extend.unknown.keys()).map(|key| format!("{name}: {key} is not known")));
    if extend.usedefault {
        left.push(format!("{name}: extend.useDefault: the rules of gitleaks are not here; those of keysift stand in"));
    }
    let mut loaded = match &extend.path {
        Some(base) if depth > 0 => load(&beside(path, base), depth - 1, left)?,
        Some(_) => {
            left.push(format!("{name}: extend.path: more than {DEEPEST} configurations extend each other"));
            Loaded::default()
        }
        None => Loaded::default(),
    };
    loaded.entries.retain(|entry| !extend.disabledrules.contains(&entry.id));
    loaded.allowlists.extend(allowlist.into_iter().chain(allowlists));
    for mut entry in rules {
        entry.allowlists.extend(entry.allowlist.take());
        match loaded.entries.iter_mut().find(|base| base.id == entry.id) {
            Some(base) => override_with(base, entry),
            None => loaded.entries.push(entry),
        }
    }
    Ok(loaded)
}

/// gitleaks looks from the working directory; a file that lies beside the other one is meant as well.
fn beside(path: &Path, base: &str) -> PathBuf {
    let beside = path.parent().map(|folder| folder.join(base)).filter(|path| path.is_file());
    beside.unwrap_or_else(|| base.into())
}

/// What an extending configuration says of a rule that it shares with its base.
fn override_with(base: &mut Entry, entry: Entry) {
    let text = |base: &mut String, over: String| {
        if !over.is_empty() {
            *base = over;
        }
    };
    text(&mut base.description, entry.description);
    text(&mut base.regex, entry.regex);
    text(&mut base.path, entry.path);
    if entry.secretgroup != 0 {
        base.secretgroup = entry.secretgroup;
    }
    if entry.entropy != 0.0 {
        base.entropy = entry.entropy;
    }
    base.keywords.extend(entry.keywords);
    base.allowlists.extend(entry.allowlists);
    base.unknown.extend(entry.unknown);
}

fn concerns(list: &Allowlist, entry: &Entry) -> bool {
    list.targetrules.is_empty() || list.targetrules.contains(&entry.id)
}

fn rule(entry: &Entry, lists: &[&Allowlist], tell: &mut dyn FnMut(&str)) -> Result<Rule, String> {
    if entry.id.is_empty() {
        return Err("it has no id".to_owned());
    }
    if entry.regex.is_empty() {
        return Err("it flags files by their names, not by what is in them".to_owned());
    }
    // A part of a composite rule would be reported on its own, a composite one without its parts.
    if let Some(key) = ["required", "skipreport"].iter().find(|key| entry.unknown.contains_key(**key)) {
        return Err(format!("it is made of several rules ({key})"));
    }
    entry.unknown.keys().for_each(|key| tell(&format!("{key} is not known")));
    let pattern = translate(&entry.regex);
    let compiled = compiles(&pattern)?;
    if entry.secretgroup >= compiled {
        return Err(format!("its regex has no group {}", entry.secretgroup));
    }
    let path_pattern = Some(translate(&entry.path)).filter(|path| !path.is_empty());
    path_pattern.iter().try_for_each(|path| compiles(path).map(drop))?;
    let group = match entry.secretgroup {
        0 if compiled > 1 => Group::first(),
        group => Group::Number(group),
    };
    Ok(Rule {
        id: slug(&entry.id),
        title: if entry.description.is_empty() { entry.id.clone() } else { entry.description.clone() },
        kind: RuleKind::Token,
        severity: Severity::High,
        severity_when: Vec::new(),
        confidence: Confidence::Medium,
        lifetime: Lifetime::LongTerm,
        role: "secret".to_owned(),
        standalone: true,
        keywords: entry.keywords.clone(),
        pattern: Some(pattern),
        group,
        // A keyword may stand anywhere in the text.
        window: Some(0),
        keys: Vec::new(),
        not_keys: Vec::new(),
        sinks: Vec::new(),
        judge: None,
        random: false,
        min_entropy: (entry.entropy > 0.0).then_some(entry.entropy),
        validator: None,
        paths: Vec::new(),
        path_pattern,
        allow: Vec::new(),
        except: lists.iter().filter_map(|list| except(list, tell)).collect(),
        parts: Vec::new(),
        optional_parts: Vec::new(),
        max_scope: None,
        remedy: REMEDY.to_owned(),
        references: Vec::new(),
        examples: Vec::new(),
        negative_examples: Vec::new(),
    })
}

fn except(list: &Allowlist, tell: &mut dyn FnMut(&str)) -> Option<Except> {
    list.unknown.keys().for_each(|key| tell(&format!("allowlist: {key} is not known")));
    let all = matches!(list.condition.to_ascii_uppercase().as_str(), "AND" | "&&");
    if !list.commits.is_empty() {
        tell("allowlist: commits: artifacts have none");
        if all {
            return None;
        }
    }
    let target = match list.regextarget.to_ascii_lowercase().as_str() {
        "match" => ExceptTarget::Match,
        "line" => ExceptTarget::Line,
        _ => ExceptTarget::Secret,
    };
    let mut patterns = |patterns: &[String]| -> Option<Vec<String>> {
        let mut kept = Vec::new();
        for pattern in patterns.iter().map(|pattern| translate(pattern)) {
            match compiles(&pattern) {
                Ok(_) => kept.push(pattern),
                Err(cause) => {
                    tell(&format!("allowlist: {cause}"));
                    // One condition less would allow more.
                    if all {
                        return None;
                    }
                }
            }
        }
        Some(kept)
    };
    let except = Except {
        paths: patterns(&list.paths)?,
        patterns: patterns(&list.regexes)?,
        target,
        words: list.stopwords.clone(),
        all,
    };
    (!except.is_empty()).then_some(except)
}

/// How many groups a pattern has, the whole match counted.
fn compiles(pattern: &str) -> Result<usize, String> {
    LazyRegex::new(pattern.to_owned())
        .check()
        .map_err(|error| format!("its pattern cannot be compiled: {}", problem(&error)))
}

/// An id as keysift writes ids.
fn slug(id: &str) -> String {
    let words: Vec<String> =
        id.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("-")
}
