//! A request for an object, and what its answer is worth: sizes and parts are checked against each other, since
//! what a service leaves out or gets wrong must not pass for the end of an object.

use super::bucket::Bucket;
use super::object::{Object, WHOLE};
use crate::sources::aws::answer::Head;
use crate::sources::aws::failure::Failure;
use crate::sources::aws::retry::retried;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::get_object::builders::GetObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use std::ops::Range;

/// glibc keeps freed blocks of up to 32 MiB, for each thread that ever had one. Larger ones come from the
/// system and go back to it; of a reservation only what is written to takes up memory.
const OWN_MAPPING: usize = (32 << 20) + 1;
const LARGE: usize = 256 << 10;
/// No object is larger: S3 takes 50 TB.
const LARGEST: u64 = 1 << 50;
/// Of an object whose size nobody says, so that a body without end has one.
const LONGEST_UNMEASURED: u64 = 1 << 40;

/// What a service says of an object; what it does not say is not known.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) etag: Option<String>,
    pub(super) size: Option<u64>,
}

/// An object that was read without knowing how long it is.
#[derive(Debug)]
pub(super) struct Unmeasured {
    /// `None` if there are more than are held.
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) length: u64,
    /// Whether it is certain that nothing follows.
    pub(super) is_whole: bool,
}

impl Object {
    /// What HEAD says.
    pub(super) async fn head(&self) -> Result<Said, Failure> {
        let Bucket { client, name, payer, .. } = &*self.bucket;
        let request = client.head_object().bucket(name).key(&self.key).set_version_id(self.version.clone());
        let answer = request.set_request_payer(payer.clone()).send().await;
        let answer = answer.map_err(|error| Failure::of(&error, self.permission()))?;
        Ok(Said { etag: answer.e_tag().map(ToOwned::to_owned), size: answer.content_length().and_then(known) })
    }

    /// What the answer to a GET of the first byte says. `Beyond` if there is none.
    pub(super) async fn first_byte(&self) -> Result<Said, Failure> {
        let (answer, head) = self.send(self.get().range("bytes=0-0")).await?;
        let size = if head.is_part() {
            answer.content_range().and_then(Part::parse).and_then(|part| part.total)
        } else {
            answer.content_length().and_then(known)
        };
        Ok(Said { etag: answer.e_tag().map(ToOwned::to_owned), size })
    }

    /// A range of its bytes, of which it is known that they are there. They are of the version that was listed,
    /// or there are none.
    pub(super) async fn fetch(&self, range: Range<u64>) -> Result<Vec<u8>, Failure> {
        retried(|| self.fetch_once(&range)).await
    }

    async fn fetch_once(&self, range: &Range<u64>) -> Result<Vec<u8>, Failure> {
        let is_whole = self.size == Some(range.end) && range.start == 0;
        let mut request = self.get();
        if !is_whole {
            if range.is_empty() {
                return Ok(Vec::new());
            }
            request = request.range(format!("bytes={}-{}", range.start, range.end - 1));
        }
        let (answer, head) = self.send(request).await?;
        self.is_same(&answer)?;
        let is_of_known_size = if is_whole { true } else { self.is_part(&answer, &head, range)? };
        let expected = range.end - range.start;
        match answer.content_length().and_then(known) {
            Some(length) if length > expected => return Err(Failure::Changed),
            Some(length) if length < expected => {
                // An inventory is days old, and may not say which tag the object had.
                let is_same = answer.e_tag().is_some() && answer.e_tag() == self.etag.as_deref();
                return Err(if is_same { Failure::Cut } else { Failure::Changed });
            }
            _ => {}
        }
        let bytes = collect(answer.body, expected).await?;
        if !is_of_known_size && Some(range.end) == self.size && !self.ends_at(range.end).await? {
            return Err(Failure::Changed);
        }
        Ok(bytes)
    }

    /// All of it, to the end of its body: for an object whose size nobody says.
    pub(super) async fn read_unmeasured(&self) -> Result<Unmeasured, Failure> {
        retried(|| self.read_unmeasured_once()).await
    }

    async fn read_unmeasured_once(&self) -> Result<Unmeasured, Failure> {
        let (answer, head) = self.send(self.get()).await?;
        self.is_same(&answer)?;
        let expected = answer.content_length().and_then(known);
        if let Some(length) = expected.filter(|&length| length > WHOLE) {
            return Ok(Unmeasured { bytes: None, length, is_whole: true });
        }
        let (mut bytes, mut length, mut body) = (Some(Vec::new()), 0_u64, answer.body);
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|_| Failure::Cut)?;
            length += piece.len() as u64;
            if length > LONGEST_UNMEASURED {
                return Err(Failure::Unusable("nobody says how large it is, and it does not end".to_owned()));
            }
            match &mut bytes {
                Some(held) if length <= WHOLE => held.extend_from_slice(&piece),
                _ => bytes = None,
            }
        }
        if expected.is_some_and(|expected| expected != length) {
            return Err(Failure::Cut);
        }
        let is_whole = expected.is_some() || head.is_chunked() || self.ends_there(length).await?;
        Ok(Unmeasured { bytes, length, is_whole })
    }

    /// Whether an end that only the connection showed is one. If the service gives no parts, it cannot be known.
    async fn ends_there(&self, length: u64) -> Result<bool, Failure> {
        match self.ends_at(length).await {
            Ok(true) => Ok(true),
            Ok(false) => Err(Failure::Cut),
            Err(Failure::Unusable(_)) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Asks for what comes behind an offset.
    async fn ends_at(&self, offset: u64) -> Result<bool, Failure> {
        match self.send(self.get().range(format!("bytes={offset}-"))).await {
            Ok((_, head)) if head.is_part() => Ok(false),
            Ok(_) => Err(no_parts()),
            Err(Failure::Beyond) => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    async fn send(&self, request: GetObjectFluentBuilder) -> Result<(GetObjectOutput, Head), Failure> {
        let head = Head::default();
        let answer = request.customize().interceptor(head.clone()).send().await;
        Ok((answer.map_err(|error| Failure::of(&error, self.permission()))?, head))
    }

    fn get(&self) -> GetObjectFluentBuilder {
        let Bucket { client, name, payer, .. } = &*self.bucket;
        let request = client.get_object().bucket(name).key(&self.key).set_request_payer(payer.clone());
        match &self.version {
            Some(version) => request.version_id(version),
            None => request.set_if_match(self.etag.clone()),
        }
    }

    fn permission(&self) -> &'static str {
        if self.version.is_some() { "s3:GetObjectVersion" } else { "s3:GetObject" }
    }

    /// Not every service heeds `If-Match`.
    fn is_same(&self, answer: &GetObjectOutput) -> Result<(), Failure> {
        let bare = |tag: &str| tag.trim_start_matches("W/").trim_matches('"').to_owned();
        match (&self.etag, answer.e_tag()) {
            (Some(own), Some(other)) if self.version.is_none() && bare(own) != bare(other) => Err(Failure::Changed),
            _ => Ok(()),
        }
    }

    /// Whether an answer is the part that was asked for; and whether it says of how many bytes, which are those
    /// that the object is known to have.
    fn is_part(&self, answer: &GetObjectOutput, head: &Head, range: &Range<u64>) -> Result<bool, Failure> {
        if !head.is_part() {
            let length = answer.content_length().and_then(known);
            return Err(if length.is_some() && length != self.size { Failure::Changed } else { no_parts() });
        }
        let Some(text) = answer.content_range() else { return Ok(false) };
        let part = Part::parse(text).ok_or(Failure::Cut)?;
        if part.total.is_some() && part.total != self.size {
            return Err(Failure::Changed);
        }
        if part.range != *range {
            return Err(Failure::Cut);
        }
        Ok(part.total.is_some())
    }
}

/// A body of known length.
async fn collect(mut body: ByteStream, expected: u64) -> Result<Vec<u8>, Failure> {
    let length = usize::try_from(expected).map_err(|_| Failure::Cut)?;
    let mut bytes = Vec::with_capacity(if length >= LARGE { length.max(OWN_MAPPING) } else { length });
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| Failure::Cut)?;
        if piece.len() > length - bytes.len() {
            return Err(Failure::Changed);
        }
        bytes.extend_from_slice(&piece);
    }
    if bytes.len() == length { Ok(bytes) } else { Err(Failure::Cut) }
}

/// A length that an object can have.
pub(super) fn known(length: i64) -> Option<u64> {
    u64::try_from(length).ok().filter(|&length| length <= LARGEST)
}

fn no_parts() -> Failure {
    Failure::Unusable("the service does not give parts of it".to_owned())
}

/// `Content-Range: bytes 0-9/100`; the total may be `*`.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    range: Range<u64>,
    total: Option<u64>,
}

impl Part {
    fn parse(text: &str) -> Option<Self> {
        let (range, total) = text.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let end = last.checked_add(1).filter(|&end| end > first)?;
        let total = total.trim();
        let total = if total == "*" { None } else { Some(total.parse().ok().filter(|&total: &u64| total >= end)?) };
        Some(Self { range: first..end, total })
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn a_part_says_where_it_lies_and_perhaps_of_what() {
        let part = |range, total| Some(Part { range, total });
        assert_eq!(Part::parse("bytes 0-9/100"), part(0..10, Some(100)));
        assert_eq!(Part::parse("bytes 5-5/*"), part(5..6, None));
        for text in ["", "bytes */100", "bytes 9-3/100", "bytes 0-9/5", "0-9/10", "bytes 0-/10", "bytes -1-9/10"] {
            assert_eq!(Part::parse(text), None, "{text}");
        }
        assert_eq!(Part::parse(&format!("bytes 0-{}/*", u64::MAX)), None);
    }
}
