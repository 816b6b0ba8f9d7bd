//! An inventory: the list of a bucket's objects that S3 itself writes every day or week.

use super::address::Address;
use super::bucket::Bucket;
use super::list::{decoded, nameless};
use super::object::Object;
use super::request::known;
use super::selection::{Item, Selecting};
use crate::blob::Blob;
use crate::place::{Origin, Status};
use crate::sources::artifact::Inventory;
use crate::sources::aws::failure::Failure;
use crate::trouble::{Kind, Stage, Trouble};
use csv::StringRecord;
use flate2::bufread::MultiGzDecoder;
use jiff::Timestamp;
use serde::Deserialize;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

/// Manifests name some hundred files; whatever is larger is none.
const LARGEST_MANIFEST: u64 = 64 << 20;
const BUFFER: usize = 256 << 10;
/// Inflated bytes of a row: keys have up to a kilobyte, and the reader takes more than one row at a time.
const LONGEST_ROW: u64 = 1 << 20;

/// What S3 says about the files of an inventory.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    source_bucket: String,
    file_format: String,
    /// The names of the columns, with commas between them; another notation in other formats.
    #[serde(default)]
    file_schema: String,
    /// Milliseconds since 1970, as text.
    #[serde(default)]
    creation_timestamp: serde_json::Value,
    files: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    key: String,
}

impl Manifest {
    /// When the list was written. `None` if that is not told, or is no time.
    fn created(&self) -> Option<Timestamp> {
        let text = self.creation_timestamp.as_str().and_then(|text| text.trim().parse().ok());
        let milliseconds: i64 = text.or(self.creation_timestamp.as_i64()).filter(|&milliseconds| milliseconds > 0)?;
        Timestamp::from_second(milliseconds / 1000).ok()
    }
}

/// Where the columns are.
struct Columns {
    key: usize,
    version: Option<usize>,
    latest: Option<usize>,
    marker: Option<usize>,
    size: Option<usize>,
    modified: Option<usize>,
    etag: Option<usize>,
    class: Option<usize>,
    tier: Option<usize>,
}

impl Columns {
    fn of(schema: &str) -> Option<Self> {
        let at = |name: &str| schema.split(',').position(|column| column.trim().eq_ignore_ascii_case(name));
        Some(Self {
            key: at("Key")?,
            version: at("VersionId"),
            latest: at("IsLatest"),
            marker: at("IsDeleteMarker"),
            size: at("Size"),
            modified: at("LastModifiedDate"),
            etag: at("ETag"),
            class: at("StorageClass"),
            tier: at("IntelligentTieringAccessTier"),
        })
    }
}

/// Takes the items of an inventory instead of listing the bucket.
pub(super) fn list(selecting: &mut Selecting<'_>, manifest: &Address) -> Result<(), Failure> {
    let home = Bucket::open(&selecting.bucket.line, &selecting.selection.access, manifest)?;
    let parsed = read_manifest(&home, manifest)?;
    let created = parsed.created();
    let Manifest { source_bucket, file_format, file_schema, files, .. } = parsed;
    if file_format != "CSV" {
        let known = ["ORC", "Parquet"].into_iter().find(|format| file_format.eq_ignore_ascii_case(format));
        let format = known.unwrap_or("another format");
        return Err(Failure::Unusable(format!("the inventory is in {format}; only CSV is read")));
    }
    if source_bucket != selecting.selection.address.bucket {
        return Err(Failure::Unusable("the inventory is of another bucket".to_owned()));
    }
    let columns = Columns::of(&file_schema).ok_or_else(|| unusable("the inventory has no column for the key"))?;
    selecting.date(Inventory::new(manifest.to_string(), created));
    if selecting.selection.all_versions && columns.version.is_none() {
        let entry = selecting.selection.address.named();
        let cause = "the inventory lists current versions only";
        selecting.tell(Trouble::new(&entry, Kind::Unreadable, Stage::Source, cause));
    }
    for file in files {
        let blob = Object::look_up(&home, &file.key, None)?.whole()?;
        blob.read_ahead(&mut std::iter::once(0..blob.len()));
        let reader = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, Reader { blob: &*blob, at: 0 }));
        read(selecting, &columns, reader)?;
    }
    Ok(())
}

fn read_manifest(home: &Arc<Bucket>, address: &Address) -> Result<Manifest, Failure> {
    let mut object = Object::look_up(home, &address.prefix, None).map_err(|failure| match failure {
        Failure::Vanished => unusable("there is no such inventory manifest"),
        other => other,
    })?;
    if object.size.is_some_and(|size| size > LARGEST_MANIFEST) {
        return Err(unusable("too large to be an inventory manifest"));
    }
    let blob = object.whole()?;
    if blob.len() > LARGEST_MANIFEST {
        return Err(unusable("too large to be an inventory manifest"));
    }
    serde_json::from_reader(BufReader::new(Reader { blob: &*blob, at: 0 }))
        .map_err(|error| of_reading(&error.into()).unwrap_or_else(|| unusable("not an inventory manifest")))
}

/// One file's rows.
fn read(selecting: &mut Selecting<'_>, columns: &Columns, reader: impl Read) -> Result<(), Failure> {
    let reader = reader.take(LONGEST_ROW);
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(reader);
    let mut row = StringRecord::new();
    // A delete marker that is the latest comes before the versions behind it.
    let mut deleted = String::new();
    while rows.read_record(&mut row).map_err(cause)? {
        // A row that used it all up is no row.
        if rows.get_ref().limit() == 0 {
            return Err(unusable("a file of the inventory is broken"));
        }
        rows.get_mut().set_limit(LONGEST_ROW);
        let said = |column: Option<usize>| column.and_then(|column| row.get(column)).filter(|word| !word.is_empty());
        let is = |column, word: &str| said(column).is_some_and(|said| said.eq_ignore_ascii_case(word));
        let Some(key) = said(Some(columns.key)).map(|key| decoded(key.to_owned(), true)) else {
            selecting.tell(nameless(selecting));
            continue;
        };
        // What a row does not say decides nothing: what it is of is taken.
        let latest = !is(columns.latest, "false");
        let all = selecting.selection.all_versions;
        if is(columns.marker, "true") {
            if latest {
                deleted = key;
            }
            continue;
        }
        if !key.starts_with(&selecting.selection.address.prefix) || !(latest || all) {
            continue;
        }
        let status = match latest {
            true => Status::Current,
            false if key == deleted => Status::Deleted,
            false => Status::Noncurrent,
        };
        let version = said(columns.version).map(ToOwned::to_owned);
        if version.is_none() && !latest {
            let entry = selecting.selection.address.entry(&key);
            let cause = "a version of it is not current, and the inventory does not say which it is";
            selecting.tell(Trouble::new(&entry, Kind::Unreadable, Stage::Source, cause));
            continue;
        }
        let archived = said(columns.tier).is_some_and(|tier| matches!(tier, "ARCHIVE_ACCESS" | "DEEP_ARCHIVE_ACCESS"));
        let class = if archived { Some("GLACIER") } else { said(columns.class) };
        selecting.take(Item {
            size: said(columns.size).and_then(|size| size.parse().ok()).and_then(known),
            etag: said(columns.etag).map(|tag| format!("\"{}\"", tag.trim_matches('"'))),
            modified: said(columns.modified).and_then(|time| time.parse().ok()).map(Timestamp::as_second),
            class: class.map(ToOwned::to_owned),
            // Whether a copy was restored is not written there.
            restored: false,
            origin: all.then(|| Origin { version_id: version, status: Some(status), ..Origin::default() }),
            key,
        })?;
    }
    Ok(())
}

fn unusable(cause: &str) -> Failure {
    Failure::Unusable(cause.to_owned())
}

/// The failure of the network that a reader met, or else that of the file.
fn cause(error: csv::Error) -> Failure {
    let of_network = if let csv::ErrorKind::Io(error) = error.kind() { of_reading(error) } else { None };
    of_network.unwrap_or_else(|| unusable("a file of the inventory is broken"))
}

fn of_reading(error: &io::Error) -> Option<Failure> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Failure>()).cloned()
}

/// A blob from front to back.
struct Reader<'a> {
    blob: &'a dyn Blob,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.blob.len() - self.at).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        self.blob.read_at(self.at, &mut buffer[..length])?;
        self.at += length as u64;
        Ok(length)
    }
}
