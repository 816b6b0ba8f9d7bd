//! What all sources in AWS share: as whom they read, where their requests run, and how they fail.

pub mod access;
pub mod answer;
pub mod failure;
pub mod network;
pub mod paging;
mod permission;
pub mod policy;
pub mod retry;
