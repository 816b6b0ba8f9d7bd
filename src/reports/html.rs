//! The HTML report: one file that asks nothing of the network, to be searched, filtered and printed.
//!
//! The page holds the document as JSON and draws from it what is looked at, so that ten thousand
//! findings cost no more to open than ten. All that an artifact says reaches the page as text: through
//! the template's escaping, as text nodes of the script, and in a JSON that cannot end its element. The
//! content security policy allows this style and this script, by their digests, and nothing else.

use super::document::{Document, Finding};
use super::json;
use super::prose::{clean, counted, grouped};
use crate::findings::baseline::Gone;
use crate::rules::schema::Severity;
use crate::trouble::Trouble;
use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use std::io;

const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");

/// Findings for a reader without JavaScript.
const FIRST: usize = 100;
/// Lines of trouble, and of what is gone; the JSON report has them all.
const TROUBLES: usize = 1_000;
/// Targets in the heading.
const TARGETS: usize = 5;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    document: &'a Document,
    heading: String,
    account: String,
    targets: &'a [String],
    more_targets: String,
    severities: Vec<&'static str>,
    bands: Vec<Band>,
    first: &'a [Finding],
    troubles: &'a [Trouble],
    more_troubles: String,
    gone: &'a [Gone],
    more_gone: String,
    style: &'static str,
    style_digest: String,
    script: &'static str,
    script_digest: String,
    data: String,
}

/// A severity's share of the findings, in per cent of the page's width.
struct Band {
    name: &'static str,
    start: f64,
    width: f64,
}

pub fn write(document: &Document, out: &mut dyn io::Write) -> io::Result<()> {
    let targets = &document.targets[..document.targets.len().min(TARGETS)];
    let troubles = &document.trouble[..document.trouble.len().min(TROUBLES)];
    let gone = &document.gone[..document.gone.len().min(TROUBLES)];
    let page = Page {
        heading: heading(document),
        account: account(document),
        targets,
        more_targets: rest(document.targets.len() - targets.len()),
        severities: Severity::ALL.iter().map(|severity| severity.as_str()).collect(),
        bands: bands(document),
        first: &document.findings[..document.findings.len().min(FIRST)],
        troubles,
        gone,
        more_gone: rest(document.gone.len() - gone.len()),
        more_troubles: rest(document.trouble.len() - troubles.len()),
        style: STYLE,
        style_digest: digest(STYLE),
        script: SCRIPT,
        script_digest: digest(SCRIPT),
        data: data(document)?,
        document,
    };
    // Nothing that a terminal or a build server's log takes for more than text.
    for line in page.render().map_err(io::Error::other)?.lines() {
        writeln!(out, "{}", clean(line))?;
    }
    Ok(())
}

/// What is left untold, or nothing.
fn rest(count: usize) -> String {
    if count > 0 { grouped(count as u64) } else { String::new() }
}

fn heading(document: &Document) -> String {
    if document.counted() == 0 && !document.is_compared() { "No findings".to_owned() } else { document.tally() }
}

/// What was looked at, and what does not count.
fn account(document: &Document) -> String {
    let artifacts = counted(document.summary.artifacts, "artifact");
    let mut words = vec![format!("{artifacts}, {}", document.account())];
    let aside = document.aside();
    if !aside.is_empty() {
        words.push(aside.join(", "));
    }
    words.join(". ")
}

fn bands(document: &Document) -> Vec<Band> {
    let share = 100.0 / document.findings.len().max(1) as f64;
    let mut start = 0.0;
    let mut bands = Vec::new();
    for severity in Severity::ALL.iter() {
        let width = document.findings.iter().filter(|finding| finding.severity == *severity).count() as f64 * share;
        if width > 0.0 {
            bands.push(Band { name: severity.as_str(), start, width });
        }
        start += width;
    }
    bands
}

/// A source of the content security policy.
fn digest(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}

/// The document as JSON that cannot end the element it lies in (HTML, 13.2.5.4: script data).
fn data(document: &Document) -> io::Result<String> {
    let mut bytes = Vec::new();
    json::write_line(document, &mut bytes)?;
    Ok(String::from_utf8(bytes).map_err(io::Error::other)?.replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, STYLE, digest};

    #[test]
    fn the_page_needs_nothing_from_outside() {
        let template = include_str!("../../templates/report.html");
        for part in [template, STYLE, SCRIPT] {
            for word in ["http:", "https:", "//cdn", "@import", "url(", "innerHTML", "eval(", " style=", " onclick="] {
                assert!(!part.contains(word), "{word}");
            }
        }
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }

    #[test]
    fn a_digest_is_a_source_of_the_policy() {
        // echo -n | openssl dgst -sha256 -binary | base64
        assert_eq!(digest(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
