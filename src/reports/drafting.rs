//! Drafting: a report and what is to be shown of it become a document.

use super::document::{self, Cell, Document, RuleNote, SCHEMA_VERSION, Summary, Tool};
use super::exit::Gate;
use super::report::{Report, Shown};
use crate::findings::finding::{Finding, Location, Part, PartPlace, SuppressedBy};
use crate::findings::{fingerprint, identity};
use crate::place::{Origin, Status};
use crate::rules::schema::{Rule, Severity};
use crate::rules::set::RuleSet;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

impl Document {
    pub fn new(report: Report, shown: Shown, rules: &RuleSet) -> Self {
        let counts = report.by_severity();
        let baselined = report.findings.iter().filter(|finding| !report.counts(finding)).count();
        let summary = Summary {
            complete: report.is_complete(),
            interrupted: report.interrupted,
            artifacts: report.totals.artifacts,
            entries: report.totals.entries,
            bytes: report.totals.bytes,
            by_severity: Severity::ALL.into_iter().map(|s| (s, counts.get(&s).copied().unwrap_or(0))).collect(),
            suppressed: report.suppressed.len(),
            baselined,
            left_out: report.totals.left_out,
            classes: report.totals.classes,
            texts: report.totals.texts,
            rules: rules.rules.len(),
            cached: report.totals.cached,
            entries_trusted: report.totals.trusted,
            last_scan: report.news.and_then(|news| news.last_scan),
            new_since_last_scan: report.news.map(|news| news.new),
            inventories: report.inventories,
        };
        let counting = report.findings.into_iter().filter(|finding| finding.severity >= shown.min_severity);
        // Whoever reads the report shall see what was allowed, and why.
        let allowed = |f: &Finding| f.suppressed.as_ref().is_some_and(|s| s.source != SuppressedBy::Published);
        let suppressed = report.suppressed.into_iter().filter(|finding| shown.suppressed || allowed(finding));
        let findings: Vec<_> = counting.chain(suppressed).map(|f| finding(f, shown.secrets)).collect();
        let notes: BTreeMap<&str, RuleNote> = findings
            .iter()
            .filter_map(|finding| Some((finding.rule_id.as_str(), note(&rules.find(&finding.rule_id)?.rule))))
            .collect();
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool {
                name: "keysift".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                rules_digest: report.rules_digest,
            },
            fingerprint_version: fingerprint::VERSION,
            targets: report.targets,
            lost: Vec::new(),
            shard: report.shard,
            gate: Gate { baseline_strict: report.ruling.strict, ..Gate::default() },
            summary,
            rules: notes.into_values().collect(),
            findings,
            gone: report.ruling.gone,
            trouble: report.trouble,
        }
    }
}

fn note(rule: &Rule) -> RuleNote {
    RuleNote {
        id: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        confidence: rule.confidence,
        lifetime: rule.lifetime,
        remedy: rule.remedy.clone(),
        references: rule.references.clone(),
    }
}

fn finding(finding: Finding, secrets: bool) -> document::Finding {
    let mut first: FxHashMap<usize, &PartPlace> = FxHashMap::default();
    for place in finding.locations.first().into_iter().flat_map(|location| &location.parts) {
        first.entry(place.part).or_insert(place);
    }
    let parts = finding.parts.iter().enumerate();
    let parts = parts.map(|(index, part)| self::part(part, first.get(&index).copied(), secrets)).collect();
    let place = |location| identity::place(&finding.fingerprint, location);
    let places: Vec<String> = finding.locations.iter().map(place).collect();
    let locations = finding.locations.into_iter().zip(places).map(|(l, place)| location(l, place)).collect();
    document::Finding {
        rule_id: finding.rule_id,
        title: finding.title,
        severity: finding.severity,
        confidence: finding.confidence,
        lifetime: finding.lifetime,
        state: finding.state,
        suppression: finding.suppressed,
        first_seen: finding.seen.map(|seen| seen.first),
        new_since_last_scan: finding.seen.map(|seen| seen.new),
        fingerprint: finding.fingerprint,
        owner: finding.owner,
        attributes: finding.attributes,
        remedy: finding.remedy,
        parts,
        locations,
    }
}

fn part(part: &Part, place: Option<&PartPlace>, secrets: bool) -> document::Part {
    document::Part {
        role: part.role.clone(),
        redacted: part.redacted.clone(),
        identifier: part.identifier,
        value: part.exposed().filter(|_| secrets).map(str::to_owned),
        line: place.and_then(|place| place.place.position.line),
        binding: place.and_then(|place| place.binding.clone()),
    }
}

fn location(location: Location, place: String) -> document::Location {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let origin = location.origin.as_deref().cloned().unwrap_or_default();
    let Origin { version_id, status, deployed } = origin;
    let position = &location.place.position;
    document::Location {
        uri: location.place.entry.to_string(),
        place,
        known: location.known,
        artifact: location.place.entry.artifact_uri().to_owned(),
        line: position.line,
        column: position.column,
        class: text(position.class.as_deref()),
        method: text(position.method.as_deref()),
        field: text(position.field.as_deref()),
        source_file: text(position.source_file.as_deref()),
        binding: location.binding,
        sink: text(location.sink.as_deref()),
        scope: location.scope.as_str().to_owned(),
        owner: location.owner,
        version_id,
        version_status: text(status.map(Status::as_str)),
        deployed: deployed.iter().map(ToString::to_string).collect(),
        offset: position.offset,
        cell: position.cell.as_ref().map(|c| Cell { index: c.index, id: text(c.id.as_deref()), line: c.line }),
        new_since_last_scan: location.new,
        parts: location.parts.into_iter().map(part_place).collect(),
    }
}

fn part_place(part: PartPlace) -> document::PartPlace {
    document::PartPlace {
        part: part.part,
        uri: part.place.entry.to_string(),
        line: part.place.position.line,
        column: part.place.position.column,
        binding: part.binding,
    }
}
