//! Progress: what a long scan tells while it runs.

/// Told from many threads; must not block.
pub trait Progress: Sync {
    /// Another artifact has been listed, of so many bytes.
    fn found(&self, _bytes: u64) {}
    /// An artifact that was found without its length has so many.
    fn measured(&self, _bytes: u64) {}
    /// All that there is has been listed.
    fn listed(&self) {}
    /// Bytes of artifacts that are done with.
    fn read(&self, _bytes: u64) {}
    fn entry(&self) {}
    /// An artifact is done with.
    fn artifact(&self) {}
}

/// Tells nobody.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {}
