//! Listing the current objects of a bucket, a page at a time.

use super::bucket::Bucket;
use super::named::Named;
use super::request::known;
use super::selection::{Item, Selecting};
use crate::sources::aws::answer::WholeDocument;
use crate::sources::aws::failure::Failure;
use crate::sources::aws::paging::Way;
use crate::sources::aws::retry::retried;
use crate::trouble::{Kind, Stage, Trouble};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, OptionalObjectAttributes, RestoreStatus};
use data_encoding::HEXLOWER_PERMISSIVE;

pub(super) fn list(selecting: &mut Selecting<'_>) -> Result<(), Failure> {
    let bucket = selecting.bucket;
    let mut named = Named::new(&selecting.selection.address.prefix);
    let (mut token, mut way) = (None, Way::default());
    loop {
        let page = bucket.line.wait(retried(|| page(bucket, named.prefix(), token.as_deref())))??;
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let next = page.next_continuation_token.filter(|token| !token.is_empty());
        let is_last = page.is_truncated != Some(true) && next.is_none();
        let mut last = None;
        for object in page.contents.unwrap_or_default() {
            let Some(key) = object.key.map(|key| decoded(key, encoded)) else {
                selecting.tell(nameless(selecting));
                continue;
            };
            named.meet(&key);
            if named.takes(&key, is_last) {
                selecting.take(Item {
                    key: key.clone(),
                    size: object.size.and_then(known),
                    etag: object.e_tag,
                    modified: object.last_modified.map(|time| time.secs()),
                    class: object.storage_class.map(|class| class.as_str().to_owned()),
                    restored: is_restored(object.restore_status.as_ref()),
                    origin: None,
                })?;
            }
            last = Some(key);
        }
        if is_last {
            return Ok(());
        }
        if named.goes_on_with_folder(last.as_deref()) {
            (token, way) = (None, Way::default());
            continue;
        }
        token = match way.on(next) {
            Ok(token) => Some(token),
            // A token that leads nowhere does not matter where nothing follows.
            Err(_) if page.is_truncated == Some(false) => return Ok(()),
            Err(failure) => return Err(failure),
        };
    }
}

/// Trouble of an entry of a listing that does not say of which object it is.
pub(super) fn nameless(selecting: &Selecting<'_>) -> Trouble {
    let entry = selecting.selection.address.named();
    Trouble::new(&entry, Kind::Unreadable, Stage::Source, "an entry of the listing has no key")
}

async fn page(bucket: &Bucket, prefix: &str, token: Option<&str>) -> Result<ListObjectsV2Output, Failure> {
    let Bucket { client, name, payer, .. } = bucket;
    let request = client.list_objects_v2().bucket(name).prefix(prefix).set_continuation_token(token.map(Into::into));
    // XML cannot hold all the characters that a key can.
    let request = request.encoding_type(EncodingType::Url).set_request_payer(payer.clone());
    let request = request.optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
    let answer = request.customize().interceptor(WholeDocument).send().await;
    let page = answer.map_err(|error| Failure::of(&error, "s3:ListBucket"))?;
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
