//! What all sources in AWS share: as whom they read, and where their requests run.

pub mod access;
pub mod network;
pub mod policy;
