//! A suggestion: the neighbour whose name is nearly the one that was typed.

use crate::sources::near::nearest;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::fs;
use std::path::Path;

pub(super) fn suggestion(typed: &Path) -> Option<String> {
    if let Some(uri) = typed.to_str().and_then(uri) {
        return Some(uri);
    }
    let name = typed.file_name()?.to_str()?;
    let folder = typed.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Some(typed.with_file_name(nearest(name, names)?).to_string_lossy().escape_debug().to_string())
}

/// `s3:/bucket` and `S3://bucket` mean `s3://bucket`.
fn uri(typed: &str) -> Option<String> {
    let (scheme, rest) = typed.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    matches!(&*scheme, "s3" | "msf").then(|| format!("{scheme}://{}", rest.trim_start_matches('/').escape_debug()))
}

/// `keysift target/` means `keysift scan target/`, `keysift report a.json` one of the two things that are
/// done with it.
pub(super) fn of_command(error: &Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    let is_target = word.contains("://") || Path::new(word).exists();
    let of_report = matches!(error.get(ContextKind::Usage), Some(usage) if usage.to_string().contains("report <"));
    (error.kind() == ErrorKind::InvalidSubcommand && is_target).then(|| {
        if of_report {
            format!("to write it in another form: keysift report convert {word} --format text")
        } else {
            format!("to scan it: keysift scan {word}")
        }
    })
}
