//! What a policy and a baseline rule on: a finding with its places, whether a scan has just made it or it
//! was read back from a report.

use super::allow::Reason;
use super::finding::{Finding, Location, State, SuppressedBy, Suppression};
use super::identity;
use std::borrow::Cow;

pub trait Judged {
    type Spot: Spot;

    fn rule(&self) -> &str;
    fn title(&self) -> &str;
    fn fingerprint(&self) -> &str;
    /// What baselines of version 1 may know it by.
    fn former(&self) -> impl Iterator<Item = &str>;
    fn spots(&self) -> &[Self::Spot];
    fn spots_mut(&mut self) -> &mut [Self::Spot];
    fn is_suppressed(&self) -> bool;
    fn suppress(&mut self, why: Suppression);
    fn set_state(&mut self, state: State);
    /// An allowance whose day has passed.
    fn note_expired(&mut self, allowance: &Reason);
}

/// One of its places.
pub trait Spot {
    fn uri(&self) -> Cow<'_, str>;
    /// The same in every version of the artifact; see `identity`.
    fn identity(&self, fingerprint: &str) -> Cow<'_, str>;
    /// How a reader recognises it.
    fn hint(&self) -> String;
    /// What its values are bound to.
    fn keys(&self) -> Vec<&str>;
    /// What a comment beside it says.
    fn comment(&self) -> Option<Suppression>;
    fn is_known(&self) -> bool;
    fn set_known(&mut self);
}

/// The attribute of a finding that was allowed until a day that has passed.
pub const EXPIRED: &str = "expired_allowance";

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

    fn former(&self) -> impl Iterator<Item = &str> {
        self.former.iter().map(String::as_str)
    }

    fn spots(&self) -> &[Location] {
        &self.locations
    }

    fn spots_mut(&mut self) -> &mut [Location] {
        &mut self.locations
    }

    fn is_suppressed(&self) -> bool {
        self.suppressed.is_some()
    }

    fn suppress(&mut self, why: Suppression) {
        self.suppressed = Some(why);
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
        self.place.entry.to_string().into()
    }

    fn identity(&self, fingerprint: &str) -> Cow<'_, str> {
        identity::place(fingerprint, self).into()
    }

    fn hint(&self) -> String {
        let position = &self.place.position;
        identity::hint(self.place.entry.innermost(), position.method.as_deref().or(position.field.as_deref()))
    }

    fn keys(&self) -> Vec<&str> {
        let parts = self.parts.iter().filter_map(|part| part.binding.as_deref());
        parts.chain(self.binding.as_deref()).collect()
    }

    fn comment(&self) -> Option<Suppression> {
        let reason = self.allowed.as_deref()?.to_owned();
        let line = self.place.position.line.map(|line| format!(":{line}")).unwrap_or_default();
        let origin = Some(format!("{}{line}", self.place.entry));
        Some(Suppression { reason, source: SuppressedBy::Inline, origin })
    }

    fn is_known(&self) -> bool {
        self.known
    }

    fn set_known(&mut self) {
        self.known = true;
    }
}
