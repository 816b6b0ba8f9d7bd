//! Progress on a terminal: artifacts, bytes and entries, on standard error.

use crate::engine::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// While there is no telling how much is still to come, and once there is.
const LISTING: &str = "{spinner} {msg}, {bytes} of {total_bytes} so far, {elapsed}";
const LISTED: &str = "{spinner} {msg}, {bytes} of {total_bytes}, {elapsed}, {eta} left";

#[derive(Debug)]
pub(super) struct Bar {
    bar: ProgressBar,
    bytes: AtomicU64,
    found: AtomicU64,
    done: AtomicU64,
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
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        let zero = || AtomicU64::new(0);
        let shown = Self { bar, bytes: zero(), found: zero(), done: zero(), entries: zero() };
        shown.style(LISTING);
        shown.tell();
        shown
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    fn tell(&self) {
        if !self.bar.is_hidden() {
            let [done, found, entries] = [&self.done, &self.found, &self.entries].map(|n| n.load(Ordering::Relaxed));
            self.bar.set_message(format!("{done} of {found} artifacts, {entries} entries"));
        }
    }
}

impl Progress for Bar {
    fn found(&self, bytes: u64) {
        self.found.fetch_add(1, Ordering::Relaxed);
        self.measured(bytes);
    }

    fn measured(&self, bytes: u64) {
        self.bar.set_length(self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes);
    }

    fn listed(&self) {
        self.style(LISTED);
    }

    fn read(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn entry(&self) {
        if (self.entries.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(256) {
            self.tell();
        }
    }

    fn artifact(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }
}
