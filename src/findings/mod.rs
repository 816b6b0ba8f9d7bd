//! Findings: candidates judged, grouped and owned.

pub mod account;
pub mod assemble;
pub mod fingerprint;
pub mod finding;
pub mod owner;
