//! `--baseline`, `--write-baseline` and `--prune-baseline`: the file of known findings, read before a scan
//! and written after it.

use super::args::BaselineArgs;
use super::output::{self, complain};
use crate::findings::baseline::Baseline;
use crate::findings::finding::Finding;
use crate::reports::prose::counted;
use crate::reports::report::Report;
use anyhow::{Context as _, bail};
use std::io;
use std::path::{Path, PathBuf};

/// What the user wants of baselines.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    read: Option<PathBuf>,
    write: Option<PathBuf>,
    prune: bool,
}

impl Wish {
    pub(super) fn new(args: &BaselineArgs) -> anyhow::Result<Self> {
        if args.prune_baseline && args.baseline.is_none() {
            bail!("--prune-baseline needs --baseline FILE");
        }
        Ok(Self { read: args.baseline.clone(), write: args.write_baseline.clone(), prune: args.prune_baseline })
    }

    /// The known findings. `key` tells the fingerprint key.
    pub(super) fn baseline(&self, key: Option<&str>) -> anyhow::Result<Option<Baseline>> {
        let Some(path) = &self.read else { return Ok(None) };
        let name = path.display();
        let text = match std::fs::read_to_string(path) {
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
        let parsed = Baseline::parse(&text, key);
        parsed.map(Some).with_context(|| format!("baseline {name}"))
    }

    /// What is to be written once the report is out. If all findings are written, all are known.
    pub(super) fn pending(
        &self,
        report: &mut Report,
        baseline: Option<&Baseline>,
        key: Option<String>,
        allow_incomplete: bool,
    ) -> Pending {
        let mut pending = Pending::default();
        if self.write.is_none() && !self.prune {
            return pending;
        }
        // What was not scanned may hold what would seem to be new the next time, or gone.
        if !report.is_accepted() && !allow_incomplete {
            pending.refused = true;
            return pending;
        }
        let present: Vec<Finding> = report.findings.iter().chain(&report.suppressed).cloned().collect();
        if let (Some(path), Some(baseline), true) = (&self.read, baseline, self.prune) {
            let pruned = baseline.pruned(&present);
            let done = format!("dropped {}", counted((baseline.len() - pruned.len()) as u64, "finding"));
            pending.files.push((path.clone(), pruned, done));
        }
        if let Some(path) = &self.write {
            let written = Baseline::of(&present, key);
            written.judge(&mut report.findings);
            let done = format!("wrote {}", counted(written.len() as u64, "finding"));
            pending.files.push((path.clone(), written, done));
        }
        pending
    }
}

/// Baselines to be written.
#[derive(Debug, Default)]
pub(super) struct Pending {
    files: Vec<(PathBuf, Baseline, String)>,
    refused: bool,
}

impl Pending {
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
