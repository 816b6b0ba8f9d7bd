//! A suggestion: the neighbour whose name is nearly the one that was typed.

use crate::sources::near::nearest;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::fs;
use std::path::Path;

pub(super) fn suggestion(typed: &Path) -> Option<String> {
    let name = typed.file_name()?.to_str()?;
    let folder = typed.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Some(typed.with_file_name(nearest(name, names)?).to_string_lossy().escape_debug().to_string())
}

/// `keysift target/` means `keysift scan target/`.
pub(super) fn of_command(error: &Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let is_target = word.contains("://") || Path::new(word).exists();
    (error.kind() == ErrorKind::InvalidSubcommand && is_target).then(|| format!("to scan it: keysift scan {word}"))
}
