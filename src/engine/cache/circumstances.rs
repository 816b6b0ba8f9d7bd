//! Circumstances: what of the settings decides an outcome, and what decides which artifacts there are.
//!
//! Both take the settings apart field by field, so that a new one cannot be forgotten.

use crate::engine::settings::{Settings, Target};
use crate::findings::fingerprint::{Digester, VERSION};
use crate::sources::filter::Filter;
use std::fs;

/// What else than its content, and the filter of its target, decides what is found in an artifact.
pub(super) fn circumstances(settings: &Settings) -> String {
    let Settings {
        targets: _,
        filter: _,
        outputs: _,
        trust_crc,
        shard: _,
        limits,
        max_memory,
        threads: _,
        // But for the version of its baseline.
        policy: _,
        fingerprint_key,
    } = settings;
    let key = Digester::new(fingerprint_key.as_ref()).key_check();
    // Nested archives that do not fit the memory are read without their directory.
    let former = settings.former_rules();
    format!("{limits:?}\n{max_memory}\n{key:?}\n{trust_crc}\n{VERSION} {former:?}")
}

/// What the user wants scanned, whatever way it is written.
pub(super) fn population(settings: &Settings) -> String {
    let Settings {
        targets,
        filter,
        outputs: _,
        trust_crc: _,
        shard,
        limits: _,
        max_memory: _,
        threads: _,
        policy: _,
        fingerprint_key: _,
    } = settings;
    let name = |target: &Target| match target {
        // `target` and `./target`, but not that of another project.
        Target::Path { path, .. } => {
            fs::canonicalize(path).unwrap_or_else(|_| path.clone()).to_string_lossy().into_owned()
        }
        #[cfg(feature = "aws")]
        Target::S3(selection) if selection.all_versions => format!("{} in all versions", target.entry()),
        _ => target.entry().to_string(),
    };
    let globs = |filter: &Filter| {
        let [include, exclude] =
            [&filter.include, &filter.exclude].map(|globs| globs.as_ref().map(|globs| globs.patterns().to_vec()));
        format!("{include:?} {exclude:?}")
    };
    let mut names: Vec<(String, Option<String>)> =
        targets.iter().map(|target| (name(target), target.filter().map(|own| globs(own)))).collect();
    names.sort();
    names.dedup();
    format!("{names:?}\n{}\n{shard:?}", globs(filter))
}
