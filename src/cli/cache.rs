//! `--cache`: whatever is wrong with it costs time, not the scan.

use super::args::ScanArgs;
use super::output::complain;
use crate::engine::cache::{Cache, Opened};
use crate::engine::settings::Settings;
use crate::reports::report::Report;
use crate::rules::set::RuleSet;
use std::path::Path;

pub(super) fn open(args: &ScanArgs, settings: &Settings, rules: &RuleSet) -> Option<Cache> {
    let path = args.cache.as_deref()?;
    if args.output.show_secrets {
        complain(&format!("{}: not used, since the cache holds no secret to show", name(path)));
        return None;
    }
    match Cache::open(path, settings, rules) {
        Ok((cache, Opened::Sound)) => Some(cache),
        Ok((cache, Opened::Damaged)) => {
            complain(&format!("{}: it is damaged, and begins anew", name(path)));
            Some(cache)
        }
        Ok((cache, Opened::OtherLayout)) => {
            complain(&format!("{}: it is of another version of keysift, and begins anew", name(path)));
            Some(cache)
        }
        Err(error) => {
            complain(&format!("{}: {error}; scanning without it", name(path)));
            None
        }
    }
}

/// Dates the findings, and sees that what was found reaches the file.
pub(super) fn close(mut cache: Cache, args: &ScanArgs, settings: &Settings, report: &mut Report) {
    let dated = cache.date(report, settings);
    if let Err(error) = dated.and_then(|()| cache.close()) {
        let name = args.cache.as_deref().map(name).unwrap_or_default();
        complain(&format!("{name}: {error}; the report is complete, but the next scan may have to read all again"));
    }
}

fn name(path: &Path) -> String {
    format!("cache {}", path.display())
}
