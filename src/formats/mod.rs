//! Formats: one reader each, all of which give back evidence.

pub mod evidence;
