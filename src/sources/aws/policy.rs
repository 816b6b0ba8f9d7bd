//! A policy: what an identity in AWS must be allowed, so that targets can be read. Least privilege, as
//! JSON in the grammar of IAM, and made without asking anybody.

use serde::Serialize;
use std::collections::BTreeMap;

/// A policy larger than this cannot be a managed one: characters, white space not counted.
pub const MANAGED: usize = 6_144;
/// The same for the policies inside one role.
pub const INLINE: usize = 10_240;

/// What is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// The objects of a bucket below a prefix, or all their versions.
    Objects { bucket: String, prefix: String, versions: bool },
    /// Objects below a prefix, or their versions, that are named elsewhere, so that nothing is listed.
    Named { bucket: String, prefix: String, versions: bool },
    /// Applications of Managed Service for Apache Flink, with their versions and their code in S3.
    Applications { region: String, name: Option<String> },
}

/// Who reads, as far as a policy can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    /// Tells the partition of ARNs that do not tell it themselves.
    pub region: Option<String>,
    pub role: Option<String>,
    pub external_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: String,
    effect: &'static str,
    action: Vec<&'static str>,
    resource: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: Condition,
}

/// Operator, key, values.
type Condition = BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>;

impl Policy {
    /// What `readers` need for what they read. Those that read the same way share statements.
    pub fn new(readers: &[(Reader, Read)]) -> Self {
        let mut policy = Self { version: "2012-10-17", statement: Vec::new() };
        for (reader, read) in readers {
            if let Some(role) = &reader.role {
                let condition = match &reader.external_id {
                    Some(id) => when("StringEquals", "sts:ExternalId", vec![literal(id)]),
                    None => Condition::new(),
                };
                policy.allow("AssumeRole", &["sts:AssumeRole"], vec![role.clone()], condition);
            }
            policy.read(reader, read);
        }
        policy.number();
        policy
    }

    /// Characters as IAM counts them.
    pub fn size(&self) -> usize {
        serde_json::to_string(self).map_or(0, |text| text.chars().filter(|c| !c.is_whitespace()).count())
    }

    fn read(&mut self, reader: &Reader, read: &Read) {
        let partition = partition_of(reader);
        match read {
            Read::Objects { bucket, prefix, versions } => {
                let bucket = Bucket::new(bucket, partition);
                let listing: &[&str] =
                    if *versions { &["s3:ListBucket", "s3:ListBucketVersions"] } else { &["s3:ListBucket"] };
                let below = if prefix.is_empty() {
                    Condition::new()
                } else {
                    when("StringLike", "s3:prefix", vec![format!("{}*", literal(prefix))])
                };
                self.allow("ListObjects", listing, vec![bucket.arn.clone()], below);
                self.get(*versions, &bucket, prefix, partition);
            }
            Read::Named { bucket, prefix, versions } => {
                self.get(*versions, &Bucket::new(bucket, partition), prefix, partition);
            }
            Read::Applications { region, name } => self.applications(region, name.as_deref()),
        }
    }

    fn get(&mut self, versions: bool, bucket: &Bucket, prefix: &str, partition: &str) {
        let actions: &[&str] = if versions { &["s3:GetObject", "s3:GetObjectVersion"] } else { &["s3:GetObject"] };
        let objects = bucket.objects(prefix);
        self.allow("ReadObjects", actions, vec![objects.clone()], Condition::new());
        let mut context = when("StringLike", "kms:ViaService", vec!["s3.*.amazonaws.com*".to_owned()]);
        if !bucket.is_access_point {
            // With a bucket key the context names the bucket, otherwise the object.
            let arns = vec![bucket.arn.clone(), objects];
            context.entry("StringLike").or_default().insert("kms:EncryptionContext:aws:s3:arn", arns);
        }
        self.allow("DecryptObjects", &["kms:Decrypt"], vec![format!("arn:{partition}:kms:*:*:key/*")], context);
    }

    /// Which buckets hold the code, only the applications tell: any of the reader's own account.
    fn applications(&mut self, region: &str, name: Option<&str>) {
        let partition = partition(region);
        if name.is_none() {
            let there = when("StringEquals", "aws:RequestedRegion", vec![region.to_owned()]);
            self.allow("ListApplications", &["kinesisanalytics:ListApplications"], vec!["*".to_owned()], there);
        }
        self.allow(
            "ReadApplications",
            &[
                "kinesisanalytics:DescribeApplication",
                "kinesisanalytics:ListApplicationVersions",
                "kinesisanalytics:DescribeApplicationVersion",
            ],
            vec![format!("arn:{partition}:kinesisanalytics:{region}:*:application/{}", name.unwrap_or("*"))],
            Condition::new(),
        );
        let own = || when("StringEquals", "aws:ResourceAccount", vec!["${aws:PrincipalAccount}".to_owned()]);
        self.allow("ListDeployedNotebooks", &["s3:ListBucket"], vec![format!("arn:{partition}:s3:::*")], own());
        let code = ["s3:GetObject", "s3:GetObjectVersion"];
        self.allow("ReadApplicationCode", &code, vec![format!("arn:{partition}:s3:::*/*")], own());
        let mut via = when("StringLike", "kms:ViaService", vec![format!("s3.{region}.amazonaws.com*")]);
        via.extend(own());
        self.allow(
            "DecryptApplicationCode",
            &["kms:Decrypt"],
            vec![format!("arn:{partition}:kms:{region}:*:key/*")],
            via,
        );
    }

    /// Adds to a statement that differs in one thing only, or adds a statement: two things joined at
    /// once would allow what neither of them does.
    fn allow(&mut self, sid: &str, actions: &[&'static str], resource: Vec<String>, condition: Condition) {
        for statement in self.statement.iter_mut().filter(|other| other.sid == sid && other.action == actions) {
            if statement.condition == condition {
                add(&mut statement.resource, resource);
                return;
            }
            if statement.resource == resource
                && let Some(values) = only_difference(&mut statement.condition, &condition)
            {
                add(values.0, values.1.clone());
                return;
            }
        }
        let action = actions.to_vec();
        self.statement.push(Statement { sid: sid.to_owned(), effect: "Allow", action, resource, condition });
    }

    /// A statement's id must be its own.
    fn number(&mut self) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for statement in &mut self.statement {
            let count = seen.entry(statement.sid.clone()).or_default();
            *count += 1;
            if *count > 1 {
                statement.sid.push_str(&count.to_string());
            }
        }
    }
}

/// The values of the one key in which two conditions differ: those to be added to, and those to add.
fn only_difference<'a>(
    mine: &'a mut Condition,
    other: &'a Condition,
) -> Option<(&'a mut Vec<String>, &'a Vec<String>)> {
    let shape = |condition: &Condition| -> Vec<(&str, &str)> {
        condition.iter().flat_map(|(operator, keys)| keys.keys().map(|key| (*operator, *key))).collect()
    };
    if shape(mine) != shape(other) {
        return None;
    }
    let mut differences = mine
        .values_mut()
        .flat_map(BTreeMap::values_mut)
        .zip(other.values().flat_map(BTreeMap::values))
        .filter(|(mine, other)| mine != other);
    differences.next().filter(|_| differences.next().is_none())
}

fn add(list: &mut Vec<String>, more: Vec<String>) {
    for one in more {
        if !list.contains(&one) {
            list.push(one);
        }
    }
}

fn when(operator: &'static str, key: &'static str, values: Vec<String>) -> Condition {
    BTreeMap::from([(operator, BTreeMap::from([(key, values)]))])
}

/// Text that stands for itself where IAM knows wildcards and variables.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '*' | '?' | '$' => out.extend(["${", c.encode_utf8(&mut [0; 4]), "}"]),
            c => out.push(c),
        }
    }
    out
}

/// A bucket, or an access point to one.
struct Bucket {
    arn: String,
    is_access_point: bool,
}

impl Bucket {
    fn new(name: &str, partition: &str) -> Self {
        let is_access_point = name.starts_with("arn:");
        let arn = if is_access_point { name.to_owned() } else { format!("arn:{partition}:s3:::{name}") };
        Self { arn, is_access_point }
    }

    fn objects(&self, prefix: &str) -> String {
        let between = if self.is_access_point { "/object/" } else { "/" };
        format!("{}{between}{}*", self.arn, literal(prefix))
    }
}

fn partition_of(reader: &Reader) -> &str {
    match (&reader.role, &reader.region) {
        (Some(role), _) => role.split(':').nth(1).unwrap_or("aws"),
        (None, Some(region)) => partition(region),
        (None, None) => "aws",
    }
}

/// The partition that a region lies in.
fn partition(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}
