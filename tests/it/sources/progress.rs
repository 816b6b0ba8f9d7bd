//! Progress: what an estimate rests on. Once the listing has ended, the bytes that were found are those that
//! are still to be read and those that were, and in the end they are the same.

use crate::support::project;
use keysift::engine::progress::Progress;
use keysift::engine::scan::Scan;
use keysift::engine::settings::{Settings, Target};
use keysift::rules::set::RuleSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Told {
    artifacts: u64,
    bytes: u64,
    done: u64,
    read: u64,
    listed: u64,
    /// Artifacts that were found after the end of the listing had been told.
    late: u64,
}

#[derive(Debug, Default)]
struct Recorder(Mutex<Told>);

impl Recorder {
    fn tell(&self, what: impl Fn(&mut Told)) {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Progress for Recorder {
    fn found(&self, bytes: u64) {
        self.tell(|told| {
            told.artifacts += 1;
            told.bytes += bytes;
            told.late += told.listed;
        });
    }

    fn listed(&self) {
        self.tell(|told| told.listed += 1);
    }

    fn read(&self, bytes: u64) {
        self.tell(|told| told.read += bytes);
    }

    fn artifact(&self) {
        self.tell(|told| told.done += 1);
    }
}

#[test]
fn all_that_was_found_is_read_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let jar = std::fs::read(project("testdata/orders.jar")).unwrap();
    let mut bytes = 0;
    for (name, content) in [("a.jar", jar.clone()), ("b.jar", jar[..9000].to_vec()), ("c.txt", vec![b'x'; 5000])] {
        bytes += content.len() as u64;
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let (recorder, rules) = (Recorder::default(), RuleSet::builtin().unwrap());
    let settings = Settings { targets: vec![Target::path(folder.path())], ..Settings::default() };
    let stop = Arc::new(AtomicBool::new(false));
    Scan { settings: &settings, rules: &rules, progress: &recorder, cache: None, stop: &stop }.run().unwrap();
    let told = recorder.0.into_inner().unwrap();
    assert_eq!(told, Told { artifacts: 3, bytes, done: 3, read: bytes, listed: 1, late: 0 });
}
