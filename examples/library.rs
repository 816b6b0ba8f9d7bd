//! keysift as a library: scans what is named on the command line, and prints where secrets lie.
//!
//!     cargo run --example library -- testdata/orders.jar
#![allow(clippy::print_stdout, reason = "this is what the example is for")]

use keysift::engine::progress::Silent;
use keysift::engine::scan::Scan;
use keysift::engine::settings::{Settings, Target};
use keysift::rules::set::RuleSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let targets = std::env::args_os().skip(1).map(Target::path).collect();
    let settings = Settings { targets, ..Settings::default() };
    let rules = RuleSet::builtin()?;
    // Set to true from another thread, it ends the scan with what was found so far.
    let stop = Arc::new(AtomicBool::new(false));
    let scan = Scan { settings: &settings, rules: &rules, progress: &Silent, cache: None, stop: &stop };
    let report = scan.run()?.report;
    for finding in &report.findings {
        println!("{}: {}", finding.severity.as_str(), finding.title);
        for location in &finding.locations {
            let line = location.place.position.line.map(|line| format!(":{line}")).unwrap_or_default();
            println!("  {}{line}", location.place.entry);
        }
    }
    for trouble in &report.trouble {
        println!("not scanned in full: {}: {}", trouble.uri, trouble.detail);
    }
    println!("{} artifacts, {} entries", report.totals.artifacts, report.totals.entries);
    Ok(())
}
