//! Findings: candidates judged, grouped and owned.

pub mod account;
pub mod allow;
pub mod assemble;
pub mod baseline;
pub mod deployed;
pub mod finding;
pub mod fingerprint;
pub mod identity;
pub mod owner;
pub mod policy;
