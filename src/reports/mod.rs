//! Reports: every output format is a view of one report.

pub mod json;
mod prose;
pub mod report;
pub mod text;
