//! Scratch: a buffer that a thread uses again for the next entry.

use std::cell::{Cell, RefCell};
use zeroize::Zeroize as _;

/// Larger buffers are given back to the system: one large entry must not be paid for to the end.
const KEEP_BYTES: usize = 4 << 20;
/// A worker holds one buffer per level of nesting, hardly ever more.
const KEEP_BUFFERS: usize = 4;

thread_local! {
    static POOL: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
    /// How often something was found on this thread.
    static FOUND: Cell<u64> = const { Cell::new(0) };
}

/// Has the buffers that are taken on this thread zeroed as they are put back: what has just been visited
/// lies in one of them, and what it was unpacked from in others.
pub fn wipe() {
    FOUND.set(FOUND.get().wrapping_add(1));
}

/// A buffer taken out of the thread's pool, and put back on drop. It is taken, never borrowed, because
/// the visitor may unpack an embedded file on the same thread while it reads this one.
///
/// `bytes` is not cleared between uses, unless something was found: zeroing costs as much as inflating.
pub(super) struct Scratch {
    bytes: Vec<u8>,
    /// What `FOUND` was when it was taken.
    found: u64,
}

impl Scratch {
    pub(super) fn take() -> Self {
        let bytes = POOL.try_with(|pool| pool.try_borrow_mut().ok().and_then(|mut pool| pool.pop()));
        Self { bytes: bytes.ok().flatten().unwrap_or_default(), found: FOUND.get() }
    }

    /// Room for exactly `length` bytes, with anything in them.
    pub(super) fn room(&mut self, length: usize) -> &mut [u8] {
        if self.bytes.len() < length {
            let rounded = if length <= KEEP_BYTES { length.next_power_of_two().max(64 << 10) } else { length };
            // A fresh allocation comes zeroed from the system, page by page as it is used.
            self.bytes = Vec::new();
            self.bytes = vec![0; rounded];
        }
        &mut self.bytes[..length]
    }

    /// Like `room`, but keeps the first `kept` bytes.
    pub(super) fn grow(&mut self, kept: usize, length: usize) -> &mut [u8] {
        if self.bytes.len() < length {
            self.bytes.truncate(kept);
            self.bytes.resize(length, 0);
        }
        &mut self.bytes[..length]
    }

    pub(super) fn get(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if FOUND.get() != self.found {
            self.bytes.as_mut_slice().zeroize();
        }
        if self.bytes.capacity() > KEEP_BYTES {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        // The pool is gone when the thread ends; then the buffer simply goes too.
        let _ = POOL.try_with(|pool| {
            if let Ok(mut pool) = pool.try_borrow_mut()
                && pool.len() < KEEP_BUFFERS
            {
                pool.push(bytes);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{POOL, Scratch, wipe};

    fn pooled() -> Vec<Vec<u8>> {
        POOL.with(|pool| pool.borrow().clone())
    }

    #[test]
    fn buffers_with_findings_are_zeroed_when_they_are_put_back() {
        let mut outer = Scratch::take();
        outer.room(8).copy_from_slice(b"password");
        let mut inner = Scratch::take();
        inner.room(8).copy_from_slice(b"password");
        wipe();
        drop(inner);
        drop(outer);
        assert_eq!(pooled().len(), 2);
        assert!(pooled().iter().flatten().all(|byte| *byte == 0));
        // What comes next is not paid for.
        Scratch::take().room(8).copy_from_slice(b"nothing.");
        assert!(pooled().iter().any(|bytes| bytes.starts_with(b"nothing.")));
    }

    #[test]
    fn what_comes_behind_a_finding_in_the_same_archive_is_not_zeroed() {
        let mut archive = Scratch::take();
        archive.room(8).copy_from_slice(b"password");
        wipe();
        Scratch::take().room(8).copy_from_slice(b"nothing.");
        assert!(pooled().iter().any(|bytes| bytes.starts_with(b"nothing.")));
        drop(archive);
        assert!(!pooled().iter().any(|bytes| bytes.starts_with(b"password")));
    }
}
