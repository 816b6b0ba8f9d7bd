//! The JSON Lines report: one object a line, findings first, then trouble, then the rest of the
//! document as a summary. For streams and line-wise tools.

use super::document::{Document, Finding, RuleNote, Summary, Tool};
use super::exit::Gate;
use super::json::write_line;
use super::report::Shard;
use crate::findings::baseline::Gone;
use crate::trouble::Trouble;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Finding(&'a Finding),
    Trouble(&'a Trouble),
    Summary(Rest<'a>),
}

/// The document without findings and trouble, which have had their lines.
#[derive(Serialize)]
struct Rest<'a> {
    schema_version: u32,
    tool: &'a Tool,
    fingerprint_version: u32,
    targets: &'a [String],
    lost: &'a [String],
    shard: Option<Shard>,
    gate: Gate,
    #[serde(flatten)]
    summary: &'a Summary,
    rules: &'a [RuleNote],
    gone: &'a [Gone],
}

pub fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    for finding in &document.findings {
        write_line(&Line::Finding(finding), out)?;
    }
    for trouble in &document.trouble {
        write_line(&Line::Trouble(trouble), out)?;
    }
    // Named one by one, so that a field that the document gains is not forgotten here.
    #[rustfmt::skip]
    let Document { schema_version, fingerprint_version, tool, targets, lost, shard, gate, summary, rules, findings: _, gone, trouble: _ } = document;
    let (schema_version, fingerprint_version, shard, gate) = (*schema_version, *fingerprint_version, *shard, *gate);
    write_line(
        &Line::Summary(Rest {
            schema_version,
            tool,
            fingerprint_version,
            targets,
            lost,
            shard,
            gate,
            summary,
            rules,
            gone,
        }),
        out,
    )
}
