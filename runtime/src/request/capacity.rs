//! Limits how many requests an app handles at once, and orders the waiting ones by priority.

use std::{
    fmt,
    pin::pin,
    sync::atomic::{
        AtomicUsize,
        Ordering::{Relaxed, SeqCst},
    },
    time::Duration,
};

use http::{HeaderValue, StatusCode, header};
use tokio::sync::Notify;

use crate::{clock::Clock, response::Rejection, routes::Priority};

/// Limits the concurrent requests of an app, with a short queue for each priority.
///
/// An overloaded app without a limit responds late to every client. With a capacity it responds in time to as many
/// as it can. A request that waits too long is rejected with 503 and `Retry-After`. Waiting requests are admitted by
/// priority (`priority = critical` first, `priority = background` last), then by arrival. Lower priorities can use
/// only a share of the capacity, so that their slow requests cannot take all of it.
///
/// A request counts from when its route is known until the head of its response is ready. The body of a streamed
/// response does not count. A rejected request passes the same middleware as a 404. Without a capacity no request
/// waits.
///
/// # Examples
/// ```
/// use highball::{prelude::*, serve::Capacity};
///
/// #[post("/checkout", priority = critical)]
/// async fn checkout() {}
///
/// #[get("/export", priority = background)]
/// async fn export() {}
///
/// #[routes(app)]
/// struct Api(checkout, export);
///
/// let capacity = Capacity::of(64).wait(millis(200)).background(16);
/// let _ = highball::serve(Api).capacity(capacity);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Capacity {
    /// For each priority, lowest first: how many requests there may be when one of that priority is admitted.
    most: [usize; 3],
    wait: Duration,
}

impl Capacity {
    /// Returns a capacity of this many concurrent requests, at least one.
    ///
    /// By default requests of normal priority can use seven eighths of it and background requests half. A request
    /// waits for at most 100 milliseconds.
    pub const fn of(requests: usize) -> Self {
        let most = if requests == 0 { 1 } else { requests };
        Self {
            most: [most.div_ceil(2), most - most / 8, most],
            wait: Duration::from_millis(100),
        }
    }

    /// Sets how long a request waits before it is rejected.
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Sets how many concurrent requests of normal and background priority there may be, at least one.
    pub const fn normal(self, requests: usize) -> Self {
        self.share(Priority::Normal, requests)
    }

    /// Sets how many concurrent requests of background priority there may be, at least one.
    pub const fn background(self, requests: usize) -> Self {
        self.share(Priority::Background, requests)
    }

    const fn share(mut self, of: Priority, requests: usize) -> Self {
        self.most[of as usize] = if requests == 0 { 1 } else { requests };
        self
    }
}

/// Admits requests up to a [`Capacity`], and queues the others.
///
/// This is not a semaphore of tokio's, because that cannot keep permits free for one priority.
pub(crate) struct Gate {
    capacity: Capacity,
    /// How many permits are taken.
    taken: AtomicUsize,
    /// The queues by priority, lowest first.
    queues: [Queue; 3],
}

/// The requests of one priority that wait for a permit.
#[derive(Default)]
struct Queue {
    waiting: AtomicUsize,
    /// Wakes the request that has waited longest.
    turn: Notify,
}

/// The right of a request to run. Dropping it admits the next request.
pub(crate) struct Permit<'g>(&'g Gate);

/// A request in a queue.
struct Waiter<'g> {
    gate: &'g Gate,
    queue: &'g Queue,
    /// Whether the queue was empty.
    is_first: bool,
}

impl Gate {
    pub(crate) fn new(mut capacity: Capacity) -> Self {
        let [background, normal, all] = &mut capacity.most;
        *normal = (*normal).min(*all);
        *background = (*background).min(*normal);
        Self {
            capacity,
            taken: AtomicUsize::new(0),
            queues: Default::default(),
        }
    }

    /// Returns which share of the capacity is in use.
    pub(crate) fn share_in_use(&self) -> f64 {
        let [.., all] = self.capacity.most;
        self.taken.load(Relaxed) as f64 / all as f64
    }

    /// Takes a permit, or waits for one.
    ///
    /// # Errors
    /// Returns a 503 if there is no permit for this priority in time.
    ///
    /// # Cancel safety
    /// If the future is dropped, the request leaves the queue.
    pub(crate) async fn acquire(
        &self,
        priority: Priority,
        clock: &Clock,
    ) -> Result<Permit<'_>, Rejection> {
        // A new request must not overtake those that wait.
        if !self.has_waiting(priority)
            && let Some(permit) = self.try_acquire(priority)
        {
            return Ok(permit);
        }
        let queued = clock.timeout(self.capacity.wait, self.wait_in_queue(priority));
        queued.await.map_err(|_| too_busy())
    }

    async fn wait_in_queue(&self, priority: Priority) -> Permit<'_> {
        let queue = &self.queues[priority as usize];
        let waiter = Waiter::new(self, queue);
        let mut first = waiter.is_first;
        loop {
            let mut turn = pin!(queue.turn.notified());
            // A permit that is dropped after this line wakes this request. One that was dropped before is free.
            turn.as_mut().enable();
            let above = priority.above();
            let first_of_all = first && above.is_none_or(|above| !self.has_waiting(above));
            if first_of_all && let Some(permit) = self.try_acquire(priority) {
                return permit;
            }
            turn.await;
            first = true;
        }
    }

    /// Returns whether requests of this or a higher priority wait.
    fn has_waiting(&self, priority: Priority) -> bool {
        let queues = &self.queues[priority as usize..];
        queues.iter().any(|queue| queue.waiting.load(SeqCst) > 0)
    }

    fn try_acquire(&self, priority: Priority) -> Option<Permit<'_>> {
        let most = self.capacity.most[priority as usize];
        let one_more = |taken| (taken < most).then_some(taken + 1);
        let taken = self.taken.fetch_update(SeqCst, SeqCst, one_more);
        taken.ok().map(|_| Permit(self))
    }

    /// Wakes the next request, if there is a permit for it.
    fn wake_next(&self) {
        let queues = self.queues.iter().zip(self.capacity.most).rev();
        let next = queues
            .into_iter()
            .find(|(queue, _)| queue.waiting.load(SeqCst) > 0);
        if let Some((queue, most)) = next
            && self.taken.load(SeqCst) < most
        {
            queue.turn.notify_one();
        }
    }
}

impl<'g> Waiter<'g> {
    fn new(gate: &'g Gate, queue: &'g Queue) -> Self {
        let is_first = queue.waiting.fetch_add(1, SeqCst) == 0;
        Self {
            gate,
            queue,
            is_first,
        }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.queue.waiting.fetch_sub(1, SeqCst);
        // Requests of a lower priority may have waited only for this one.
        self.gate.wake_next();
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, SeqCst);
        self.0.wake_next();
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("capacity", &self.capacity)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// Returns the rejection of an overloaded server, with `Retry-After`.
pub(crate) fn too_busy() -> Rejection {
    let detail = "the server is handling too many requests; try again later";
    let rejection = Rejection::new(StatusCode::SERVICE_UNAVAILABLE, detail);
    rejection.with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
}

#[cfg(test)]
mod tests;
