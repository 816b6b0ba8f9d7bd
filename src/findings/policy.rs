//! A policy: what a configuration and a baseline say of what was found, applied to all of it at once.

use super::allow::{Accept, Allow, Reason};
use super::baseline::{Baseline, Gone};
use super::finding::{SuppressedBy, Suppression};
use super::judged::{Judged, Spot as _};
use crate::trouble::Trouble;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

#[derive(Clone, Debug)]
pub struct Policy {
    pub allow: Vec<Allow>,
    pub accept: Vec<Accept>,
    pub baseline: Option<Baseline>,
    /// Whether comments beside secrets are heeded.
    pub inline: bool,
    /// Known secrets in new places count.
    pub strict: bool,
    /// Against which entries expire.
    pub today: Date,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            accept: Vec::new(),
            baseline: None,
            inline: true,
            strict: false,
            today: Offset::UTC.to_datetime(Timestamp::now()).date(),
        }
    }
}

/// What became of a policy's entries.
#[derive(Clone, Debug, Default)]
pub struct Ruling {
    pub strict: bool,
    /// In the baseline, and not found any more.
    pub gone: Vec<Gone>,
    /// Entries that matched nothing.
    pub unused: Vec<Reason>,
    /// Entries that would have matched, had their day not passed.
    pub expired: Vec<Reason>,
}

impl Policy {
    /// What was ruled before stands: a policy adds to it.
    pub fn apply<F: Judged>(&self, findings: &mut [F], trouble: &mut [Trouble]) -> Ruling {
        let mut used = vec![false; self.allow.len()];
        for finding in findings.iter_mut().filter(|finding| !finding.is_suppressed()) {
            self.allow(finding, &mut used);
        }
        let mut accepted = vec![false; self.accept.len()];
        for trouble in trouble.iter_mut() {
            let fitting = self.accept.iter().zip(&mut accepted).filter(|(accept, _)| accept.holds(trouble));
            let mut reasons = Vec::new();
            for (accept, used) in fitting {
                *used = true;
                reasons.push(&accept.reason);
            }
            if let Some(reason) = reasons.into_iter().find(|reason| !reason.is_expired(self.today)) {
                trouble.accepted.get_or_insert_with(|| reason.text.clone());
            }
        }
        let gone = self.baseline.as_ref().map(|baseline| baseline.judge(findings)).unwrap_or_default();
        let mut ruling = Ruling { strict: self.strict, gone, ..Ruling::default() };
        let allow = self.allow.iter().map(|allow| &allow.reason).zip(used);
        let accept = self.accept.iter().map(|accept| &accept.reason).zip(accepted);
        for (reason, used) in allow.chain(accept) {
            if !used {
                ruling.unused.push(reason.clone());
            } else if reason.is_expired(self.today) {
                ruling.expired.push(reason.clone());
            }
        }
        ruling
    }

    /// A finding is suppressed if all of its places are allowed, by a comment or an entry.
    fn allow<F: Judged>(&self, finding: &mut F, used: &mut [bool]) {
        let mut expired: Option<&Reason> = None;
        let mut suppression: Option<Suppression> = None;
        let mut all = true;
        // Of many entries few are about this finding, which may have many places.
        let concerning: Vec<usize> = (0..self.allow.len()).filter(|&n| self.allow[n].concerns(finding)).collect();
        for spot in finding.spots() {
            let mut live: Option<&Reason> = None;
            for &number in concerning.iter().filter(|&&number| self.allow[number].holds(finding, spot)) {
                let allow = &self.allow[number];
                used[number] = true;
                if allow.reason.is_expired(self.today) {
                    expired = Some(&allow.reason);
                } else {
                    live = live.or(Some(&allow.reason));
                }
            }
            match live.map(configured).or_else(|| if self.inline { spot.comment() } else { None }) {
                Some(found) => suppression = suppression.or(Some(found)),
                None => all = false,
            }
        }
        match (suppression.filter(|_| all), expired) {
            (Some(suppression), _) => finding.suppress(suppression),
            (None, Some(expired)) => finding.note_expired(expired),
            (None, None) => {}
        }
    }
}

fn configured(reason: &Reason) -> Suppression {
    Suppression { source: SuppressedBy::Allowed, reason: reason.text.clone(), origin: Some(reason.origin.clone()) }
}
