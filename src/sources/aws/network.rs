//! The network: where requests run, while threads of the scan wait for their answers.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::{self, Handle, Runtime};
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// How often a wait looks up whether the scan is to end.
const GLANCE: Duration = Duration::from_millis(100);
/// Requests wait, they do not work; what work there is, is decryption.
const THREADS: usize = 2;

/// The scan was stopped before the answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Stopped;

/// The runtime of all requests of a scan. What still runs when it is dropped is given up.
#[derive(Debug)]
pub struct Network {
    runtime: Option<Runtime>,
    line: Line,
}

/// A hold of the network, to wait or to start requests with.
#[derive(Clone, Debug)]
pub struct Line {
    handle: Handle,
    stop: Arc<AtomicBool>,
}

impl Network {
    /// `stop` ends every wait.
    pub fn start(stop: &Arc<AtomicBool>) -> io::Result<Self> {
        let runtime =
            runtime::Builder::new_multi_thread().worker_threads(THREADS).thread_name("network").enable_all().build()?;
        let line = Line { handle: runtime.handle().clone(), stop: stop.clone() };
        Ok(Self { runtime: Some(runtime), line })
    }

    pub fn line(&self) -> &Line {
        &self.line
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // A name that does not resolve blocks for as long as the system likes.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Line {
    /// Blocks the calling thread until the answer is there. Not to be called by the network's own threads.
    pub fn wait<T>(&self, answer: impl Future<Output = T>) -> Result<T, Stopped> {
        self.handle.block_on(async {
            let mut answer = pin!(answer);
            loop {
                if self.is_stopped() {
                    return Err(Stopped);
                }
                if let Ok(answer) = timeout(GLANCE, &mut answer).await {
                    return Ok(answer);
                }
            }
        })
    }

    /// Has it run while the caller does something else.
    pub fn spawn(&self, request: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        self.handle.spawn(request).abort_handle()
    }

    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
