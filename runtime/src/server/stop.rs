//! Stopping a server: the signals that start it, and the flag that connections watch.

use std::future::{Future, pending};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// A source of stop requests.
pub(crate) trait Stop: Send {
    /// Waits for the next stop request. At the first one the server finishes its open requests, at
    /// the second one it cuts the remaining connections.
    ///
    /// # Cancel safety
    /// The future may be dropped and created again without losing a request.
    fn wait_for_stop(&mut self) -> impl Future<Output = ()> + Send;
}

/// Creates a [`Stop`] from a future. It requests a stop once, when the future resolves.
pub(crate) fn when(future: StopFuture) -> StopWhen {
    StopWhen(Some(future))
}

/// A future that resolves when the server should stop.
pub(crate) type StopFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A [`Stop`] from a future, created by [`when`].
pub(crate) struct StopWhen(Option<StopFuture>);

impl std::fmt::Debug for StopWhen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StopWhen").finish_non_exhaustive()
    }
}

impl Stop for StopWhen {
    async fn wait_for_stop(&mut self) {
        match &mut self.0 {
            Some(future) => future.await,
            None => pending().await,
        }
        self.0 = None;
    }
}

/// Installs handlers for SIGTERM and Ctrl-C. Each signal requests a stop.
///
/// # Errors
/// Fails if the system rejects a handler.
pub(crate) fn signal() -> io::Result<Signals> {
    Signals::install()
}

/// The signals that stop a process, as a [`Stop`].
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }
}

#[cfg(unix)]
impl Stop for Signals {
    async fn wait_for_stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The signals that stop a process, as a [`Stop`].
#[cfg(windows)]
#[derive(Debug)]
pub struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
}

#[cfg(windows)]
impl Signals {
    fn install() -> io::Result<Self> {
        let interrupt = tokio::signal::windows::ctrl_c()?;
        Ok(Self { interrupt })
    }
}

#[cfg(windows)]
impl Stop for Signals {
    async fn wait_for_stop(&mut self) {
        self.interrupt.recv().await;
    }
}

/// A caller's future or the signals. It is one type, so that the server is compiled once.
#[derive(Debug)]
pub(crate) enum StopSource {
    When(StopWhen),
    Signals(Signals),
}

impl Stop for StopSource {
    async fn wait_for_stop(&mut self) {
        match self {
            Self::When(when) => when.wait_for_stop().await,
            Self::Signals(signals) => signals.wait_for_stop().await,
        }
    }
}

impl Stop for &mut StopSource {
    async fn wait_for_stop(&mut self) {
        StopSource::wait_for_stop(self).await;
    }
}

/// A flag that every connection reads and that wakes them when it is set.
#[derive(Debug, Default)]
pub(super) struct StopFlag {
    begun: AtomicBool,
    /// Wakes the connections. Each registers its waker once, when it starts.
    wake: Notify,
}

impl StopFlag {
    pub(super) fn begin(&self) {
        self.begun.store(true, Ordering::Release);
        self.wake.notify_waiters();
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Acquire)
    }

    /// Resolves when the server stops. Connections use it only to be woken, and read the flag.
    pub(super) fn begun(&self) -> impl Future<Output = ()> + '_ {
        self.wake.notified()
    }
}
