//! The text report: for a person at a terminal, worst first, application code first.

use super::prose::{clean, counted, grouped, size, wrap};
use super::report::{Report, Shown};
use crate::findings::finding::{Finding, Location, Owner};
use crate::place::{EntryPath, Position};
use crate::rules::schema::{Lifetime, Severity};
use crate::trouble::{Kind, Trouble};
use anstyle::{AnsiColor, Style};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::io;

/// Places printed of one finding; the JSON report has them all.
const PLACES: usize = 6;
/// Lines of trouble printed; the JSON report has them all.
const TROUBLES: usize = 20;

/// How the report fills the page.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns that prose is wrapped to. Paths and names stay whole: they are copied and clicked.
    pub width: usize,
    /// Whether the last lines tell what was scanned.
    pub summary: bool,
}

impl Default for Layout {
    /// 80 columns unless the environment tells otherwise; a longer line is no easier to read.
    fn default() -> Self {
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(80);
        Self { width: usize::clamp(columns, 40, 100), summary: true }
    }
}

pub fn write(report: &Report, shown: Shown, layout: Layout, out: &mut dyn io::Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.findings.iter().filter(|f| f.severity >= shown.min_severity).collect();
    let many = report.totals.artifacts > 1;
    if many {
        // Artifacts in the order of their worst finding.
        let mut order: FxHashMap<&str, usize> = FxHashMap::default();
        for finding in &findings {
            let next = order.len();
            order.entry(artifact_of(finding)).or_insert(next);
        }
        findings.sort_by_key(|finding| order.get(artifact_of(finding)));
    }
    let mut artifact = None;
    let mut remedy = None;
    for finding in findings {
        if many && artifact != Some(artifact_of(finding)) {
            artifact = Some(artifact_of(finding));
            let bold = Style::new().bold().underline();
            writeln!(out, "{bold}{}{bold:#}\n", artifact_of(finding))?;
        }
        write_finding(finding, shown, out)?;
        write_remedy(finding, remedy == Some(&finding.remedy), layout, out)?;
        remedy = Some(&finding.remedy);
    }
    if shown.suppressed {
        for finding in &report.suppressed {
            write_finding(finding, shown, out)?;
            writeln!(out)?;
        }
    }
    write_trouble(&report.trouble, layout, out)?;
    if layout.summary { write_summary(report, shown, out) } else { Ok(()) }
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
    let label =
        if finding.suppressed.is_some() { "SUPPRESSED".to_owned() } else { finding.severity.as_str().to_uppercase() };
    write!(out, "{color}{label}{color:#}  {bold}{}{bold:#}   {}", clean(&finding.title), parts(finding, shown))?;
    if let Some(account) = finding.attributes.get("aws_account_id") {
        write!(out, "   account {account}")?;
    }
    match finding.lifetime {
        Lifetime::LongTerm => write!(out, "   long-term")?,
        Lifetime::Temporary => write!(out, "   temporary")?,
        Lifetime::Identifier => {}
    }
    writeln!(out)?;
    let (printed, folded) = finding.locations.split_at(finding.locations.len().min(PLACES));
    for (index, location) in printed.iter().enumerate() {
        let next = printed.get(index + 1).map(|location| &location.place.entry);
        write_location(location, next, out)?;
    }
    if !folded.is_empty() {
        let entries: BTreeSet<&EntryPath> = folded.iter().map(|location| &location.place.entry).collect();
        let places = counted(folded.len() as u64, "more place");
        let files = counted(entries.len() as u64, "file");
        writeln!(out, "  {dim}and {places} in {files}; --format json lists all{dim:#}")?;
    }
    if let Owner::Library { name } = &finding.owner {
        writeln!(out, "  {dim}in library {}{dim:#}", clean(name))?;
    }
    if let Some(reason) = finding.suppressed.as_ref().map(|s| &s.reason).or(finding.attributes.get("published")) {
        writeln!(out, "  {dim}published: {}{dim:#}", clean(reason))?;
    }
    Ok(())
}

fn write_remedy(finding: &Finding, again: bool, layout: Layout, out: &mut dyn io::Write) -> io::Result<()> {
    let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
    let remedy = if again { "as above" } else { &finding.remedy };
    writeln!(out, "  {green}fix:{green:#} {}\n", wrap(remedy, layout.width, 7))
}

fn parts(finding: &Finding, shown: Shown) -> String {
    let mut words = Vec::new();
    for part in &finding.parts {
        if part.identifier {
            words.push(clean(&part.redacted));
        } else if let Some(value) = part.exposed().filter(|_| shown.secrets) {
            words.push(clean(value));
        } else if finding.parts.len() > 1 {
            words.push(part.role.split('_').next().unwrap_or("secret").to_owned());
        } else {
            words.push(clean(&part.redacted));
        }
    }
    words.join(" + ")
}

/// What holds it and what it is bound to. A class takes a second line for its entry, once for all
/// places in it; a text takes one line, which editors and terminals can open.
fn write_location(location: &Location, next: Option<&EntryPath>, out: &mut dyn io::Write) -> io::Result<()> {
    let position = &location.place.position;
    let entry = &location.place.entry;
    let member = member(position);
    let mut line = member.clone().unwrap_or_else(|| format!("{entry}{}", spot(position)));
    // A field that is its own binding, or a setter that is, is told once.
    let told = [&position.field, &location.sink].map(|name| name.as_deref().and_then(|name| name.rsplit('.').next()));
    if let Some(binding) = location.binding.as_deref().filter(|binding| !told.contains(&Some(binding))) {
        line.push_str(&format!("   {}", clean(binding)));
    }
    if let Some(sink) = location.sink.as_deref() {
        let mut short: Vec<&str> = sink.rsplit('.').take(2).collect();
        short.reverse();
        line.push_str(&format!("  in {}", clean(&short.join("."))));
    }
    writeln!(out, "  {line}")?;
    if member.is_some() && next != Some(entry) {
        let dim = Style::new().dimmed();
        writeln!(out, "    {dim}{entry}{dim:#}")?;
    }
    Ok(())
}

/// `OrdersJob.main (OrdersJob.java:41)`, in a class.
fn member(position: &Position) -> Option<String> {
    let class = position.class.as_deref()?;
    let mut line = clean(class.rsplit('.').next().unwrap_or(class));
    if let Some(member) =
        position.method.as_deref().map(|m| m.split('(').next().unwrap_or(m)).or(position.field.as_deref())
    {
        line.push('.');
        line.push_str(&clean(member));
    }
    if let (Some(file), Some(number)) = (position.source_file.as_deref(), position.line) {
        line.push_str(&format!(" ({}:{number})", clean(file)));
    }
    Some(line)
}

fn spot(position: &Position) -> String {
    match position {
        Position { line: Some(line), cell: Some(cell), .. } => {
            format!(":{line} (cell {}, line {})", cell.index, cell.line)
        }
        Position { line: Some(line), .. } => format!(":{line}"),
        Position { offset: Some(offset), .. } => format!("+{offset:#x}"),
        _ => String::new(),
    }
}

fn write_trouble(trouble: &[Trouble], layout: Layout, out: &mut dyn io::Write) -> io::Result<()> {
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
        writeln!(out, "  and {} more; --format json lists all", grouped((trouble.len() - TROUBLES) as u64))?;
    }
    let kinds: BTreeSet<Kind> = trouble.iter().map(|item| item.kind).collect();
    let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
    for kind in kinds {
        let name = kind.as_str();
        let advice = wrap(advice(kind), layout.width, name.len() + 4);
        writeln!(out, "  {green}{name}:{green:#} {advice}")?;
    }
    writeln!(out)
}

/// What to do about it.
fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Unreadable => "Make it readable and scan again, or leave it out with --exclude.",
        Kind::Corrupt | Kind::Truncated | Kind::Checksum => {
            "What could be read of it was scanned. Build or copy it again; if it is meant to be so, leave it out with --exclude."
        }
        Kind::Encrypted => "Decrypt it and scan what comes out.",
        Kind::Unsupported => "Unpack it by other means and scan what comes out.",
        Kind::Limit => "Raise the limit that is named if the artifact is one of your own.",
        Kind::Unparsed => {
            "Its text was searched, but not its structure: a secret without a shape of its own may be missed."
        }
        Kind::Interrupted => "Scan again to the end.",
    }
}

fn write_summary(report: &Report, shown: Shown, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = report.by_severity();
    let detail: Vec<String> =
        Severity::ALL.iter().filter_map(|s| counts.get(s).map(|n| format!("{n} {}", s.as_str()))).collect();
    let totals = report.totals;
    write!(out, "{}", counted(report.findings.len() as u64, "finding"))?;
    if !detail.is_empty() {
        write!(out, " ({})", detail.join(", "))?;
    }
    write!(out, " in {}", counted(totals.artifacts, "artifact"))?;
    if !report.suppressed.is_empty() {
        write!(out, ", {} suppressed", grouped(report.suppressed.len() as u64))?;
    }
    let hidden = report.findings.iter().filter(|f| f.severity < shown.min_severity).count();
    if hidden > 0 {
        write!(out, ", {} below --min-severity not shown", grouped(hidden as u64))?;
    }
    writeln!(out)?;
    let entries = if totals.entries == 1 { "entry" } else { "entries" };
    write!(out, "{} {entries}, {}; ", grouped(totals.entries), size(totals.bytes))?;
    if totals.left_out > 0 {
        write!(out, "{} left out on request; ", grouped(totals.left_out))?;
    }
    if report.interrupted {
        writeln!(out, "interrupted: the report is incomplete")
    } else if !report.trouble.is_empty() {
        writeln!(out, "{} not scanned in full", grouped(report.trouble.len() as u64))
    } else if totals.artifacts == 0 {
        writeln!(out, "nothing was scanned")
    } else {
        writeln!(out, "everything was scanned")
    }
}
