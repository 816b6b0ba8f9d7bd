//! One test binary; its modules mirror `src/`.

mod architecture;
mod archives;
mod class_files;
mod report_schema;
mod rules;
mod samples;
mod support;
mod text_formats;
