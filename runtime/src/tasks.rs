//! Background tasks that outlive their request, with the clock that they use. A stopping server waits for them.

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

use crate::clock::Clock;

mod stopping;

pub use stopping::Stopping;
pub(crate) use stopping::{Later, Signal, polled};

/// How many tasks can be counted. More tasks run as well, but a stop does not wait for them.
const MOST: u32 = 1 << 24;

/// The background tasks of an app that are still running.
#[derive(Debug, Clone)]
pub(crate) struct Tasks {
    /// Each task holds a permit.
    running: Arc<Semaphore>,
    /// Notifies tasks that would otherwise run for ever.
    stopping: Signal,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            running: Arc::new(Semaphore::new(MOST as usize)),
            stopping: Signal::new(),
        }
    }

    /// Spawns a background task.
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

    /// Returns a future that resolves when the server stops.
    pub(crate) fn stopping(&self) -> Stopping {
        self.stopping.stopping()
    }

    /// Returns the stop signal, for streams.
    pub(crate) fn signal(&self) -> &Signal {
        &self.stopping
    }

    /// Returns the clock of the app.
    pub(crate) fn clock(&self) -> &Clock {
        self.stopping.clock()
    }

    pub(crate) fn set_clock(&mut self, clock: Clock) {
        self.stopping.set_clock(clock);
    }

    /// Signals that the server stops.
    pub(crate) fn stop(&self) {
        self.stopping.begin();
    }

    /// Waits until no task is running.
    ///
    /// It does not wait for tasks that are spawned meanwhile, so the caller must make sure that no
    /// request is left that could spawn one.
    pub(crate) async fn wait(&self) {
        // The semaphore is never closed, so this cannot fail.
        let _all = self.running.acquire_many(MOST).await;
    }

    /// Returns the number of running tasks.
    pub(crate) fn len(&self) -> usize {
        MOST as usize - self.running.available_permits()
    }
}

/// A task that is aborted when this handle is dropped.
#[derive(Debug)]
pub(crate) struct Owned<T>(JoinHandle<T>);

impl<T: Send + 'static> Owned<T> {
    /// Spawns the task.
    pub(crate) fn spawn(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }

    /// Aborts the task and waits until it has ended.
    pub(crate) async fn end(&mut self) {
        self.0.abort();
        // The task may have finished, panicked or been aborted. The caller does not need the result.
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
