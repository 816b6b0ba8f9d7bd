//! Reports: every output format is a view of one report.

pub mod json;
pub(crate) mod prose;
pub mod report;
pub mod text;
