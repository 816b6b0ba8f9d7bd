//! One test binary; its modules mirror `src/`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

mod architecture;
mod archives;
mod blind;
mod cache;
mod class_files;
mod cli;
mod costs;
mod counter;
mod deploy;
mod deployment;
mod detection;
mod engine;
mod hygiene;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(feature = "aws")]
mod msf;
mod mutations;
mod pairs;
#[cfg(feature = "aws")]
mod policy;
mod python;
mod readme;
mod report_schema;
mod reports;
mod rules;
mod samples;
mod silence;
#[cfg(feature = "aws")]
mod sources;
mod stored;
mod support;
mod text_formats;
