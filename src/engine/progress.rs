//! Progress: what a long scan tells while it runs.

/// Told from many threads; must not block.
pub trait Progress: Sync {
    /// More bytes have been listed.
    fn found(&self, _bytes: u64) {}
    /// Bytes of artifacts that are done with.
    fn read(&self, _bytes: u64) {}
    fn entry(&self) {}
}

/// Tells nobody.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {}
