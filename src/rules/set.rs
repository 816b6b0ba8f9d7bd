//! A rule set: rules compiled and indexed by what starts them.

use super::RuleError;
use super::builtin::Builtin;
use super::except::{Exception, Line, Occurrence};
use super::key::{KeyPattern, Word};
use super::known::{KnownValues, ValueTable};
use super::lazy_regex::{LazyRegex, problem};
use super::schema::{Confidence, Group, Judge, Library, NamedGroup, Rule, RuleKind};
use super::searcher::Searcher;
use super::vocabulary::Vocabulary;
use globset::{Glob, GlobSet, GlobSetBuilder};
use regex::bytes::{Captures, Match};
use regex_automata::util::captures::Captures as Found;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Bytes around a keyword in which a token's pattern is tried.
const DEFAULT_WINDOW: usize = 512;

#[derive(Debug)]
pub struct CompiledRule {
    pub rule: Rule,
    pub pattern: Option<LazyRegex>,
    pub keys: Vec<KeyPattern>,
    pub not_keys: Vec<KeyPattern>,
    pub allow: Vec<LazyRegex>,
    pub paths: Option<GlobSet>,
    path_pattern: Option<LazyRegex>,
    except: Vec<Exception>,
    /// Zero: the whole text.
    pub window: usize,
    searcher: OnceLock<Option<Searcher>>,
}

impl CompiledRule {
    fn new(rule: Rule) -> Result<Self, RuleError> {
        let pattern = rule.pattern.as_ref().map(|p| {
            // A bound value is matched whole; a token is searched for.
            LazyRegex::new(if rule.kind == RuleKind::Binding { format!("^(?:{p})$") } else { p.clone() })
        });
        let paths = if rule.paths.is_empty() { None } else { Some(globs(&rule)?) };
        let incomplete = |problem: &str| RuleError::Incomplete { rule: rule.id.clone(), problem: problem.to_owned() };
        match rule.kind {
            RuleKind::Token if rule.pattern.is_none() => return Err(incomplete("a token rule needs a pattern")),
            RuleKind::Binding if rule.keys.is_empty() && rule.sinks.is_empty() => {
                return Err(incomplete("a binding rule needs keys or sinks"));
            }
            RuleKind::Pair if rule.parts.len() < 2 => return Err(incomplete("a pair rule needs two parts")),
            _ => {}
        }
        Ok(Self {
            pattern,
            keys: rule.keys.iter().map(|key| KeyPattern::new(key)).collect(),
            not_keys: rule.not_keys.iter().map(|key| KeyPattern::new(key)).collect(),
            allow: rule.allow.iter().map(|p| LazyRegex::new(p.clone())).collect(),
            paths,
            path_pattern: rule.path_pattern.clone().map(LazyRegex::new),
            except: rule.except.iter().map(Exception::new).collect(),
            window: rule.window.unwrap_or(DEFAULT_WINDOW),
            searcher: OnceLock::new(),
            rule,
        })
    }

    pub fn judge(&self) -> Judge {
        self.rule.judge.unwrap_or(match self.rule.confidence {
            Confidence::High => Judge::Lenient,
            _ => Judge::Strict,
        })
    }

    /// How particular the rule is about the key: the words of its longest matching pattern.
    pub fn key_match(&self, key: &[Word]) -> Option<usize> {
        if self.not_keys.iter().any(|pattern| pattern.matches(key)) {
            return None;
        }
        self.keys.iter().filter(|pattern| pattern.matches(key)).map(KeyPattern::specificity).max()
    }

    pub fn path_fits(&self, path: &str) -> bool {
        self.paths.as_ref().is_none_or(|globs| globs.is_match(path))
            && self.path_pattern.as_ref().is_none_or(|pattern| pattern.is_match(path))
    }

    /// The secret in a match.
    pub fn secret<'t>(&self, captures: &Captures<'t>) -> Option<Match<'t>> {
        match self.rule.group {
            Group::Number(number) => captures.get(number),
            Group::Named(NamedGroup::First) => {
                captures.iter().skip(1).flatten().find(|group| !group.is_empty()).or_else(|| captures.get(0))
            }
        }
    }

    /// What finds a token in a text; `None` only for a pattern that `RuleSet::check` rejects.
    pub fn searcher(&self) -> Option<&Searcher> {
        self.searcher.get_or_init(|| Searcher::new(self.rule.pattern.as_deref()?)).as_ref()
    }

    /// The secret in what the searcher found.
    pub fn secret_in(&self, found: &Found) -> Option<Range<usize>> {
        let group = |number: usize| found.get_group(number).map(|span| span.range());
        match self.rule.group {
            Group::Number(number) => group(number),
            Group::Named(NamedGroup::First) => {
                (1..found.group_len()).filter_map(group).find(|span| !span.is_empty()).or_else(|| group(0))
            }
        }
    }

    /// What the rule leaves. `line` is that of the match before, of the same rule and text.
    pub fn leaves(&self, seen: &Occurrence<'_>, line: &mut Line) -> bool {
        self.except.iter().enumerate().any(|(number, except)| except.holds(number, seen, line))
    }

    /// Every regular expression of the rule compiles.
    pub fn check(&self) -> Result<(), RuleError> {
        let patterns = self.pattern.iter().chain(&self.allow).chain(&self.path_pattern);
        for regex in patterns.chain(self.except.iter().flat_map(Exception::regexes)) {
            let is_own = self.pattern.as_ref().is_some_and(|own| std::ptr::eq(own, regex));
            let groups = regex.check().map_err(|error| RuleError::Pattern {
                rule: self.rule.id.clone(),
                // What a rule is to leave may be a secret.
                message: if is_own { error.to_string() } else { problem(&error) },
            })?;
            if let Group::Number(group) = self.rule.group
                && is_own
                && group >= groups
            {
                return Err(RuleError::Incomplete {
                    rule: self.rule.id.clone(),
                    problem: format!("the pattern has no group {group}"),
                });
            }
        }
        Ok(())
    }
}

fn globs(rule: &Rule) -> Result<GlobSet, RuleError> {
    let fail = |e: globset::Error| RuleError::Pattern { rule: rule.id.clone(), message: e.kind().to_string() };
    let mut builder = GlobSetBuilder::new();
    for path in &rule.paths {
        builder.add(Glob::new(path).map_err(fail)?);
    }
    builder.build().map_err(fail)
}

#[derive(Debug)]
pub struct RuleSet {
    pub rules: Vec<CompiledRule>,
    pub vocabulary: Vocabulary,
    pub values: ValueTable,
    pub known: KnownValues,
    pub libraries: Vec<Library>,
    /// Hex digest of all data that decides what is found.
    pub digest: String,
    /// The number of a keyword in the vocabulary to the token rules that it starts.
    pub starts: Vec<Vec<usize>>,
    /// Token rules without keywords: matched against whole constants only.
    pub whole: Vec<usize>,
    /// Token rules without keywords, but with a window of the whole text: matched against every text.
    pub anywhere: Vec<usize>,
    by_last_word: FxHashMap<String, Vec<usize>>,
    open_keys: Vec<usize>,
    by_sink: FxHashMap<String, Vec<usize>>,
}

impl RuleSet {
    pub fn builtin() -> Result<Self, RuleError> {
        Self::new(Builtin::load()?)
    }

    pub fn new(data: Builtin) -> Result<Self, RuleError> {
        let mut seen = rustc_hash::FxHashSet::default();
        let mut rules = Vec::with_capacity(data.rules.len());
        for rule in data.rules {
            if !seen.insert(rule.id.clone()) {
                return Err(RuleError::Duplicate(rule.id));
            }
            rules.push(CompiledRule::new(rule)?);
        }
        let mut keyword_rules: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let (mut whole, mut anywhere) = (Vec::new(), Vec::new());
        let mut by_last_word: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut open_keys = Vec::new();
        let mut by_sink: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (index, compiled) in rules.iter().enumerate() {
            if compiled.rule.kind == RuleKind::Token {
                let keywords = || compiled.rule.keywords.iter().filter(|keyword| !keyword.is_empty());
                for keyword in keywords() {
                    keyword_rules.entry(keyword.to_lowercase()).or_default().push(index);
                }
                if keywords().next().is_none() {
                    if compiled.window == 0 { &mut anywhere } else { &mut whole }.push(index);
                }
            }
            if compiled.rule.kind == RuleKind::Binding {
                for key in &compiled.keys {
                    match key.last_word() {
                        Some(word) => push_unique(by_last_word.entry(word.to_owned()).or_default(), index),
                        None => push_unique(&mut open_keys, index),
                    }
                }
                for sink in &compiled.rule.sinks {
                    push_unique(by_sink.entry(sink.clone()).or_default(), index);
                }
            }
        }
        let mut keywords: Vec<(String, Vec<usize>)> = keyword_rules.into_iter().collect();
        keywords.sort();
        let words: Vec<String> = keywords.iter().map(|(word, _)| word.clone()).collect();
        let keys: Vec<String> = rules.iter().flat_map(|r| r.rule.keys.iter().cloned()).collect();
        Ok(Self {
            vocabulary: Vocabulary::new(&words, &keys, &data.sinks, !anywhere.is_empty()),
            values: ValueTable::new(&data.values),
            known: KnownValues::new(&data.known.known)?,
            libraries: data.libraries.library,
            digest: data.digest,
            starts: keywords.into_iter().map(|(_, rules)| rules).collect(),
            whole,
            anywhere,
            by_last_word,
            open_keys,
            by_sink,
            rules,
        })
    }

    /// Binding rules that could hold for a key of this last word.
    pub fn rules_for_key(&self, last_word: &str) -> impl Iterator<Item = usize> {
        self.by_last_word.get(last_word).into_iter().flatten().chain(&self.open_keys).copied()
    }

    pub fn rules_for_sink(&self, role: &str) -> &[usize] {
        self.by_sink.get(role).map_or(&[], Vec::as_slice)
    }

    pub fn find(&self, id: &str) -> Option<&CompiledRule> {
        self.rules.iter().find(|compiled| compiled.rule.id == id)
    }

    /// Every pattern of rules and tables compiles.
    pub fn check(&self) -> Result<(), RuleError> {
        self.rules.iter().try_for_each(CompiledRule::check)?;
        self.values.check()?;
        self.known.check()
    }
}

fn push_unique(list: &mut Vec<usize>, index: usize) {
    if list.last() != Some(&index) {
        list.push(index);
    }
}
