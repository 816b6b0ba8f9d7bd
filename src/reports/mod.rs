//! Reports: every output format is a view of one document.

mod baselined;
pub mod document;
mod drafting;
pub mod exit;
pub mod json;
pub(crate) mod prose;
pub mod report;
pub mod text;
