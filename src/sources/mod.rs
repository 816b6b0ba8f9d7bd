//! Sources: where artifacts lie.

pub mod filter;
pub mod local;
