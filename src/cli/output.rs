//! Output: what may be printed where.

use crate::reports::exit::Exit;
use crate::reports::prose::clean_line;
use anyhow::Context as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A message on standard error; names in it may be hostile. A closed standard error is no reason
/// to fail.
pub(super) fn complain(message: &str) {
    let lines: Vec<String> = message.trim_end().lines().map(clean_line).collect();
    let _ = writeln!(anstream::stderr(), "keysift: {}", lines.join("\n"));
}

/// No arguments: the jobs with an example each.
pub(super) fn first_steps() -> anyhow::Result<Exit> {
    let mut out = anstream::stdout();
    writeln!(
        out,
        "keysift finds long-term credentials hard-coded into Apache Flink artifacts.

  scan build output               keysift scan target/
  scan what is deployed           keysift scan s3://code-bucket/jobs/ msf://eu-west-1
  gate a release in CI            keysift scan target/orders.jar --baseline keysift-baseline.toml \\
                                    --format text --format sarif=keysift.sarif
  scan what another tool prints   kubectl get flinkdeployment -o yaml | keysift scan -

keysift scan --write-baseline keysift-baseline.toml target/ makes what is there already known.
keysift rules show ID tells what a credential opens, how to rotate it, and what to use instead.
keysift --help lists all commands; keysift rules list shows what is looked for."
    )?;
    Ok(Exit::Fatal)
}

/// Where the report goes.
pub(super) enum Destination {
    /// Without colour unless it is a terminal that wants it.
    StandardOutput,
    /// Replaced only once all of the report is on disk.
    File { path: PathBuf, private: bool },
}

/// The same however the path is written, whether the file is there yet or not.
fn resolved(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = || Some(fs::canonicalize(folder).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

pub(super) type Render<'a> = &'a mut dyn FnMut(&mut dyn Write) -> io::Result<()>;

impl Destination {
    /// A `private` report is for its owner's eyes.
    pub(super) fn new(output: Option<&Path>, private: bool) -> Self {
        match output {
            None => Self::StandardOutput,
            Some(path) if path.as_os_str() == "-" => Self::StandardOutput,
            // What a link points to is replaced, not the link.
            Some(path) => Self::File { path: resolved(path), private },
        }
    }

    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::StandardOutput => None,
            Self::File { path, .. } => Some(path),
        }
    }

    /// Whether a report can be written there, before hours are spent on it.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let Self::File { path, .. } = self else { return Ok(()) };
        let cannot = || format!("cannot write the report to {}", path.display());
        if path.is_dir() || path.file_name().is_none() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory)).with_context(cannot);
        }
        if is_device(path) {
            return Ok(());
        }
        let trial = unfinished(path);
        create(&trial, true).and_then(|_| fs::remove_file(&trial)).with_context(cannot)
    }

    /// A reader that closes its end has read enough, and takes no part in the verdict.
    pub(super) fn deliver(&self, render: Render<'_>) -> anyhow::Result<()> {
        match self {
            Self::StandardOutput => match print(anstream::AutoStream::auto(io::stdout()), render) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                printed => printed.context("cannot write the report to standard output"),
            },
            Self::File { path, private } => {
                let written = if is_device(path) {
                    File::options()
                        .write(true)
                        .open(path)
                        .and_then(|file| print(anstream::StripStream::new(file), render))
                } else {
                    replace(path, *private, render)
                };
                written.with_context(|| format!("cannot write the report to {}", path.display()))
            }
        }
    }
}

fn print(to: impl Write, render: Render<'_>) -> io::Result<()> {
    let mut out = BufWriter::new(to);
    render(&mut out)?;
    out.flush()
}

/// A device or a pipe cannot be replaced: /dev/null, /dev/stdout, a FIFO.
fn is_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

fn unfinished(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

/// Writes a file anew, so that nobody sees a half of it.
pub(super) fn replace(path: &Path, private: bool, render: Render<'_>) -> io::Result<()> {
    let unfinished = unfinished(path);
    let written = (|| {
        let file = create(&unfinished, private)?;
        print(anstream::StripStream::new(file.try_clone()?), render)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// A new file; a `private` one only its owner may read.
fn create(path: &Path, private: bool) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options.open(path)
}
