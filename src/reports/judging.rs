//! Judging: a report that was read back is held against a policy, as the findings of a scan are.

use super::document::{Document, Finding, Location};
use super::hidden::Hidden;
use crate::findings::allow::Reason;
use crate::findings::finding::{State, Suppression};
use crate::findings::identity;
use crate::findings::judged::{EXPIRED, Judged, Spot};
use crate::findings::policy::{Policy, Ruling};
use std::borrow::Cow;

impl Document {
    /// Adds what a policy says to what the report says already. Findings that the report only counts go on
    /// counting.
    pub fn apply(&mut self, policy: &Policy) -> Ruling {
        let hidden = Hidden::of(self);
        let mut ruling = policy.apply(&mut self.findings, &mut self.trouble);
        if !hidden.is_empty() {
            // They may be among what the report leaves out.
            ruling.gone.clear();
        }
        self.gone.extend(ruling.gone.iter().cloned());
        self.gone.sort();
        self.gone.dedup();
        self.gate.baseline_strict = policy.strict;
        self.findings.sort_by_key(Finding::is_suppressed);
        hidden.count(self);
        ruling
    }

    /// Whether all findings that count are in it, and not only their number.
    pub fn is_whole(&self) -> bool {
        Hidden::of(self).is_empty()
    }
}

impl Judged for Finding {
    type Spot = Location;

    fn rule(&self) -> &str {
        &self.rule_id
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// A report has none.
    fn former(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    fn spots(&self) -> &[Location] {
        &self.locations
    }

    fn spots_mut(&mut self) -> &mut [Location] {
        &mut self.locations
    }

    fn is_suppressed(&self) -> bool {
        self.state == State::Suppressed
    }

    fn suppress(&mut self, why: Suppression) {
        self.suppression = Some(why);
        self.state = State::Suppressed;
    }

    fn set_state(&mut self, state: State) {
        self.state = state;
    }

    fn note_expired(&mut self, allowance: &Reason) {
        self.attributes.insert(EXPIRED.to_owned(), allowance.to_string());
    }
}

impl Spot for Location {
    fn uri(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.uri)
    }

    fn identity(&self, _fingerprint: &str) -> Cow<'_, str> {
        Cow::Borrowed(&self.place)
    }

    fn hint(&self) -> String {
        let innermost = self.uri.rsplit("!/").next().unwrap_or(&self.uri);
        identity::hint(innermost, self.method.as_deref().or(self.field.as_deref()))
    }

    fn keys(&self) -> Vec<&str> {
        let parts = self.parts.iter().filter_map(|part| part.binding.as_deref());
        parts.chain(self.binding.as_deref()).collect()
    }

    /// A report has no comments but those that have suppressed a finding.
    fn comment(&self) -> Option<Suppression> {
        None
    }

    fn is_known(&self) -> bool {
        self.known
    }

    fn set_known(&mut self) {
        self.known = true;
    }
}
