//! The Markdown report: for a comment on a pull request or the summary of a CI step.
//!
//! GitHub takes 65,536 characters in a comment, so the worst comes first and what did not fit is
//! counted. Names from artifacts stand in code spans, in which nothing is a link, an image, a
//! mention or HTML.

use super::document::{Document, Finding, Location};
use super::prose::{clean, counted, grouped};
use super::text::Layout;
use super::wording::in_library;
use crate::findings::finding::State;
use crate::rules::schema::Severity;
use crate::trouble::Trouble;
use std::io;

/// In bytes, which are never fewer than characters, however those are counted.
pub const LONGEST: usize = 65_536;
/// Kept for the last line, which tells what was left out.
const RESERVE: usize = 256;
/// Longest text of one name.
const NAME: usize = 400;
/// Places told of one finding.
const PLACES: usize = 5;
/// Troubles told, before the findings.
const TROUBLES: usize = 10;

pub fn write(document: &Document, layout: Layout, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = summary(document);
    page.push_str(&trouble(&document.trouble));
    // What counts first, then what is known, then what is suppressed, each worst first.
    let mut findings: Vec<&Finding> = document.findings.iter().collect();
    findings.retain(|finding| layout.suppressed || finding.state != State::Suppressed);
    findings.sort_by_key(|finding| (!document.counts(finding), finding.state == State::Suppressed));
    let mut remedy = None;
    let mut told = 0;
    for finding in &findings {
        let text = self::finding(finding, remedy == Some(&finding.remedy));
        if page.len() + text.len() > LONGEST - RESERVE {
            break;
        }
        page.push_str(&text);
        remedy = Some(&finding.remedy);
        told += 1;
    }
    page.push_str(&left_out(&findings[told..]));
    out.write_all(page.as_bytes())
}

fn summary(document: &Document) -> String {
    let artifacts = counted(document.summary.artifacts, "artifact");
    let mut page = format!("## keysift: {}\n\n{artifacts}, {}.", document.tally(), document.account());
    let aside = document.aside();
    if !aside.is_empty() {
        page.push_str(&format!(" {}.", aside.join(", ")));
    }
    for lost in document.lost.iter().take(TROUBLES) {
        page.push_str(&format!("\n\n**Not found:** {}", code(lost)));
    }
    page.push('\n');
    page
}

fn trouble(trouble: &[Trouble]) -> String {
    if trouble.is_empty() {
        return String::new();
    }
    let mut page = "\n### Not scanned in full\n\n".to_owned();
    for item in trouble.iter().take(TROUBLES) {
        page.push_str(&format!("- {} {}\n", code(&item.uri), escaped(&shortened(&item.told()))));
    }
    if trouble.len() > TROUBLES {
        page.push_str(&format!("- and {} more\n", grouped((trouble.len() - TROUBLES) as u64)));
    }
    page
}

fn finding(finding: &Finding, same_remedy: bool) -> String {
    let label = match finding.state {
        State::Suppressed => "SUPPRESSED".to_owned(),
        _ => finding.severity.as_str().to_uppercase(),
    };
    let mut text = format!("\n### {label}: {}\n\n{}", escaped(&finding.title), code(&finding.secret()));
    if let Some(account) = finding.account() {
        text.push_str(&format!(", account {}", code(account)));
    }
    match finding.state {
        State::Known => text.push_str(", in the baseline"),
        State::Spread => text.push_str(", in the baseline but in new places"),
        State::New | State::Suppressed => {}
    }
    if let Some(library) = in_library(&finding.owner, code) {
        text.push_str(&format!(", {library}"));
    }
    text.push_str("\n\n");
    for location in finding.locations.iter().take(PLACES) {
        text.push_str(&place(location));
    }
    if let more @ 1.. = finding.locations.len().saturating_sub(PLACES) {
        text.push_str(&format!("- and {}\n", counted(more as u64, "more place")));
    }
    if let Some(suppression) = &finding.suppression {
        text.push_str(&format!("\n{}: {}\n", suppression.source.as_str(), escaped(&suppression.reason)));
    } else {
        let remedy = if same_remedy { "as above".to_owned() } else { escaped(&finding.remedy) };
        text.push_str(&format!("\n**Fix:** {remedy}\n"));
    }
    text
}

fn place(location: &Location) -> String {
    let mut line = format!("- {}", code(&location.spot()));
    if let Some(binding) = &location.binding {
        line.push_str(&format!(" {}", code(binding)));
    }
    if let Some(sink) = location.short_sink() {
        line.push_str(&format!(" in {}", code(&sink)));
    }
    if location.class.is_some() {
        line.push_str(&format!("<br>{}", code(&location.uri)));
    }
    line.push('\n');
    line
}

fn left_out(findings: &[&Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, findings.iter().filter(|finding| finding.severity == severity).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{} {}", grouped(count as u64), severity.as_str()))
        .collect();
    let what = counted(findings.len() as u64, "more finding");
    format!("\n---\n{what} ({}) did not fit here: see the full report.\n", counts.join(", "))
}

/// A code span (CommonMark 6.1): its fence is longer than any run of backticks in it.
pub(super) fn code(text: &str) -> String {
    let text = shortened(&clean(text));
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    // One space on each side is no part of the span, and keeps a backtick at the edge from the fence.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= NAME {
        return text.to_owned();
    }
    let half = NAME / 2;
    let head: String = text.chars().take(half).collect();
    let tail: Vec<char> = text.chars().rev().take(half).collect();
    head + "…" + &tail.into_iter().rev().collect::<String>()
}

/// Text of our own or of a rule, in which no character is markup. A mention is one even when its @
/// is escaped, unless something stands between the @ and the name.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("@\u{200B}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '$' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{code, escaped};

    #[test]
    fn nothing_leaves_a_code_span() {
        assert_eq!(code("a.b"), "`a.b`");
        assert_eq!(code("`x``"), "``` `x`` ```");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a\n# b"), "`a\u{FFFD}# b`");
    }

    #[test]
    fn no_text_is_markup() {
        assert_eq!(escaped("![x](y) <b> @me #1"), "!\\[x\\](y) &lt;b&gt; @\u{200B}me \\#1");
    }
}
