//! Merging: the reports of shards, or of several scans, become one, as if one scan had seen all of it.
//!
//! What a report leaves out, below `--min-severity` or suppressed, is only counted in it; such counts
//! are added, although the same secret may be in several of them.

use super::document::{Document, Finding, Location, PartPlace, RuleNote};
use super::hidden::Hidden;
use super::report::Shard;
use crate::findings::deployed::OLD_VERSIONS;
use crate::findings::finding::{Owner, State};
use crate::place::EntryPath;
use crate::sources::artifact::Inventory;
use crate::trouble::{Kind, Stage, Trouble};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// One report of all, and what whoever reads it should know of how it came about. `None` of none.
pub fn merge(documents: Vec<Document>) -> Option<(Document, Vec<String>)> {
    let mut warnings = Vec::new();
    let shards: Vec<Option<Shard>> = documents.iter().map(|document| document.shard).collect();
    let mut documents = documents.into_iter();
    let mut merged = documents.next()?;
    let mut hidden = Hidden::of(&merged);
    let mut baselines = usize::from(merged.is_compared());
    let mut seen: Vec<Document> = vec![merged.clone()];
    for document in documents {
        if seen.contains(&document) {
            warnings.push("one report is given twice; it counts once".to_owned());
            continue;
        }
        if document.tool != merged.tool {
            warnings.push(differing(&merged, &document));
        }
        if document.fingerprint_version != merged.fingerprint_version {
            let warning = "the reports have fingerprints of different versions; a password in both is listed twice";
            warnings.push(warning.to_owned());
        }
        hidden.add(&Hidden::of(&document));
        baselines += usize::from(document.is_compared());
        let twice = document.shard.is_some() && seen.iter().any(|other| other.shard == document.shard);
        if let (true, Some(Shard { index, count })) = (twice, document.shard) {
            warnings
                .push(format!("shard {index}/{count} is given twice, with different reports; its totals count once"));
        }
        seen.push(document.clone());
        take(&mut merged, document, !twice);
    }
    merged.findings = join(std::mem::take(&mut merged.findings));
    if !settle_shards(&mut merged, &shards) {
        warnings.push("not all of the reports are shards of the same scan".to_owned());
    }
    hidden.count(&mut merged);
    merged.gone = gone(&seen, baselines, &merged.findings);
    merged.trouble.sort();
    merged.trouble.dedup();
    merged.summary.complete &= merged.trouble.is_empty();
    warnings.sort();
    warnings.dedup();
    Some((merged, warnings))
}

fn differing(a: &Document, b: &Document) -> String {
    if a.tool.version == b.tool.version {
        "the reports were made with different rules; what one scan found, another may have passed over".to_owned()
    } else {
        format!("the reports were made by different versions, {} and {}", a.tool.version, b.tool.version)
    }
}

/// Everything but findings and counts, which are settled when all are together.
fn take(merged: &mut Document, document: Document, with_totals: bool) {
    for (into, from) in [(&mut merged.targets, document.targets), (&mut merged.lost, document.lost)] {
        let mut known: FxHashSet<String> = into.iter().cloned().collect();
        into.extend(from.into_iter().filter(|target| known.insert(target.clone())));
    }
    let (gate, other) = (&mut merged.gate, document.gate);
    gate.fail_on = gate.fail_on.min(other.fail_on);
    gate.allow_incomplete &= other.allow_incomplete;
    gate.baseline_strict |= other.baseline_strict;
    let (summary, other) = (&mut merged.summary, document.summary);
    summary.complete &= other.complete;
    summary.interrupted |= other.interrupted;
    summary.rules = summary.rules.max(other.rules);
    // What is new can be told only if each part knows it.
    summary.last_scan = summary.last_scan.zip(other.last_scan).map(|(one, other)| one.min(other));
    summary.new_since_last_scan =
        summary.new_since_last_scan.zip(other.new_since_last_scan).map(|(one, other)| one + other);
    for inventory in other.inventories {
        let same = |one: &&mut Inventory| (&one.uri, one.created) == (&inventory.uri, inventory.created);
        match summary.inventories.iter_mut().find(same) {
            // The shards of a scan begin at different times.
            Some(known) => known.age_hours = known.age_hours.max(inventory.age_hours),
            None => summary.inventories.push(inventory),
        }
    }
    summary.inventories.sort();
    if with_totals {
        summary.artifacts += other.artifacts;
        summary.entries += other.entries;
        summary.bytes += other.bytes;
        summary.left_out += other.left_out;
        summary.classes += other.classes;
        summary.texts += other.texts;
        summary.cached += other.cached;
        summary.entries_trusted += other.entries_trusted;
    }
    let notes: BTreeMap<String, RuleNote> =
        document.rules.into_iter().chain(merged.rules.drain(..)).map(|note| (note.id.clone(), note)).collect();
    merged.rules.extend(notes.into_values());
    merged.findings.extend(document.findings);
    merged.trouble.extend(document.trouble);
}

/// Whether the reports are the shards of one scan, or no shards. A shard without a report is trouble.
fn settle_shards(merged: &mut Document, shards: &[Option<Shard>]) -> bool {
    let counts: BTreeSet<Option<u32>> = shards.iter().map(|shard| shard.map(|shard| shard.count)).collect();
    merged.shard = None;
    for count in counts.iter().flatten() {
        let there: BTreeSet<u32> =
            shards.iter().flatten().filter(|shard| shard.count == *count).map(|shard| shard.index).collect();
        for index in (0..*count).filter(|index| !there.contains(index)) {
            let place = EntryPath::artifact(&format!("shard {index}/{count}"));
            merged.trouble.push(Trouble::new(&place, Kind::Unreadable, Stage::Source, "no report of this shard"));
        }
    }
    counts.len() == 1
}

/// Gone is only what every scan that had a baseline misses.
fn gone(documents: &[Document], baselines: usize, found: &[Finding]) -> Vec<crate::findings::baseline::Gone> {
    let mut missed: BTreeMap<&str, usize> = BTreeMap::new();
    for gone in documents.iter().flat_map(|document| &document.gone) {
        *missed.entry(&gone.fingerprint).or_insert(0) += 1;
    }
    let there: BTreeSet<&str> = found.iter().map(|finding| finding.fingerprint.as_str()).collect();
    let mut gone: Vec<_> = documents
        .iter()
        .flat_map(|document| &document.gone)
        .filter(|gone| missed.get(gone.fingerprint.as_str()) == Some(&baselines) && !there.contains(&*gone.fingerprint))
        .cloned()
        .collect();
    gone.sort();
    gone.dedup();
    gone
}

/// Equal fingerprints are one finding with all the places, in the order of a scan.
fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let mut index: FxHashMap<String, usize> = FxHashMap::default();
    let mut joined: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        match index.get(&finding.fingerprint) {
            Some(&at) => joined[at].join(finding),
            None => {
                index.insert(finding.fingerprint.clone(), joined.len());
                joined.push(finding);
            }
        }
    }
    joined.iter_mut().for_each(Finding::settle);
    joined.sort_by(|a, b| a.order().cmp(&b.order()));
    joined
}

impl Finding {
    fn join(&mut self, other: Self) {
        // The one that asks most of the reader: a new place is new, wherever else it is known.
        let rank =
            |state| [State::New, State::Spread, State::Known, State::Suppressed].iter().position(|s| *s == state);
        if rank(other.state) < rank(self.state) {
            self.state = other.state;
            self.suppression = other.suppression;
        }
        self.severity = self.severity.max(other.severity);
        self.owner = self.owner.clone().min(other.owner);
        if !other.attributes.contains_key(OLD_VERSIONS) {
            self.attributes.remove(OLD_VERSIONS);
        }
        let both = self.attributes.contains_key(OLD_VERSIONS);
        self.attributes.extend(other.attributes.into_iter().filter(|(name, _)| both || name != OLD_VERSIONS));
        self.locations.extend(other.locations);
    }

    /// The places once each, in order, and the parts as the first of them has them.
    fn settle(&mut self) {
        self.locations
            .sort_by(|a, b| (a.spot_order(), a.binding.is_none()).cmp(&(b.spot_order(), b.binding.is_none())));
        self.locations.dedup_by(|later, kept| {
            let same = later.spot_order() == kept.spot_order();
            if same {
                kept.known |= later.known;
                kept.deployed.append(&mut later.deployed);
                kept.deployed.sort();
                kept.deployed.dedup();
            }
            same
        });
        self.locations.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut first: FxHashMap<usize, &PartPlace> = FxHashMap::default();
        for place in self.locations.first().into_iter().flat_map(|location| &location.parts) {
            first.entry(place.part).or_insert(place);
        }
        for (index, part) in self.parts.iter_mut().enumerate() {
            let place = first.get(&index).copied();
            part.line = place.and_then(|place| place.line);
            part.binding = place.and_then(|place| place.binding.clone());
        }
    }

    fn order(&self) -> impl Ord {
        (
            self.state == State::Suppressed,
            Reverse(self.severity),
            &self.owner,
            self.locations.first().map(Location::order),
            &self.rule_id,
            &self.fingerprint,
        )
    }
}

impl Location {
    /// Levels are compared one by one: `a.jar!/x` comes before `a.jar.old`.
    fn levels(&self) -> (&str, Vec<&str>) {
        let nested = self.uri.strip_prefix(self.artifact.as_str()).unwrap_or(&self.uri);
        (&self.artifact, nested.split("!/").skip(1).collect())
    }

    fn spot_order(&self) -> impl Ord {
        let position = (self.line, self.column, self.offset, &self.class, &self.method, &self.field);
        (self.levels(), position, &self.source_file, &self.cell, &self.version_id)
    }

    fn order(&self) -> (&Owner, impl Ord) {
        (&self.owner, (self.spot_order(), &self.binding, &self.sink, &self.scope, &self.parts))
    }
}
