//! Listing all versions of the objects of a bucket, a page at a time.

use super::bucket::Bucket;
use super::list::{decoded, is_restored, nameless};
use super::named::Named;
use super::request::known;
use super::selection::{Item, Selecting};
use crate::place::{Origin, Status};
use crate::sources::aws::answer::WholeDocument;
use crate::sources::aws::failure::Failure;
use crate::sources::aws::paging::Way;
use crate::sources::aws::retry::retried;
use crate::trouble::{Kind, Stage, Trouble};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{EncodingType, ObjectVersion, OptionalObjectAttributes};
use std::collections::BTreeSet;

/// Where the next page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Marker {
    key: Option<String>,
    version: Option<String>,
}

pub(super) fn list(selecting: &mut Selecting<'_>) -> Result<(), Failure> {
    let bucket = selecting.bucket;
    let mut named = Named::new(&selecting.selection.address.prefix);
    let (mut marker, mut way) = (Marker::default(), Way::default());
    // The newest of a key comes first, so a key that is deleted says so before its versions come; they
    // may go on in the next page.
    let mut deleted = BTreeSet::new();
    loop {
        let page = bucket.line.wait(retried(|| page(bucket, named.prefix(), &marker)))??;
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let next = page.next_key_marker.filter(|key| !key.is_empty()).map(|key| decoded(key, encoded));
        let next_version = page.next_version_id_marker.filter(|version| !version.is_empty());
        let is_last = page.is_truncated != Some(true) && next.is_none();
        let mut last: Option<(String, Option<String>)> = None;
        let mut reach = |key: &str, version: &Option<String>| {
            if last.as_ref().is_none_or(|(last, _)| last.as_str() <= key) {
                last = Some((key.to_owned(), version.clone()));
            }
        };
        for gone in page.delete_markers.unwrap_or_default() {
            let Some(key) = gone.key.map(|key| decoded(key, encoded)) else {
                selecting.tell(nameless(selecting));
                continue;
            };
            reach(&key, &gone.version_id);
            named.meet(&key);
            selecting.pass(&key);
            if gone.is_latest == Some(true) {
                deleted.insert(key);
            }
        }
        for mut version in page.versions.unwrap_or_default() {
            let Some(key) = version.key.take().map(|key| decoded(key, encoded)) else {
                selecting.tell(nameless(selecting));
                continue;
            };
            reach(&key, &version.version_id);
            named.meet(&key);
            if !named.takes(&key, is_last) {
                continue;
            }
            match item(key, version, &deleted) {
                Ok(item) => selecting.take(item)?,
                Err(key) => {
                    let entry = selecting.selection.address.entry(&key);
                    let cause = "a version of it is not current, and the listing does not say which it is";
                    selecting.tell(Trouble::new(&entry, Kind::Unreadable, Stage::Source, cause));
                }
            }
        }
        if is_last {
            return Ok(());
        }
        if let Some((last, _)) = &last {
            deleted.retain(|key| key == last);
        }
        if named.goes_on_with_folder(last.as_ref().map(|(key, _)| key.as_str())) {
            (marker, way) = (Marker::default(), Way::default());
            continue;
        }
        // Without a version, the page would begin behind all versions of the key.
        let version = next_version.or_else(|| last.filter(|(key, _)| next.as_ref() == Some(key))?.1);
        marker = match way.on(next.map(|key| Marker { key: Some(key), version })) {
            Ok(marker) => marker,
            Err(_) if page.is_truncated == Some(false) => return Ok(()),
            Err(failure) => return Err(failure),
        };
    }
}

/// The key, if there is no telling which version of it is meant: without its id, the current one would be read.
fn item(key: String, version: ObjectVersion, deleted: &BTreeSet<String>) -> Result<Item, String> {
    let status = match version.is_latest {
        Some(true) => Some(Status::Current),
        _ if deleted.contains(&key) => Some(Status::Deleted),
        Some(false) => Some(Status::Noncurrent),
        None => None,
    };
    let id = version.version_id.filter(|id| !id.is_empty());
    if id.is_none() && status != Some(Status::Current) {
        return Err(key);
    }
    Ok(Item {
        key,
        size: version.size.and_then(known),
        etag: version.e_tag,
        modified: version.last_modified.map(|time| time.secs()),
        class: version.storage_class.map(|class| class.as_str().to_owned()),
        restored: is_restored(version.restore_status.as_ref()),
        origin: Some(Origin { version_id: id, status, ..Origin::default() }),
    })
}

async fn page(bucket: &Bucket, prefix: &str, marker: &Marker) -> Result<ListObjectVersionsOutput, Failure> {
    let Bucket { client, name, payer, .. } = bucket;
    let request = client.list_object_versions().bucket(name).prefix(prefix).encoding_type(EncodingType::Url);
    let request = request.set_key_marker(marker.key.clone()).set_version_id_marker(marker.version.clone());
    let request = request.optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
    let answer = request.set_request_payer(payer.clone()).customize().interceptor(WholeDocument).send().await;
    let page = answer.map_err(|error| Failure::of(&error, "s3:ListBucketVersions"))?;
    if page.is_truncated().is_some() { Ok(page) } else { Err(Failure::Cut) }
}
