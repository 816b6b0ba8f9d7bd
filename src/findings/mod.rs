//! Findings: candidates judged, grouped and owned.

mod absorption;
pub mod account;
pub mod allow;
pub mod assemble;
pub mod baseline;
pub mod deployed;
mod distribution;
pub mod finding;
pub mod fingerprint;
mod hash;
pub mod identity;
pub mod judged;
pub mod owner;
mod places;
pub mod policy;
pub mod redaction;
