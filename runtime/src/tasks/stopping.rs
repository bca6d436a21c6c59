//! How what runs for long hears of a stop.

use std::{
    cell::RefCell,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::sync::{SetOnce, watch};

/// What a server's stop is said by.
#[derive(Debug, Clone)]
pub(crate) struct Signal(watch::Sender<bool>);

impl Signal {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn begin(&self) {
        self.0.send_replace(true);
    }

    fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    pub(crate) fn stopping(&self) -> Stopping {
        Stopping::of(SignalSource::Known(self.clone()))
    }
}

/// Waits until the server stops: [`Context::stopping`](crate::Context::stopping) makes it, and
/// [`Sender::stopping`](crate::body::Sender::stopping).
///
/// It is for what would run for ever, or for longer than a stop may take: a loop that waits for news, or a
/// task of [`Context::spawn`](crate::Context::spawn). It borrows nothing, so that it can be moved into a task
/// or a stream, and each clone waits for itself. Where the server stops already it is ready at once, however
/// often it is asked. In a test it is ready after [`TestSession::stop`](crate::testing::TestSession::stop).
///
/// # Cancel safety
/// Nothing is lost where it is dropped: it can stand in `tokio::select!` by reference, or be cloned for it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, tokio};
///
/// #[post("/reports")]
/// async fn report(cx: &mut Context<'_>) -> StatusCode {
///     let stopping = cx.stopping();
///     cx.spawn(async move {
///         for page in 0..100 {
///             if stopping.has_begun() {
///                 // Note how far it has come.
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
#[must_use = "it does nothing unless it is awaited"]
pub struct Stopping {
    source: SignalSource,
    waiting: Option<Waiting>,
}

type Waiting = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

#[derive(Clone)]
enum SignalSource {
    Known(Signal),
    /// A stream is told by the one who sends it.
    Later(Arc<SetOnce<Signal>>),
}

impl Stopping {
    fn of(source: SignalSource) -> Self {
        Self {
            source,
            waiting: None,
        }
    }

    /// Returns whether the server stops already.
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
    let mut told = signal.0.subscribe();
    // It is there as long as this holds the other end.
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

/// Where a stream finds its server's signal, once somebody sends it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Later(Arc<SetOnce<Signal>>);

impl Later {
    /// Takes the signal of the answer that is being polled.
    pub(crate) fn look(&self) {
        if self.0.initialized() {
            return;
        }
        CURRENT.with_borrow(|current| {
            if let Some(signal) = current {
                // It was not there a moment ago, and nobody else sets it.
                let _set = self.0.set(signal.clone());
            }
        });
    }

    pub(crate) fn stopping(&self) -> Stopping {
        Stopping::of(SignalSource::Later(Arc::clone(&self.0)))
    }
}

thread_local! {
    /// The signal of the answer whose stream is being polled: a stream may stand inside others, of a
    /// compression say, which pass nothing on but polls.
    static CURRENT: RefCell<Option<Signal>> = const { RefCell::new(None) };
}

/// Polls a stream, which can see the signal meanwhile.
pub(crate) fn polled<T>(signal: &Option<Signal>, poll: impl FnOnce() -> T) -> T {
    let Some(signal) = signal else {
        return poll();
    };
    let _restored = Restored(CURRENT.replace(Some(signal.clone())));
    poll()
}

struct Restored(Option<Signal>);

impl Drop for Restored {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}
