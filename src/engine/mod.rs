//! The engine: drives the stages in parallel.

pub mod artifact;
pub mod cache;
mod driver;
pub mod examples;
mod hop;
pub mod listing;
mod loose;
pub mod progress;
pub mod scan;
pub mod settings;
