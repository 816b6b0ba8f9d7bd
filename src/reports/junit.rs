//! The JUnit report, as Jenkins, GitLab and others show test results: each finding is a test case
//! that failed if the gate fails on it, each trouble one that met an error, and the scan itself one
//! more, so that a clean report is no empty one.

use super::document::{Document, Finding};
use super::exit::Exit;
use super::prose::{clean, counted};
use crate::findings::finding::State;
use crate::trouble::Trouble;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::io;

pub fn write(document: &Document, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suite = TestSuite::new("keysift");
    suite.add_property(("version", document.tool.version.as_str()));
    suite.add_property(("rules_digest", document.tool.rules_digest.as_str()));
    suite.add_property(("fail_on", document.gate.fail_on.as_str()));
    for finding in &document.findings {
        suite.add_test_case(of_finding(finding, document));
    }
    for trouble in &document.trouble {
        suite.add_test_case(of_trouble(trouble, document.gate.allow_incomplete));
    }
    suite.add_test_case(of_scan(document));
    let mut report = Report::new("keysift");
    report.add_test_suite(suite);
    // The XSD knows no `skipped` of all suites together, and Jenkins holds reports to it.
    let skipped = format!(" skipped=\"{}\"", report.skipped);
    let text = report.to_string().map_err(io::Error::other)?;
    out.write_all(text.replacen(&skipped, "", 1).as_bytes())
}

fn of_finding(finding: &Finding, document: &Document) -> TestCase {
    let places = places(finding);
    let mut status = match finding.state {
        _ if document.counts(finding) && finding.severity >= document.gate.fail_on => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_description(format!("{places}\nfix: {}", clean(&finding.remedy)));
            status.set_message(clean(&format!("{}: {}", finding.title, finding.secret())));
            status.set_type(finding.severity.as_str());
            return named(finding, status);
        }
        State::New => TestCaseStatus::success(),
        State::Known | State::Spread | State::Suppressed => TestCaseStatus::skipped(),
    };
    match (&finding.suppression, finding.state) {
        (Some(suppression), _) => {
            status.set_message(clean(&format!("{}: {}", suppression.source.as_str(), suppression.reason)));
        }
        (None, State::Known) => {
            status.set_message("in the baseline");
        }
        (None, State::Spread) => {
            status.set_message("in the baseline, but not in all these places");
        }
        (None, _) => {}
    }
    let shows = matches!(status, TestCaseStatus::Success { .. });
    let mut case = named(finding, status);
    if shows {
        case.set_system_out(format!(
            "{}, which is below --fail-on {}\n{places}",
            finding.severity.as_str(),
            document.gate.fail_on.as_str()
        ));
    }
    case
}

/// The fingerprint keeps the name the same from run to run, and apart from others of its rule.
fn named(finding: &Finding, status: TestCaseStatus) -> TestCase {
    let mark = finding.fingerprint.get(..8).unwrap_or_default();
    let mut case = TestCase::new(clean(&format!("{} {} [{mark}]", finding.title, finding.secret())), status);
    case.set_classname(format!("keysift.{}", clean(&finding.rule_id)));
    case
}

fn places(finding: &Finding) -> String {
    let mut text = String::new();
    for location in &finding.locations {
        let mut line = location.spot();
        if location.class.is_some() {
            line.push_str(&format!(" of {}", location.uri));
        }
        if let Some(binding) = &location.binding {
            line.push_str(&format!("   {binding}"));
        }
        text.push_str(&clean(&line));
        text.push('\n');
    }
    text
}

fn of_trouble(trouble: &Trouble, allow_incomplete: bool) -> TestCase {
    let mut status = if allow_incomplete || trouble.accepted.is_some() {
        TestCaseStatus::skipped()
    } else {
        TestCaseStatus::non_success(NonSuccessKind::Error)
    };
    status.set_message(clean(&trouble.told()));
    status.set_type(trouble.kind.as_str());
    let mut case = TestCase::new(clean(&trouble.uri), status);
    case.set_classname(format!("keysift.{}", trouble.kind.as_str()));
    case
}

/// Whether the scan did what it was told to.
fn of_scan(document: &Document) -> TestCase {
    let failed = matches!(document.gate.exit_code, code if code == Exit::Fatal as u8 || code == Exit::Interrupted as u8)
        || document.is_void() && !document.gate.allow_incomplete;
    let mut status = TestCaseStatus::success();
    if failed {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let lost: String = document.lost.iter().map(|lost| format!("; {}", clean(lost))).collect();
        status.set_message(format!("{}{lost}", document.gate.verdict()));
        status.set_type("scan");
    }
    let mut case = TestCase::new("scan", status);
    case.set_classname("keysift");
    case.set_system_out(format!("{}: {}", counted(document.summary.artifacts, "artifact"), document.coverage()));
    case
}
