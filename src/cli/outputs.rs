//! Outputs: the formats that a report is asked for in, and where each of them goes.

use super::args::{FormatArg, OutputArgs};
use super::output::Destination;
use crate::reports::document::Document;
use crate::reports::format::{Format, Occasion};
use crate::reports::text::Layout;
use anyhow::bail;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

pub(super) struct Outputs {
    /// Files first: who reads standard output may take their time, or stop.
    outputs: Vec<(Format, Destination)>,
    layout: Layout,
    began: Timestamp,
}

impl Outputs {
    pub(super) fn new(args: &OutputArgs) -> anyhow::Result<Self> {
        let outputs = match (args.formats.as_slice(), &args.output) {
            ([], output) => vec![(Format::Text, output.as_deref())],
            ([FormatArg { format, file: None }], output) => vec![(*format, output.as_deref())],
            (_, Some(_)) => bail!(
                "--output is for one --format without a file of its own; name each file as in --format sarif=keysift.sarif"
            ),
            (formats, None) => formats.iter().map(|arg| (arg.format, arg.file.as_deref())).collect(),
        };
        let mut outputs: Vec<(Format, Destination)> =
            outputs.into_iter().map(|(format, file)| (format, destination(format, file, args.show_secrets))).collect();
        outputs.sort_by_key(|(_, destination)| destination.file().is_none());
        for (n, (format, destination)) in outputs.iter().enumerate() {
            match outputs[..n].iter().find(|(_, other)| other.file() == destination.file()) {
                Some((other, _)) if destination.file().is_none() => {
                    bail!(
                        "{other} and {format} both want standard output; give one of them a file: --format {format}=FILE"
                    )
                }
                Some((other, _)) => bail!("{other} and {format} both go into the same file"),
                None => {}
            }
        }
        let layout = Layout { summary: !args.quiet, suppressed: args.show_suppressed, ..Layout::default() };
        Ok(Self { outputs, layout, began: now() })
    }

    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.outputs.iter().filter_map(|(_, destination)| destination.file().map(Path::to_owned)).collect()
    }

    /// Whether all can be written, before hours are spent on them.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.outputs.iter().try_for_each(|(_, destination)| destination.check())
    }

    /// Writes them all; one that cannot be written is no reason to lose the others.
    pub(super) fn deliver(&self, document: &Document) -> anyhow::Result<()> {
        let occasion = Occasion { layout: self.layout, began: self.began, ended: now() };
        let mut delivered = Ok(());
        for (format, destination) in &self.outputs {
            let one = destination.deliver(&mut |out| format.write(document, occasion, out));
            delivered = delivered.and(one);
        }
        delivered
    }
}

fn destination(format: Format, file: Option<&Path>, show_secrets: bool) -> Destination {
    Destination::new(file, show_secrets || format.is_private())
}

/// The clock, unless SOURCE_DATE_EPOCH says what time to write for the same output every time.
fn now() -> Timestamp {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    fixed.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_else(Timestamp::now)
}
