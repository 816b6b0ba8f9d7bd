//! Tests of text_formats.
