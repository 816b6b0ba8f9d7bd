//! Tests of text_formats.

mod structured;
