//! Finds long-term credentials that were hard-coded into Apache Flink artifacts.
//!
//! Data flows one way: sources → archives → formats → detection → findings → reports.
#![forbid(unsafe_code)]

pub mod archives;
pub mod auxiliary;
pub mod blob;
pub mod budget;
pub mod cli;
pub mod detection;
pub mod engine;
pub mod findings;
pub mod formats;
pub mod meter;
pub mod place;
pub mod reports;
pub mod rules;
pub mod secret;
pub mod sources;
pub mod trouble;
