//! Pages: a large object as a blob, of which a few pieces are held and the next are on their way.
//!
//! A worker that reads waits for the page that it needs, but a reader that has said what comes next
//! (`Blob::read_ahead`) finds it fetched in most cases. However it reads, no more than `MEMORY` is held.

use super::object::Object;
use crate::blob::Blob;
use crate::sources::aws::failure::Failure;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::AbortHandle;

/// The longest page: large enough that a request's latency does not count.
const PAGE: u64 = 4 << 20;
/// What is fetched where nothing was expected: a head, an end record.
const PROBE: u64 = 256 << 10;
/// Pages that are held or on their way.
const HELD: usize = 8;
/// Pages fetched ahead of the one that is read: requests that run at the same time.
const AHEAD: usize = 3;
/// Pages that are planned for: what lies behind them is fetched as it is read.
const PLANNED: usize = 1 << 16;
/// Ranges this near to each other are fetched together.
const NEAR: u64 = 64 << 10;
/// What a blob may hold.
pub(super) const MEMORY: u64 = HELD as u64 * PAGE;
/// How often a wait looks up whether the scan is to end.
const GLANCE: Duration = Duration::from_millis(100);

pub(super) struct Pages {
    object: Arc<Object>,
    length: u64,
    shelf: Arc<Shelf>,
}

#[derive(Default)]
struct Shelf {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    /// What is expected to be read, by offset.
    plan: Vec<Range<u64>>,
    /// How much of the plan has been asked for: what one reader is done with, another must not fetch ahead
    /// once more.
    asked: usize,
    pages: Vec<Page>,
    clock: u64,
    /// Why no byte more can be had.
    failure: Option<Failure>,
}

struct Page {
    range: Range<u64>,
    /// Somebody waits for it.
    wanted: bool,
    /// Nobody is expected to need it any more.
    read: bool,
    used: u64,
    /// `None` while they are on their way.
    bytes: Option<Arc<Vec<u8>>>,
    request: AbortHandle,
}

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn find(&mut self, at: u64) -> Option<&mut Page> {
        self.pages.iter_mut().find(|page| page.range.contains(&at))
    }

    /// Where the plan goes on at an offset.
    fn planned(&self, at: u64) -> usize {
        self.plan.partition_point(|range| range.end <= at)
    }

    /// Gives up the page that was not read for longest. One that was not read at all, another worker is
    /// about to read: it goes only for one that is `needed` now, and not while somebody waits for it. False
    /// if there is none to give up.
    fn make_room(&mut self, needed: bool) -> bool {
        if self.pages.len() < HELD {
            return true;
        }
        let may_go = |page: &Page| page.bytes.is_some() && (page.read || needed && !page.wanted);
        let there = self.pages.iter().enumerate().filter(|(_, page)| may_go(page));
        let oldest = there.min_by_key(|(_, page)| (!page.read, page.used)).map(|(index, _)| index);
        oldest.map(|index| self.pages.swap_remove(index)).is_some()
    }
}

impl Pages {
    pub(super) fn new(object: Object, length: u64) -> Self {
        Self { object: Arc::new(object), length, shelf: Arc::default() }
    }

    /// The page at an offset, with those that follow it in the plan asked for.
    fn page(&self, at: u64, wanted: u64) -> Result<(u64, Arc<Vec<u8>>), Failure> {
        let mut state = self.shelf.lock();
        loop {
            if self.object.bucket.line.is_stopped() {
                return Err(Failure::Stopped);
            }
            if let Some(failure) = &state.failure {
                return Err(failure.clone());
            }
            state.clock += 1;
            let now = state.clock;
            if state.find(at).is_none() {
                let range = self.range(&state, at, wanted);
                // Without room it waits until somebody has read a page.
                self.request(&mut state, range, true);
            }
            self.fetch_ahead(&mut state, at);
            if let Some(page) = state.find(at) {
                page.wanted = true;
                if let Some(bytes) = page.bytes.clone() {
                    let first = !std::mem::replace(&mut page.read, true);
                    (page.wanted, page.used) = (false, now);
                    let start = page.range.start;
                    drop(state);
                    if first {
                        // There is room for another one.
                        self.shelf.arrived.notify_all();
                    }
                    return Ok((start, bytes));
                }
            }
            state =
                self.shelf.arrived.wait_timeout(state, GLANCE).map_or_else(|e| e.into_inner().0, |(state, _)| state);
        }
    }

    /// Asks for what the plan has behind an offset, as far as there is room.
    fn fetch_ahead(&self, state: &mut State, at: u64) {
        let next = state.planned(at);
        for index in next.max(state.asked)..(next + AHEAD + 1).min(state.plan.len()) {
            let range = state.plan[index].clone();
            if state.find(range.start).is_none() && !self.request(state, range, false) {
                return;
            }
            state.asked = index + 1;
        }
    }

    /// What to fetch for the sake of an offset.
    fn range(&self, state: &State, at: u64, wanted: u64) -> Range<u64> {
        match state.plan.get(state.planned(at)) {
            Some(range) if range.start <= at => range.clone(),
            _ if wanted > PROBE => at..at.saturating_add(wanted.min(PAGE)).min(self.length),
            _ => {
                let start = at - at % PROBE;
                start..start.saturating_add(PROBE).min(self.length)
            }
        }
    }

    /// False if there is no room for it.
    fn request(&self, state: &mut State, range: Range<u64>, needed: bool) -> bool {
        if !state.make_room(needed) {
            return false;
        }
        let (object, shelf, part) = (self.object.clone(), self.shelf.clone(), range.clone());
        let request = self.object.bucket.line.spawn(async move {
            let fetched = object.fetch(part.clone()).await;
            let mut state = shelf.lock();
            match fetched {
                Ok(bytes) => {
                    let now = state.clock;
                    if let Some(page) = state.pages.iter_mut().find(|page| page.range == part) {
                        (page.bytes, page.used) = (Some(Arc::new(bytes)), now);
                    }
                }
                Err(failure) => {
                    state.pages.retain(|page| page.range != part);
                    state.failure.get_or_insert(failure);
                }
            }
            drop(state);
            shelf.arrived.notify_all();
        });
        let used = state.clock;
        state.pages.push(Page { range, wanted: needed, read: false, used, bytes: None, request });
        true
    }
}

impl Blob for Pages {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(buffer.len() as u64).filter(|&end| end <= self.len());
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut at = offset;
        while at < end {
            let (start, bytes) = self.page(at, end - at).map_err(io::Error::other)?;
            let held = bytes.get((at - start) as usize..).unwrap_or_default();
            let to = &mut buffer[(at - offset) as usize..];
            let length = held.len().min(to.len());
            to[..length].copy_from_slice(&held[..length]);
            at += length as u64;
        }
        Ok(())
    }

    fn read_ahead(&self, ranges: &mut dyn Iterator<Item = Range<u64>>) {
        let mut state = self.shelf.lock();
        (state.plan, state.asked) = (pages_of(ranges, self.length), 0);
        // What was expected before is not, any more.
        state.pages.iter_mut().for_each(|page| page.read |= !page.wanted);
        if let Some(first) = state.plan.first().map(|range| range.start) {
            self.fetch_ahead(&mut state, first);
        }
    }

    fn is_stale(&self) -> bool {
        matches!(self.shelf.lock().failure, Some(Failure::Changed | Failure::Beyond))
    }

    fn is_lost(&self) -> bool {
        self.shelf.lock().failure.is_some()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        for page in &self.shelf.lock().pages {
            page.request.abort();
        }
    }
}

/// Ranges as pages: by offset, near ones joined, long ones cut.
fn pages_of(ranges: &mut dyn Iterator<Item = Range<u64>>, length: u64) -> Vec<Range<u64>> {
    let mut ranges: Vec<Range<u64>> = ranges.map(|range| range.start..range.end.min(length)).collect();
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(NEAR) => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined.into_iter().flat_map(|range| cut(range, PAGE)).take(PLANNED).collect()
}

fn cut(range: Range<u64>, longest: u64) -> impl Iterator<Item = Range<u64>> {
    let pieces = (range.end - range.start).div_ceil(longest);
    (0..pieces).map(move |piece| {
        let start = range.start + piece * longest;
        start..start.saturating_add(longest).min(range.end)
    })
}

#[cfg(test)]
mod tests {
    use super::{NEAR, PAGE, pages_of};

    #[test]
    fn near_ranges_are_joined_and_long_ones_cut() {
        let ranges = [2 * PAGE..5 * PAGE + 1, 0..10, 10 + NEAR..20 + NEAR, 9..12, 7 * PAGE..7 * PAGE];
        let pages = pages_of(&mut ranges.into_iter(), 5 * PAGE);
        assert_eq!(pages, [0..20 + NEAR, 2 * PAGE..3 * PAGE, 3 * PAGE..4 * PAGE, 4 * PAGE..5 * PAGE]);
    }
}
