//! Output: what may be printed where.

use super::exit::Exit;
use anyhow::Context as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// One line on standard error. A closed standard error is no reason to fail.
pub(super) fn complain(message: &str) {
    let _ = writeln!(anstream::stderr(), "keysift: {message}");
}

/// No arguments: the jobs with an example each.
pub(super) fn first_steps() -> anyhow::Result<Exit> {
    let mut out = anstream::stdout();
    writeln!(
        out,
        "keysift finds long-term credentials hard-coded into Apache Flink artifacts.

  scan build output       keysift scan target/
  scan one jar in CI      keysift scan target/orders.jar --format json --output keysift.json
  scan what a tool prints kubectl get flinkdeployment -o yaml | keysift scan - --stdin-name deployments.yaml

keysift --help lists all commands; keysift rules list shows what is looked for."
    )?;
    Ok(Exit::Fatal)
}

/// Writes to standard output, without colour unless it is a terminal that wants it, or to a file
/// that is replaced only once all of it is on disk.
pub(super) fn deliver(
    file: Option<&Path>,
    render: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let Some(file) = file else {
        let mut out = BufWriter::new(anstream::AutoStream::auto(io::stdout()));
        render(&mut out)?;
        out.flush()?;
        return Ok(());
    };
    if fs::metadata(file).is_ok_and(|m| !m.is_file()) {
        // A device or a pipe cannot be replaced: /dev/null, /dev/stdout, a FIFO.
        let mut out = BufWriter::new(anstream::StripStream::new(File::create(file)?));
        render(&mut out)?;
        out.flush()?;
        return Ok(());
    }
    let name = file.file_name().context("--output names no file")?.to_string_lossy().into_owned();
    let unfinished = file.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = (|| -> io::Result<()> {
        let mut out = BufWriter::new(anstream::StripStream::new(private(&unfinished)?));
        render(&mut out)?;
        out.flush()?;
        File::open(&unfinished)?.sync_all()?;
        fs::rename(&unfinished, file)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written.with_context(|| format!("cannot write {}", file.display()))
}

/// A report tells where secrets lie: only its owner reads it while it is written.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options.open(path)
}
