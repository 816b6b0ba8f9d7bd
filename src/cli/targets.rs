//! Targets: what the words and lists name.

use super::args::ScanArgs;
use super::config::TargetEntry;
use crate::auxiliary;
use crate::engine::settings::Target;
use crate::place::EntryPath;
use crate::sources::filter::{Filter, Globs, NATIVE};
use crate::sources::near::nearest;
use anyhow::{Context as _, anyhow, bail};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longer ones are not in use.
const LONGEST_SCHEME: usize = 32;

pub(super) fn targets(args: &ScanArgs) -> anyhow::Result<Vec<Target>> {
    let mut targets = Vec::new();
    for path in &args.targets {
        targets.push(if path.as_os_str() == "-" {
            Target::Stdin { name: args.stdin_name.clone() }
        } else {
            named(path.clone(), None, args)?
        });
    }
    let contents = targets.iter().filter(|target| matches!(target, Target::Stdin { .. })).count();
    if contents > 1 {
        bail!("`-` is named twice, but standard input can be read only once");
    }
    match &args.files_from {
        Some(list) if list.as_os_str() == "-" && contents > 0 => {
            bail!("`-` and --files-from - both want standard input: it is either content or a list of paths")
        }
        Some(list) => targets.extend(listed(list, args)?),
        None if targets.is_empty() => bail!("nothing to scan: name a file or folder, or `-` for standard input"),
        None => {}
    }
    #[cfg(feature = "aws")]
    {
        super::remote::share_out(&mut targets)?;
        super::remote::check(&targets, &args.remote)?;
    }
    Ok(targets)
}

/// What is to be scanned of targets, or of one that the configuration says more of.
pub(super) fn filter(args: &ScanArgs, place: Option<&TargetEntry>) -> anyhow::Result<Filter> {
    let globs =
        |flag: &str, patterns: &[String]| Globs::new(patterns).map_err(|error| anyhow!("{flag}: {}", error.kind()));
    let include = place.and_then(|place| place.include.as_ref()).unwrap_or(&args.include);
    let more = place.map(|place| &*place.exclude).unwrap_or_default();
    let native = NATIVE.iter().filter(|_| args.no_native).map(|glob| (*glob).to_owned());
    let exclude: Vec<String> = args.exclude.iter().chain(more).cloned().chain(native).collect();
    Ok(Filter { include: globs("include", include)?, exclude: globs("exclude", &exclude)? })
}

fn named(path: PathBuf, listed: Option<String>, args: &ScanArgs) -> anyhow::Result<Target> {
    let at = |problem: anyhow::Error| match &listed {
        Some(line) => problem.context(line.clone()),
        None => problem,
    };
    let place = TargetEntry::of(&args.places, &path);
    let own = place.filter(|place| place.include.is_some() || !place.exclude.is_empty());
    let filter = own.map(|own| filter(args, Some(own)).map(Arc::new)).transpose()?;
    let remote = |word| remote(word, args, place, filter.clone());
    if let Some(target) = path.to_str().map(remote).transpose().map_err(at)?.flatten() {
        return Ok(target);
    }
    if path.as_os_str().is_empty() {
        bail!("an empty path names nothing; perhaps a variable is not set");
    }
    if let Some(problem) = path.to_str().and_then(unsupported).filter(|_| !path.exists()) {
        return Err(at(problem));
    }
    Ok(Target::Path { path, listed, filter })
}

/// Those of targets in AWS, which a build may be without.
const SCHEMES: [&str; 2] = ["s3", "msf"];

/// What is wrong with a URI whose scheme is none of those that are supported. Of the rest of it, which may hold a
/// password or a signature, nothing is repeated.
pub(super) fn unsupported(word: &str) -> Option<anyhow::Error> {
    let (scheme, _) = word.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.len() <= LONGEST_SCHEME
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    if !is_scheme || SCHEMES.contains(&scheme) {
        return None;
    }
    let hint = if scheme.eq_ignore_ascii_case("file") {
        "; name the path itself".to_owned()
    } else {
        let near = nearest(&scheme.to_ascii_lowercase(), SCHEMES.map(str::to_owned));
        near.filter(|_| cfg!(feature = "aws")).map(|near| format!("; did you mean {near}://?")).unwrap_or_default()
    };
    let supported = if cfg!(feature = "aws") {
        "supported are s3://BUCKET/PREFIX, msf://REGION/APPLICATION, and paths of files and folders"
    } else {
        "supported are paths of files and folders"
    };
    Some(anyhow!("{scheme}://…: unsupported scheme; {supported}{hint}"))
}

#[cfg(feature = "aws")]
fn remote(
    word: &str,
    args: &ScanArgs,
    place: Option<&TargetEntry>,
    filter: Option<Arc<Filter>>,
) -> anyhow::Result<Option<Target>> {
    super::remote::target(word, &args.remote, place, filter)
}

#[cfg(not(feature = "aws"))]
fn remote(
    word: &str,
    _args: &ScanArgs,
    _place: Option<&TargetEntry>,
    _filter: Option<Arc<Filter>>,
) -> anyhow::Result<Option<Target>> {
    match word.split_once("://") {
        Some((scheme @ ("s3" | "msf"), _)) => bail!("{scheme}:// targets are not supported by this build"),
        _ => Ok(None),
    }
}

/// One path a line, empty lines not counted; or ended by NUL, as `find -print0` and `git ls-files -z`
/// write them: a path can hold a line break, but no NUL.
fn listed(list: &Path, args: &ScanArgs) -> anyhow::Result<Vec<Target>> {
    let (name, read) = if list.as_os_str() == "-" {
        ("standard input".to_owned(), auxiliary::read_from(io::stdin().lock(), auxiliary::LIST))
    } else {
        let name = EntryPath::below(list.as_os_str().as_encoded_bytes(), 0).to_string();
        (name, auxiliary::read(list, auxiliary::LIST))
    };
    let bytes = read.with_context(|| format!("cannot read the list {name} (--files-from)"))?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let end = if bytes.contains(&0) { 0 } else { b'\n' };
    let mut targets = Vec::new();
    for (number, line) in bytes.split(|byte| *byte == end).enumerate() {
        let line = if end == b'\n' { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
        if !line.is_empty() {
            let origin = format!("{name}:{}", number + 1);
            let quoted = if end == b'\n' { unquoted(line) } else { None };
            let path = path(quoted.as_deref().unwrap_or(line));
            let path = path.with_context(|| format!("{origin}: not a path in UTF-8"))?;
            targets.push(named(path, Some(origin), args)?);
        }
    }
    Ok(targets)
}

/// What git means by a name between quotes: it writes those that are not plain ASCII as C writes strings, unless
/// `-z` is given or `core.quotePath` is off. A file whose name has quotes is named as it is.
fn unquoted(line: &[u8]) -> Option<Vec<u8>> {
    let quoted = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if path(line).is_some_and(|path| path.symlink_metadata().is_ok()) {
        return None;
    }
    let mut name = Vec::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            name.push(byte);
            continue;
        }
        let (&escape, after) = rest.split_first()?;
        rest = after;
        name.push(match escape {
            b'a' => 0x07,
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0x0B,
            b'f' => 0x0C,
            b'r' => b'\r',
            b'"' | b'\\' => escape,
            b'0'..=b'3' => {
                let (digits, after) = rest.split_at_checked(2)?;
                rest = after;
                let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
                digit(escape)? << 6 | digit(digits[0])? << 3 | digit(digits[1])?
            }
            _ => return None,
        });
    }
    Some(name)
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    Some(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).into())
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    Some(OsStr::new(std::str::from_utf8(bytes).ok()?).into())
}
