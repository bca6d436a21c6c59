//! The single timer of a connection.
//!
//! A keep-alive connection sets a new deadline with every request, and almost none of them expires.
//! So the timer is not reset when its deadline moves later: it fires early, finds that time is left
//! and sleeps again. hyper's header timeout was rejected because it allocates a sleep per head.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::task::unconstrained;
use tokio::time::Instant;

use super::activity::Snapshot;
use crate::{
    clock::{Clock, Sleep},
    config::Config,
};

/// The event that a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The rest of a request head, or the first head.
    Head,
    /// The next request.
    Idle,
    /// The application.
    Open,
    /// The client, which does not read the response.
    Stuck,
}

/// A snapshot of what a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) snapshot: Snapshot,
    /// The number of successful sends before the client stopped reading; `None` while it reads.
    pub(super) stuck_at: Option<u32>,
}

impl Progress {
    fn phase(self, multiplexed: bool) -> Phase {
        if self.stuck_at.is_some() {
            Phase::Stuck
        } else if self.snapshot.is_open() {
            Phase::Open
        } else if !multiplexed && (self.snapshot.in_head || self.snapshot.is_fresh()) {
            Phase::Head
        } else {
            Phase::Idle
        }
    }
}

/// The timer of a connection, with its current phase.
pub(super) struct Timer<'t> {
    /// Fires at the deadline or before it.
    sleep: Pin<&'t mut Sleep>,
    clock: &'t Clock,
    /// The timeouts of each phase.
    config: &'t Config,
    /// The latest snapshot. The phase starts again when a newer one differs from it.
    seen: Progress,
    /// The event that the connection waits for.
    phase: Phase,
    /// When the phase started.
    since: Instant,
    /// Set when the connection must end: since when, and how long to wait for a client that has
    /// received all its responses.
    last: Option<(Instant, Duration)>,
    /// Whether requests are interleaved (HTTP/2), so that bytes between requests are not a head.
    multiplexed: bool,
    /// How long the connection is idle before it drops hyper's state, if it does.
    rests_after: Option<Duration>,
    /// Whether the task's waker is registered with `sleep`.
    armed: bool,
}

impl<'t> Timer<'t> {
    /// Creates a timer. The deadline of `sleep` is that of the first head.
    pub(super) fn new(
        sleep: Pin<&'t mut Sleep>,
        clock: &'t Clock,
        config: &'t Config,
        snapshot: Snapshot,
    ) -> Self {
        Self {
            since: clock.now(),
            sleep,
            clock,
            config,
            seen: Progress {
                snapshot,
                stuck_at: None,
            },
            phase: Phase::Head,
            last: None,
            multiplexed: false,
            rests_after: None,
            armed: false,
        }
    }

    /// Switches to HTTP/2, where requests are interleaved.
    #[cfg(feature = "http2")]
    pub(super) fn multiplex(&mut self) {
        self.multiplexed = true;
    }

    /// Makes [`poll`](Self::poll) also return [`Phase::Idle`] after this idle time. A time that is
    /// not shorter than the idle timeout is ignored.
    pub(super) fn rest_after(&mut self, time: Option<Duration>) {
        self.rests_after = time.filter(|time| *time < self.config.idle_timeout);
    }

    /// Returns whether the next idle deadline only drops hyper's state and does not end the
    /// connection.
    pub(super) fn will_rest(&self) -> bool {
        self.rests_after.is_some()
    }

    pub(super) fn is_multiplexed(&self) -> bool {
        self.multiplexed
    }

    /// Ends the connection this long after now or after the last response, unless an earlier call
    /// set a shorter time.
    pub(super) fn finish_within(&mut self, time: Duration) {
        if self.last.is_none_or(|(_, sooner)| time < sooner) {
            self.last = Some((self.clock.now(), time));
        }
    }

    /// Ends the connection at the timeout of its phase and no sooner.
    pub(super) fn finish_by_phase(&mut self) {
        self.last = None;
    }

    /// Returns the phase that took too long, once its deadline has passed.
    ///
    /// The task's waker is registered only when the timer is reset. That is enough because the
    /// timer is always polled from the root future of the same task.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, seen: Progress) -> Poll<Phase> {
        self.update(seen);
        let deadline = self.deadline();
        // A deadline that moves earlier is rare: it takes a phase with a shorter timeout, such as
        // a partial head after an idle connection.
        if let Some(deadline) = deadline.filter(|deadline| *deadline < self.sleep.deadline()) {
            self.arm(deadline);
        }
        while !self.armed || self.sleep.is_elapsed() {
            self.armed = true;
            // With tokio's budget exhausted, polling would return `Pending` without registering the
            // waker, and the timeout would never fire.
            ready!(pin!(unconstrained(self.sleep.as_mut())).poll(cx));
            match deadline {
                Some(deadline) if deadline <= self.clock.now() => return Poll::Ready(self.phase),
                Some(deadline) => self.arm(deadline),
                None => self.arm(self.clock.now() + self.config.idle_timeout),
            }
        }
        Poll::Pending
    }

    fn arm(&mut self, deadline: Instant) {
        self.sleep.as_mut().reset(deadline);
        self.armed = false;
    }

    /// Updates the phase. It starts again if anything happened since the last snapshot.
    fn update(&mut self, seen: Progress) {
        if self.seen == seen {
            return;
        }
        let phase = seen.phase(self.multiplexed);
        // A head's timeout runs from its start. If each byte of it restarted the timeout, a client
        // could send one byte at a time for ever.
        let same_head = phase == Phase::Head
            && self.phase == Phase::Head
            && seen.snapshot.is_at_request_of(self.seen.snapshot);
        if !same_head {
            self.since = self.clock.now();
        }
        self.seen = seen;
        self.phase = phase;
    }

    fn deadline(&self) -> Option<Instant> {
        let since = self.since;
        match (self.phase, self.last) {
            (Phase::Open, _) => None,
            (Phase::Stuck, _) => Some(since + self.config.write_timeout),
            (Phase::Head, None) => Some(since + self.config.head_timeout),
            (Phase::Head, Some((from, time))) => {
                Some((since + self.config.head_timeout).min(from + time))
            }
            (Phase::Idle, None) => {
                Some(since + self.rests_after.unwrap_or(self.config.idle_timeout))
            }
            // h2 holds data for which the client has opened no window.
            (Phase::Idle, Some(_)) if self.seen.snapshot.is_sending() => {
                Some(since + self.config.write_timeout)
            }
            (Phase::Idle, Some((from, time))) => Some(from.max(since) + time),
        }
    }
}
