//! Circumstances: what of the settings decides an outcome, and what decides which artifacts there are.
//!
//! Both take the settings apart field by field, so that a new one cannot be forgotten.

use crate::engine::settings::{Settings, Target};
use crate::findings::fingerprint::Digester;
use std::fs;

/// What else than its content decides what is found in an artifact.
pub(super) fn circumstances(settings: &Settings) -> String {
    let Settings {
        targets: _,
        filter,
        outputs: _,
        trust_crc,
        shard: _,
        limits,
        max_memory,
        threads: _,
        policy: _,
        fingerprint_key,
    } = settings;
    // Which entries are scanned; files are asked for one by one.
    let excluded = filter.exclude.as_ref().map(|globs| globs.patterns());
    let key = Digester::new(fingerprint_key.as_ref()).key_check();
    // Nested archives that do not fit the memory are read without their directory.
    format!("{limits:?}\n{max_memory}\n{excluded:?}\n{key:?}\n{trust_crc}")
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
    let mut names: Vec<String> = targets
        .iter()
        .map(|target| match target {
            // `target` and `./target`, but not that of another project.
            Target::Path { path, .. } => {
                fs::canonicalize(path).unwrap_or_else(|_| path.clone()).to_string_lossy().into_owned()
            }
            #[cfg(feature = "aws")]
            Target::S3(selection) if selection.all_versions => format!("{} in all versions", target.entry()),
            _ => target.entry().to_string(),
        })
        .collect();
    names.sort();
    names.dedup();
    let globs = [&filter.include, &filter.exclude].map(|globs| globs.as_ref().map(|globs| globs.patterns()));
    format!("{names:?}\n{globs:?}\n{shard:?}")
}
