//! The engine: drives the stages in parallel.

pub mod artifact;
mod batch;
pub mod cache;
mod driver;
pub mod examples;
mod hop;
pub mod listing;
mod loose;
pub mod progress;
mod reader;
pub mod repeats;
pub mod scan;
pub mod settings;
