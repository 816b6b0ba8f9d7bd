//! Words about targets in AWS: as whom to read them, and which of their objects.

use super::args::size;
use super::config::TargetEntry;
use crate::engine::settings::Target;
use crate::sources::aws::access::Access;
use crate::sources::filter::Filter;
use crate::sources::msf;
use crate::sources::s3::address::Address;
use crate::sources::s3::selection::{Criteria, Selection};
use anyhow::{Context as _, anyhow, bail};
use clap::{Args, ValueEnum};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::sync::Arc;

/// Access to AWS, and which objects to take
#[derive(Debug, Args)]
#[command(next_help_heading = "Targets in AWS")]
pub(super) struct RemoteArgs {
    /// Profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,

    /// Region to ask first; that of a bucket is found
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,

    /// Role to assume
    #[arg(long, value_name = "ARN")]
    pub(super) role_arn: Option<String>,

    /// What the role's trust policy asks for
    #[arg(long, value_name = "ID", requires = "role_arn")]
    pub(super) external_id: Option<String>,

    /// Another service than AWS's own
    #[arg(long, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,

    /// How buckets are addressed: in the host name or in the path
    #[arg(long, value_enum, value_name = "STYLE", default_value_t = Addressing::Auto)]
    pub(super) addressing: Addressing,

    /// Read public buckets without credentials
    #[arg(long, conflicts_with_all = ["profile", "role_arn"])]
    #[arg(value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) no_sign_request: Option<bool>,

    /// Pay for the requests to buckets of others
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) requester_pays: Option<bool>,

    /// Also scan versions that are not current, or deleted
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) all_versions: Option<bool>,

    /// Take the objects from the manifest.json of an S3 Inventory (CSV) instead of listing the bucket
    #[arg(long, value_name = "URI", value_parser = manifest)]
    pub(super) inventory: Option<Address>,

    /// Only objects of at least SIZE, e.g. 1K
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) min_size: Option<u64>,

    /// Only objects of at most SIZE, e.g. 500M
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) max_size: Option<u64>,

    /// Only objects modified since a date (2026-11-01, or with a time) or for a time (7d, 12h)
    #[arg(long, value_name = "WHEN", value_parser = since, allow_hyphen_values = true)]
    pub(super) modified_since: Option<i64>,

    /// Print the IAM policy that reading the targets takes, as JSON, and scan nothing
    #[arg(long, conflicts_with_all = ["no_sign_request", "output"])]
    pub(super) print_policy: bool,

    /// Only objects of these storage classes, e.g. STANDARD (repeatable)
    #[arg(long, value_name = "CLASS")]
    pub(super) storage_class: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Addressing {
    /// In the path if --endpoint-url is not AWS
    Auto,
    Path,
    Virtual,
}

impl RemoteArgs {
    fn access(&self) -> Access {
        Access {
            profile: self.profile.clone(),
            region: self.region.clone(),
            role: self.role_arn.clone(),
            external_id: self.external_id.clone(),
            endpoint: self.endpoint_url.clone(),
            anonymous: self.no_sign_request.unwrap_or_default(),
            requester_pays: self.requester_pays.unwrap_or_default(),
            path_style: match self.addressing {
                Addressing::Auto => None,
                Addressing::Path => Some(true),
                Addressing::Virtual => Some(false),
            },
        }
    }
}

/// The target that a word names, if it names one in AWS.
pub(super) fn target(
    word: &str,
    args: &RemoteArgs,
    place: Option<&TargetEntry>,
    filter: Option<Arc<Filter>>,
) -> anyhow::Result<Option<Target>> {
    let mut access = args.access();
    if let Some(place) = place {
        place.fill(&mut access);
        // `=false` wins, too.
        access.anonymous = args.no_sign_request.unwrap_or(access.anonymous);
        access.requester_pays = args.requester_pays.unwrap_or(access.requester_pays);
    }
    match word.split_once("://") {
        Some(("s3", _)) => {
            let address = Address::parse(word).with_context(|| word.to_owned())?;
            let mut criteria = Criteria {
                keys: filter,
                min_size: args.min_size,
                max_size: args.max_size,
                modified_since: args.modified_since,
                classes: args.storage_class.clone(),
            };
            if let Some(place) = place {
                place.narrow(&mut criteria);
                let since = place.modified_since.as_deref().map(since).transpose();
                let since = since.map_err(|cause| anyhow!("{word}: modified-since: {cause}"))?;
                criteria.modified_since = criteria.modified_since.or(since);
            }
            let selection = Selection {
                address,
                access,
                criteria,
                all_versions: args.all_versions.or(place.and_then(|place| place.all_versions)).unwrap_or_default(),
                inventory: args.inventory.clone(),
                elsewhere: Vec::new(),
            };
            Ok(Some(Target::S3(Box::new(selection))))
        }
        Some(("msf", _)) => {
            let address = msf::address::Address::parse(word).with_context(|| word.to_owned())?;
            Ok(Some(Target::Msf { address, access, filter }))
        }
        _ => Ok(None),
    }
}

fn manifest(uri: &str) -> Result<Address, String> {
    let address = Address::parse(uri).map_err(|error| error.to_string())?;
    if address.prefix.ends_with("manifest.json") {
        Ok(address)
    } else {
        Err("expected s3://…/manifest.json".to_owned())
    }
}

/// Whether two URIs name the same: `s3://bucket` and `s3://bucket/`.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let objects = |uri| Address::parse(uri).ok();
    let applications = |uri| msf::address::Address::parse(uri).ok();
    one == other
        || objects(one).is_some_and(|one| objects(other) == Some(one))
        || applications(one).is_some_and(|one| applications(other) == Some(one))
}

/// What is wrong with a URI, if it is that of a target in AWS.
pub(super) fn malformed(uri: &str) -> Option<String> {
    match uri.split_once("://")?.0 {
        "s3" => Address::parse(uri).err().map(|problem| problem.to_string()),
        "msf" => msf::address::Address::parse(uri).err().map(|problem| problem.to_string()),
        _ => None,
    }
}

/// Of targets that overlap, each object belongs to the one that names most of its key. What is named twice
/// is scanned once; twice in two ways would be two things under one name.
pub(super) fn share_out(targets: &mut Vec<Target>) -> anyhow::Result<()> {
    let same = |one: &Selection, other: &Selection| {
        one.address.bucket == other.address.bucket && one.access.endpoint == other.access.endpoint
    };
    let mut seen: Vec<Target> = Vec::new();
    for target in std::mem::take(targets) {
        let named = |earlier: &&Target| match (*earlier, &target) {
            (Target::S3(one), Target::S3(other)) => one.address == other.address,
            (Target::Msf { address, .. }, Target::Msf { address: other, .. }) => address == other,
            _ => false,
        };
        match seen.iter().find(named) {
            Some(earlier) if is_read_alike(earlier, &target) => continue,
            Some(_) => {
                bail!("{}: named twice, with different access or filters; scan it in two runs", target.entry())
            }
            None if target.is_remote() => seen.push(target.clone()),
            None => {}
        }
        targets.push(target);
    }
    for target in targets {
        let Target::S3(selection) = target else { continue };
        let prefix = &selection.address.prefix;
        selection.elsewhere = seen
            .iter()
            .filter_map(|other| if let Target::S3(other) = other { Some(other) } else { None })
            .filter(|other| same(selection, other) && other.address.prefix.len() > prefix.len())
            .map(|other| other.address.prefix.clone())
            .filter(|longer| longer.starts_with(prefix.as_str()))
            .collect();
    }
    Ok(())
}

/// Whether two targets of one name are one.
fn is_read_alike(one: &Target, other: &Target) -> bool {
    match (one, other) {
        (Target::S3(one), Target::S3(other)) => one == other,
        (Target::Msf { access, filter, .. }, Target::Msf { access: its, filter: own, .. }) => {
            access == its && filter == own
        }
        _ => false,
    }
}

/// An inventory is of one bucket.
pub(super) fn check(targets: &[Target], args: &RemoteArgs) -> anyhow::Result<()> {
    let objects = targets.iter().filter(|target| matches!(target, Target::S3(_))).count();
    if args.inventory.is_some() && objects != 1 {
        bail!("--inventory needs exactly one s3:// target: the bucket that it lists, or a prefix in it");
    }
    Ok(())
}

/// A point in time, in seconds since 1970: a date, a date with a time, or how long ago.
fn since(text: &str) -> Result<i64, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time.as_second());
    }
    let civil = text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)));
    if let Some(time) = civil {
        return seconds(time);
    }
    let ago: Span = text.parse().map_err(|_| "expected a date such as 2026-11-01 or a time such as 7d".to_owned())?;
    let now = TimeZone::UTC.to_datetime(Timestamp::now());
    seconds(now.checked_sub(ago.abs()).map_err(|error| error.to_string())?)
}

fn seconds(time: DateTime) -> Result<i64, String> {
    TimeZone::UTC.to_timestamp(time).map(Timestamp::as_second).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Access, Address, Criteria, Selection, Target, share_out, since};

    fn target(uri: &str, role: Option<&str>) -> Target {
        Target::S3(Box::new(Selection {
            address: Address::parse(uri).unwrap(),
            access: Access { role: role.map(str::to_owned), ..Access::default() },
            criteria: Criteria::default(),
            all_versions: false,
            inventory: None,
            elsewhere: Vec::new(),
        }))
    }

    #[test]
    fn a_target_that_is_named_twice_is_one_or_an_error() {
        let count = |mut targets: Vec<Target>| share_out(&mut targets).map(|()| targets.len());
        assert_eq!(count(vec![target("s3://b/x", Some("r")), target("s3://b/x", Some("r"))]).unwrap(), 1);
        assert_eq!(count(vec![target("s3://b", None), target("s3://b/", None)]).unwrap(), 1);
        assert_eq!(count(vec![target("s3://b/x", Some("r")), target("s3://b/y", Some("s"))]).unwrap(), 2);
        let error = count(vec![target("s3://b/x", Some("r")), target("s3://b/x", None)]).unwrap_err();
        assert!(error.to_string().starts_with("s3://b/x: named twice, with different access"), "{error}");
    }

    #[test]
    fn points_in_time() {
        assert_eq!(since("2026-11-01"), Ok(1_793_491_200));
        assert_eq!(since("2026-11-01T00:00:10"), Ok(1_793_491_210));
        assert_eq!(since("2026-11-01T01:00:00+01:00"), Ok(1_793_491_200));
        let day = since("1d").unwrap() - since("2d").unwrap();
        assert!((86_399..=86_401).contains(&day));
        assert!(since("lately").is_err());
    }
}
