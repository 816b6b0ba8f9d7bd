//! The JSON report, `schema_version: 1`. Its JSON Schema is docs/report.schema.json.

use super::report::{Report, Shown};
use crate::findings::finding::{Finding, Location, Owner, State};
use crate::rules::schema::{Confidence, Lifetime, Severity};
use crate::trouble::Trouble;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool<'a>,
    targets: &'a [String],
    summary: Summary,
    findings: Vec<JsonFinding<'a>>,
    trouble: &'a [Trouble],
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'static str,
    rules_digest: &'a str,
}

#[derive(Serialize)]
struct Summary {
    complete: bool,
    artifacts: u64,
    entries: u64,
    bytes: u64,
    by_severity: BTreeMap<&'static str, usize>,
    suppressed: usize,
    baselined: usize,
    left_out: u64,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule_id: &'a str,
    title: &'a str,
    severity: Severity,
    confidence: Confidence,
    lifetime: Lifetime,
    state: State,
    fingerprint: &'a str,
    owner: &'a Owner,
    attributes: &'a BTreeMap<String, String>,
    remedy: &'a str,
    parts: Vec<JsonPart<'a>>,
    locations: Vec<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonPart<'a> {
    role: &'a str,
    redacted: &'a str,
    value: Option<&'a str>,
    line: Option<u32>,
    binding: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonLocation<'a> {
    uri: String,
    artifact: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    class: Option<&'a str>,
    method: Option<&'a str>,
    field: Option<&'a str>,
    source_file: Option<&'a str>,
    sink: Option<&'a str>,
    scope: &'static str,
    version_id: Option<&'a str>,
    offset: Option<u64>,
    cell: Option<JsonCell<'a>>,
    parts: Vec<JsonPartPlace<'a>>,
}

#[derive(Serialize)]
struct JsonCell<'a> {
    index: u32,
    id: Option<&'a str>,
    line: u32,
}

#[derive(Serialize)]
struct JsonPartPlace<'a> {
    part: usize,
    uri: String,
    line: Option<u32>,
    column: Option<u32>,
    binding: Option<&'a str>,
}

pub fn write(report: &Report, shown: Shown, out: &mut dyn io::Write) -> io::Result<()> {
    let mut findings: Vec<JsonFinding<'_>> =
        report.findings.iter().filter(|f| f.severity >= shown.min_severity).map(|f| finding(f, shown)).collect();
    if shown.suppressed {
        findings.extend(report.suppressed.iter().map(|f| finding(f, shown)));
    }
    let totals = report.totals;
    let document = Document {
        schema_version: 1,
        tool: Tool { name: "keysift", version: env!("CARGO_PKG_VERSION"), rules_digest: &report.rules_digest },
        targets: &report.targets,
        summary: Summary {
            complete: report.is_complete(),
            artifacts: totals.artifacts,
            entries: totals.entries,
            bytes: totals.bytes,
            by_severity: {
                let counts = report.by_severity();
                Severity::ALL.iter().map(|s| (s.as_str(), counts.get(s).copied().unwrap_or(0))).collect()
            },
            suppressed: report.suppressed.len(),
            baselined: 0,
            left_out: totals.left_out,
        },
        findings,
        trouble: &report.trouble,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn finding(finding: &Finding, shown: Shown) -> JsonFinding<'_> {
    let first = finding.locations.first();
    JsonFinding {
        rule_id: &finding.rule_id,
        title: &finding.title,
        severity: finding.severity,
        confidence: finding.confidence,
        lifetime: finding.lifetime,
        state: finding.state,
        fingerprint: &finding.fingerprint,
        owner: &finding.owner,
        attributes: &finding.attributes,
        remedy: &finding.remedy,
        parts: finding
            .parts
            .iter()
            .enumerate()
            .map(|(index, part)| {
                let place = first.and_then(|l| l.parts.iter().find(|p| p.part == index));
                JsonPart {
                    role: &part.role,
                    redacted: &part.redacted,
                    value: part.exposed().filter(|_| shown.secrets),
                    line: place.and_then(|p| p.place.position.line),
                    binding: place.and_then(|p| p.binding.as_deref()),
                }
            })
            .collect(),
        locations: finding.locations.iter().enumerate().map(|(n, l)| location(l, n > 0)).collect(),
    }
}

fn location(location: &Location, with_parts: bool) -> JsonLocation<'_> {
    let position = &location.place.position;
    JsonLocation {
        uri: location.place.entry.to_string(),
        artifact: location.place.entry.artifact_uri(),
        line: position.line,
        column: position.column,
        class: position.class.as_deref(),
        method: position.method.as_deref(),
        field: position.field.as_deref(),
        source_file: position.source_file.as_deref(),
        sink: location.sink.as_deref(),
        scope: location.scope,
        version_id: location.origin.as_deref().and_then(|origin| origin.version_id.as_deref()),
        offset: position.offset,
        cell: position.cell.as_ref().map(|c| JsonCell { index: c.index, id: c.id.as_deref(), line: c.line }),
        parts: if with_parts {
            location
                .parts
                .iter()
                .map(|p| JsonPartPlace {
                    part: p.part,
                    uri: p.place.entry.to_string(),
                    line: p.place.position.line,
                    column: p.place.position.column,
                    binding: p.binding.as_deref(),
                })
                .collect()
        } else {
            Vec::new()
        },
    }
}
