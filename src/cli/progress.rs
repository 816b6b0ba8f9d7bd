//! Progress on a terminal: bytes and entries, on standard error.

use crate::engine::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[derive(Debug)]
pub(super) struct Bar {
    bar: ProgressBar,
    found: AtomicU64,
    entries: AtomicU64,
}

impl Bar {
    /// Drawn only on a terminal that can, and never when the user wants quiet.
    pub(super) fn new(quiet: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let bar = if quiet || dumb || !std::io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            // Four times a second: a scan that ends sooner draws nothing worth flickering for.
            ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(4))
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {bytes} of {total_bytes}, {msg} entries, {elapsed}")
        {
            bar.set_style(style);
            bar.set_message("0");
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        Self { bar, found: AtomicU64::new(0), entries: AtomicU64::new(0) }
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn found(&self, bytes: u64) {
        self.bar.set_length(self.found.fetch_add(bytes, Ordering::Relaxed) + bytes);
    }

    fn read(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn entry(&self) {
        let entries = self.entries.fetch_add(1, Ordering::Relaxed) + 1;
        if entries.is_multiple_of(256) && !self.bar.is_hidden() {
            self.bar.set_message(entries.to_string());
        }
    }
}
