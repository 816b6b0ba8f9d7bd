//! The text report: for a person at a terminal, worst first, application code first.

use super::report::{Report, Shown};
use crate::findings::finding::{Finding, Location, Owner};
use crate::rules::schema::{Lifetime, Severity};
use crate::trouble::Trouble;
use anstyle::{AnsiColor, Style};
use std::io;

/// Places printed of one finding; the JSON report has them all.
const PLACES: usize = 6;
/// Lines of trouble printed; the JSON report has them all.
const TROUBLES: usize = 20;

pub fn write(report: &Report, shown: Shown, out: &mut dyn io::Write) -> io::Result<()> {
    let mut artifact = None;
    let many = report.totals.artifacts > 1;
    let mut sorted: Vec<&Finding> = report.findings.iter().filter(|f| f.severity >= shown.min_severity).collect();
    if many {
        // Artifacts in the order of their worst finding.
        let mut order: Vec<&str> = Vec::new();
        for finding in &sorted {
            let artifact = artifact_of(finding);
            if !order.contains(&artifact) {
                order.push(artifact);
            }
        }
        sorted.sort_by_key(|f| order.iter().position(|a| *a == artifact_of(f)));
    }
    for finding in sorted {
        if many && artifact != Some(artifact_of(finding)) {
            artifact = Some(artifact_of(finding));
            let bold = Style::new().bold().underline();
            writeln!(out, "{bold}{}{bold:#}\n", artifact_of(finding))?;
        }
        write_finding(finding, shown, out)?;
    }
    if shown.suppressed {
        for finding in &report.suppressed {
            write_finding(finding, shown, out)?;
        }
    }
    write_trouble(&report.trouble, out)?;
    write_summary(report, shown, out)
}

fn artifact_of(finding: &Finding) -> &str {
    finding.locations.first().map_or("", |l| l.place.entry.artifact_uri())
}

fn style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Critical | Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Cyan,
        Severity::Info => AnsiColor::BrightBlack,
    };
    let style = Style::new().fg_color(Some(color.into()));
    if severity >= Severity::High { style.bold() } else { style }
}

fn write_finding(finding: &Finding, shown: Shown, out: &mut dyn io::Write) -> io::Result<()> {
    let color = style(finding.severity);
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let label = if finding.suppressed.is_some() { "SUPPRESSED".to_owned() } else { finding.severity.as_str().to_uppercase() };
    write!(out, "{color}{label}{color:#}  {bold}{}{bold:#}   {}", finding.title, parts(finding, shown))?;
    if let Some(account) = finding.attributes.get("aws_account_id") {
        write!(out, "   account {account}")?;
    }
    match finding.lifetime {
        Lifetime::LongTerm => write!(out, "   long-term")?,
        Lifetime::Temporary => write!(out, "   temporary")?,
        Lifetime::Identifier => {}
    }
    writeln!(out)?;
    for location in finding.locations.iter().take(PLACES) {
        write_location(location, out)?;
    }
    if finding.locations.len() > PLACES {
        writeln!(out, "  and {} more places", finding.locations.len() - PLACES)?;
    }
    if let Owner::Library { name } = &finding.owner {
        writeln!(out, "  {dim}in library {}{dim:#}", clean(name))?;
    }
    if let Some(reason) = finding.suppressed.as_ref().map(|s| &s.reason).or(finding.attributes.get("published")) {
        writeln!(out, "  {dim}published: {}{dim:#}", clean(reason))?;
    }
    if finding.suppressed.is_none() {
        let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
        writeln!(out, "  {green}fix:{green:#} {}", finding.remedy)?;
    }
    writeln!(out)
}

fn parts(finding: &Finding, shown: Shown) -> String {
    let mut words = Vec::new();
    for part in &finding.parts {
        if shown.secrets || part.identifier {
            words.push(clean(part.value.expose()));
        } else if finding.parts.len() > 1 {
            words.push(part.role.split('_').next().unwrap_or("secret").to_owned());
        } else {
            words.push(part.redacted());
        }
    }
    words.join(" + ")
}

/// One or two lines: what holds it and what it is bound to, then the entry.
fn write_location(location: &Location, out: &mut dyn io::Write) -> io::Result<()> {
    let position = &location.place.position;
    let entry = &location.place.entry;
    let mut line = String::from("  ");
    if let Some(class) = position.class.as_deref() {
        let simple = class.rsplit('.').next().unwrap_or(class);
        line.push_str(&clean(simple));
        if let Some(member) = position.method.as_deref().map(|m| m.split('(').next().unwrap_or(m)).or(position.field.as_deref()) {
            line.push('.');
            line.push_str(&clean(member));
        }
        if let (Some(file), Some(number)) = (position.source_file.as_deref(), position.line) {
            line.push_str(&format!(" ({}:{number})", clean(file)));
        }
    } else {
        line.push_str(entry.file_name());
        if let Some(cell) = &position.cell {
            line.push_str(&format!(" cell {}:{}", cell.index, cell.line));
        } else if let Some(number) = position.line {
            line.push_str(&format!(":{number}"));
        } else if let Some(offset) = position.offset {
            line.push_str(&format!("+{offset:#x}"));
        }
    }
    if let Some(binding) = &location.binding {
        line.push_str(&format!("   {}", clean(binding)));
    }
    if let Some(sink) = location.sink.as_deref() {
        let mut short: Vec<&str> = sink.rsplit('.').take(2).collect();
        short.reverse();
        line.push_str(&format!("  in {}", clean(&short.join("."))));
    }
    writeln!(out, "{line}")?;
    let dim = Style::new().dimmed();
    writeln!(out, "    {dim}{entry}{dim:#}")
}

/// Names and values come from hostile input: no control characters reach the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c) { '\u{FFFD}' } else { c }).collect()
}

fn write_trouble(trouble: &[Trouble], out: &mut dyn io::Write) -> io::Result<()> {
    if trouble.is_empty() {
        return Ok(());
    }
    let yellow = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    writeln!(out, "{yellow}NOT SCANNED IN FULL{yellow:#}")?;
    for item in trouble.iter().take(TROUBLES) {
        write!(out, "  {}  {}: {}", clean(&item.uri), item.kind.as_str(), clean(&item.detail))?;
        if let Some(limit) = &item.limit {
            write!(out, " (--{limit})")?;
        }
        if let Some(bytes) = item.unscanned_bytes {
            write!(out, ", {} unread", size(bytes))?;
        }
        writeln!(out)?;
    }
    if trouble.len() > TROUBLES {
        writeln!(out, "  and {} more; --format json lists all", trouble.len() - TROUBLES)?;
    }
    writeln!(out)
}

fn write_summary(report: &Report, shown: Shown, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = report.by_severity();
    let detail: Vec<String> =
        Severity::ALL.iter().filter_map(|s| counts.get(s).map(|n| format!("{n} {}", s.as_str()))).collect();
    let total = report.findings.len();
    write!(out, "{total} finding{}", if total == 1 { "" } else { "s" })?;
    if !detail.is_empty() {
        write!(out, " ({})", detail.join(", "))?;
    }
    let totals = report.totals;
    write!(out, " in {} artifact{}", grouped(totals.artifacts), if totals.artifacts == 1 { "" } else { "s" })?;
    if !report.suppressed.is_empty() {
        write!(out, ", {} suppressed", report.suppressed.len())?;
    }
    let hidden = report.findings.iter().filter(|f| f.severity < shown.min_severity).count();
    if hidden > 0 {
        write!(out, ", {hidden} below --min-severity not shown")?;
    }
    writeln!(out)?;
    write!(out, "{} entries, {}; ", grouped(totals.entries), size(totals.bytes))?;
    if totals.left_out > 0 {
        write!(out, "{} left out on request; ", grouped(totals.left_out))?;
    }
    if report.interrupted {
        writeln!(out, "interrupted: the report is incomplete")
    } else if report.trouble.is_empty() {
        writeln!(out, "everything was scanned")
    } else {
        writeln!(out, "{} not scanned in full", grouped(report.trouble.len() as u64))
    }
}

/// 12483 as 12,483.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
