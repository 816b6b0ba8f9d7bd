//! The budget: what one artifact may cost, and the ledger of memory that all of them share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// Caps per artifact. What hits a cap becomes trouble with the flag's name.
#[derive(Clone, Debug)]
pub struct Limits {
    /// `--max-depth`: containers inside containers.
    pub depth: usize,
    /// `--max-entry-bytes`: inflated bytes of one entry.
    pub entry_bytes: u64,
    /// `--max-artifact-bytes`: inflated bytes of one artifact, all levels together.
    pub artifact_bytes: u64,
    /// `--max-entries`: entries of one artifact, all levels together.
    pub entries: u64,
    /// `--max-ratio`: inflated to compressed bytes of an entry beyond `RATIO_FLOOR`.
    pub ratio: u64,
    /// `--max-findings`: places of secrets in one artifact; one entry may hold a tenth of them.
    pub findings: u64,
    /// Entries above this are matched as overlapping chunks of text; nested archives above it are
    /// streamed by their local headers instead of being held in memory.
    pub whole_bytes: u64,
}

/// Entries below this many inflated bytes are never called a bomb: real JSON models of
/// repeated text reach ratios of several hundred.
pub const RATIO_FLOOR: u64 = 16 << 20;

impl Default for Limits {
    fn default() -> Self {
        // Sized by real fat jars: 100,000 entries, 1.2 GB inflated, one JSON of 47 MB.
        Self {
            depth: 8,
            entry_bytes: 4 << 30,
            artifact_bytes: 16 << 30,
            entries: 2_000_000,
            ratio: 400,
            findings: 50_000,
            whole_bytes: 64 << 20,
        }
    }
}

/// What is left of the limits for one artifact. Shared by all workers that read it.
#[derive(Debug)]
pub struct Budget {
    pub limits: Limits,
    bytes: AtomicU64,
    entries: AtomicU64,
    findings: AtomicU64,
    exhausted: AtomicBool,
    short: AtomicBool,
}

impl Budget {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            bytes: AtomicU64::new(0),
            entries: AtomicU64::new(0),
            findings: AtomicU64::new(0),
            exhausted: AtomicBool::new(false),
            short: AtomicBool::new(false),
        }
    }

    /// Charges inflated bytes; false when the artifact's cap is passed.
    pub fn charge_bytes(&self, bytes: u64) -> bool {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = before.saturating_add(bytes) <= self.limits.artifact_bytes;
        if !fits {
            self.exhausted.store(true, Ordering::Relaxed);
        }
        fits
    }

    /// Charges one entry; false when the artifact's cap is passed.
    pub fn charge_entry(&self) -> bool {
        let fits = self.entries.fetch_add(1, Ordering::Relaxed) < self.limits.entries;
        if !fits {
            self.exhausted.store(true, Ordering::Relaxed);
        }
        fits
    }

    /// Charges places of secrets; gives back how many of them may be kept.
    pub fn charge_findings(&self, found: usize) -> usize {
        let before = self.findings.fetch_add(found as u64, Ordering::Relaxed);
        let room = usize::try_from(self.limits.findings.saturating_sub(before)).unwrap_or(usize::MAX);
        if found > room {
            self.exhausted.store(true, Ordering::Relaxed);
        }
        found.min(room)
    }

    /// Whether a cap of the whole artifact was hit. Which entry met it first depends on the
    /// workers' timing, so the engine rescans such an artifact in directory order.
    pub fn exhausted(&self) -> bool {
        self.exhausted.load(Ordering::Relaxed)
    }

    /// Something was read in another way, because the ledger had no room for it.
    pub fn fall_short(&self) {
        self.short.store(true, Ordering::Relaxed);
    }

    /// Whether something was. Whether there is room depends on what else is read at the time, so the engine
    /// scans such an artifact once more, alone.
    pub fn is_short(&self) -> bool {
        self.short.load(Ordering::Relaxed)
    }
}

/// One ledger of bytes for the whole run (`--max-memory`).
///
/// Only artifacts wait for room. What lies inside one draws on the ledger without waiting: a worker
/// that waited while it holds its parent's bytes could wait for itself.
#[derive(Debug)]
pub struct Ledger {
    capacity: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

impl Ledger {
    pub fn new(capacity: u64) -> Self {
        Self { capacity, used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits until `bytes` fit, or until nothing else is held: a single artifact larger than the
    /// ledger still passes, alone.
    pub fn wait_for(&self, bytes: u64) -> Reservation<'_> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while *used > 0 && used.saturating_add(bytes) > self.capacity {
            used = self.freed.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        *used = used.saturating_add(bytes);
        Reservation { ledger: self, bytes }
    }

    /// Takes `bytes` if they fit now.
    pub fn try_take(&self, bytes: u64) -> Option<Reservation<'_>> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.saturating_add(bytes) > self.capacity {
            return None;
        }
        *used += bytes;
        Some(Reservation { ledger: self, bytes })
    }

    pub fn capacity(&self) -> u64 {
        self.capacity
    }
}

/// Bytes held until dropped.
#[derive(Debug)]
pub struct Reservation<'a> {
    ledger: &'a Ledger,
    bytes: u64,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut used = self.ledger.used.lock().unwrap_or_else(PoisonError::into_inner);
        *used = used.saturating_sub(self.bytes);
        self.ledger.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Ledger;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    #[test]
    fn what_does_not_fit_is_refused_or_waits() {
        let ledger = Ledger::new(100);
        let first = ledger.wait_for(60);
        let second = ledger.try_take(40).unwrap();
        assert!(ledger.try_take(1).is_none());
        drop(first);
        assert!(ledger.try_take(61).is_none());
        let third = ledger.try_take(60).unwrap();
        drop((second, third));
        assert_eq!(*ledger.used.lock().unwrap(), 0);
    }

    #[test]
    fn what_is_larger_than_all_passes_alone() {
        let ledger = Ledger::new(100);
        let alone = ledger.wait_for(u64::MAX);
        assert!(ledger.try_take(0).is_none());
        thread::scope(|scope| {
            let next = scope.spawn(|| drop(ledger.wait_for(1)));
            assert!(!next.is_finished());
            drop(alone);
        });
        assert_eq!(*ledger.used.lock().unwrap(), 0);
    }

    #[test]
    fn together_they_never_hold_more_than_there_is() {
        const CAPACITY: u64 = 1000;
        let ledger = Ledger::new(CAPACITY);
        let (held, most) = (AtomicU64::new(0), AtomicU64::new(0));
        thread::scope(|scope| {
            for driver in 0..8 {
                let (ledger, held, most) = (&ledger, &held, &most);
                scope.spawn(move || {
                    for step in 0..200 {
                        let bytes = (driver * 131 + step * 37) % CAPACITY;
                        let reserved = ledger.wait_for(bytes);
                        most.fetch_max(held.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
                        let inner = ledger.try_take(100);
                        thread::yield_now();
                        drop(inner);
                        held.fetch_sub(bytes, Ordering::SeqCst);
                        drop(reserved);
                    }
                });
            }
        });
        assert!((1..=CAPACITY).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(*ledger.used.lock().unwrap(), 0);
    }
}
