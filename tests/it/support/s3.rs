//! An S3 server in this process: buckets in memory behind the `s3s` crate, and a wire that can be made
//! to fail.

use super::wire::{self, Wire};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::dto::{
    DeleteMarkerEntry, ETag, ETagCondition, EncodingType, GetObjectInput, GetObjectOutput, HeadBucketInput,
    HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListObjectVersionsInput, ListObjectVersionsOutput,
    ListObjectsV2Input, ListObjectsV2Output, Object, ObjectStorageClass, ObjectVersion, ObjectVersionStorageClass,
    RestoreStatus, StreamingBlob, Timestamp,
};
use s3s::service::S3ServiceBuilder;
use s3s::{Body, S3, S3Request, S3Response, S3Result, s3_error};
use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// The access keys that the server knows; the issuer of credentials hands them out by the role's name.
pub const KEYS: [&str; 8] = ["test", "orders", "payments", "chained", "process", "web", "sso", "container"];
/// Of all of them.
pub const SECRET: &str = "test";

/// The only region in which the server takes signatures.
pub const REGION: &str = "eu-central-1";

#[derive(Clone, Debug)]
struct Version {
    id: String,
    /// `None`: a delete marker.
    bytes: Option<Arc<Vec<u8>>>,
    class: &'static str,
    restored: bool,
    modified: SystemTime,
}

impl Version {
    fn etag(&self) -> ETag {
        let bytes = self.bytes.as_deref().map_or(&[][..], Vec::as_slice);
        ETag::Strong(format!("{:08x}-{}", crc32fast::hash(bytes), bytes.len()))
    }
}

/// Newest version last.
type Keys = BTreeMap<String, Vec<Version>>;

#[derive(Debug, Default)]
struct Store {
    buckets: Mutex<BTreeMap<String, Keys>>,
    /// What an object becomes as soon as it has been read for the n-th time.
    changes: Mutex<Vec<(String, usize, Vec<u8>)>>,
}

pub struct Server {
    pub wire: Arc<Wire>,
    store: Arc<Store>,
    _runtime: tokio::runtime::Runtime,
    url: String,
}

impl Server {
    pub fn start() -> Self {
        let store = Arc::new(Store::default());
        let wire = Arc::new(Wire::default());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut builder = S3ServiceBuilder::new(Memory(store.clone()));
        // Signatures are checked, so that a key that is encoded in a wrong way is refused.
        let mut known = SimpleAuth::new();
        for key in KEYS {
            known.register(key.to_owned(), SECRET.into());
        }
        builder.set_auth(known);
        builder.set_access(Anybody);
        let url = runtime.block_on(wire::serve(builder, &wire));
        Self { wire, store, _runtime: runtime, url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn make_bucket(&self, bucket: &str) {
        self.store.buckets.lock().unwrap().entry(bucket.to_owned()).or_default();
    }

    /// Adds a version, and returns its id.
    pub fn put(&self, bucket: &str, key: &str, bytes: impl Into<Vec<u8>>) -> String {
        self.add(bucket, key, Some(bytes.into()), "STANDARD", Duration::ZERO)
    }

    pub fn put_in_class(&self, bucket: &str, key: &str, bytes: impl Into<Vec<u8>>, class: &'static str) {
        self.add(bucket, key, Some(bytes.into()), class, Duration::ZERO);
    }

    pub fn put_long_ago(&self, bucket: &str, key: &str, bytes: impl Into<Vec<u8>>, age: Duration) {
        self.add(bucket, key, Some(bytes.into()), "STANDARD", age);
    }

    /// Makes a copy of an archived object that can be read.
    pub fn restore(&self, bucket: &str, key: &str) {
        let mut buckets = self.store.buckets.lock().unwrap();
        buckets.get_mut(bucket).unwrap().get_mut(key).unwrap().last_mut().unwrap().restored = true;
    }

    /// Puts a delete marker on top.
    pub fn delete(&self, bucket: &str, key: &str) {
        self.add(bucket, key, None, "STANDARD", Duration::ZERO);
    }

    /// The object changes when it has been read `reads` times.
    pub fn change_after(&self, key: &str, reads: usize, bytes: impl Into<Vec<u8>>) {
        self.store.changes.lock().unwrap().push((key.to_owned(), reads, bytes.into()));
    }

    fn add(&self, bucket: &str, key: &str, bytes: Option<Vec<u8>>, class: &'static str, age: Duration) -> String {
        self.store.add(bucket, key, bytes, class, age)
    }

    /// A scan with an access key that the server knows, and nothing else that could be found.
    pub fn scan(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The same, with the report for a person.
    pub fn text(&self, arguments: &[&str]) -> Output {
        self.command_for("text", arguments).output().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_for("json", arguments)
    }

    fn command_for(&self, format: &str, arguments: &[&str]) -> Command {
        let mut command = bare(&["scan", "--format", format, "--endpoint-url", &self.url]);
        command.args(arguments);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command
    }
}

/// keysift in an environment without any trace of AWS.
pub fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keysift"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    let nowhere = super::project("tests/no-such-file");
    command.env("AWS_CONFIG_FILE", &nowhere).env("AWS_SHARED_CREDENTIALS_FILE", &nowhere);
    command.env("AWS_EC2_METADATA_DISABLED", "true").current_dir(super::project("")).args(arguments);
    command
}

impl Store {
    fn add(&self, bucket: &str, key: &str, bytes: Option<Vec<u8>>, class: &'static str, age: Duration) -> String {
        let mut buckets = self.buckets.lock().unwrap();
        let versions = buckets.entry(bucket.to_owned()).or_default().entry(key.to_owned()).or_default();
        let id = format!("v{}", versions.len() + 1);
        let modified = SystemTime::now() - age;
        versions.push(Version { id: id.clone(), bytes: bytes.map(Arc::new), class, restored: false, modified });
        id
    }

    fn keys(&self, bucket: &str) -> S3Result<Keys> {
        let keys = self.buckets.lock().unwrap().get(bucket).cloned();
        keys.ok_or_else(|| s3_error!(NoSuchBucket))
    }

    fn find(&self, bucket: &str, key: &str, version: Option<&str>) -> S3Result<Version> {
        let buckets = self.buckets.lock().unwrap();
        let keys = buckets.get(bucket).ok_or_else(|| s3_error!(NoSuchBucket))?;
        let versions = keys.get(key).map(Vec::as_slice).unwrap_or_default();
        let found = match version {
            Some(id) => versions.iter().find(|version| version.id == id),
            None => versions.last(),
        };
        found.filter(|version| version.bytes.is_some()).cloned().ok_or_else(|| s3_error!(NoSuchKey))
    }

    fn was_read(&self, bucket: &str, key: &str) {
        let mut due = Vec::new();
        self.changes.lock().unwrap().retain_mut(|(name, reads, bytes)| {
            if name == key {
                *reads = reads.saturating_sub(1);
                if *reads == 0 {
                    due.push(std::mem::take(bytes));
                    return false;
                }
            }
            true
        });
        for bytes in due {
            self.add(bucket, key, Some(bytes), "STANDARD", Duration::ZERO);
        }
    }
}

struct Memory(Arc<Store>);

/// Public buckets: requests without a signature are served, too.
struct Anybody;

#[async_trait::async_trait]
impl S3Access for Anybody {
    async fn check(&self, _request: &mut S3AccessContext<'_>) -> S3Result<()> {
        Ok(())
    }
}

/// As AWS does it: everything but letters, digits and a few signs, and a space is a plus.
fn encoded(key: &str) -> String {
    let mut out = String::new();
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' => out.push(byte as char),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn restore_status(version: &Version) -> Option<RestoreStatus> {
    version.restored.then(|| RestoreStatus {
        is_restore_in_progress: Some(false),
        restore_expiry_date: Some(Timestamp::from(SystemTime::now())),
    })
}

#[async_trait::async_trait]
impl S3 for Memory {
    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.0.keys(&request.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput { bucket_region: Some(REGION.to_owned()), ..HeadBucketOutput::default() }))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        let prefix = input.prefix.unwrap_or_default();
        let after = input.continuation_token.map(|token| String::from_utf8(unhex(&token)).unwrap());
        let keys = self.0.keys(&input.bucket)?;
        let most = usize::try_from(input.max_keys.unwrap_or(1000)).unwrap();
        let mut current = keys
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix) && after.as_ref().is_none_or(|after| *key > after))
            .filter_map(|(key, versions)| versions.last().filter(|last| last.bytes.is_some()).map(|last| (key, last)));
        let page: Vec<_> = current.by_ref().take(most).collect();
        let more = current.next().is_some();
        let next = page.last().filter(|_| more).map(|(key, _)| hex(key.as_bytes()));
        let url = input.encoding_type.is_some();
        let contents: Vec<Object> = page
            .iter()
            .map(|(key, version)| Object {
                key: Some(if url { encoded(key) } else { (*key).clone() }),
                size: version.bytes.as_ref().map(|bytes| bytes.len() as i64),
                e_tag: Some(version.etag()),
                last_modified: Some(Timestamp::from(version.modified)),
                storage_class: Some(ObjectStorageClass::from_static(version.class)),
                restore_status: restore_status(version),
                ..Object::default()
            })
            .collect();
        Ok(S3Response::new(ListObjectsV2Output {
            key_count: Some(contents.len() as i32),
            contents: Some(contents),
            is_truncated: Some(more),
            next_continuation_token: next,
            encoding_type: input.encoding_type,
            ..ListObjectsV2Output::default()
        }))
    }

    async fn list_object_versions(
        &self,
        request: S3Request<ListObjectVersionsInput>,
    ) -> S3Result<S3Response<ListObjectVersionsOutput>> {
        let input = request.input;
        let prefix = input.prefix.unwrap_or_default();
        let keys = self.0.keys(&input.bucket)?;
        let most = usize::try_from(input.max_keys.unwrap_or(1000)).unwrap();
        let all: Vec<(&String, &Version, bool)> = keys
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .flat_map(|(key, versions)| {
                versions.iter().rev().enumerate().map(move |(index, version)| (key, version, index == 0))
            })
            .collect();
        let marker = (input.key_marker.unwrap_or_default(), input.version_id_marker.unwrap_or_default());
        let start = all.iter().position(|(key, version, _)| (*key, &version.id) == (&marker.0, &marker.1));
        let rest = &all[start.map_or(0, |start| start + 1)..];
        let page = &rest[..rest.len().min(most)];
        let more = rest.len() > most;
        let name = |key: &String| Some(if input.encoding_type.is_some() { encoded(key) } else { key.clone() });
        let mut output = ListObjectVersionsOutput {
            is_truncated: Some(more),
            encoding_type: input.encoding_type.clone(),
            versions: Some(Vec::new()),
            delete_markers: Some(Vec::new()),
            ..ListObjectVersionsOutput::default()
        };
        for (key, version, latest) in page {
            let (id, modified) = (Some(version.id.clone()), Some(Timestamp::from(version.modified)));
            match &version.bytes {
                Some(bytes) => output.versions.as_mut().unwrap().push(ObjectVersion {
                    key: name(key),
                    version_id: id,
                    is_latest: Some(*latest),
                    size: Some(bytes.len() as i64),
                    e_tag: Some(version.etag()),
                    last_modified: modified,
                    storage_class: Some(ObjectVersionStorageClass::from_static(version.class)),
                    restore_status: restore_status(version),
                    ..ObjectVersion::default()
                }),
                None => output.delete_markers.as_mut().unwrap().push(DeleteMarkerEntry {
                    key: name(key),
                    version_id: id,
                    is_latest: Some(*latest),
                    last_modified: modified,
                    ..DeleteMarkerEntry::default()
                }),
            }
        }
        if let Some((key, version, _)) = page.last().filter(|_| more) {
            output.next_key_marker = name(key);
            output.next_version_id_marker = Some(version.id.clone());
        }
        let _ = EncodingType::from_static(EncodingType::URL);
        Ok(S3Response::new(output))
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let version = self.0.find(&input.bucket, &input.key, input.version_id.as_deref())?;
        Ok(S3Response::new(HeadObjectOutput {
            content_length: version.bytes.as_ref().map(|bytes| bytes.len() as i64),
            e_tag: Some(version.etag()),
            ..HeadObjectOutput::default()
        }))
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let version = self.0.find(&input.bucket, &input.key, input.version_id.as_deref())?;
        if matches!(version.class, "GLACIER" | "DEEP_ARCHIVE") && !version.restored {
            return Err(s3_error!(InvalidObjectState));
        }
        if let Some(ETagCondition::ETag(expected)) = &input.if_match
            && *expected != version.etag()
        {
            return Err(s3_error!(PreconditionFailed));
        }
        let bytes = version.bytes.clone().unwrap_or_default();
        let whole = 0..bytes.len() as u64;
        let range = match &input.range {
            Some(range) => range.check(whole.end).map_err(|_| s3_error!(InvalidRange))?,
            None => whole.clone(),
        };
        let part = bytes[range.start as usize..range.end as usize].to_vec();
        self.0.was_read(&input.bucket, &input.key);
        Ok(S3Response::new(GetObjectOutput {
            content_length: Some(part.len() as i64),
            content_range: (range != whole).then(|| format!("bytes {}-{}/{}", range.start, range.end - 1, whole.end)),
            body: Some(StreamingBlob::from(Body::from(part))),
            e_tag: Some(version.etag()),
            ..GetObjectOutput::default()
        }))
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn unhex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}
