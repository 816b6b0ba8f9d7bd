//! The engine: drives the stages in parallel.

pub mod artifact;
pub mod examples;
mod hop;
pub mod progress;
pub mod scan;
pub mod settings;
