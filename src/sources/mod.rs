//! Sources: where artifacts lie.

pub mod artifact;
#[cfg(feature = "aws")]
pub mod aws;
pub mod file;
pub mod filter;
mod git;
pub mod local;
#[cfg(feature = "aws")]
pub mod msf;
pub mod near;
#[cfg(feature = "aws")]
pub mod s3;
