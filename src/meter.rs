//! A meter: how much work one entry has taken, in steps, and how much it may take.
//!
//! Whoever interprets code, or looks for secrets, charges the meter with what that takes, wherever the work may be
//! more than the bytes of the entry suggest. A meter counts steps and not seconds, so that every run and every machine
//! stops at the same place.

use std::cell::Cell;

/// Bytes that are searched, or copied, in one step: about as long as an instruction of a class takes.
const BYTES: usize = 16;
/// Steps for each byte of an entry. Real classes and texts take one or two.
const EACH: u64 = 16;
/// A small entry may take more: so many steps are some milliseconds.
const FLOOR: u64 = 1 << 18;

#[derive(Clone, Debug)]
pub struct Meter {
    taken: Cell<u64>,
    allowed: Cell<u64>,
    given_up: Cell<bool>,
}

impl Default for Meter {
    fn default() -> Self {
        Self { taken: Cell::new(0), allowed: Cell::new(FLOOR), given_up: Cell::new(false) }
    }
}

impl Meter {
    /// That of an entry of so many bytes.
    pub fn of(bytes: usize) -> Self {
        let meter = Self::default();
        meter.allow(bytes);
        meter
    }

    /// There are so many more bytes to be read.
    pub fn allow(&self, bytes: usize) {
        self.allowed.set(self.allowed.get().saturating_add(EACH.saturating_mul(bytes as u64)));
    }

    /// Takes so many steps; false if they, or those before them, were too many.
    pub fn charge(&self, steps: usize) -> bool {
        self.taken.set(self.taken.get().saturating_add(steps as u64));
        !self.is_exceeded()
    }

    /// Takes the steps of going through so many bytes.
    pub fn charge_bytes(&self, bytes: usize) -> bool {
        self.charge(1 + bytes / BYTES)
    }

    /// There is more to be done than is done, however many steps are left.
    pub fn give_up(&self) {
        self.given_up.set(true);
    }

    /// Whether the entry took more than it may. It was not read, or not searched, in full then.
    pub fn is_exceeded(&self) -> bool {
        self.given_up.get() || self.taken.get() > self.allowed.get()
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.taken.get()
    }
}

#[cfg(test)]
mod tests {
    use super::{EACH, FLOOR, Meter};

    #[test]
    fn what_is_too_much_depends_on_the_size() {
        let spent = |bytes: usize, steps: u64| Meter::of(bytes).charge(usize::try_from(steps).unwrap());
        assert!(spent(0, FLOOR) && !spent(0, FLOOR + 1));
        assert!(spent(1000, FLOOR + 1000 * EACH) && !spent(1000, FLOOR + 1000 * EACH + 1));
    }

    #[test]
    fn it_stays_exceeded_and_never_overflows() {
        let meter = Meter::of(usize::MAX);
        assert!(meter.charge(usize::MAX) && meter.charge(usize::MAX) && !meter.is_exceeded());
        meter.give_up();
        assert!(meter.is_exceeded() && !meter.charge(0) && meter.steps() == u64::MAX);
    }
}
