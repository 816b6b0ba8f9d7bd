//! History: when the findings of some targets were first and last seen.

use super::circumstances::population;
use super::store::{CacheError, Key, Span};
use super::{Cache, digest};
use crate::engine::settings::Settings;
use crate::findings::finding::Seen;
use crate::findings::identity;
use crate::reports::report::{News, Report};
use jiff::Timestamp;
use rustc_hash::FxHashMap;

impl Cache {
    /// Says of each finding when it was first seen, and whether the last scan of the same targets knew
    /// it, and keeps that for the next one.
    ///
    /// A scan that was interrupted leaves all as it was: nobody has been told of all its findings. What
    /// an incomplete one has not seen may still be there.
    pub fn date(&mut self, report: &mut Report, settings: &Settings) -> Result<(), CacheError> {
        self.store.flush()?;
        let now = Timestamp::now().as_millisecond();
        let targets = digest(&[population(settings).as_bytes()]);
        let last = self.store.last_scan(&targets)?;
        let mut known: FxHashMap<(Key, Key), Span> = FxHashMap::default();
        let mut by_finding: FxHashMap<Key, Span> = FxHashMap::default();
        self.store.sightings(&targets, &mut |fingerprint, place, (first, until)| {
            known.insert((fingerprint, place), (first, until));
            let span = by_finding.entry(fingerprint).or_insert((first, until));
            *span = (span.0.min(first), span.1.max(until));
        })?;
        let is_new = |span: Option<&Span>| span.is_none_or(|(_, until)| last.is_some_and(|last| *until < last));
        let mut seen = Vec::new();
        for finding in report.findings.iter_mut().chain(&mut report.suppressed) {
            let fingerprint = digest(&[finding.fingerprint.as_bytes()]);
            let span = by_finding.get(&fingerprint);
            let first = span.map_or(now, |(first, _)| *first);
            finding.seen = Some(Seen { first: timestamp(first), new: is_new(span) });
            for location in &mut finding.locations {
                let place = digest(&[identity::place(&finding.fingerprint, location).as_bytes()]);
                let span = known.get(&(fingerprint, place));
                location.new = Some(is_new(span));
                seen.push((fingerprint, place, (span.map_or(now, |(first, _)| *first), now)));
            }
        }
        let new = report.findings.iter().filter(|finding| finding.seen.is_some_and(|seen| seen.new)).count();
        report.news = Some(News { last_scan: last.map(timestamp), new });
        if report.interrupted {
            return Ok(());
        }
        seen.sort_unstable();
        seen.dedup();
        self.store.keep_sightings(&targets, &seen, report.is_accepted().then_some(now))
    }
}

/// To the second.
fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_second(milliseconds / 1000).unwrap_or(Timestamp::UNIX_EPOCH)
}
