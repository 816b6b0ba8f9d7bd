//! One test binary; its modules mirror `src/`.

mod archives;
mod class_files;
mod cli;
mod rules;
mod samples;
mod support;
mod text_formats;
