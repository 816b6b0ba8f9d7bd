//! The GitLab report: what `artifacts:reports:secret_detection` takes (security report schemas, 15).
//!
//! A finding is a vulnerability at its first place; its other places are among the details. What is
//! suppressed is left out, since GitLab has no word for it.

use super::document::{Document, Finding, Location, RuleNote};
use super::exit::Exit;
use super::format::Occasion;
use super::json::write_pretty;
use super::markdown::code;
use super::prose::clean;
use crate::findings::finding::State;
use crate::rules::schema::Severity;
use crate::trouble::Trouble;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::io;

/// The version of the schemas from which on nothing was added that is needed here.
const VERSION: &str = "15.0.7";
/// The schemas' bounds, in characters.
const LONGEST_NAME: usize = 255;
const LONGEST_SOLUTION: usize = 7_000;

pub fn write(document: &Document, occasion: Occasion, out: &mut dyn io::Write) -> io::Result<()> {
    let tool = json!({
        "id": "keysift",
        "name": "keysift",
        "version": document.tool.version,
        "vendor": { "name": "keysift" },
    });
    let succeeded = ![Exit::Fatal, Exit::Interrupted].map(|exit| exit as u8).contains(&document.gate.exit_code);
    let told = document.findings.iter().filter(|finding| finding.state != State::Suppressed);
    let report = json!({
        "version": VERSION,
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": time(occasion.began),
            "end_time": time(occasion.ended),
            "status": if succeeded { "success" } else { "failure" },
            "messages": document.trouble.iter().map(message).collect::<Vec<_>>(),
        },
        "vulnerabilities": told.map(|finding| vulnerability(finding, &document.rules)).collect::<Vec<_>>(),
    });
    write_pretty(&report, out)
}

/// `2026-11-25T03:38:06`, in UTC.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn message(trouble: &Trouble) -> Value {
    let level = if trouble.accepted.is_some() { "info" } else { "warn" };
    json!({ "level": level, "value": clean(&format!("{}: {}", trouble.uri, trouble.told())) })
}

fn vulnerability(finding: &Finding, rules: &[RuleNote]) -> Value {
    // They are in the order of their ids.
    let note = rules.binary_search_by(|rule| rule.id.cmp(&finding.rule_id)).ok().map(|index| &rules[index]);
    let references = note.map(|rule| rule.references.as_slice());
    let links: Vec<Value> = references.into_iter().flatten().map(|url| json!({ "url": url })).collect();
    json!({
        "id": uuid(&finding.fingerprint),
        "name": shortened(&clean(&finding.title), LONGEST_NAME),
        "description": description(finding),
        "severity": severity(finding.severity),
        "solution": shortened(&clean(&finding.remedy), LONGEST_SOLUTION),
        "identifiers": [{
            "type": "keysift_rule_id",
            "name": format!("keysift rule {}", finding.rule_id),
            "value": finding.rule_id,
        }],
        "links": links,
        "location": finding.locations.first().map(location),
        "details": { "places": places(finding) },
    })
}

/// The fingerprint in the form of a UUID.
fn uuid(fingerprint: &str) -> String {
    let mut text = fingerprint.to_owned();
    for at in [20, 16, 12, 8] {
        if text.is_char_boundary(at) && text.len() > at {
            text.insert(at, '-');
        }
    }
    text
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

/// In GitLab's Markdown.
fn description(finding: &Finding) -> String {
    let account = finding.account().map(|account| format!(", account {}", code(account))).unwrap_or_default();
    let place = finding.locations.first().map(|first| format!(" in {}", code(&first.spot()))).unwrap_or_default();
    format!("{}{account}{place}", code(&finding.secret()))
}

/// The commit is what the schema asks for where there is none.
fn location(location: &Location) -> Value {
    let mut fields = Map::new();
    fields.insert("file".to_owned(), json!(clean(&location.uri)));
    fields.insert("commit".to_owned(), json!({ "sha": "0000000" }));
    let line = location.line.map(|line| json!(line));
    let class = location.class.as_deref().map(|class| json!(clean(class)));
    let method = location.method.as_deref().map(|method| json!(clean(method)));
    for (name, value) in [("start_line", line.clone()), ("end_line", line), ("class", class), ("method", method)] {
        fields.extend(value.map(|value| (name.to_owned(), value)));
    }
    Value::Object(fields)
}

fn places(finding: &Finding) -> Value {
    let items: Vec<Value> = finding
        .locations
        .iter()
        .map(|location| {
            let file = clean(&location.uri);
            match (location.line, location.offset) {
                (Some(line), _) => json!({ "type": "file-location", "file_name": file, "line_start": line }),
                (None, Some(offset)) => json!({ "type": "module-location", "module_name": file, "offset": offset }),
                (None, None) => json!({ "type": "text", "value": file }),
            }
        })
        .collect();
    json!({ "name": "Places", "type": "list", "items": items })
}

fn shortened(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
