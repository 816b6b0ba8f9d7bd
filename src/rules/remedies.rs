//! A remedy family: what credentials of a kind open, how they are rotated, and what replaces them on
//! each platform. `patterns/remedies.toml`.

use super::RuleError;
use super::builtin::{REMEDIES, read};
use globset::Glob;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Family {
    pub name: String,
    /// Globs on rule ids.
    pub rules: Vec<String>,
    pub opens: String,
    pub rotate: String,
    pub msf: String,
    pub eks: String,
    pub ec2: String,
    pub on_premises: String,
}

impl Family {
    /// What to use instead, by platform.
    pub fn instead(&self) -> [(&'static str, &str); 4] {
        [
            ("Managed Service for Apache Flink", &self.msf),
            ("EKS", &self.eks),
            ("EC2", &self.ec2),
            ("on premises", &self.on_premises),
        ]
    }

    fn has(&self, rule: &str) -> bool {
        let matches = |glob: &String| Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(rule));
        self.rules.iter().any(matches)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: Vec<Family>,
}

/// All families, in the order in which they are asked.
pub fn families() -> Result<Vec<Family>, RuleError> {
    read::<File>(REMEDIES).map(|file| file.family)
}

/// The family of a rule: the last one takes all.
pub fn family(rule: &str) -> Result<Option<Family>, RuleError> {
    Ok(families()?.into_iter().find(|family| family.has(rule)))
}
