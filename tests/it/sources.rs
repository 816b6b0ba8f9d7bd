//! Tests of the sources: whole scans of what a server holds.

mod s3;
mod s3_bucket;
mod s3_figures;
