//! A call that waits for a place.

use std::sync::Arc;

use tokio::{sync::oneshot, time::Instant};

use crate::{error::TakeError, place::Place, shared::Shared};

/// A ticket of the queue. If it is dropped, it leaves the queue, and a place that it has already received is settled:
/// the next call in the queue gets it.
pub(crate) struct Waiting<T> {
    shared: Arc<Shared<T>>,
    ticket: u64,
    since: Instant,
    receiver: oneshot::Receiver<Place<T>>,
}

impl<T> Waiting<T> {
    pub(crate) fn new(
        shared: &Arc<Shared<T>>,
        ticket: u64,
        receiver: oneshot::Receiver<Place<T>>,
    ) -> Self {
        Self {
            shared: Arc::clone(shared),
            ticket,
            since: Instant::now(),
            receiver,
        }
    }

    /// Waits for a place. An error means that the pool was closed, which drops the sender.
    pub(crate) async fn place(mut self) -> Result<Place<T>, TakeError> {
        (&mut self.receiver).await.map_err(|_| TakeError::Closed)
    }
}

impl<T> Drop for Waiting<T> {
    fn drop(&mut self) {
        let waited = self.since.elapsed();
        self.shared.lock().end_wait(self.ticket, waited);
        // Fields are dropped after this, without the lock: the receiver may contain a place.
    }
}
