//! Assembly: the groups of one artifact become findings, and equal ones become one.

use super::absorption::absorb;
use super::account::account_id;
use super::finding::{Finding, Owner, Part, State, SuppressedBy, Suppression};
use super::fingerprint::{Digester, Digests, fingerprint};
use super::owner::Containers;
use super::places::locations;
use crate::detection::pairing::Group;
use crate::rules::schema::{Context, Lifetime, Rule, Severity, Verdict};
use crate::rules::set::RuleSet;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// The attribute of a secret that says which ids it may belong to.
pub const MAY_BELONG_TO: &str = "may_belong_to";

/// The findings of one artifact.
pub fn assemble(mut groups: Vec<Group>, containers: &Containers, rules: &RuleSet, digester: &Digester) -> Vec<Finding> {
    // Entries are read in parallel: the order of arrival must decide nothing.
    groups.sort_by(|a, b| order(a).cmp(&order(b)));
    let groups = absorb(groups, rules);
    let digests = digester.of_artifact(values(&groups, rules));
    merge(groups.into_par_iter().map(|group| finding(group, containers, rules, &digests)).collect())
}

fn order(group: &Group) -> (Option<&crate::place::Place>, usize) {
    (group.parts.first().map(|part| &part.place), group.rule)
}

/// What is to be hashed, but for identifiers.
fn values<'a>(groups: &'a [Group], rules: &RuleSet) -> impl Iterator<Item = (&'a str, bool)> {
    let candidates = groups.iter().flat_map(|group| &group.parts);
    let ruled = candidates.map(|candidate| (candidate, &rules.rules[candidate.rule].rule));
    ruled.filter(|(_, rule)| !is_identifier(rule)).map(|(c, rule)| (c.value.expose(), is_random(rule)))
}

/// Of a file only its digest is told.
fn is_identifier(rule: &Rule) -> bool {
    rule.lifetime == Lifetime::Identifier || matches!(rule.role.as_str(), "access_key_id" | "file")
}

fn is_random(rule: &Rule) -> bool {
    rule.random || rule.lifetime == Lifetime::Identifier || rule.role == "access_key_id"
}

fn finding(group: Group, containers: &Containers, rules: &RuleSet, digests: &Digests<'_>) -> Finding {
    let rule = &rules.rules[group.rule].rule;
    let mut parts: Vec<Part> = Vec::new();
    let mut known: FxHashSet<&str> = FxHashSet::default();
    for candidate in &group.parts {
        if !known.insert(candidate.value.expose()) {
            continue;
        }
        let own = &rules.rules[candidate.rule].rule;
        parts.push(Part::new(own.role.clone(), candidate.value.clone(), is_identifier(own), is_random(own)));
    }
    let locations = locations(&group, &parts, containers, rules);
    let owner = locations.iter().map(|l| &l.owner).min().cloned().unwrap_or(Owner::Unknown);
    let digest = |part: &Part| {
        let value = part.exposed()?;
        Some(if part.identifier { digests.public(value) } else { digests.of(value, part.random) })
    };
    let own: Vec<[u8; 32]> = parts.iter().filter_map(digest).collect();
    let own = fingerprint(&rule.id, &own);
    let former = |part: &Part| {
        let value = part.exposed()?;
        if part.identifier { Some(digests.public(value)) } else { digests.former(&rule.id, value, part.random) }
    };
    let former: Option<Vec<[u8; 32]>> = parts.iter().map(former).collect();
    let former = former.map(|former| fingerprint(&rule.id, &former)).filter(|former| *former != own);
    let (severity, suppressed, mut attributes) = weigh(&group, &parts, &owner, rules);
    if !group.may_belong_to.is_empty() {
        attributes.insert(MAY_BELONG_TO.to_owned(), group.may_belong_to.join(", "));
    }
    for part in parts.iter().filter(|part| part.role == "access_key_id") {
        if let Some(account) = part.exposed().and_then(account_id) {
            attributes.insert("aws_account_id".to_owned(), account);
        }
    }
    Finding {
        rule_id: rule.id.clone(),
        title: rule.title.clone(),
        severity,
        confidence: rule.confidence,
        lifetime: rule.lifetime,
        fingerprint: own,
        former: former.into_iter().collect(),
        owner,
        attributes,
        remedy: rule.remedy.clone(),
        parts,
        locations,
        state: if suppressed.is_some() { State::Suppressed } else { State::New },
        suppressed,
        seen: None,
    }
}

/// Severity by circumstances, and the verdict on published values.
fn weigh(
    group: &Group,
    parts: &[Part],
    owner: &Owner,
    rules: &RuleSet,
) -> (Severity, Option<Suppression>, BTreeMap<String, String>) {
    let rule = &rules.rules[group.rule].rule;
    let mut attributes = BTreeMap::new();
    // Ids beside it vouch for a secret that has no name.
    let mut severity = if group.may_belong_to.is_empty() { rule.severity } else { rule.severity.max(Severity::High) };
    let lower_to = |severity: &mut Severity, context: Context, default: Option<Severity>| {
        let own = rule.severity_when.iter().find(|when| when.context == context).map(|when| when.severity);
        if let Some(to) = own.or(default) {
            *severity = (*severity).min(to);
        }
    };
    let library = matches!(owner, Owner::Library { .. });
    let secret = parts.iter().find(|part| !part.identifier).and_then(Part::exposed);
    let weak = secret.is_some_and(|value| rules.values.is_weak_default(value));
    let local = group.parts.iter().any(|c| c.peer.as_deref().is_some_and(|peer| rules.values.is_localhost(peer)));
    if weak {
        attributes.insert("weak".to_owned(), "listed default".to_owned());
    }
    if weak || local {
        let context = if weak { Context::WeakDefault } else { Context::Localhost };
        lower_to(&mut severity, context, Some(if library { Severity::Info } else { Severity::Low }));
    } else if secret.is_some_and(is_weak) && parts.iter().all(|part| !part.random) {
        lower_to(&mut severity, Context::Weak, Some(Severity::Medium));
    }
    if library {
        lower_to(&mut severity, Context::Library, None);
    }
    if group.parts.iter().all(|c| is_test_path(c.place.entry.relative())) {
        lower_to(&mut severity, Context::Test, None);
    }
    let mut suppressed = None;
    for candidate in &group.parts {
        match rules.known.verdict(candidate.value.expose(), candidate.place.entry.innermost()) {
            Some((Verdict::Suppress, reason)) => suppressed = Some(published(reason)),
            Some((Verdict::Info, reason)) => {
                severity = Severity::Info;
                attributes.insert("published".to_owned(), reason.to_owned());
            }
            None => {}
        }
    }
    (severity, suppressed, attributes)
}

fn published(reason: &str) -> Suppression {
    Suppression { reason: reason.to_owned(), source: SuppressedBy::Published, origin: None }
}

/// Short or of one class only: a person's guessable choice.
fn is_weak(value: &str) -> bool {
    value.chars().count() < 8 && crate::detection::shape::classes(value) < 3
}

fn is_test_path(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "test" | "tests" | "test-classes" | "testdata" | "fixtures" | "examples"))
}

/// Equal fingerprints are one finding with all the places.
pub fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut index: FxHashMap<String, usize> = FxHashMap::default();
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        match index.get(&finding.fingerprint) {
            Some(&at) => {
                let into: &mut Finding = &mut merged[at];
                into.severity = into.severity.max(finding.severity);
                into.owner = into.owner.clone().min(finding.owner);
                into.attributes.extend(finding.attributes);
                into.former.extend(finding.former);
                if finding.suppressed.is_none() {
                    into.suppressed = None;
                    into.state = finding.state;
                }
                into.locations.extend(finding.locations);
            }
            None => {
                index.insert(finding.fingerprint.clone(), merged.len());
                merged.push(finding);
            }
        }
    }
    for finding in &mut merged {
        // One place, read twice: the one that knows what binds it tells more.
        finding.locations.sort_by(|a, b| {
            (&a.place, a.version(), a.binding.is_none(), &a.origin).cmp(&(
                &b.place,
                b.version(),
                b.binding.is_none(),
                &b.origin,
            ))
        });
        finding.locations.dedup_by(|again, first| first.join(again));
        finding.locations.sort_by(|a, b| (&a.owner, a).cmp(&(&b.owner, b)));
    }
    merged.sort_by(|a, b| {
        (b.severity, &a.owner, &a.locations.first(), &a.rule_id, &a.fingerprint).cmp(&(
            a.severity,
            &b.owner,
            &b.locations.first(),
            &b.rule_id,
            &b.fingerprint,
        ))
    });
    merged
}
