//! `--baseline`, `--write-baseline` and `--prune-baseline`: the file of known findings, read before a scan
//! or a report is judged and written after it.

use super::args::BaselineArgs;
use super::output::{self, complain};
use crate::auxiliary;
use crate::findings::baseline::Baseline;
use crate::findings::fingerprint::VERSION;
use crate::findings::judged::Judged;
use crate::reports::prose::counted;
use anyhow::{Context as _, bail};
use std::io;
use std::path::{Path, PathBuf};

/// What the user wants of baselines.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    read: Option<PathBuf>,
    write: Option<PathBuf>,
    prune: bool,
    /// Tells the fingerprint key.
    key: Option<String>,
}

impl Wish {
    pub(super) fn new(args: &BaselineArgs, key: Option<String>) -> anyhow::Result<Self> {
        if args.prune_baseline && args.baseline.is_none() {
            bail!("--prune-baseline needs --baseline FILE");
        }
        Ok(Self { read: args.baseline.clone(), write: args.write_baseline.clone(), prune: args.prune_baseline, key })
    }

    /// Whether a file is to be made of what was found.
    pub(super) fn changes_files(&self) -> bool {
        self.write.is_some() || self.prune
    }

    /// Whether the file that is read is written anew at the end.
    fn is_written_anew(&self) -> bool {
        self.prune || self.write.is_some() && self.write == self.read
    }

    /// What to say of a baseline whose fingerprints are not those of the findings. A scan knows both; of a report
    /// those that it has.
    pub(super) fn note(&self, baseline: Option<&Baseline>, reported: Option<u32>) -> Option<String> {
        let (name, version) = (self.read.as_ref()?.display(), baseline?.version());
        match reported {
            None if version < VERSION && !self.is_written_anew() => Some(format!(
                "baseline {name} has fingerprints of version {version}, which take long to compare; \
                 --write-baseline {name} writes it anew"
            )),
            Some(reported) if version != reported => Some(format!(
                "warning: baseline {name} has fingerprints of version {version}, the report of version {reported}: \
                 passwords are not recognised; scan again with --baseline {name} --write-baseline {name}"
            )),
            _ => None,
        }
    }

    /// The known findings.
    pub(super) fn baseline(&self) -> anyhow::Result<Option<Baseline>> {
        let Some(path) = &self.read else { return Ok(None) };
        let name = path.display();
        let text = match auxiliary::read_text(path, auxiliary::LIST) {
            Ok(text) => text,
            // The file is about to come into being.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.write.as_ref() == Some(path) => {
                return Ok(None);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                bail!("no baseline {name}; keysift scan --write-baseline {name} writes one")
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read the baseline {name}")),
        };
        let parsed = Baseline::parse(&text, self.key.as_deref());
        parsed.map(Some).with_context(|| format!("baseline {name}"))
    }

    /// What is to be written of the findings once the report is out, unless that leaves out something: what
    /// was not scanned may hold what would seem to be new the next time, or gone. The version is that of their
    /// fingerprints.
    pub(super) fn pending<'a, F: Judged + 'a>(
        &self,
        present: impl Iterator<Item = &'a F> + Clone,
        baseline: Option<&Baseline>,
        complete: bool,
        version: u32,
    ) -> Pending {
        let mut pending = Pending { refused: self.changes_files() && !complete, ..Pending::default() };
        if pending.refused {
            return pending;
        }
        if let (Some(path), Some(baseline), true) = (&self.read, baseline, self.prune) {
            let pruned = baseline.pruned(present.clone(), version);
            let dropped = baseline.len().saturating_sub(pruned.len());
            let done = format!("dropped {}", counted(dropped as u64, "finding"));
            pending.files.push((path.clone(), pruned, done));
        }
        if let Some(path) = &self.write {
            let written = Baseline::of(present, self.key.clone(), version);
            let done = format!("wrote {}", counted(written.len() as u64, "finding"));
            pending.files.push((path.clone(), written.clone(), done));
            pending.written = Some(written);
        }
        pending
    }
}

/// Baselines to be written.
#[derive(Debug, Default)]
pub(super) struct Pending {
    files: Vec<(PathBuf, Baseline, String)>,
    written: Option<Baseline>,
    refused: bool,
}

impl Pending {
    /// If all findings are written, all are known.
    pub(super) fn written(&self) -> Option<&Baseline> {
        self.written.as_ref()
    }

    pub(super) fn write(&self) -> anyhow::Result<()> {
        if self.refused {
            bail!("no baseline was written: the scan is incomplete (--allow-incomplete writes it all the same)");
        }
        for (path, baseline, done) in &self.files {
            write(path, baseline)?;
            complain(&format!("{}: {done}", path.display()));
        }
        Ok(())
    }
}

fn write(path: &Path, baseline: &Baseline) -> anyhow::Result<()> {
    let name = || format!("cannot write the baseline {}", path.display());
    let text = baseline.render().with_context(name)?;
    output::replace(path, false, &mut |out| out.write_all(text.as_bytes())).with_context(name)
}
