//! The configuration file as written: `keysift.toml`.

use crate::cli::args::Level;
use crate::rules::schema::Severity;
#[cfg(feature = "aws")]
use crate::sources::aws::access::Access;
#[cfg(feature = "aws")]
use crate::sources::s3::selection::Criteria;
use crate::trouble::Kind;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// All of it. What is not there is left to the defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct File {
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) formats: Vec<String>,
    pub(super) fail_on: Option<Level>,
    pub(super) min_severity: Option<Level>,
    pub(super) allow_incomplete: Option<bool>,
    pub(super) inline_allow: Option<bool>,
    pub(super) threads: Option<u16>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) baseline_strict: Option<bool>,
    /// The name of an environment variable: the key itself must not be in a repository.
    pub(super) fingerprint_key_env: Option<String>,
    pub(super) cache: Option<PathBuf>,
    pub(super) trust_crc: Option<bool>,
    pub(super) rule_files: Vec<PathBuf>,
    pub(super) gitleaks_config: Vec<PathBuf>,
    pub(super) limits: Limits,
    pub(super) rules: BTreeMap<String, RuleChange>,
    pub(super) target: Vec<Spanned<TargetEntry>>,
    pub(super) allow: Vec<Spanned<AllowEntry>>,
    pub(super) accept_trouble: Vec<Spanned<AcceptEntry>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Limits {
    pub(super) max_memory: Option<Size>,
    pub(super) max_depth: Option<usize>,
    pub(super) max_entry_bytes: Option<Size>,
    pub(super) max_artifact_bytes: Option<Size>,
    pub(super) max_entries: Option<u64>,
    pub(super) max_ratio: Option<u64>,
    pub(super) max_findings: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleChange {
    pub(super) severity: Option<Severity>,
    pub(super) enabled: Option<bool>,
}

/// What is scanned if the command line names nothing, what of it, and how a place in AWS is reached.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "only places in AWS have to be got into"))]
pub(in crate::cli) struct TargetEntry {
    pub(super) path: Option<PathBuf>,
    pub(super) uri: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) region: Option<String>,
    pub(super) role_arn: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) endpoint_url: Option<String>,
    pub(super) no_sign_request: Option<bool>,
    pub(super) requester_pays: Option<bool>,
    /// Holds instead of the general one.
    pub(in crate::cli) include: Option<Vec<String>>,
    /// Leaves out more than the general one.
    #[serde(default)]
    pub(in crate::cli) exclude: Vec<String>,
    pub(super) min_size: Option<Size>,
    pub(super) max_size: Option<Size>,
    pub(in crate::cli) modified_since: Option<String>,
    #[serde(default)]
    pub(super) storage_class: Vec<String>,
    pub(in crate::cli) all_versions: Option<bool>,
}

impl TargetEntry {
    /// The entry that says most of a target: what it names is the same, or the least that the target lies
    /// below.
    pub(in crate::cli) fn of<'a>(entries: &'a [Self], word: &Path) -> Option<&'a Self> {
        let covering = entries.iter().filter_map(|entry| Some((entry.covers(word)?, entry)));
        covering.max_by_key(|(length, _)| *length).map(|(_, entry)| entry)
    }

    /// How long its own name is, if the word names what it names or something below it.
    fn covers(&self, word: &Path) -> Option<usize> {
        if let Some(path) = &self.path {
            let [own, word] = [path, word].map(|path| fs::canonicalize(path).ok());
            return own.filter(|own| word.is_some_and(|word| word.starts_with(own))).map(|own| own.as_os_str().len());
        }
        let uri = self.uri.as_deref()?;
        #[cfg(feature = "aws")]
        if crate::cli::remote::is_same(uri, word.to_str()?) {
            return Some(uri.len());
        }
        let rest = word.to_str()?.strip_prefix(uri)?;
        (rest.is_empty() || rest.starts_with('/') || uri.ends_with('/')).then_some(uri.len())
    }
}

impl TargetEntry {
    /// What differs in another entry for the same target.
    pub(super) fn difference(&self, other: &Self) -> Option<&'static str> {
        let same = [
            ("role-arn", self.role_arn == other.role_arn),
            ("profile", self.profile == other.profile),
            ("external-id", self.external_id == other.external_id),
            ("region", self.region == other.region),
            ("endpoint-url", self.endpoint_url == other.endpoint_url),
            ("no-sign-request", self.no_sign_request == other.no_sign_request),
            ("requester-pays", self.requester_pays == other.requester_pays),
            ("include", self.include == other.include),
            ("exclude", self.exclude == other.exclude),
            ("min-size", self.min_size == other.min_size),
            ("max-size", self.max_size == other.max_size),
            ("modified-since", self.modified_since == other.modified_since),
            ("storage-class", self.storage_class == other.storage_class),
            ("all-versions", self.all_versions == other.all_versions),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(key, _)| key)
    }
}

#[cfg(feature = "aws")]
impl TargetEntry {
    /// What the flags leave open of how to get in.
    pub(in crate::cli) fn fill(&self, access: &mut Access) {
        let text = |given: &mut Option<String>, own: &Option<String>| *given = given.take().or_else(|| own.clone());
        text(&mut access.profile, &self.profile);
        text(&mut access.region, &self.region);
        text(&mut access.role, &self.role_arn);
        text(&mut access.external_id, &self.external_id);
        text(&mut access.endpoint, &self.endpoint_url);
        access.anonymous |= self.no_sign_request.unwrap_or(false);
        access.requester_pays |= self.requester_pays.unwrap_or(false);
    }

    /// What the flags leave open of which objects to take. When they were modified is told in words.
    pub(in crate::cli) fn narrow(&self, criteria: &mut Criteria) {
        criteria.min_size = criteria.min_size.or(self.min_size.map(|size| size.0));
        criteria.max_size = criteria.max_size.or(self.max_size.map(|size| size.0));
        if criteria.classes.is_empty() {
            criteria.classes.clone_from(&self.storage_class);
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AllowEntry {
    pub(super) rule: Option<String>,
    pub(super) path: Option<String>,
    pub(super) key: Option<String>,
    pub(super) fingerprint: Option<String>,
    pub(super) place: Option<String>,
    pub(super) reason: String,
    pub(super) expires: Option<Day>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptEntry {
    pub(super) kind: Option<Kind>,
    pub(super) path: Option<String>,
    pub(super) reason: String,
    pub(super) expires: Option<Day>,
}

/// `2027-01-31`, as TOML's own date or in quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day(pub(super) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Date(toml::value::Datetime),
            Text(String),
        }
        let text = Written::deserialize(deserializer).map(|written| match written {
            Written::Date(date) => date.to_string(),
            Written::Text(text) => text,
        });
        let date = text.ok().and_then(|text| text.parse().ok());
        date.map(Self).ok_or_else(|| D::Error::custom("expected a date such as 2027-01-31"))
    }
}

/// Bytes: `1048576` or `"1M"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size(pub(super) u64);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u64),
            Text(String),
        }
        match Written::deserialize(deserializer) {
            Ok(Written::Number(bytes)) => Ok(Self(bytes)),
            Ok(Written::Text(text)) => crate::cli::args::size(&text).map(Self).map_err(D::Error::custom),
            Err(_) => Err(D::Error::custom("expected a size such as 1048576 or \"1M\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "aws")]
    #[test]
    fn an_entry_holds_for_what_lies_below_it_and_flags_win() {
        use super::{Access, TargetEntry};
        let entry: TargetEntry =
            toml::from_str("uri = \"s3://bucket/jobs\"\nregion = \"eu-west-1\"\nrole-arn = \"arn:of:a:role\"").unwrap();
        for (word, holds) in [
            ("s3://bucket/jobs", true),
            ("s3://bucket/jobs/a.jar", true),
            ("s3://bucket/jobs-old", false),
            ("s3://bucket", false),
        ] {
            assert_eq!(entry.covers(word.as_ref()).is_some(), holds, "{word}");
        }
        let mut access = Access { region: Some("us-east-1".to_owned()), ..Access::default() };
        entry.fill(&mut access);
        assert_eq!((access.region.as_deref(), access.role.as_deref()), (Some("us-east-1"), Some("arn:of:a:role")));
    }
}
