//! The one timer of a connection.
//!
//! A kept connection sets a new deadline with every request, and almost none of them passes. So
//! the timer is not moved when a deadline moves away: it fires early, sees that there is time
//! left, and sleeps on. hyper's own timer makes a boxed sleep for every head.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep};

use super::activity::Moment;
use crate::config::Config;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The rest of a request's head, or the first one.
    Head,
    /// The next request.
    Idle,
    /// The application.
    Open,
    /// The client, who takes nothing of what it is sent.
    Stuck,
}

/// What a connection was doing when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) moment: Moment,
    /// The count of sends at which the client stopped reading.
    pub(super) stuck_at: Option<u32>,
}

impl Progress {
    fn phase(self, multiplexed: bool) -> Phase {
        if self.stuck_at.is_some() {
            Phase::Stuck
        } else if self.moment.is_open() {
            Phase::Open
        } else if !multiplexed && (self.moment.heading || self.moment.is_fresh()) {
            Phase::Head
        } else {
            Phase::Idle
        }
    }
}

/// The one timer of a connection, with the moment since which it is in its phase.
pub(super) struct Timer<'t> {
    sleep: Pin<&'t mut Sleep>,
    config: &'t Config,
    seen: Progress,
    phase: Phase,
    since: Instant,
    /// Set when the connection must end: since when, and how long a client that has all its answers is
    /// then waited for.
    last: Option<(Instant, Duration)>,
    /// Whether requests are interleaved, so that bytes say nothing of a head.
    multiplexed: bool,
    /// After how long a silence what a request needs is let go, where it can be.
    rests_after: Option<Duration>,
    armed: bool,
}

impl<'t> Timer<'t> {
    /// Makes a timer whose first deadline, for the first head, is the one of `sleep`.
    pub(super) fn new(sleep: Pin<&'t mut Sleep>, config: &'t Config, moment: Moment) -> Self {
        Self {
            since: Instant::now(),
            sleep,
            config,
            seen: Progress {
                moment,
                stuck_at: None,
            },
            phase: Phase::Head,
            last: None,
            multiplexed: false,
            rests_after: None,
            armed: false,
        }
    }

    #[cfg(feature = "http2")]
    pub(super) fn multiplex(&mut self) {
        self.multiplexed = true;
    }

    /// Is also ready, with [`Phase::Idle`], when the connection has been silent for so long; not at all
    /// where that would be its end.
    pub(super) fn rest_after(&mut self, time: Option<Duration>) {
        self.rests_after = time.filter(|time| *time < self.config.idle_timeout);
    }

    /// Returns whether a silence is not the end yet.
    pub(super) fn rests(&self) -> bool {
        self.rests_after.is_some()
    }

    pub(super) fn is_multiplexed(&self) -> bool {
        self.multiplexed
    }

    /// Ends the connection at most so long from now, or from the last answer, unless it must end sooner.
    pub(super) fn finish_within(&mut self, time: Duration) {
        if self.last.is_none_or(|(_, sooner)| time < sooner) {
            self.last = Some((Instant::now(), time));
        }
    }

    /// Ends the connection when its phase is out of time, and no sooner.
    pub(super) fn finish_by_phase(&mut self) {
        self.last = None;
    }

    /// Is ready, with the phase that took too long, when a deadline has passed.
    ///
    /// It leaves the task's waker with the timer only when it moves it, which is enough as long as
    /// it is polled from the root of one task.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, seen: Progress) -> Poll<Phase> {
        self.look(seen);
        let deadline = self.deadline();
        // Only a shorter phase than the one before comes sooner, and it is rare: half a head.
        if let Some(deadline) = deadline.filter(|deadline| *deadline < self.sleep.deadline()) {
            self.arm(deadline);
        }
        while !self.armed || self.sleep.is_elapsed() {
            self.armed = true;
            // A budget that is used up would answer for the sleep, and leave no waker with it.
            ready!(pin!(unconstrained(self.sleep.as_mut())).poll(cx));
            match deadline {
                Some(deadline) if deadline <= Instant::now() => return Poll::Ready(self.phase),
                Some(deadline) => self.arm(deadline),
                None => self.arm(Instant::now() + self.config.idle_timeout),
            }
        }
        Poll::Pending
    }

    fn arm(&mut self, deadline: Instant) {
        self.sleep.as_mut().reset(deadline);
        self.armed = false;
    }

    /// Notes the phase; it began now if anything has happened since the last look.
    fn look(&mut self, seen: Progress) {
        if self.seen == seen {
            return;
        }
        let phase = seen.phase(self.multiplexed);
        // While the first head comes in, its time runs from the start of the connection.
        let same_head = phase == Phase::Head
            && self.phase == Phase::Head
            && seen.moment.is_at_request_of(self.seen.moment);
        if !same_head {
            self.since = Instant::now();
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
            // HTTP/2 holds answers back that the client has no window for.
            (Phase::Idle, Some(_)) if self.seen.moment.is_sending() => {
                Some(since + self.config.write_timeout)
            }
            (Phase::Idle, Some((from, time))) => Some(from.max(since) + time),
        }
    }
}
