//! An answer, as it came over the wire: what the SDK does not say of it.

use aws_sdk_s3::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Half of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the document does not come to its end")]
pub struct Half;

/// Has an answer in XML read to the end of its document: the SDK takes half of a listing for a whole one.
#[derive(Debug)]
pub struct WholeDocument;

impl Intercept for WholeDocument {
    fn name(&self) -> &'static str {
        "whole document"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let is_whole = answer.body().bytes().is_none_or(is_whole);
        if answer.status().is_success() && !is_whole { Err(Half.into()) } else { Ok(()) }
    }
}

/// Whether the element that comes first ends last.
fn is_whole(xml: &[u8]) -> bool {
    let Some(name) = root(xml) else { return false };
    let xml = xml.trim_ascii_end();
    let Some(end) = xml.strip_suffix(b">").map(<[u8]>::trim_ascii_end) else { return false };
    end.strip_suffix(name).is_some_and(|before| before.ends_with(b"</")) || end.ends_with(b"/") && is_single(xml)
}

/// The name of the first element, after declarations and comments.
fn root(xml: &[u8]) -> Option<&[u8]> {
    let mut rest = xml;
    loop {
        rest = &rest[rest.iter().position(|&byte| byte == b'<')? + 1..];
        if !rest.starts_with(b"?") && !rest.starts_with(b"!") {
            let end = rest.iter().position(|&byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace())?;
            return Some(&rest[..end]).filter(|name| !name.is_empty());
        }
    }
}

/// `<ListBucketResult/>`: the element has no content.
fn is_single(xml: &[u8]) -> bool {
    let elements = xml.windows(2).filter(|pair| pair[0] == b'<' && !matches!(pair[1], b'?' | b'!'));
    elements.count() == 1
}

/// Has the text of an answer hold a list: where there is none, the SDK takes it for empty.
#[derive(Debug)]
pub struct WithList(pub &'static str);

/// An answer without what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer does not have what was asked for")]
pub struct Lacking;

impl Intercept for WithList {
    fn name(&self) -> &'static str {
        "with list"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let fields: Option<BTreeMap<String, Value>> =
            answer.body().bytes().and_then(|b| serde_json::from_slice(b).ok());
        let has_list = fields.is_some_and(|fields| fields.get(self.0).is_some_and(Value::is_array));
        if answer.status().is_success() && !has_list { Err(Lacking.into()) } else { Ok(()) }
    }
}

/// Notes what the SDK does not say of the head of an answer.
#[derive(Clone, Debug, Default)]
pub struct Head(Arc<Noted>);

#[derive(Debug, Default)]
struct Noted {
    is_part: AtomicBool,
    is_chunked: AtomicBool,
}

impl Head {
    /// 206: a part, as it was asked for. Otherwise it is all.
    pub fn is_part(&self) -> bool {
        self.0.is_part.load(Ordering::Relaxed)
    }

    /// The body comes in chunks, of which the last one says that it is.
    pub fn is_chunked(&self) -> bool {
        self.0.is_chunked.load(Ordering::Relaxed)
    }
}

impl Intercept for Head {
    fn name(&self) -> &'static str {
        "head"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let coding = answer.headers().get("transfer-encoding");
        let is_chunked = coding.is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked"));
        self.0.is_part.store(answer.status().as_u16() == 206, Ordering::Relaxed);
        self.0.is_chunked.store(is_chunked, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn a_document_ends_with_its_first_element() {
        let whole = "<?xml version=\"1.0\"?>\n<!-- by > hand --><Result xmlns=\"x\"><Key>a</Key></Result>\n";
        assert!(is_whole(whole.as_bytes()));
        assert!(is_whole(b"<Result/>"));
        assert!(is_whole(b"<?xml version=\"1.0\"?><s:Result a=\"/\"></s:Result >"));
        for end in 0..whole.len() - 1 {
            assert!(!is_whole(&whole.as_bytes()[..end]), "{}", &whole[..end]);
        }
        assert!(!is_whole(b"<Result><Result2></Result2>"));
        assert!(!is_whole(b"<Result><Owner/>"));
    }
}
