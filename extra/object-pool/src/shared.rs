//! The part of a pool that all handles and objects share.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use crate::{
    error::TakeError,
    make::Make,
    place::Place,
    state::{Acquired, Returned, Settled, State},
    waiting::Waiting,
};

/// A function of the user that decides about an object.
pub(crate) type Verdict<T> = Box<dyn Fn(&mut T) -> bool + Send + Sync>;

/// The options of a [`Builder`](crate::Builder).
pub(crate) struct Options<T> {
    pub(crate) check: Option<Verdict<T>>,
    pub(crate) reset: Option<Verdict<T>>,
    pub(crate) idle_limit: Option<Duration>,
    pub(crate) make_within: Option<Duration>,
    pub(crate) min: usize,
    pub(crate) keep_after_panic: bool,
    #[cfg_attr(not(feature = "highball"), allow(dead_code))]
    pub(crate) name: String,
}

/// A pool.
///
/// No function of the user, no `Drop` of an object and no waker runs under the lock: each of them may use the pool.
pub(crate) struct Shared<T> {
    state: Mutex<State<T>>,
    pub(crate) options: Options<T>,
    pub(crate) make: Make<T>,
}

/// A place, or the wait for one.
pub(crate) enum Turn<T> {
    Now(Place<T>),
    Later(Waiting<T>),
}

impl<T> Shared<T> {
    pub(crate) fn new(max: usize, options: Options<T>, make: Make<T>) -> Self {
        Self {
            state: Mutex::new(State::new(max)),
            options,
            make,
        }
    }

    /// Locks the state. It is valid even after a panic, since no code of the user runs under the lock.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, or a ticket of the queue if there is none.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<Turn<T>, TakeError> {
        self.expire();
        let mut state = self.lock();
        // The call joins the queue under the same lock, or an object that returns in between would be missed.
        Ok(match state.acquire() {
            Acquired::Object(object) => Turn::Now(Place::with(self, object)),
            Acquired::Room => Turn::Now(Place::empty(self)),
            Acquired::Full => {
                let (sender, receiver) = oneshot::channel();
                let ticket = state.wait(sender);
                Turn::Later(Waiting::new(self, ticket, receiver))
            }
            Acquired::Closed => return Err(TakeError::Closed),
        })
    }

    /// Takes a place if there is one now.
    pub(crate) fn try_enter(self: &Arc<Self>) -> Result<Place<T>, TakeError> {
        self.expire();
        let acquired = self.lock().acquire();
        self.place_of(acquired)
    }

    /// Takes room for a new object if the pool has fewer than `limit`.
    pub(crate) fn room_below(self: &Arc<Self>, limit: usize) -> Result<Place<T>, TakeError> {
        let acquired = self.lock().take_room(limit);
        self.place_of(acquired)
    }

    fn place_of(self: &Arc<Self>, acquired: Acquired<T>) -> Result<Place<T>, TakeError> {
        match acquired {
            Acquired::Object(object) => Ok(Place::with(self, object)),
            Acquired::Room => Ok(Place::empty(self)),
            Acquired::Full => Err(TakeError::Busy),
            Acquired::Closed => Err(TakeError::Closed),
        }
    }

    /// Takes a place back.
    pub(crate) fn settle(self: &Arc<Self>, returned: Returned<T>) {
        let since = self.options.idle_limit.map(|_| Instant::now());
        let settled = self.lock().settle(returned, since);
        match settled {
            Settled::Kept => self.expire(),
            Settled::Discarded(object) => drop(object),
            // If the call was dropped meanwhile, the place is dropped here, and settled once more.
            Settled::Granted(waiter, Some(object)) => drop(waiter.send(Place::with(self, object))),
            Settled::Granted(waiter, None) => drop(waiter.send(Place::empty(self))),
        }
    }

    /// Drops the objects that have been idle for too long.
    fn expire(&self) {
        let Some(limit) = self.options.idle_limit else {
            return;
        };
        if let Some(deadline) = Instant::now().checked_sub(limit) {
            // A `let` keeps the objects until the lock is released.
            let expired = self.lock().expire(deadline, self.options.min);
            drop(expired);
        }
    }

    pub(crate) fn resize(self: &Arc<Self>, max: usize) {
        let (removed, granted) = self.lock().resize(max);
        for waiter in granted {
            drop(waiter.send(Place::empty(self)));
        }
        drop(removed);
    }

    pub(crate) fn close(&self) {
        // The waiting calls see that their senders are dropped.
        let closed = self.lock().close();
        drop(closed);
    }
}
