//! StopFlag: who asks for it, and how the connections hear of it.

use std::future::{Future, pending};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// What tells a server to stop.
pub(crate) trait Stop: Send {
    /// Waits to be wait_for_stop: the first time, the server finishes what is open; the second time, it
    /// cuts what is left.
    ///
    /// # Cancel safety
    ///
    /// It may be dropped and called again without losing anything.
    fn wait_for_stop(&mut self) -> impl Future<Output = ()> + Send;
}

/// Stops when the future is ready; nothing asks a second time.
pub(crate) fn when(future: StopFuture) -> StopWhen {
    StopWhen(Some(future))
}

/// What is ready when the server shall stop.
pub(crate) type StopFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A future as a [`Stop`], made by [`when`].
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

/// Installs handlers for SIGTERM and Ctrl-C; each signal asks once.
///
/// # Errors
///
/// Fails when the system refuses a handler.
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

/// The app's own way to stop, or the signals: one type, so that what serves is compiled once.
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

/// Tells every connection that the server is stopping.
#[derive(Debug, Default)]
pub(super) struct StopFlag {
    begun: AtomicBool,
    /// Wakes the connections; each leaves its waker here once, at its start.
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

    /// Is ready when the server stops; only its waker is of use.
    pub(super) fn begun(&self) -> impl Future<Output = ()> + '_ {
        self.wake.notified()
    }
}
