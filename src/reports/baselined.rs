//! What a baseline knows, in the text report: a line each, since it was read when it was new.

use super::document::Finding;
use super::prose::{clean, clean_line};
use crate::findings::baseline::Gone;
use anstyle::Style;
use std::io;

pub(super) fn write(known: &[&Finding], gone: &[Gone], out: &mut dyn io::Write) -> io::Result<()> {
    let dim = Style::new().dimmed();
    if !known.is_empty() {
        writeln!(out, "KNOWN, in the baseline")?;
        for finding in known {
            let place = finding.locations.first().map(|location| clean(&location.uri)).unwrap_or_default();
            let (severity, title) = (finding.severity.as_str(), clean(&finding.title));
            writeln!(out, "  {severity}  {title}   {}   {dim}{place}{dim:#}", clean(&finding.secret()))?;
        }
        writeln!(out)?;
    }
    if !gone.is_empty() {
        writeln!(out, "GONE, in the baseline and not found any more; --prune-baseline drops them")?;
        for gone in gone {
            let place = gone.places.first().map(|place| clean(place)).unwrap_or_default();
            writeln!(out, "  {}   {dim}{place}{dim:#}", clean_line(&gone.title))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
