//! The store: the file of the cache, an embedded database.
//!
//! Rows arrive while artifacts are scanned, and are committed every few seconds by a thread of its own:
//! a process that is killed loses the last seconds, and never more. A row counts the day on which it was
//! last of use; what was of no use for long is dropped.

use crate::reports::report::Totals;
use redb::{
    Builder, Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, StorageError, TableDefinition,
    TableHandle, WriteTransaction,
};
use std::fs::{self, File};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Of a truncated SHA-256.
pub(super) type Key = [u8; 16];
/// What a directory says of an entry, in few bytes: there may be 100,000 in each of 20 versions.
pub(super) type Mark = u64;
/// When a finding was first and last seen, in milliseconds since 1970.
pub(super) type Span = (i64, i64);

/// Digest of artifact, rules and settings to the day and the outcome.
const OUTCOMES: TableDefinition<'_, Key, (u32, &[u8])> = TableDefinition::new("outcomes");
/// Targets, fingerprint and place to when it was seen.
const SIGHTINGS: TableDefinition<'_, (Key, Key, Key), Span> = TableDefinition::new("sightings");
/// Targets to the last complete scan.
const SCANS: TableDefinition<'_, Key, i64> = TableDefinition::new("scans");
/// Marks of entries that gave nothing, to the day.
const LEAVES: TableDefinition<'_, Mark, u16> = TableDefinition::new("leaves");
/// Likewise, with the entries, bytes and left out entries that lie in it.
const CONTAINERS: TableDefinition<'_, Mark, (u16, u64, u64, u64)> = TableDefinition::new("containers");
/// What the file is, and by whom.
const NOTES: TableDefinition<'_, &str, &str> = TableDefinition::new("keysift");

/// The layout of the tables and of what is in them. Another one is not read.
const LAYOUT: &str = "1";
const TOOL: &str = env!("CARGO_PKG_VERSION");
const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// Rows that wait no longer than this are lost when the process is killed.
const COMMIT: Duration = Duration::from_secs(2);
/// Rows on their way to the writer.
const QUEUE: usize = 1024;
/// Pages that the database keeps in memory.
const PAGES: usize = 16 << 20;
/// Days after which an outcome or a mark that was of no use is dropped.
const OUTCOME_DAYS: u32 = 30;
/// Days after which a finding that was not seen any more is forgotten.
const SIGHTING_DAYS: u32 = 365;
/// A row's day is brought up to date when it is this old: not each scan writes all rows anew.
const FRESH_DAYS: u32 = 5;

/// Why a cache cannot be used, or was not kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    #[error("another keysift is using it")]
    Locked,
    #[error("it is not a cache of keysift, and is left alone")]
    Foreign,
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Database(#[from] redb::Error),
    #[error("internal error of the database")]
    Panicked,
}

/// What became of an earlier content of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It is new, or as it was left.
    Sound,
    /// It was damaged, and begins anew.
    Damaged,
    /// Of a version of keysift with another layout; it begins anew.
    OtherLayout,
}

pub(super) enum Row {
    Outcome(Key, Vec<u8>),
    /// `None`: a leaf.
    Marks(Vec<(Mark, Option<Totals>)>),
}

/// The way to the thread that writes.
struct Writer {
    rows: SyncSender<Row>,
    thread: JoinHandle<Result<(), redb::Error>>,
}

pub(super) struct Store {
    database: Arc<Database>,
    writer: Option<Writer>,
    today: u32,
}

impl Store {
    pub(super) fn open(path: &Path) -> Result<(Self, Opened), CacheError> {
        match guarded(|| Self::try_open(path)) {
            Err(CacheError::Database(redb::Error::Corrupted(_)) | CacheError::Panicked) => {
                // It begins like a database, and nothing in it is worth a repair.
                File::options().write(true).truncate(true).open(path)?;
                let (store, _) = guarded(|| Self::try_open(path))?;
                Ok((store, Opened::Damaged))
            }
            opened => opened,
        }
    }

    fn try_open(path: &Path) -> Result<(Self, Opened), CacheError> {
        create(path)?;
        if !begins_like_one(path)? {
            return Err(CacheError::Foreign);
        }
        let mut builder = Builder::new();
        // A file that somebody else wrote to must not be believed, nor bring down the scan.
        builder.set_cache_size(PAGES).set_check_integrity_on_open(true);
        let database = builder.create(path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => CacheError::Locked,
            DatabaseError::UpgradeRequired(_) => CacheError::Foreign,
            // It ends where something should be.
            DatabaseError::Storage(StorageError::Io(error))
                if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData) =>
            {
                CacheError::Database(redb::Error::Corrupted(error.to_string()))
            }
            DatabaseError::Storage(StorageError::Io(error)) => CacheError::Io(error),
            error => CacheError::Database(error.into()),
        })?;
        let transaction = database.begin_write().map_err(redb::Error::from)?;
        let opened = prepare(&transaction)?;
        transaction.commit().map_err(redb::Error::from)?;
        let database = Arc::new(database);
        let (rows, receiver) = sync_channel(QUEUE);
        let shared = database.clone();
        let today = today();
        let write = move || write(&shared, &receiver, today);
        let thread = std::thread::Builder::new().name("cache".to_owned()).spawn(write)?;
        Ok((Self { database, writer: Some(Writer { rows, thread }), today }, opened))
    }

    /// An outcome that was kept.
    pub(super) fn outcome(&self, key: &Key) -> Option<Vec<u8>> {
        let (day, outcome) = guarded(|| self.read_outcome(key)).ok().flatten()?;
        if self.is_stale(day) {
            self.send(Row::Outcome(*key, outcome.clone()));
        }
        Some(outcome)
    }

    /// Whether a row that is of use is to be written anew, so that it is not dropped.
    pub(super) fn is_stale(&self, day: u32) -> bool {
        day.saturating_add(FRESH_DAYS) <= self.today
    }

    /// All marks, leaves first and in order.
    pub(super) fn marks(&self, each: &mut dyn FnMut(Mark, u16, Option<Totals>)) -> Result<(), CacheError> {
        let mut read = || -> Result<(), redb::Error> {
            let transaction = self.database.begin_read()?;
            for row in transaction.open_table(LEAVES)?.iter()? {
                let (mark, day) = row?;
                each(mark.value(), day.value(), None);
            }
            for row in transaction.open_table(CONTAINERS)?.iter()? {
                let (mark, row) = row?;
                let (day, entries, bytes, left_out) = row.value();
                each(mark.value(), day, Some(Totals { entries, bytes, left_out, ..Totals::default() }));
            }
            Ok(())
        };
        Ok(read()?)
    }

    fn read_outcome(&self, key: &Key) -> Result<Option<(u32, Vec<u8>)>, CacheError> {
        let read = || -> Result<_, redb::Error> {
            // A reader that lives long would keep the space of all rows that were replaced meanwhile.
            let table = self.database.begin_read()?.open_table(OUTCOMES)?;
            Ok(table.get(key)?.map(|row| (row.value().0, row.value().1.to_owned())))
        };
        Ok(read()?)
    }

    /// Hands a row to the writer. One that has failed takes no more; why is told when the store is closed.
    pub(super) fn send(&self, row: Row) {
        if let Some(writer) = &self.writer {
            let _ = writer.rows.send(row);
        }
    }

    /// The last complete scan of some targets.
    pub(super) fn last_scan(&self, targets: &Key) -> Result<Option<i64>, CacheError> {
        let read = || -> Result<_, redb::Error> {
            let table = self.database.begin_read()?.open_table(SCANS)?;
            Ok(table.get(targets)?.map(|row| row.value()))
        };
        Ok(read()?)
    }

    /// What was seen in some targets, by fingerprint and place.
    pub(super) fn sightings(&self, targets: &Key, each: &mut dyn FnMut(Key, Key, Span)) -> Result<(), CacheError> {
        let mut read = || -> Result<(), redb::Error> {
            let table = self.database.begin_read()?.open_table(SIGHTINGS)?;
            for row in table.range((*targets, [0; 16], [0; 16])..=(*targets, [0xFF; 16], [0xFF; 16]))? {
                let (key, span) = row?;
                let (_, fingerprint, place) = key.value();
                each(fingerprint, place, span.value());
            }
            Ok(())
        };
        Ok(read()?)
    }

    /// Keeps what was seen, and that the scan was complete.
    pub(super) fn keep_sightings(
        &self,
        targets: &Key,
        seen: &[(Key, Key, Span)],
        complete_at: Option<i64>,
    ) -> Result<(), CacheError> {
        let write = || -> Result<(), redb::Error> {
            let transaction = self.database.begin_write()?;
            {
                let mut table = transaction.open_table(SIGHTINGS)?;
                for (fingerprint, place, span) in seen {
                    table.insert((*targets, *fingerprint, *place), *span)?;
                }
                if let Some(now) = complete_at {
                    transaction.open_table(SCANS)?.insert(*targets, now)?;
                }
            }
            Ok(transaction.commit()?)
        };
        Ok(write()?)
    }

    /// Ends the writer. Every row has reached the file then.
    pub(super) fn flush(&mut self) -> Result<(), CacheError> {
        let Some(Writer { rows, thread }) = self.writer.take() else { return Ok(()) };
        drop(rows);
        Ok(thread.join().map_err(|_| CacheError::Panicked)??)
    }

    /// Drops what was of no use for long, once a day, and closes the file.
    pub(super) fn close(mut self) -> Result<(), CacheError> {
        self.flush()?;
        let Some(mut database) = Arc::into_inner(self.database) else { return Ok(()) };
        guarded(move || {
            if prune(&database, self.today)? {
                database.compact().map_err(redb::Error::from)?;
            }
            Ok(database.close().map_err(redb::Error::from)?)
        })
    }
}

/// Only its owner may read it: it names files, and who has access to what.
fn create(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn begins_like_one(path: &Path) -> io::Result<bool> {
    if !fs::metadata(path)?.is_file() {
        return Ok(false);
    }
    let mut head = Vec::new();
    File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut head)?;
    Ok(head.is_empty() || head == MAGIC)
}

/// Makes the tables, or sees that they are ours.
fn prepare(transaction: &WriteTransaction) -> Result<Opened, CacheError> {
    let layout = {
        let tables: Vec<String> =
            transaction.list_tables().map_err(redb::Error::from)?.map(|table| table.name().to_owned()).collect();
        if !tables.is_empty() && !tables.iter().any(|name| name == NOTES.name()) {
            return Err(CacheError::Foreign);
        }
        let notes = transaction.open_table(NOTES).map_err(redb::Error::from)?;
        notes.get("layout").map_err(redb::Error::from)?.map(|row| row.value().to_owned())
    };
    let fill = || -> Result<Opened, redb::Error> {
        let opened = match layout.as_deref() {
            None | Some(LAYOUT) => Opened::Sound,
            Some(_) => {
                transaction.delete_table(OUTCOMES)?;
                transaction.delete_table(LEAVES)?;
                transaction.delete_table(CONTAINERS)?;
                transaction.delete_table(SIGHTINGS)?;
                transaction.delete_table(SCANS)?;
                Opened::OtherLayout
            }
        };
        let mut notes = transaction.open_table(NOTES)?;
        let tool = notes.insert("tool", TOOL)?.map(|row| row.value().to_owned());
        notes.insert("layout", LAYOUT)?;
        // Nothing that another version found is asked for any more.
        if tool.is_some_and(|tool| tool != TOOL) {
            transaction.delete_table(OUTCOMES)?;
            transaction.delete_table(LEAVES)?;
            transaction.delete_table(CONTAINERS)?;
        }
        transaction.open_table(OUTCOMES)?;
        transaction.open_table(LEAVES)?;
        transaction.open_table(CONTAINERS)?;
        transaction.open_table(SIGHTINGS)?;
        transaction.open_table(SCANS)?;
        Ok(opened)
    };
    Ok(fill()?)
}

/// Takes rows as they come, and commits them in batches.
fn write(database: &Database, rows: &Receiver<Row>, today: u32) -> Result<(), redb::Error> {
    while let Ok(first) = rows.recv() {
        let until = Instant::now() + COMMIT;
        let mut transaction = database.begin_write()?;
        // On disk when it is committed: a batch takes seconds to scan, and a sync some milliseconds.
        transaction.set_durability(Durability::Immediate)?;
        {
            let mut outcomes = transaction.open_table(OUTCOMES)?;
            let (mut leaves, mut containers) = (transaction.open_table(LEAVES)?, transaction.open_table(CONTAINERS)?);
            let day = u16::try_from(today).unwrap_or(u16::MAX);
            let mut next = Some(first);
            while let Some(row) = next {
                match row {
                    Row::Outcome(key, outcome) => drop(outcomes.insert(key, (today, outcome.as_slice()))?),
                    Row::Marks(mut marks) => {
                        // In order, the pages of the tables are filled.
                        marks.sort_unstable_by_key(|(mark, _)| *mark);
                        for (mark, totals) in marks {
                            match totals {
                                None => drop(leaves.insert(mark, day)?),
                                Some(t) => drop(containers.insert(mark, (day, t.entries, t.bytes, t.left_out))?),
                            }
                        }
                    }
                }
                next = rows.recv_timeout(until.saturating_duration_since(Instant::now())).ok();
            }
        }
        transaction.commit()?;
    }
    Ok(())
}

/// Whether rows were dropped.
fn prune(database: &Database, today: u32) -> Result<bool, redb::Error> {
    let transaction = database.begin_write()?;
    let mut dropped = false;
    {
        let mut notes = transaction.open_table(NOTES)?;
        let day = today.to_string();
        if notes.insert("pruned", day.as_str())?.is_some_and(|last| last.value() == day) {
            return Ok(false);
        }
        transaction.open_table(OUTCOMES)?.retain(|_, (day, _)| {
            let keep = day.saturating_add(OUTCOME_DAYS) >= today;
            dropped |= !keep;
            keep
        })?;
        let useful = |day: u16| u32::from(day).saturating_add(OUTCOME_DAYS) >= today;
        transaction.open_table(LEAVES)?.retain(|_, day| useful(day))?;
        transaction.open_table(CONTAINERS)?.retain(|_, (day, ..)| useful(day))?;
        let oldest = i64::from(today.saturating_sub(SIGHTING_DAYS)) * 86_400_000;
        transaction.open_table(SIGHTINGS)?.retain(|_, (_, last)| last >= oldest)?;
        transaction.open_table(SCANS)?.retain(|_, last| last >= oldest)?;
    }
    transaction.commit()?;
    Ok(dropped)
}

fn today() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u32::try_from(since.as_secs() / 86_400).unwrap_or(u32::MAX)
}

/// A database that was tampered with may bring the library to panic.
fn guarded<T>(work: impl FnOnce() -> Result<T, CacheError>) -> Result<T, CacheError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(CacheError::Panicked))
}
