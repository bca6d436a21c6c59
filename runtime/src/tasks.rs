//! Work that outlives its request, and that a stop waits for.

use std::{future::Future, sync::Arc};

use tokio::{sync::Semaphore, task::JoinHandle};

/// How many can be told apart from none: more run as well, but no stop waits for them.
const MOST: u32 = 1 << 24;

/// The tasks that an app has spawned and that still run: each holds a permit.
#[derive(Debug, Clone)]
pub(crate) struct Tasks(Arc<Semaphore>);

impl Tasks {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(MOST as usize)))
    }

    /// Runs the work as a task of its own.
    pub(crate) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        let running = Arc::clone(&self.0).try_acquire_owned();
        tokio::spawn(async move {
            let _running = running;
            work.await
        })
    }

    /// Waits until none runs. Those that begin meanwhile are not waited for, so nothing that could
    /// spawn one may be left.
    pub(crate) async fn wait(&self) {
        // It is never closed.
        let _all = self.0.acquire_many(MOST).await;
    }

    /// Returns how many run.
    pub(crate) fn len(&self) -> usize {
        MOST as usize - self.0.available_permits()
    }
}
