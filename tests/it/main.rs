//! One test binary; its modules mirror `src/`.

mod archives;
mod class_files;
mod text_formats;
