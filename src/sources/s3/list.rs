//! Listing the current objects of a bucket, a page at a time.

use super::bucket::Bucket;
use super::selection::{Item, Selecting};
use crate::sources::aws::failure::Failure;
use crate::sources::aws::retry::retried;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, OptionalObjectAttributes, RestoreStatus};
use data_encoding::HEXLOWER_PERMISSIVE;

pub(super) fn list(selecting: &mut Selecting<'_>) -> Result<(), Failure> {
    let (bucket, prefix) = (selecting.bucket, &selecting.selection.address.prefix);
    let mut token = None;
    loop {
        let page = bucket.line.wait(retried(|| page(bucket, prefix, token.as_deref())))??;
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        for object in page.contents.unwrap_or_default() {
            let key = decoded(object.key.unwrap_or_default(), encoded);
            // By name the object itself comes first: it alone was meant.
            let is_named = key == *prefix && !key.ends_with('/');
            selecting.take(Item {
                key,
                size: object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                etag: object.e_tag,
                modified: object.last_modified.map(|time| time.secs()),
                class: object.storage_class.map(|class| class.as_str().to_owned()),
                restored: is_restored(object.restore_status.as_ref()),
                origin: None,
            });
            if is_named {
                return Ok(());
            }
        }
        token = page.next_continuation_token;
        if token.is_none() {
            return Ok(());
        }
    }
}

async fn page(bucket: &Bucket, prefix: &str, token: Option<&str>) -> Result<ListObjectsV2Output, Failure> {
    let Bucket { client, name, payer, .. } = bucket;
    let request = client.list_objects_v2().bucket(name).prefix(prefix).set_continuation_token(token.map(Into::into));
    // XML cannot hold all the characters that a key can.
    let request = request.encoding_type(EncodingType::Url).set_request_payer(payer.clone());
    let request = request.optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
    let page = request.send().await.map_err(|error| Failure::of(&error, "s3:ListBucket"))?;
    // The SDK takes half of an XML document for a whole one.
    let counted = page.key_count().is_none_or(|count| usize::try_from(count) == Ok(page.contents().len()));
    if counted && page.is_truncated().is_some() { Ok(page) } else { Err(Failure::Cut) }
}

/// Whether a copy of an archived object is there to be read.
pub(super) fn is_restored(status: Option<&RestoreStatus>) -> bool {
    status.is_some_and(|status| status.restore_expiry_date().is_some() && status.is_restore_in_progress() != Some(true))
}

/// A key as forms encode it, if it is: `+` is a space.
pub(super) fn decoded(key: String, encoded: bool) -> String {
    if !encoded || !key.contains(['%', '+']) {
        return key;
    }
    let bytes = key.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).filter(|_| byte == b'%');
        match code.and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits).ok()) {
            Some(decoded) => {
                out.extend(decoded);
                at += 3;
            }
            None => {
                out.push(if byte == b'+' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn keys_are_decoded_if_they_are_encoded() {
        assert_eq!(decoded("a+b%2Fc%252F%E2%82%AC%".to_owned(), true), "a b/c%2F€%");
        assert_eq!(decoded("a+b%2Fc".to_owned(), false), "a+b%2Fc");
        assert_eq!(decoded("%FF".to_owned(), true), "%FF");
    }
}
