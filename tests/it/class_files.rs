//! Tests of class_files.
