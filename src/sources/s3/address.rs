//! An address: the bucket and the prefix of keys that an `s3://` URI names.

use crate::place::EntryPath;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The bucket's name; or the ARN or the alias of an access point.
    pub bucket: String,
    /// What keys begin with; a whole key names that object alone.
    pub prefix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("not an s3:// address")]
    Scheme,
    #[error("names no bucket: s3://BUCKET/PREFIX")]
    NoBucket,
    #[error("not the name of a bucket, nor the ARN of an access point")]
    Bucket,
}

impl Address {
    pub fn parse(uri: &str) -> Result<Self, Malformed> {
        let rest = uri.strip_prefix("s3://").ok_or(Malformed::Scheme)?;
        let end = if rest.starts_with("arn:") { end_of_arn(rest)? } else { rest.find('/').unwrap_or(rest.len()) };
        let (bucket, prefix) = (&rest[..end], rest[end..].strip_prefix('/').unwrap_or_default());
        if bucket.is_empty() {
            return Err(Malformed::NoBucket);
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if !bucket.starts_with("arn:") && !bucket.chars().all(fits) {
            return Err(Malformed::Bucket);
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    /// The path of an object. What was named of it ends with the last folder of the prefix, as it does
    /// for a file.
    pub fn entry(&self, key: &str) -> EntryPath {
        let uri = format!("s3://{}/{key}", self.bucket);
        EntryPath::below(uri.as_bytes(), uri.len() - key.len() + self.folder().len())
    }

    /// The path of the target itself.
    pub fn named(&self) -> EntryPath {
        let uri = self.to_string();
        EntryPath::below(uri.as_bytes(), uri.len())
    }

    /// The whole folders of the prefix.
    pub fn folder(&self) -> &str {
        &self.prefix[..self.prefix.rfind('/').map_or(0, |slash| slash + 1)]
    }

    /// The region that an ARN tells; those that span regions tell none.
    pub fn region(&self) -> Option<&str> {
        self.bucket.strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

/// `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME`, in Outposts `outpost/ID/accesspoint/NAME`; a colon may
/// stand for each slash.
fn end_of_arn(text: &str) -> Result<usize, Malformed> {
    const WORD: &str = "accesspoint";
    let at = text.find(WORD).ok_or(Malformed::Bucket)? + WORD.len();
    let name = text[at..].strip_prefix(['/', ':']).ok_or(Malformed::Bucket)?;
    let length = name.find('/').unwrap_or(name.len());
    if length == 0 || text[..at].split(':').count() < 6 {
        return Err(Malformed::Bucket);
    }
    Ok(at + 1 + length)
}

#[cfg(test)]
mod tests {
    use super::{Address, Malformed};

    fn parsed(uri: &str) -> (String, String) {
        let address = Address::parse(uri).unwrap();
        (address.bucket, address.prefix)
    }

    #[test]
    fn a_bucket_with_and_without_a_prefix() {
        let pair = |bucket: &str, prefix: &str| (bucket.to_owned(), prefix.to_owned());
        assert_eq!(parsed("s3://code"), pair("code", ""));
        assert_eq!(parsed("s3://code/"), pair("code", ""));
        assert_eq!(parsed("s3://code//a b/%2F"), pair("code", "/a b/%2F"));
        let arn = "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/jobs";
        assert_eq!(parsed(&format!("s3://{arn}/flink/x.jar")), pair(arn, "flink/x.jar"));
        assert_eq!(parsed(&format!("s3://{arn}")), pair(arn, ""));
        let outpost = "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/jobs";
        assert_eq!(parsed(&format!("s3://{outpost}/x")), pair(outpost, "x"));
        assert_eq!(Address::parse(&format!("s3://{arn}")).unwrap().region(), Some("cn-north-1"));
        let spanning = Address::parse("s3://arn:aws:s3::123456789012:accesspoint:m.mrap/x").unwrap();
        assert_eq!((spanning.region(), &*spanning.prefix), (None, "x"));
    }

    #[test]
    fn what_is_no_address() {
        for (uri, fault) in [
            ("s3:/code", Malformed::Scheme),
            ("s3://", Malformed::NoBucket),
            ("s3:///key", Malformed::NoBucket),
            ("s3://a b/key", Malformed::Bucket),
            ("s3://arn:aws:s3:eu-west-1:123456789012:bucket/x", Malformed::Bucket),
            ("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/", Malformed::Bucket),
        ] {
            assert_eq!(Address::parse(uri), Err(fault), "{uri}");
        }
    }

    #[test]
    fn the_folders_of_the_prefix_are_what_was_named() {
        let relative = |uri: &str, key: &str| Address::parse(uri).unwrap().entry(key).relative().to_owned();
        assert_eq!(relative("s3://code/jobs/or", "jobs/orders/test/a.jar"), "orders/test/a.jar");
        assert_eq!(relative("s3://code", "tests/a.jar"), "tests/a.jar");
        let entry = Address::parse("s3://code/").unwrap().entry("/a%2Fb c");
        assert_eq!(entry.to_string(), "s3://code//a%2Fb c");
    }
}
