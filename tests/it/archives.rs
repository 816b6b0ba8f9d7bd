//! Tests of archives: whole archives are built in memory, and a visitor collects what comes of them.
#![allow(clippy::unwrap_used)] // a test may stop at what must not be

pub(crate) mod building;
mod damage;
mod disagreements;
mod formats;
mod limits;
mod nested;
mod polyglots;
mod tails;
mod zips;

use keysift::archives::{Content, Reread, Unpacker, Visitor};
use keysift::blob::Blob;
use keysift::budget::{Budget, Ledger, Limits};
use keysift::place::EntryPath;
use keysift::trouble::{Kind, Trouble};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// One leaf as it was visited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Leaf {
    path: String,
    bytes: Vec<u8>,
    streamed: bool,
}

/// What a walk came upon.
#[derive(Default)]
struct Seen {
    leaves: Mutex<Vec<Leaf>>,
    trouble: Mutex<Vec<Trouble>>,
    ends: Mutex<Vec<String>>,
    /// Asked of every container that ends.
    reread_name: Option<&'static str>,
    reread: Mutex<Vec<Option<Vec<u8>>>>,
    unwanted: Option<&'static str>,
    /// Keep lengths only.
    count_only: bool,
    stop_after: Option<usize>,
    visited: AtomicUsize,
    progress: AtomicU64,
    stopped: AtomicBool,
}

impl Visitor for Seen {
    fn wanted(&self, path: &EntryPath) -> bool {
        self.unwanted.is_none_or(|name| path.innermost() != name)
    }

    fn leaf(&self, path: &EntryPath, content: Content<'_>) {
        let visited = self.visited.fetch_add(1, Ordering::Relaxed) + 1;
        if self.stop_after.is_some_and(|most| visited >= most) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        let (bytes, streamed) = match content {
            Content::Whole(bytes) => (bytes.to_vec(), false),
            Content::Stream { reader, .. } => {
                let mut bytes = Vec::new();
                let _ = reader.read_to_end(&mut bytes);
                (bytes, true)
            }
        };
        if !self.count_only {
            self.leaves.lock().unwrap().push(Leaf { path: path.to_string(), bytes, streamed });
        }
    }

    fn container_end(&self, path: &EntryPath, reread: &dyn Reread) {
        self.ends.lock().unwrap().push(path.to_string());
        if let Some(name) = self.reread_name {
            self.reread.lock().unwrap().push(reread.read(name));
        }
    }

    fn trouble(&self, trouble: Trouble) {
        self.trouble.lock().unwrap().push(trouble);
    }

    fn progress(&self, compressed_bytes: u64) {
        self.progress.fetch_add(compressed_bytes, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Seen {
    fn leaves(&self) -> Vec<Leaf> {
        let mut leaves = self.leaves.lock().unwrap().clone();
        leaves.sort();
        leaves
    }

    /// Path below the artifact and content, both as text, in path order.
    fn texts(&self) -> Vec<(String, String)> {
        let text = |leaf: Leaf| (short(&leaf.path), String::from_utf8_lossy(&leaf.bytes).into_owned());
        let mut texts: Vec<_> = self.leaves().into_iter().map(text).collect();
        texts.sort();
        texts
    }

    fn names(&self) -> Vec<String> {
        self.leaves().iter().map(|leaf| short(&leaf.path)).collect()
    }

    fn content(&self, name: &str) -> Vec<u8> {
        let leaves = self.leaves();
        let found = leaves.iter().find(|leaf| short(&leaf.path) == name);
        found.unwrap_or_else(|| panic!("no leaf {name} in {:?}", self.names())).bytes.clone()
    }

    /// Kind and path of each trouble, in order.
    fn kinds(&self) -> Vec<(Kind, String)> {
        let mut kinds: Vec<_> = self.trouble().iter().map(|t| (t.kind, short(&t.uri))).collect();
        kinds.sort();
        kinds
    }

    fn trouble(&self) -> Vec<Trouble> {
        self.trouble.lock().unwrap().clone()
    }

    fn assert_no_trouble(&self) {
        assert_eq!(self.trouble(), []);
    }
}

fn short(path: &str) -> String {
    path.strip_prefix("a!/").unwrap_or(path).to_owned()
}

/// A blob that is not in memory, like a file.
struct File<'a>(&'a [u8]);

impl Blob for File<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_at(offset, buffer)
    }
}

fn walk_into(seen: &Seen, blob: &dyn Blob, limits: Limits, memory: u64, parallel: bool) {
    let budget = Budget::new(limits);
    let ledger = Ledger::new(memory);
    Unpacker { budget: &budget, ledger: &ledger, visitor: seen, parallel }.artifact(&EntryPath::artifact("a"), blob);
}

/// Unpacks from memory and as a file, alone and in parallel; all of that must tell the same.
fn unpack(bytes: &[u8]) -> Seen {
    unpack_within(bytes, Limits::default())
}

fn unpack_within(bytes: &[u8], limits: Limits) -> Seen {
    let walked = |blob: &dyn Blob, parallel| {
        let seen = Seen::default();
        walk_into(&seen, blob, limits.clone(), 256 << 20, parallel);
        assert_eq!(seen.progress.load(Ordering::Relaxed), bytes.len() as u64, "progress");
        seen
    };
    let seen = walked(&bytes, false);
    for (other, how) in [(walked(&File(bytes), false), "file"), (walked(&bytes, true), "parallel")] {
        // A stream stays one, whether or not its bytes are in memory.
        assert!(seen.leaves() == other.leaves(), "{how}: {:?} is not {:?}", other.names(), seen.names());
        assert_eq!(seen.kinds(), other.kinds(), "{how}");
        assert_eq!(seen.ends.lock().unwrap().len(), other.ends.lock().unwrap().len(), "{how}");
    }
    seen
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = expected.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    pairs.sort();
    pairs
}
