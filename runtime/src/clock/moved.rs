//! A time that moves only when a test moves it, and those that wait for it.

use std::{
    collections::BTreeMap,
    fmt, mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

/// A time that a test moves.
///
/// One lock contains the time and the wakers. So a waiter that reads the time registers before the time can move, and
/// no wake-up is lost.
pub(crate) struct MovedTime {
    state: Mutex<State>,
}

struct State {
    begun: Instant,
    system_begun: SystemTime,
    /// How far the time was moved.
    moved: Duration,
    /// The wakers by time, then by their order of registration.
    waiting: BTreeMap<(Instant, u64), Waker>,
    next_ticket: u64,
}

impl State {
    fn now(&self) -> Instant {
        self.begun + self.moved
    }
}

impl MovedTime {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                begun: Instant::now(),
                system_begun: SystemTime::now(),
                moved: Duration::ZERO,
                waiting: BTreeMap::new(),
                next_ticket: 0,
            }),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.lock().now()
    }

    pub(crate) fn system_time(&self) -> SystemTime {
        let state = self.lock();
        state.system_begun + state.moved
    }

    /// Moves to the next time for which something waits, at most this far, and wakes all that wait for it.
    ///
    /// Returns how far the time was moved.
    pub(crate) fn step(&self, most: Duration) -> Duration {
        let mut state = self.lock();
        let next = state.waiting.first_key_value();
        let until_next = next.map(|((at, _), _)| at.saturating_duration_since(state.now()));
        let by = until_next.map_or(most, |until_next| until_next.min(most));
        state.moved += by;
        let later = (state.now(), u64::MAX);
        let later = state.waiting.split_off(&later);
        let due = mem::replace(&mut state.waiting, later);
        // A waker may run or drop a task, and with it other waiters, which take the lock.
        drop(state);
        due.into_values().for_each(Waker::wake);
        by
    }

    /// Is ready at this time. Until then the task is registered under a ticket.
    pub(super) fn poll_reached(
        &self,
        at: Instant,
        ticket: &mut Option<u64>,
        cx: &Context<'_>,
    ) -> Poll<()> {
        let waker = cx.waker().clone();
        let mut state = self.lock();
        let is_reached = at <= state.now();
        let replaced = if is_reached {
            let ticket = ticket.take();
            ticket.and_then(|ticket| state.waiting.remove(&(at, ticket)))
        } else {
            let ticket = *ticket.get_or_insert_with(|| {
                state.next_ticket += 1;
                state.next_ticket
            });
            state.waiting.insert((at, ticket), waker)
        };
        // The last waker of a task drops the task, and with it other waiters, which take the lock.
        drop(state);
        drop(replaced);
        if is_reached {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    /// Moves a registered task to another time.
    pub(super) fn reset(&self, from: Instant, to: Instant, ticket: Option<u64>) {
        let Some(ticket) = ticket else {
            return;
        };
        let mut state = self.lock();
        let Some(waker) = state.waiting.remove(&(from, ticket)) else {
            return;
        };
        if to > state.now() {
            state.waiting.insert((to, ticket), waker);
            return;
        }
        drop(state);
        waker.wake();
    }

    /// Removes a task that waits no more.
    pub(super) fn leave(&self, at: Instant, ticket: Option<u64>) {
        let waker = ticket.and_then(|ticket| self.lock().waiting.remove(&(at, ticket)));
        // The lock is free again, as `poll_reached` requires.
        drop(waker);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MovedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("MovedTime")
            .field("moved", &state.moved)
            .field("waiting", &state.waiting.len())
            .finish_non_exhaustive()
    }
}
