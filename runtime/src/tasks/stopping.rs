//! The stop signal for streams, handlers and background tasks.

use std::{
    cell::RefCell,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::sync::{SetOnce, watch};

use crate::clock::Clock;

/// Signals that the server stops, and has its clock, for the streams of its responses.
#[derive(Debug, Clone)]
pub(crate) struct Signal {
    begun: watch::Sender<bool>,
    clock: Clock,
}

impl Signal {
    pub(crate) fn new() -> Self {
        Self {
            begun: watch::Sender::new(false),
            clock: Clock::default(),
        }
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// Sets the signal.
    pub(crate) fn begin(&self) {
        self.begun.send_replace(true);
    }

    fn has_begun(&self) -> bool {
        *self.begun.borrow()
    }

    /// Returns a future that resolves when the signal is set.
    pub(crate) fn stopping(&self) -> Stopping {
        Stopping::of(SignalSource::Known(self.clone()))
    }
}

/// A future that resolves when the server stops.
///
/// [`Context::stopping`](crate::Context::stopping) and
/// [`Sender::stopping`](crate::body::Sender::stopping) return it. Use it in loops and background tasks
/// that would otherwise run for longer than a shutdown may take. It borrows nothing, so it can be
/// moved into a task or a stream. It can be cloned and polled again: once the server stops, it is
/// always ready. In a test it resolves after [`TestSession::stop`](crate::testing::TestSession::stop).
///
/// # Examples
/// A task that checks the signal between two steps:
/// ```
/// use highball::{prelude::*, tokio};
///
/// #[post("/reports")]
/// async fn report(cx: &mut Context<'_>) -> StatusCode {
///     let stopping = cx.stopping();
///     cx.spawn(async move {
///         for page in 0..100 {
///             if stopping.has_begun() {
///                 // Save the progress.
///                 break;
///             }
///             // Write the page.
///             # let _ = page;
///         }
///     });
///     StatusCode::ACCEPTED
/// }
/// # #[routes(app)] struct Api(report);
/// ```
///
/// A function that waits for a job or for the stop:
/// ```
/// use highball::{serve::Stopping, tokio};
///
/// async fn next_job(
///     stopping: &mut Stopping,
///     jobs: &mut tokio::sync::mpsc::Receiver<u32>,
/// ) -> Option<u32> {
///     tokio::select! {
///         () = stopping => None,
///         job = jobs.recv() => job,
///     }
/// }
/// # let _ = next_job;
/// ```
///
/// # Cancel safety
/// The future is cancel safe. It can be used in `tokio::select!` by reference or as a clone.
#[must_use = "it does nothing unless it is awaited"]
pub struct Stopping {
    source: SignalSource,
    /// The pending wait, created at the first poll.
    waiting: Option<Waiting>,
}

type Waiting = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

#[derive(Clone)]
enum SignalSource {
    /// The signal of the server.
    Known(Signal),
    /// The signal of the server that will send this stream. It is set at the stream's first poll.
    Later(Arc<SetOnce<Signal>>),
}

impl Stopping {
    fn of(source: SignalSource) -> Self {
        Self {
            source,
            waiting: None,
        }
    }

    /// Returns whether the server is stopping.
    ///
    /// # Examples
    /// ```
    /// use highball::serve::Stopping;
    ///
    /// fn may_start_long_work(stopping: &Stopping) -> bool {
    ///     !stopping.has_begun()
    /// }
    /// # let _ = may_start_long_work;
    /// ```
    pub fn has_begun(&self) -> bool {
        match &self.source {
            SignalSource::Known(signal) => signal.has_begun(),
            SignalSource::Later(cell) => cell.get().is_some_and(Signal::has_begun),
        }
    }
}

impl Future for Stopping {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        if self.has_begun() {
            self.waiting = None;
            return Poll::Ready(());
        }
        let this = &mut *self;
        let waiting = this
            .waiting
            .get_or_insert_with(|| Box::pin(wait(this.source.clone())));
        waiting.as_mut().poll(task).map(|()| this.waiting = None)
    }
}

async fn wait(source: SignalSource) {
    let signal = match source {
        SignalSource::Known(signal) => signal,
        SignalSource::Later(cell) => cell.wait().await.clone(),
    };
    let mut told = signal.begun.subscribe();
    // This cannot fail: `signal` keeps the sending half alive.
    let _told = told.wait_for(|begun| *begun).await.is_ok();
}

impl Clone for Stopping {
    fn clone(&self) -> Self {
        Self::of(self.source.clone())
    }
}

impl fmt::Debug for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stopping")
            .field("has_begun", &self.has_begun())
            .finish_non_exhaustive()
    }
}

/// The signal of the server that will send a stream, set when it is sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Later(Arc<SetOnce<Signal>>);

impl Later {
    /// Stores the signal of the response body that is being polled.
    pub(crate) fn look(&self) {
        if self.0.initialized() {
            return;
        }
        CURRENT.with_borrow(|current| {
            if let Some(signal) = current {
                // It was unset above, and only the task that polls the stream sets it.
                let _set = self.0.set(signal.clone());
            }
        });
    }

    /// Returns a future that resolves when the server stops.
    pub(crate) fn stopping(&self) -> Stopping {
        Stopping::of(SignalSource::Later(Arc::clone(&self.0)))
    }

    /// Returns the clock of the server that sends the stream, or that of the system before the first [`look`](Self::look).
    pub(crate) fn clock(&self) -> Clock {
        self.0.get().map(Signal::clock).cloned().unwrap_or_default()
    }
}

thread_local! {
    /// The signal of the response body that is being polled.
    ///
    /// It is thread-local because a stream may be wrapped by other bodies, such as one that
    /// compresses it, and those pass on nothing but polls.
    static CURRENT: RefCell<Option<Signal>> = const { RefCell::new(None) };
}

/// Polls a body while the signal is visible to the streams inside it.
pub(crate) fn polled<T>(signal: &Option<Signal>, poll: impl FnOnce() -> T) -> T {
    let Some(signal) = signal else {
        return poll();
    };
    let _restored = Restored(CURRENT.replace(Some(signal.clone())));
    poll()
}

/// Restores the previous signal, also after a panic.
struct Restored(Option<Signal>);

impl Drop for Restored {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}
