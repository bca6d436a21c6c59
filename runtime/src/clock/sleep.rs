//! Futures that end at a time of a clock.

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;
use tokio::{
    task::{
        coop::{has_budget_remaining, poll_proceed},
        unconstrained,
    },
    time::Instant,
};

use super::MovedTime;

pin_project! {
    /// A wait of a [`Clock`](super::Clock). [`Clock::sleep`](super::Clock::sleep) returns it.
    ///
    /// # Examples
    /// ```
    /// use highball::{clock::{Clock, Sleep}, middleware::millis};
    ///
    /// # highball::block_on(async {
    /// let pause: Sleep = Clock::default().sleep(millis(1));
    /// pause.await;
    /// # });
    /// ```
    ///
    /// # Cancel safety
    /// Dropping it ends the wait. It can be a branch of `tokio::select!`.
    #[must_use = "it does nothing unless it is awaited"]
    pub struct Sleep {
        #[pin]
        kind: Kind,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind {
        System {
            #[pin]
            sleep: tokio::time::Sleep,
        },
        Moved {
            waiter: Waiter,
        },
    }
}

/// A wait for a time that a test moves.
pub(super) struct Waiter {
    time: Arc<MovedTime>,
    deadline: Instant,
    /// Names the registration of the task, if there is one.
    ticket: Option<u64>,
}

impl Sleep {
    #[inline]
    pub(super) fn system(deadline: Instant) -> Self {
        let sleep = tokio::time::sleep_until(deadline);
        Self {
            kind: Kind::System { sleep },
        }
    }

    pub(super) fn moved(waiter: Waiter) -> Self {
        Self {
            kind: Kind::Moved { waiter },
        }
    }

    /// Changes when the wait ends, also if it has ended already.
    ///
    /// # Examples
    /// ```
    /// use std::pin::pin;
    ///
    /// use highball::{clock::Clock, middleware::{millis, secs}, tokio::{self, sync::mpsc::Receiver}};
    ///
    /// /// Waits until nothing has arrived for a second.
    /// async fn silence(clock: &Clock, messages: &mut Receiver<String>) {
    ///     let mut quiet = pin!(clock.sleep(secs(1)));
    ///     loop {
    ///         tokio::select! {
    ///             () = &mut quiet => return,
    ///             Some(_) = messages.recv() => quiet.as_mut().reset(clock.now() + secs(1)),
    ///         }
    ///     }
    /// }
    /// # let _ = silence;
    /// ```
    #[inline]
    pub fn reset(self: Pin<&mut Self>, deadline: Instant) {
        match self.project().kind.project() {
            KindProjection::System { sleep } => sleep.reset(deadline),
            KindProjection::Moved { waiter } => waiter.reset(deadline),
        }
    }

    /// Returns when the wait ends.
    #[inline]
    pub(crate) fn deadline(&self) -> Instant {
        match &self.kind {
            Kind::System { sleep } => sleep.deadline(),
            Kind::Moved { waiter } => waiter.deadline,
        }
    }

    /// Returns whether the wait has ended.
    #[inline]
    pub(crate) fn is_elapsed(&self) -> bool {
        match &self.kind {
            Kind::System { sleep } => sleep.is_elapsed(),
            Kind::Moved { waiter } => waiter.deadline <= waiter.time.now(),
        }
    }
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.project().kind.project() {
            KindProjection::System { sleep } => sleep.poll(cx),
            KindProjection::Moved { waiter } => waiter.poll(cx),
        }
    }
}

impl Waiter {
    pub(super) fn new(time: Arc<MovedTime>, deadline: Instant) -> Self {
        Self {
            time,
            deadline,
            ticket: None,
        }
    }

    fn reset(&mut self, deadline: Instant) {
        self.time.reset(self.deadline, deadline, self.ticket);
        self.deadline = deadline;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // A task that waits in a loop for a time that has passed yields to others, as with tokio's timer.
        let proceed = ready!(poll_proceed(cx));
        let reached = self.time.poll_reached(self.deadline, &mut self.ticket, cx);
        if reached.is_ready() {
            proceed.made_progress();
        }
        reached
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.time.leave(self.deadline, self.ticket);
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("deadline", &self.deadline())
            .finish_non_exhaustive()
    }
}

/// The error of [`Clock::timeout`](super::Clock::timeout): the time has passed.
///
/// # Examples
/// ```
/// use highball::{clock::{Clock, Elapsed}, middleware::millis};
///
/// # highball::block_on(async {
/// let late: Result<(), Elapsed> = Clock::default().timeout(millis(1), std::future::pending()).await;
/// assert_eq!(late.unwrap_err().to_string(), "the time has passed");
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time has passed")
    }
}

impl std::error::Error for Elapsed {}

pin_project! {
    /// A future with a limited time.
    ///
    /// It is a struct, because an `async` block would contain the future twice: as it was given, and pinned.
    pub(super) struct Limited<F> {
        #[pin]
        future: F,
        #[pin]
        sleep: Sleep,
    }
}

impl<F> Limited<F> {
    pub(super) fn new(future: F, sleep: Sleep) -> Self {
        Self { future, sleep }
    }
}

impl<F: Future> Future for Limited<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let had_budget = has_budget_remaining();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        // If the future has used up tokio's budget, the timer could otherwise not end it.
        let ended = match had_budget && !has_budget_remaining() {
            true => pin!(unconstrained(this.sleep)).poll(cx),
            false => this.sleep.as_mut().poll(cx),
        };
        ended.map(|()| Err(Elapsed))
    }
}
