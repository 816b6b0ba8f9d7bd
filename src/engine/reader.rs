//! A reader: what the unpacker shows each leaf of one artifact to. It has leaves read and judged, and keeps what
//! comes of them until the artifact ends.

use super::artifact::{Outcome, Shared};
use super::cache::Lesson;
use super::hop::Pending;
use super::loose::Loose;
use super::repeats::Quiet;
use crate::archives::{Content, Listed, Mark, Packed, Reread, Seen, Unpacker, Visitor, is_data, unread, wipe};
use crate::budget::Budget;
use crate::detection::detect;
use crate::detection::pairing::{Group, pair};
use crate::findings::assemble::assemble;
use crate::findings::owner::Containers;
use crate::findings::redaction::Redaction;
use crate::formats::evidence::Evidence;
use crate::formats::{Context, is_class, read, read_chunk};
use crate::meter::Meter;
use crate::place::EntryPath;
use crate::reports::report::Totals;
use crate::sources::filter::Filter;
use crate::trouble::{Kind, Stage, Trouble, Troubles};
use rustc_hash::FxHashMap;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

pub(super) struct Reader<'a> {
    artifact: EntryPath,
    shared: &'a Shared<'a>,
    filter: &'a Filter,
    budget: &'a Budget,
    entries: AtomicU64,
    bytes: AtomicU64,
    left_out: AtomicU64,
    classes: AtomicU64,
    texts: AtomicU64,
    trusted: AtomicU64,
    /// What the next scan may trust; `None` unless it was asked for.
    lesson: Option<Lesson<'a>>,
    collected: Mutex<Collected>,
}

#[derive(Default)]
struct Collected {
    groups: Vec<Group>,
    containers: Containers,
    trouble: Troubles,
    /// What the classes of a container left open, until all of it has been read.
    pending: FxHashMap<EntryPath, Pending>,
}

/// Chunks of a text too large to be held: each repeats the end of the one before, so that a token
/// on the border is whole in one of them.
const CHUNK: usize = 8 << 20;
const OVERLAP: usize = 64 << 10;

impl<'a> Reader<'a> {
    pub(super) fn new(artifact: &EntryPath, shared: &'a Shared<'a>, filter: &'a Filter, budget: &'a Budget) -> Self {
        Self {
            artifact: artifact.clone(),
            shared,
            filter,
            budget,
            entries: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
            classes: AtomicU64::new(0),
            texts: AtomicU64::new(0),
            trusted: AtomicU64::new(0),
            lesson: shared.cache.and_then(|cache| cache.lesson(filter)),
            collected: Mutex::default(),
        }
    }

    fn collected(&self) -> std::sync::MutexGuard<'_, Collected> {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn whole(&self, path: &EntryPath, bytes: &[u8], mark: Option<Mark>) {
        let context = Context { path, vocabulary: &self.shared.rules.vocabulary };
        let evidence = read(bytes, &context);
        let quiet = Quiet { is_class: is_class(bytes), is_text: evidence.is_text };
        self.count_kind(quiet);
        let unread = evidence.is_unknown && self.is_unread(path, bytes);
        let gives = self.judge(path, evidence) || unread;
        if let Some(mark) = mark.filter(|_| !gives) {
            self.shared.repeats.learn(mark, quiet);
        }
    }

    /// Whether a binary may hold more than its printable runs show, which is told. The archive stage has opened
    /// what it can, and told of what it knows and cannot.
    fn is_unread(&self, path: &EntryPath, bytes: &[u8]) -> bool {
        let cause = unread(bytes);
        let is_known = || self.collected().trouble.has(path, Kind::Unsupported);
        if let Some(cause) = cause.filter(|_| !is_known()) {
            let trouble = Trouble::new(path, Kind::Unsupported, Stage::Format, cause);
            self.trouble(trouble.unscanned(bytes.len() as u64));
        }
        cause.is_some()
    }

    fn count_kind(&self, Quiet { is_class, is_text }: Quiet) {
        self.classes.fetch_add(u64::from(is_class), Ordering::Relaxed);
        self.texts.fetch_add(u64::from(is_text), Ordering::Relaxed);
    }

    /// Groups that were found before, to be assembled with what follows.
    pub(super) fn take(&self, groups: Vec<Group>) {
        self.collected().groups.extend(groups);
    }

    /// Whether the entry gives anything at all: a candidate, trouble, or something that others are judged by.
    pub(super) fn judge(&self, path: &EntryPath, mut evidence: Evidence<'_>) -> bool {
        let speaks = evidence.speaks_of_others();
        if let Some(lesson) = self.lesson.as_ref().filter(|_| speaks) {
            lesson.gives(path);
        }
        if !(evidence.unresolved.is_empty() && evidence.takes.is_empty()) {
            let container = path.parent().unwrap_or_else(|| path.clone());
            self.collected().pending.entry(container).or_default().note(&mut evidence, self.shared.rules);
        }
        let meter = Meter::default();
        let (mut candidates, capped) = detect(&evidence, path, self.shared.rules, self.most_in_an_entry(), &meter);
        if meter.is_exceeded() {
            let cause = "searching it takes more steps than an entry of its size may take; it was not searched in full";
            self.trouble(Trouble::new(path, Kind::Limit, Stage::Detection, cause));
        }
        if capped {
            self.over_findings(path, "holds more secrets than an entry may");
        }
        let holds = !candidates.is_empty() || evidence.unparsed.is_some() || meter.is_exceeded();
        if holds {
            self.holds(&path.to_string());
        }
        let kept = self.budget.charge_findings(candidates.len());
        if kept < candidates.len() {
            candidates.truncate(kept);
            self.over_findings(&path.root(), "holds more secrets than an artifact may");
        }
        let groups = if candidates.is_empty() { Vec::new() } else { pair(candidates, self.shared.rules) };
        if !groups.is_empty() {
            evidence.wipe();
            wipe();
        }
        let Evidence { embedded, facts, unparsed, .. } = evidence;
        if !groups.is_empty() || !facts.is_empty() || unparsed.is_some() {
            let mut collected = self.collected();
            collected.groups.extend(groups);
            if !facts.is_empty() {
                collected.containers.add(path, facts);
            }
            if let Some(cause) = unparsed {
                collected.trouble.add(Trouble::new(path, Kind::Unparsed, Stage::Format, cause));
            }
        }
        for file in embedded {
            let inner = path.child(file.name.as_bytes());
            let bytes = Zeroizing::new(file.bytes);
            let unpacker = Unpacker { budget: self.budget, ledger: self.shared.ledger, visitor: self, parallel: false };
            if inner.depth() <= self.budget.limits.depth {
                unpacker.artifact(&inner, &bytes.as_slice());
            }
        }
        speaks || holds
    }

    fn holds(&self, uri: &str) {
        if let Some(lesson) = &self.lesson {
            lesson.holds(uri);
        }
    }

    fn count(&self, path: &EntryPath, totals: Totals) {
        if let Some(lesson) = &self.lesson {
            lesson.count(path, totals);
        }
    }

    /// One noisy table is no reason to leave the rest of an artifact unread.
    fn most_in_an_entry(&self) -> usize {
        usize::try_from(self.budget.limits.findings / 10).unwrap_or(usize::MAX).max(1)
    }

    fn over_findings(&self, path: &EntryPath, cause: &str) {
        self.trouble(Trouble::new(path, Kind::Limit, Stage::Detection, cause).limit("max-findings"));
    }

    /// Returns how many bytes it read.
    fn chunks(&self, path: &EntryPath, reader: &mut dyn Read) -> u64 {
        let context = Context { path, vocabulary: &self.shared.rules.vocabulary };
        let mut buffer = Zeroizing::new(Vec::with_capacity(CHUNK + OVERLAP));
        let mut line = 1u32;
        let mut text = false;
        let mut total = 0;
        let mut in_data = None;
        loop {
            let kept = buffer.len();
            let read = reader.take((CHUNK - kept.min(OVERLAP)) as u64).read_to_end(&mut buffer);
            total += (buffer.len() - kept) as u64;
            if buffer.len() > kept {
                let in_data = *in_data.get_or_insert_with(|| is_data(&buffer));
                let evidence = read_chunk(&buffer, line, &context, in_data);
                text |= evidence.is_text;
                // The first chunk stands for all of them.
                if total == buffer.len() as u64 && evidence.is_unknown {
                    self.is_unread(path, &buffer);
                }
                self.judge(path, evidence);
            }
            if !matches!(read, Ok(n) if n > 0) || self.stopped() || self.budget.exhausted() {
                break;
            }
            let done = buffer.len().saturating_sub(OVERLAP);
            line = line.saturating_add(memchr::memchr_iter(b'\n', &buffer[..done]).count() as u32);
            buffer.drain(..done);
        }
        if text {
            self.texts.fetch_add(1, Ordering::Relaxed);
            self.trouble(Trouble::new(
                path,
                Kind::Unparsed,
                Stage::Format,
                "too large to read its structure; its text was matched in chunks",
            ));
        }
        total
    }

    fn visit(&self, path: &EntryPath, content: Content<'_>, mark: Option<Mark>) {
        self.begun();
        // A reader that panics is a bug, but it costs this entry only.
        let read = catch_unwind(AssertUnwindSafe(|| match content {
            Content::Whole(bytes) => {
                #[cfg(debug_assertions)]
                fault(path, bytes);
                self.whole(path, bytes, mark);
                bytes.len() as u64
            }
            Content::Stream { reader, .. } => self.chunks(path, reader),
        }));
        match read {
            Ok(bytes) => self.ended(path, bytes),
            Err(_) => {
                let cause = "internal error while reading; please report it";
                self.trouble(Trouble::new(path, Kind::Corrupt, Stage::Format, cause));
            }
        }
    }

    fn begun(&self) {
        self.entries.fetch_add(1, Ordering::Relaxed);
        self.shared.progress.entry();
    }

    fn ended(&self, path: &EntryPath, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.count(path, Totals { entries: 1, bytes, ..Totals::default() });
    }

    /// Leaves what a loose class holds to all of them.
    pub(super) fn leave(self, path: &EntryPath) -> Outcome {
        let mut collected = self.collected();
        let groups = std::mem::take(&mut collected.groups);
        let pending = collected.pending.remove(path).unwrap_or_default();
        drop(collected);
        Outcome { loose: Loose { groups, pending, ..Loose::default() }, ..self.finish() }
    }

    pub(super) fn finish(self) -> Outcome {
        // With more memory it might have found more.
        if let Some(lesson) = self.lesson.filter(|_| !self.budget.is_short()) {
            lesson.keep();
        }
        let collected = self.collected.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Collected { groups, containers, trouble, .. } = collected;
        let mut trouble = trouble.told(&self.artifact);
        let mut findings = assemble(groups, &containers, self.shared.rules, self.shared.digester);
        Redaction::new(&findings, self.shared.rules).apply(&mut findings, &mut trouble);
        Outcome {
            findings,
            trouble,
            totals: Totals {
                artifacts: 1,
                entries: self.entries.into_inner(),
                bytes: self.bytes.into_inner(),
                left_out: self.left_out.into_inner(),
                classes: self.classes.into_inner(),
                texts: self.texts.into_inner(),
                trusted: self.trusted.into_inner(),
                cached: 0,
            },
            loose: Loose::default(),
        }
    }
}

/// A bug to test with, in debug builds only: reading the file of that name panics and quotes all of it.
#[cfg(debug_assertions)]
fn fault(path: &EntryPath, bytes: &[u8]) {
    if std::env::var_os("KEYSIFT_FAULT").is_some_and(|name| name == path.file_name()) {
        std::panic::panic_any(String::from_utf8_lossy(bytes).into_owned());
    }
}

impl Visitor for Reader<'_> {
    fn wanted(&self, path: &EntryPath) -> bool {
        let wanted = !self.filter.excludes(path.innermost());
        if !wanted {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            self.count(path, Totals { left_out: 1, ..Totals::default() });
        }
        wanted
    }

    fn wants_all(&self) -> bool {
        self.filter.exclude.is_none() && self.lesson.is_none()
    }

    fn is_known(&self, path: &EntryPath, listed: &Listed) -> bool {
        let known = self.lesson.as_ref().and_then(|lesson| lesson.known(path, listed));
        if let Some(Totals { entries, bytes, left_out, trusted, .. }) = known {
            self.entries.fetch_add(entries, Ordering::Relaxed);
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            self.left_out.fetch_add(left_out, Ordering::Relaxed);
            self.trusted.fetch_add(trusted, Ordering::Relaxed);
        }
        known.is_some()
    }

    fn was_read(&self, path: &EntryPath, listed: &Listed) {
        // What was stopped in its middle may hold anything.
        if let Some(lesson) = self.lesson.as_ref().filter(|_| !self.stopped() && !self.budget.exhausted()) {
            lesson.was_read(path, listed);
        }
    }

    fn recognise(&self, path: &EntryPath, packed: &Packed<'_>) -> Seen {
        let mark = self.shared.repeats.mark(path.innermost(), packed);
        let Some(quiet) = self.shared.repeats.get(mark) else { return Seen::First(Some(mark)) };
        self.begun();
        self.count_kind(quiet);
        self.ended(path, packed.listed.size);
        Seen::Before
    }

    fn leaf(&self, path: &EntryPath, content: Content<'_>) {
        self.visit(path, content, None);
    }

    fn marked_leaf(&self, path: &EntryPath, bytes: &[u8], mark: Mark) {
        self.visit(path, Content::Whole(bytes), Some(mark));
    }

    fn container_end(&self, path: &EntryPath, reread: &dyn Reread) {
        let pending = self.collected().pending.remove(path);
        if let Some(cause) = pending.as_ref().and_then(Pending::problem) {
            self.trouble(Trouble::new(path, Kind::Limit, Stage::Detection, cause));
        }
        if let Some(pending) = pending.filter(|pending| !pending.is_empty()) {
            let entry = |name: &str| path.child(name.as_bytes());
            pending.follow(&entry, reread, self.shared.rules, &mut |path, evidence| {
                self.judge(path, evidence);
            });
        }
    }

    fn trouble(&self, trouble: Trouble) {
        self.holds(&trouble.uri);
        self.collected().trouble.add(trouble);
    }

    fn progress(&self, bytes: u64) {
        self.shared.progress.read(bytes);
    }

    fn stopped(&self) -> bool {
        self.shared.stop.load(Ordering::Relaxed)
    }
}
