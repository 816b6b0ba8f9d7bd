//! Assembly: the groups of one artifact become findings, and equal ones become one.

use super::account::account_id;
use super::finding::{Finding, Location, Owner, Part, PartPlace, State, SuppressedBy, Suppression};
use super::fingerprint::{Digester, fingerprint};
use super::owner::Containers;
use crate::detection::candidate::Candidate;
use crate::detection::pairing::Group;
use crate::rules::schema::{Confidence, Context, Lifetime, RuleKind, Severity, Verdict};
use crate::rules::set::RuleSet;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The findings of one artifact.
pub fn assemble(mut groups: Vec<Group>, containers: &Containers, rules: &RuleSet, digester: &Digester) -> Vec<Finding> {
    // Entries are read in parallel: the order of arrival must decide nothing.
    groups.sort_by(|a, b| order(a).cmp(&order(b)));
    let findings = absorb(groups, rules).into_iter().map(|group| finding(group, containers, rules, digester)).collect();
    merge(findings)
}

fn order(group: &Group) -> (Option<&crate::place::Place>, usize) {
    (group.parts.first().map(|part| &part.place), group.rule)
}

/// One secret is one finding: where several rules found the same value, or one value inside
/// another on the same line, the surest rule keeps it and the others' places go to it.
fn absorb(groups: Vec<Group>, rules: &RuleSet) -> Vec<Group> {
    let rank = |group: &Group| {
        let rule = &rules.rules[group.rule].rule;
        let specificity = group.parts.iter().map(|p| p.specificity).max().unwrap_or(0);
        (
            rule.kind == RuleKind::Pair,
            rule.confidence,
            rule.severity,
            specificity,
            std::cmp::Reverse(secret_length(group)),
        )
    };
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by(|&a, &b| rank(&groups[b]).cmp(&rank(&groups[a])).then(a.cmp(&b)));
    let mut groups: Vec<Option<Group>> = groups.into_iter().map(Some).collect();
    let mut kept: Vec<Group> = Vec::new();
    let mut by_value: FxHashMap<String, usize> = FxHashMap::default();
    let mut by_line: FxHashMap<(String, Option<u32>), Vec<usize>> = FxHashMap::default();
    for index in order {
        let Some(group) = groups[index].take() else { continue };
        let [lone] = group.parts.as_slice() else {
            remember(&group, kept.len(), &mut by_value, &mut by_line);
            kept.push(group);
            continue;
        };
        let generic = rules.rules[group.rule].rule.confidence < Confidence::High;
        let same = by_value.get(lone.value.expose()).copied().filter(|&k| {
            let winner = &rules.rules[kept[k].rule].rule;
            kept[k].rule == group.rule || generic || winner.kind == RuleKind::Pair || shares_line(&kept[k], lone)
        });
        let around = || {
            by_line.get(&line_of(lone)).into_iter().flatten().copied().find(|&k| {
                kept[k]
                    .parts
                    .iter()
                    .any(|part| line_of(part) == line_of(lone) && overlap(part.value.expose(), lone.value.expose()))
            })
        };
        if let Some(k) = same {
            let (lone_rule, rule) = (group.rule, kept[k].rule);
            if lone_rule == rule || kept[k].parts.len() > 1 || !shares_line(&kept[k], lone) {
                by_line.entry(line_of(lone)).or_default().push(k);
                kept[k].parts.extend(group.parts);
            }
            continue;
        }
        if around().is_some() || !rules.rules[group.rule].rule.standalone {
            continue;
        }
        remember(&group, kept.len(), &mut by_value, &mut by_line);
        kept.push(group);
    }
    kept
}

fn remember(
    group: &Group,
    index: usize,
    by_value: &mut FxHashMap<String, usize>,
    by_line: &mut FxHashMap<(String, Option<u32>), Vec<usize>>,
) {
    for part in &group.parts {
        by_value.entry(part.value.expose().to_owned()).or_insert(index);
        by_line.entry(line_of(part)).or_default().push(index);
    }
}

fn secret_length(group: &Group) -> usize {
    group.parts.iter().map(|p| p.value.expose().len()).max().unwrap_or(0)
}

fn line_of(candidate: &Candidate) -> (String, Option<u32>) {
    let position = &candidate.place.position;
    if let Some(cell) = &position.cell {
        return (format!("{}#{}", candidate.place.entry, cell.index), Some(cell.line));
    }
    let member = position.method.as_deref().or(position.field.as_deref()).unwrap_or("");
    (format!("{}#{member}", candidate.place.entry), position.line)
}

fn shares_line(group: &Group, candidate: &Candidate) -> bool {
    group.parts.iter().any(|part| line_of(part) == line_of(candidate))
}

fn overlap(a: &str, b: &str) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    short.len() >= 4 && long.contains(short)
}

fn finding(group: Group, containers: &Containers, rules: &RuleSet, digester: &Digester) -> Finding {
    let rule = &rules.rules[group.rule].rule;
    let mut parts: Vec<Part> = Vec::new();
    let mut part_rules: Vec<usize> = Vec::new();
    for candidate in &group.parts {
        if parts.iter().any(|part| part.value.as_ref() == Some(&candidate.value)) {
            continue;
        }
        let own = &rules.rules[candidate.rule].rule;
        // Of a file only its digest is told.
        let identifier = own.lifetime == Lifetime::Identifier || matches!(own.role.as_str(), "access_key_id" | "file");
        let random = own.random || own.lifetime == Lifetime::Identifier || own.role == "access_key_id";
        parts.push(Part::new(own.role.clone(), candidate.value.clone(), identifier, random));
        part_rules.push(candidate.rule);
    }
    let locations = locations(&group.parts, &parts, containers, rules);
    let owner = locations.iter().map(|l| &l.owner).min().cloned().unwrap_or(Owner::Unknown);
    let digest = |part: &Part| {
        let value = part.exposed()?;
        Some(if part.identifier { digester.public(value) } else { digester.digest(value, part.random) })
    };
    let digests: Vec<[u8; 32]> = parts.iter().filter_map(digest).collect();
    let (severity, suppressed, mut attributes) = weigh(&group, &parts, &owner, rules);
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
        fingerprint: fingerprint(&rule.id, &digests),
        owner,
        attributes,
        remedy: rule.remedy.clone(),
        parts,
        locations,
        state: if suppressed.is_some() { State::Suppressed } else { State::New },
        suppressed,
    }
}

/// A pair's parts that lie in the same scope make one location; any other use is one of its own.
fn locations(candidates: &[Candidate], parts: &[Part], containers: &Containers, rules: &RuleSet) -> Vec<Location> {
    let part_of = |c: &Candidate| parts.iter().position(|part| part.value.as_ref() == Some(&c.value)).unwrap_or(0);
    let mut locations: Vec<Location> = Vec::new();
    let mut scopes: Vec<&Candidate> = Vec::new();
    for candidate in candidates {
        let part = part_of(candidate);
        let place = PartPlace { part, place: candidate.place.clone(), binding: candidate.key.clone() };
        let known = |l: &Location| {
            same_spot(&l.place, &candidate.place) && l.parts.iter().any(|p| p.part == part)
                || l.parts.iter().any(|p| *p == place || p.part == part && same_spot(&p.place, &candidate.place))
        };
        if locations.iter().any(known) {
            continue;
        }
        let beside = (0..locations.len()).find(|&l| {
            let position = &locations[l].place.position;
            parts.len() > 1
                && locations[l].parts.iter().all(|p| p.part != part)
                && locations[l].place.entry == candidate.place.entry
                && position.class == candidate.place.position.class
                && position.method == candidate.place.position.method
                && (position.method.is_some()
                    || scopes[l].scope.common(&candidate.scope) > 0
                    || near(scopes[l], candidate))
        });
        if let Some(l) = beside {
            locations[l].parts.push(place);
            continue;
        }
        scopes.push(candidate);
        locations.push(Location {
            place: candidate.place.clone(),
            binding: candidate.key.clone(),
            sink: candidate.sink.clone(),
            scope: candidate.scope.level().as_str(),
            parts: vec![place],
            owner: containers.owner(&candidate.place, &rules.libraries),
            origin: None,
            allowed: None,
            known: false,
        });
    }
    for location in &mut locations {
        location.parts.sort();
        location.parts.dedup();
        if let Some(last) = location.parts.iter().max_by_key(|p| (p.part, p.binding.is_some())).cloned()
            && location.binding.is_none()
        {
            location.binding = last.binding;
        }
    }
    locations
}

fn near(a: &Candidate, b: &Candidate) -> bool {
    match (a.place.position.line, b.place.position.line) {
        (Some(a), Some(b)) => a.abs_diff(b) <= 20,
        _ => true,
    }
}

/// The same line of the same member, as two rules or two columns see it.
fn same_spot(a: &crate::place::Place, b: &crate::place::Place) -> bool {
    let (p, q) = (&a.position, &b.position);
    let named = p.line.is_some() || p.field.is_some() || p.method.is_some() || p.offset.is_some();
    a.entry == b.entry
        && named
        && p.line == q.line
        && p.cell == q.cell
        && p.offset == q.offset
        && p.method == q.method
        && p.field == q.field
        && p.class == q.class
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
    let mut severity = rule.severity;
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
