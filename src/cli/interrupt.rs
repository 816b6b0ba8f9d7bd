//! An interrupt: Ctrl-C, SIGTERM or SIGHUP. The first one ends a scan with what was found, the second the
//! process.

use super::output::complain;
use crate::reports::exit::Exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that is set once one has come. Signals that are ignored stay so: `nohup` and background jobs of a
/// shell ignore some of them, and mean it.
pub(super) fn watch() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    listen(move || {
        if flag.swap(true, Ordering::SeqCst) {
            abort_at_once();
        }
        complain("interrupted; reporting what was found so far");
    })?;
    Ok(stop)
}

#[cfg(target_os = "linux")]
fn listen(heard: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let Some(ignored) = ignored() else { return listen_to_all(heard) };
    let heeded = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = signal_hook::iterator::Signals::new(heeded)?;
    let wait = move || signals.forever().for_each(|_| heard());
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait)?;
    Ok(())
}

/// The signals that the process was started to ignore: a bit for each, from the lowest on (proc(5)).
#[cfg(target_os = "linux")]
fn ignored() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(not(target_os = "linux"))]
fn listen(heard: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    listen_to_all(heard)
}

/// Where nobody tells which of them are ignored, only whether any is: then none is heeded.
fn listen_to_all(heard: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    match ctrlc::try_set_handler(heard) {
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[allow(clippy::exit, reason = "the second Ctrl-C means now; there is nothing left to unwind")]
fn abort_at_once() {
    std::process::exit(Exit::Interrupted as i32);
}
