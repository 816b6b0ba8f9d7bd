//! The text report: for a person at a terminal, worst first, application code first.

use super::baselined;
use super::document::{Document, Finding, Location};
use super::prose::{clean, clean_line, counted, grouped, size, wrap};
use super::wording::in_library;
use crate::findings::finding::{State, Suppression};
use crate::findings::judged::EXPIRED;
use crate::rules::schema::{Lifetime, Severity};
use crate::trouble::{Kind, Trouble};
use anstyle::{AnsiColor, Style};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::io;

/// Places printed of one finding; the JSON report has them all.
const PLACES: usize = 6;
/// Applications printed that run an artifact.
const DEPLOYED: usize = 4;
/// Lines of trouble printed; the JSON report has them all.
const TROUBLES: usize = 20;

/// How the report fills the page.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns that prose is wrapped to. Paths and names stay whole: they are copied and clicked.
    pub width: usize,
    /// Whether the last lines tell what was scanned.
    pub summary: bool,
    /// Whether suppressed findings that the document has are printed.
    pub suppressed: bool,
}

impl Default for Layout {
    /// 80 columns unless the environment tells otherwise; a longer line is no easier to read.
    fn default() -> Self {
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(80);
        Self { width: usize::clamp(columns, 40, 100), summary: true, suppressed: true }
    }
}

pub fn write(document: &Document, layout: Layout, out: &mut dyn io::Write) -> io::Result<()> {
    let (suppressed, mut findings): (Vec<&Finding>, Vec<&Finding>) =
        document.findings.iter().partition(|finding| finding.state == State::Suppressed);
    let known: Vec<&Finding> = findings.extract_if(.., |finding| finding.state == State::Known).collect();
    let many = document.summary.artifacts > 1;
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
    for finding in &findings {
        if many && artifact != Some(artifact_of(finding)) {
            artifact = Some(artifact_of(finding));
            let bold = Style::new().bold().underline();
            writeln!(out, "{bold}{}{bold:#}\n", clean_line(artifact_of(finding)))?;
        }
        write_finding(finding, document.summary.last_scan.is_some(), out)?;
        write_remedy(finding, remedy == Some(&finding.remedy), layout, out)?;
        remedy = Some(&finding.remedy);
    }
    baselined::write(&known, &document.gone, out)?;
    for finding in suppressed.into_iter().filter(|_| layout.suppressed) {
        write_finding(finding, document.summary.last_scan.is_some(), out)?;
        writeln!(out)?;
    }
    write_trouble(&document.trouble, layout, out)?;
    if layout.summary { write_summary(document, findings.len() + known.len(), out) } else { Ok(()) }
}

fn artifact_of(finding: &Finding) -> &str {
    finding.locations.first().map_or("", |location| &location.artifact)
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

/// `dated`: there is an earlier scan that findings can be new since.
fn write_finding(finding: &Finding, dated: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let color = style(finding.severity);
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let label = if finding.state == State::Suppressed {
        "SUPPRESSED".to_owned()
    } else {
        finding.severity.as_str().to_uppercase()
    };
    write!(out, "{color}{label}{color:#}")?;
    if dated && finding.new_since_last_scan == Some(true) {
        write!(out, "  {color}NEW{color:#}")?;
    }
    write!(out, "  {bold}{}{bold:#}   {}", clean(&finding.title), clean(&finding.secret()))?;
    if let Some(account) = finding.account() {
        write!(out, "   account {}", clean(account))?;
    }
    match finding.lifetime {
        Lifetime::LongTerm => write!(out, "   long-term")?,
        Lifetime::Temporary => write!(out, "   temporary")?,
        Lifetime::Identifier => {}
    }
    if finding.state == State::Spread {
        write!(out, "   known, in a new place")?;
    }
    writeln!(out)?;
    let (printed, folded) = finding.locations.split_at(finding.locations.len().min(PLACES));
    for (index, location) in printed.iter().enumerate() {
        let next = printed.get(index + 1);
        let new = finding.state == State::Spread && !location.known;
        write_location(location, new, next.map(|next| next.uri.as_str()), out)?;
        if next.is_none_or(|next| next.deployed != location.deployed) {
            write_deployed(location, out)?;
        }
    }
    if finding.attributes.contains_key("old_versions_only") {
        writeln!(out, "  only old versions hold it")?;
    }
    if !folded.is_empty() {
        let entries: BTreeSet<&str> = folded.iter().map(|location| location.uri.as_str()).collect();
        let places = counted(folded.len() as u64, "more place");
        let files = counted(entries.len() as u64, "file");
        writeln!(out, "  {dim}and {places} in {files}; --format json lists all{dim:#}")?;
    }
    if let Some(doubt) = finding.doubt() {
        writeln!(out, "  {}", clean(&doubt))?;
    }
    if let Some(library) = in_library(&finding.owner, clean) {
        writeln!(out, "  {dim}{library}{dim:#}")?;
    }
    if let Some(Suppression { reason, source, origin }) = &finding.suppression {
        let origin = origin.as_ref().map(|origin| format!(" ({})", clean(origin))).unwrap_or_default();
        writeln!(out, "  {dim}{}: {}{origin}{dim:#}", source.as_str(), clean(reason))?;
    } else if let Some(reason) = finding.attributes.get("published") {
        writeln!(out, "  {dim}published: {}{dim:#}", clean(reason))?;
    }
    if let Some(expired) = finding.attributes.get(EXPIRED) {
        writeln!(out, "  {dim}no longer allowed by {}{dim:#}", clean(expired))?;
    }
    Ok(())
}

fn write_remedy(finding: &Finding, again: bool, layout: Layout, out: &mut dyn io::Write) -> io::Result<()> {
    let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
    let remedy = if again { "as above" } else { &finding.remedy };
    writeln!(out, "  {green}fix:{green:#} {}\n", wrap(remedy, layout.width, 7))
}

/// What holds it and what it is bound to. A class takes a second line for its entry, once for all
/// places in it; a text takes one line, which editors and terminals can open.
fn write_location(location: &Location, new: bool, next: Option<&str>, out: &mut dyn io::Write) -> io::Result<()> {
    let in_class = location.member().is_some();
    let mut line = location.spot();
    // A field that is its own binding, or a setter that is, is told once.
    let told = [&location.field, &location.sink].map(|name| name.as_deref().and_then(|name| name.rsplit('.').next()));
    if let Some(binding) = location.binding.as_deref().filter(|binding| !told.contains(&Some(binding))) {
        line.push_str(&format!("   {binding}"));
    }
    if let Some(sink) = location.short_sink() {
        line.push_str(&format!("  in {sink}"));
    }
    if let Some(version) = location.version_id.as_deref() {
        let status = location.version_status.as_deref().map(|status| format!(", {status}")).unwrap_or_default();
        line.push_str(&format!("   (version {}{})", clean(version), clean(&status)));
    }
    if new {
        line.push_str("   (new place)");
    }
    writeln!(out, "  {}", clean_line(&line))?;
    if in_class && next != Some(location.uri.as_str()) {
        let dim = Style::new().dimmed();
        writeln!(out, "    {dim}{}{dim:#}", clean_line(&location.uri))?;
    }
    Ok(())
}

/// Who runs it, once for all places of the same artifact.
fn write_deployed(location: &Location, out: &mut dyn io::Write) -> io::Result<()> {
    if location.deployed.is_empty() {
        return Ok(());
    }
    let dim = Style::new().dimmed();
    let shown: Vec<String> = location.deployed.iter().take(DEPLOYED).map(|one| clean(one)).collect();
    write!(out, "    {dim}deployed in {}", shown.join("; "))?;
    if location.deployed.len() > DEPLOYED {
        write!(out, " and {}", counted((location.deployed.len() - DEPLOYED) as u64, "more application"))?;
    }
    writeln!(out, "{dim:#}")
}

fn write_trouble(trouble: &[Trouble], layout: Layout, out: &mut dyn io::Write) -> io::Result<()> {
    if trouble.is_empty() {
        return Ok(());
    }
    let yellow = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    writeln!(out, "{yellow}NOT SCANNED IN FULL{yellow:#}")?;
    for item in trouble.iter().take(TROUBLES) {
        write!(out, "  {}  {}: {}", clean_line(&item.uri), item.kind.as_str(), clean(&item.detail))?;
        if let Some(limit) = &item.limit {
            write!(out, " (--{limit})")?;
        }
        if let Some(bytes) = item.unscanned_bytes {
            write!(out, ", {} unread", size(bytes))?;
        }
        if let Some(reason) = &item.accepted {
            write!(out, "; accepted: {}", clean(reason))?;
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
        Kind::Unreadable => "Look at its name and permissions and scan again, or leave it out with --exclude.",
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

fn write_summary(document: &Document, shown: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let summary = &document.summary;
    let mut words = vec![format!("{} in {}", document.tally(), counted(summary.artifacts, "artifact"))];
    words.extend(document.aside());
    let hidden = (document.counted() + summary.baselined).saturating_sub(shown);
    if hidden > 0 {
        words.push(format!("{} below --min-severity not shown", grouped(hidden as u64)));
    }
    if let (Some(last), Some(new)) = (summary.last_scan, summary.new_since_last_scan) {
        words.push(format!("{} new since {last}", grouped(new as u64)));
    }
    writeln!(out, "{}\n{}", words.join(", "), document.account())
}
