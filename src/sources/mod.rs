//! Sources: where artifacts lie.
