//! Findings: candidates judged, grouped and owned.

pub mod account;
pub mod assemble;
pub mod deployed;
pub mod finding;
pub mod fingerprint;
pub mod owner;
