//! Reports: every output format is a view of one document.

mod baselined;
pub mod csv;
pub mod document;
mod drafting;
pub mod exit;
pub mod format;
pub mod gitlab;
mod hidden;
pub mod html;
pub mod json;
pub mod jsonl;
mod judging;
pub mod junit;
pub mod markdown;
pub mod merge;
pub(crate) mod prose;
pub mod report;
pub mod sarif;
pub mod text;
mod wording;
