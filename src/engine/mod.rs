//! The engine: drives the stages in parallel.

pub mod artifact;
pub mod examples;
pub mod progress;
pub mod scan;
pub mod settings;
