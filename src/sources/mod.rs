//! Sources: where artifacts lie.

pub mod local;
