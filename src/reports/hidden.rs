//! What a report counts and does not show: findings below `--min-severity`, and suppressed ones.

use super::document::Document;
use crate::findings::finding::State;
use crate::rules::schema::Severity;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub(super) struct Hidden {
    by_severity: BTreeMap<Severity, usize>,
    suppressed: usize,
    baselined: usize,
}

impl Hidden {
    pub(super) fn of(document: &Document) -> Self {
        let shown = Self::shown(document);
        let summary = &document.summary;
        let rest = |(severity, count): (&Severity, &usize)| {
            (*severity, count.saturating_sub(shown.by_severity.get(severity).copied().unwrap_or(0)))
        };
        Self {
            by_severity: summary.by_severity.iter().map(rest).collect(),
            suppressed: summary.suppressed.saturating_sub(shown.suppressed),
            baselined: summary.baselined.saturating_sub(shown.baselined),
        }
    }

    fn shown(document: &Document) -> Self {
        let mut shown = Self { by_severity: BTreeMap::new(), suppressed: 0, baselined: 0 };
        for finding in &document.findings {
            if document.counts(finding) {
                *shown.by_severity.entry(finding.severity).or_insert(0) += 1;
            } else if finding.state == State::Suppressed {
                shown.suppressed += 1;
            } else {
                shown.baselined += 1;
            }
        }
        shown
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (severity, count) in &other.by_severity {
            *self.by_severity.entry(*severity).or_insert(0) += count;
        }
        self.suppressed += other.suppressed;
        self.baselined += other.baselined;
    }

    /// The counts of a report: what it shows, each once, and what it does not.
    pub(super) fn count(mut self, document: &mut Document) {
        self.add(&Self::shown(document));
        document.summary.by_severity = self.by_severity;
        document.summary.suppressed = self.suppressed;
        document.summary.baselined = self.baselined;
    }

    /// Whether it leaves out findings that a policy could have ruled on.
    pub(super) fn is_empty(&self) -> bool {
        self.baselined == 0 && self.by_severity.values().all(|count| *count == 0)
    }
}
