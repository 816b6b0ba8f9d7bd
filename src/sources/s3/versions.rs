//! Listing all versions of the objects of a bucket, a page at a time.

use super::bucket::Bucket;
use super::list::{decoded, is_restored};
use super::selection::{Item, Selecting};
use crate::place::{Origin, Status};
use crate::sources::aws::failure::Failure;
use crate::sources::aws::retry::retried;
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{EncodingType, OptionalObjectAttributes};
use std::collections::BTreeSet;

/// Where the next page begins.
#[derive(Clone, Default)]
struct Marker {
    key: Option<String>,
    version: Option<String>,
}

pub(super) fn list(selecting: &mut Selecting<'_>) -> Result<(), Failure> {
    let (bucket, prefix) = (selecting.bucket, &selecting.selection.address.prefix);
    let mut marker = Marker::default();
    // The newest of a key comes first, so a key that is deleted says so before its versions come; they
    // may go on in the next page.
    let mut deleted = BTreeSet::new();
    let mut named = false;
    loop {
        let page = bucket.line.wait(retried(|| page(bucket, prefix, &marker)))??;
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let mut last = String::new();
        for gone in page.delete_markers.unwrap_or_default() {
            let key = decoded(gone.key.unwrap_or_default(), encoded);
            last = last.max(key.clone());
            named |= is_named(&key, prefix);
            if gone.is_latest == Some(true) {
                deleted.insert(key);
            }
        }
        for version in page.versions.unwrap_or_default() {
            let key = decoded(version.key.unwrap_or_default(), encoded);
            last = last.max(key.clone());
            named |= is_named(&key, prefix);
            if named && key != *prefix {
                continue;
            }
            let status = match version.is_latest {
                Some(true) => Status::Current,
                _ if deleted.contains(&key) => Status::Deleted,
                _ => Status::Noncurrent,
            };
            selecting.take(Item {
                key,
                size: version.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                etag: version.e_tag,
                modified: version.last_modified.map(|time| time.secs()),
                class: version.storage_class.map(|class| class.as_str().to_owned()),
                restored: is_restored(version.restore_status.as_ref()),
                origin: Some(Origin { version_id: version.version_id, status: Some(status), ..Origin::default() }),
            });
        }
        deleted.retain(|key| *key == last);
        if page.is_truncated != Some(true) || named && last != *prefix {
            return Ok(());
        }
        let key = page.next_key_marker.map(|key| decoded(key, encoded));
        if key.is_none() {
            return Ok(());
        }
        marker = Marker { key, version: page.next_version_id_marker };
    }
}

/// A key that was named whole: it alone was meant, in all its versions.
fn is_named(key: &str, prefix: &str) -> bool {
    key == prefix && !key.ends_with('/')
}

async fn page(bucket: &Bucket, prefix: &str, marker: &Marker) -> Result<ListObjectVersionsOutput, Failure> {
    let Bucket { client, name, payer, .. } = bucket;
    let request = client.list_object_versions().bucket(name).prefix(prefix).encoding_type(EncodingType::Url);
    let request = request.set_key_marker(marker.key.clone()).set_version_id_marker(marker.version.clone());
    let request = request.optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
    let answer = request.set_request_payer(payer.clone()).send().await;
    let page = answer.map_err(|error| Failure::of(&error, "s3:ListBucketVersions"))?;
    // The SDK takes half of an XML document for a whole one.
    if page.is_truncated().is_some() { Ok(page) } else { Err(Failure::Cut) }
}
