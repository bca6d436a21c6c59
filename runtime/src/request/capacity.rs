//! How many requests an app answers at once, and who goes first when there are more.

use std::{
    fmt,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use http::{HeaderValue, StatusCode, header};
use tokio::sync::Notify;

use crate::{response::Rejection, routes::Priority};

/// How many requests an app answers at once, and how long others wait for their turn.
///
/// An app that is asked for more than it can do answers everybody late. With a capacity it answers
/// as many as it can in time, and the others at once with 503 and `Retry-After`: those of
/// `priority = background` first, those of `priority = critical` last. Whoever waits goes by
/// priority, then by arrival; and a part of the places is kept free of the lower priorities, so that
/// slow work of theirs cannot take all of them.
///
/// A request takes its place when its route is known, and leaves it when its answer's head is
/// there; the body of an answer that streams takes none. Without a capacity nothing waits.
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
    /// The places that requests of a priority and those below it may take.
    most: [usize; 3],
    wait: Duration,
}

impl Capacity {
    /// Makes a capacity of so many requests at once, at least one.
    ///
    /// Requests of normal priority take seven eighths of the places at most, background requests
    /// half of them; each waits for up to 100 milliseconds.
    pub const fn of(requests: usize) -> Self {
        let most = if requests == 0 { 1 } else { requests };
        Self {
            most: [most.div_ceil(2), most - most / 8, most],
            wait: Duration::from_millis(100),
        }
    }

    /// Sets how long a request waits for its turn before it is refused.
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Sets how many places requests of normal and of background priority may take, at least one.
    pub const fn normal(self, requests: usize) -> Self {
        self.share(Priority::Normal, requests)
    }

    /// Sets how many places requests of background priority may take, at least one.
    pub const fn background(self, requests: usize) -> Self {
        self.share(Priority::Background, requests)
    }

    const fn share(mut self, of: Priority, requests: usize) -> Self {
        self.most[of as usize] = if requests == 0 { 1 } else { requests };
        self
    }
}

/// The places of an app, and who waits for one.
pub(crate) struct Gate {
    capacity: Capacity,
    /// How many places are taken.
    taken: AtomicUsize,
    /// By priority, lowest first.
    lines: [Queue; 3],
}

/// Requests of one priority that wait for a place.
#[derive(Default)]
struct Queue {
    waiting: AtomicUsize,
    turn: Notify,
}

/// A place that a request has taken.
pub(crate) struct Permit<'g>(&'g Gate);

/// A request in its line.
struct Waiter<'g> {
    gate: &'g Gate,
    line: &'g Queue,
    /// Nobody else was in the line.
    is_alone: bool,
}

impl Gate {
    pub(crate) fn new(mut capacity: Capacity) -> Self {
        let [background, normal, all] = &mut capacity.most;
        *normal = (*normal).min(*all);
        *background = (*background).min(*normal);
        Self {
            capacity,
            taken: AtomicUsize::new(0),
            lines: Default::default(),
        }
    }

    /// Takes a place, or waits for one.
    ///
    /// # Errors
    /// Where none is free for this priority in time.
    pub(crate) async fn acquire(&self, priority: Priority) -> Result<Permit<'_>, Rejection> {
        if !self.anyone_waits(priority)
            && let Some(place) = self.take(priority)
        {
            return Ok(place);
        }
        let turn = tokio::time::timeout(self.capacity.wait, self.turn(priority));
        turn.await.map_err(|_| too_busy())
    }

    /// Waits in line until there is a place.
    async fn turn(&self, priority: Priority) -> Permit<'_> {
        let line = &self.lines[priority as usize];
        let waiting = Waiter::new(self, line);
        let mut first = waiting.is_alone;
        loop {
            let mut turn = pin!(line.turn.notified());
            // Whoever leaves after this wakes us; whoever left before it has left a place.
            turn.as_mut().enable();
            let above = priority.above();
            let first_of_all = first && above.is_none_or(|above| !self.anyone_waits(above));
            if first_of_all && let Some(place) = self.take(priority) {
                return place;
            }
            turn.await;
            first = true;
        }
    }

    /// Returns whether anyone of this priority or above waits.
    fn anyone_waits(&self, priority: Priority) -> bool {
        let lines = &self.lines[priority as usize..];
        lines.iter().any(|line| line.waiting.load(SeqCst) > 0)
    }

    fn take(&self, priority: Priority) -> Option<Permit<'_>> {
        let most = self.capacity.most[priority as usize];
        let one_more = |taken| (taken < most).then_some(taken + 1);
        let taken = self.taken.fetch_update(SeqCst, SeqCst, one_more);
        taken.ok().map(|_| Permit(self))
    }

    /// Wakes who is next, if there is a place for them.
    fn wake(&self) {
        let lines = self.lines.iter().zip(self.capacity.most).rev();
        let next = lines
            .into_iter()
            .find(|(line, _)| line.waiting.load(SeqCst) > 0);
        if let Some((line, most)) = next
            && self.taken.load(SeqCst) < most
        {
            line.turn.notify_one();
        }
    }
}

impl<'g> Waiter<'g> {
    fn new(gate: &'g Gate, line: &'g Queue) -> Self {
        let is_alone = line.waiting.fetch_add(1, SeqCst) == 0;
        Self {
            gate,
            line,
            is_alone,
        }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.line.waiting.fetch_sub(1, SeqCst);
        // Those of a lower priority may have waited for us alone.
        self.gate.wake();
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, SeqCst);
        self.0.wake();
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

/// Refuses a request that may come again.
pub(crate) fn too_busy() -> Rejection {
    let detail = "too many requests are being answered; try again later";
    let rejection = Rejection::new(StatusCode::SERVICE_UNAVAILABLE, detail);
    rejection.with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
}

#[cfg(test)]
mod tests;
