//! The engine: drives the stages in parallel.
