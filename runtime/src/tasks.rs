//! Work that outlives its request, and that a stop waits for.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinHandle},
};

mod stopping;

pub use stopping::Stopping;
pub(crate) use stopping::{Later, Signal, polled};

/// How many can be told apart from none: more run as well, but no stop waits for them.
const MOST: u32 = 1 << 24;

/// The tasks that an app has spawned and that still run.
#[derive(Debug, Clone)]
pub(crate) struct Tasks {
    /// Each holds a permit.
    running: Arc<Semaphore>,
    /// Tells those that would run for ever.
    stopping: Signal,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            running: Arc::new(Semaphore::new(MOST as usize)),
            stopping: Signal::new(),
        }
    }

    /// Runs the work as a task of its own.
    pub(crate) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        let running = Arc::clone(&self.running).try_acquire_owned();
        tokio::spawn(async move {
            let _running = running;
            work.await
        })
    }

    /// Returns what waits until the server stops.
    pub(crate) fn stopping(&self) -> Stopping {
        self.stopping.stopping()
    }

    pub(crate) fn signal(&self) -> &Signal {
        &self.stopping
    }

    /// Tells those that would run for ever to end.
    pub(crate) fn stop(&self) {
        self.stopping.begin();
    }

    /// Waits until none runs. Those that begin meanwhile are not waited for, so nothing that could
    /// spawn one may be left.
    pub(crate) async fn wait(&self) {
        // It is never closed.
        let _all = self.running.acquire_many(MOST).await;
    }

    /// Returns how many run.
    pub(crate) fn len(&self) -> usize {
        MOST as usize - self.running.available_permits()
    }
}

/// A task that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Owned<T>(JoinHandle<T>);

impl<T: Send + 'static> Owned<T> {
    pub(crate) fn spawn(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }

    /// Ends it, and waits until it is gone.
    pub(crate) async fn end(&mut self) {
        self.0.abort();
        // How it ended does not matter any more.
        let _ended = (&mut self.0).await;
    }
}

impl<T> Future for Owned<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
