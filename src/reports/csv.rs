//! The CSV report (RFC 4180): a row for each place of each finding, and one for each trouble.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, so such text gets
//! an apostrophe in front, which spreadsheets know as the mark of text.

use super::document::{Document, Finding, Location};
use super::prose::{clean, word};
use crate::findings::finding::Owner;
use crate::trouble::Trouble;
use std::io::{self, Write};

const COLUMNS: [&str; 22] = [
    "row",
    "severity",
    "state",
    "rule_id",
    "title",
    "confidence",
    "lifetime",
    "owner",
    "library",
    "secret",
    "account",
    "fingerprint",
    "artifact",
    "uri",
    "line",
    "class",
    "method",
    "field",
    "binding",
    "sink",
    "version_id",
    "remedy",
];

pub fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::NonNumeric)
        .from_writer(out);
    rows.write_record(COLUMNS)?;
    for finding in &document.findings {
        for location in &finding.locations {
            rows.write_record(place(finding, location).map(|text| inert(&text)))?;
        }
    }
    for trouble in &document.trouble {
        rows.write_record(self::trouble(trouble).map(|text| inert(&text)))?;
    }
    rows.flush()
}

fn place(finding: &Finding, location: &Location) -> [String; COLUMNS.len()] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (owner, library) = match &location.owner {
        Owner::Library { name } => ("library", name.as_str()),
        Owner::Application => ("application", ""),
        Owner::Unknown => ("unknown", ""),
    };
    [
        "finding".to_owned(),
        finding.severity.as_str().to_owned(),
        word(&finding.state),
        finding.rule_id.clone(),
        finding.title.clone(),
        word(&finding.confidence),
        word(&finding.lifetime),
        owner.to_owned(),
        library.to_owned(),
        finding.secret(),
        finding.account().unwrap_or_default().to_owned(),
        finding.fingerprint.clone(),
        location.artifact.clone(),
        location.uri.clone(),
        location.line.map(|line| line.to_string()).unwrap_or_default(),
        text(&location.class),
        text(&location.method),
        text(&location.field),
        text(&location.binding),
        text(&location.sink),
        text(&location.version_id),
        finding.remedy.clone(),
    ]
}

fn trouble(trouble: &Trouble) -> [String; COLUMNS.len()] {
    let mut row = [const { String::new() }; COLUMNS.len()];
    for (column, cell) in COLUMNS.iter().zip(&mut row) {
        *cell = match *column {
            "row" => "trouble".to_owned(),
            "rule_id" => trouble.kind.as_str().to_owned(),
            "title" => trouble.detail.clone(),
            "uri" => trouble.uri.clone(),
            _ => continue,
        };
    }
    row
}

/// No cell is a formula, and none has a line break.
fn inert(text: &str) -> String {
    let text = clean(text);
    match text.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text,
    }
}
