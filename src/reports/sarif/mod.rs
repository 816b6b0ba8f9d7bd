//! The SARIF 2.1.0 report, for code scanning in GitHub, Azure DevOps and editors.
//!
//! A finding is a result, with all its places as locations, since the secret has to go from each. A
//! line of a class counts in its source file, and is given as the region's line all the same: it is
//! what a reader looks for. Trouble is a notification of the invocation.

mod model;
mod place;

use super::document::{Document, Finding, RuleNote};
use super::exit::Exit;
use super::json::write_pretty;
use super::markdown::escaped;
use super::prose::{clean, counted};
use crate::findings::finding::{State, SuppressedBy};
use crate::rules::schema::{Confidence, Severity};
use crate::trouble::Trouble;
use model::{
    Configuration, DescriptorReference, Driver, Help, Invocation, Log, Notification, Rule, Run, Suppression, Text,
    Tool, UriBase,
};
use place::{SOURCE_ROOT, location, whole};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Our own fingerprint, and the one that GitHub tracks alerts by.
const FINGERPRINTS: [&str; 2] = ["keysift/v1", "primaryLocationLineHash"];

pub fn write(document: &Document, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run(document)] }, out)
}

fn run(document: &Document) -> Run {
    let indices: BTreeMap<&str, usize> =
        document.rules.iter().enumerate().map(|(index, rule)| (rule.id.as_str(), index)).collect();
    let compared = document.is_compared();
    let results = document.findings.iter().map(|finding| result(finding, &indices, compared)).collect();
    let root = UriBase { description: Text::new("The folder that the scan was started in.") };
    Run {
        tool: Tool { driver: driver(document) },
        invocations: [invocation(document)],
        original_uri_base_ids: BTreeMap::from([(SOURCE_ROOT, root)]),
        column_kind: "unicodeCodePoints",
        results,
        properties: json!({
            "targets": document.targets,
            "lost": document.lost,
            "shard": document.shard,
            "gate": document.gate,
            "summary": document.summary,
        }),
    }
}

fn driver(document: &Document) -> Driver {
    Driver {
        name: document.tool.name.clone(),
        semantic_version: document.tool.version.clone(),
        rules: document.rules.iter().map(rule).collect(),
        properties: json!({ "rulesDigest": document.tool.rules_digest }),
    }
}

fn rule(rule: &RuleNote) -> Rule {
    let references = rule.references.iter().map(|url| format!("\n- <{url}>")).collect::<String>();
    let markdown = format!("**{}**\n\n{}\n{references}", escaped(&rule.title), escaped(&rule.remedy));
    Rule {
        id: rule.id.clone(),
        short_description: Text::trusted(&rule.title),
        full_description: Text::trusted(&format!("{}, hard-coded. {}", rule.title, rule.remedy)),
        help: Help { text: rule.remedy.clone(), markdown: markdown.trim_end().to_owned() },
        help_uri: rule.references.first().cloned(),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: json!({
            "security-severity": score(rule.severity),
            "precision": precision(rule.confidence),
            "problem.severity": level(rule.severity).replace("note", "recommendation"),
            "lifetime": rule.lifetime,
            "tags": ["security", "secret", "external/cwe/cwe-798"],
        }),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub's bounds: critical above 9.0, high from 7.0, medium from 4.0, low above 0.0.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "high",
        Confidence::Low => "medium",
    }
}

fn result(finding: &Finding, indices: &BTreeMap<&str, usize>, compared: bool) -> model::Finding {
    model::Finding {
        rule_id: finding.rule_id.clone(),
        rule_index: indices.get(finding.rule_id.as_str()).copied(),
        level: level(finding.severity),
        message: message(finding),
        locations: finding.locations.iter().map(location).collect(),
        partial_fingerprints: FINGERPRINTS.map(|name| (name, finding.fingerprint.clone())).into_iter().collect(),
        baseline_state: compared.then_some(match finding.state {
            State::New => "new",
            State::Spread => "updated",
            State::Known | State::Suppressed => "unchanged",
        }),
        suppressions: finding.suppression.as_ref().map(|suppression| {
            [Suppression {
                kind: if suppression.source == SuppressedBy::Inline { "inSource" } else { "external" },
                status: "accepted",
                justification: clean(&suppression.reason),
            }]
        }),
        properties: properties(finding),
    }
}

fn message(finding: &Finding) -> Text {
    let mut text = format!("{}: {}", finding.title, finding.secret());
    if let Some(first) = finding.locations.first() {
        text.push_str(&format!(" in {}", first.spot()));
    }
    if finding.locations.len() > 1 {
        text.push_str(&format!(" and {}", counted(finding.locations.len() as u64 - 1, "more place")));
    }
    Text::new(&text)
}

fn properties(finding: &Finding) -> Value {
    let parts: Vec<Value> =
        finding.parts.iter().map(|part| json!({ "role": part.role, "shown": part.shown() })).collect();
    json!({
        "severity": finding.severity,
        "confidence": finding.confidence,
        "lifetime": finding.lifetime,
        "state": finding.state,
        "owner": finding.owner,
        "attributes": finding.attributes,
        "parts": parts,
        "remedy": finding.remedy,
    })
}

fn invocation(document: &Document) -> Invocation {
    let exit = document.gate.exit_code;
    Invocation {
        // Findings are what a scan is for; it failed if something of what it was to scan was not scanned.
        execution_successful: exit == Exit::Clean as u8
            || exit == Exit::Found as u8 && (document.is_accepted() || document.gate.allow_incomplete),
        exit_code: exit,
        exit_code_description: document.gate.verdict(),
        tool_execution_notifications: document.trouble.iter().map(notification).collect(),
    }
}

fn notification(trouble: &Trouble) -> Notification {
    Notification {
        descriptor: DescriptorReference { id: trouble.kind.as_str() },
        level: if trouble.accepted.is_some() { "note" } else { "warning" },
        message: Text::new(&trouble.told()),
        locations: [whole(&trouble.uri)],
        properties: json!({
            "stage": trouble.stage,
            "limit": trouble.limit,
            "unscannedBytes": trouble.unscanned_bytes,
            "accepted": trouble.accepted,
        }),
    }
}
