//! The accounting of a pool. It runs no code of the user, because it runs under the lock of the pool.

use std::{collections::VecDeque, time::Duration};

use tokio::{sync::oneshot, time::Instant};

use crate::{place::Place, stats::Stats};

/// An object that nothing uses.
struct Idle<T> {
    object: T,
    /// When the object returned, if the pool has a limit for idle objects.
    since: Option<Instant>,
}

/// A call that waits for a place.
struct Waiter<T> {
    ticket: u64,
    sender: oneshot::Sender<Place<T>>,
}

/// The content of a place that is given back.
pub(crate) enum Returned<T> {
    /// An object that can be used again.
    Object(T),
    /// The object of the place has left the pool.
    Nothing,
    /// The object was not made.
    Unmade,
}

/// The result for a place that is given back.
pub(crate) enum Settled<T> {
    /// It is part of the state again.
    Kept,
    /// The object has left the pool and must be dropped without the lock.
    Discarded(Option<T>),
    /// It belongs to a waiting call now.
    Granted(oneshot::Sender<Place<T>>, Option<T>),
}

/// The answer to a call that takes a place.
pub(crate) enum Acquired<T> {
    Object(T),
    /// There is room for a new object.
    Room,
    Full,
    Closed,
}

/// The numbers and the idle objects of a pool.
///
/// Two rules always hold. `size()` grows only if it is less than `max`. While calls wait, there is no idle object and
/// no room, so a new call cannot overtake them.
pub(crate) struct State<T> {
    max: usize,
    /// Idle objects; the one that returned last is at the back.
    idle: VecDeque<Idle<T>>,
    in_use: usize,
    making: usize,
    /// Waiting calls, in the order of their tickets.
    queue: VecDeque<Waiter<T>>,
    next_ticket: u64,
    closed: bool,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    made: u64,
    discarded: u64,
    waits: u64,
    wait_total: Duration,
    wait_max: Duration,
}

impl<T> State<T> {
    pub(crate) fn new(max: usize) -> Self {
        Self {
            max,
            idle: VecDeque::new(),
            in_use: 0,
            making: 0,
            queue: VecDeque::new(),
            next_ticket: 0,
            closed: false,
            counts: Counts::default(),
        }
    }

    fn size(&self) -> usize {
        self.idle.len() + self.in_use + self.making
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            max: self.max,
            size: self.size(),
            idle: self.idle.len(),
            in_use: self.in_use,
            making: self.making,
            waiting: self.queue.len(),
            made: self.counts.made,
            discarded: self.counts.discarded,
            waits: self.counts.waits,
            wait_total: self.counts.wait_total,
            wait_max: self.counts.wait_max,
        }
    }

    /// Takes an idle object, or room for a new one.
    pub(crate) fn acquire(&mut self) -> Acquired<T> {
        if self.closed {
            return Acquired::Closed;
        }
        if let Some(object) = self.take_idle() {
            return Acquired::Object(object);
        }
        self.take_room(self.max)
    }

    /// Takes room for a new object if the pool has fewer than `limit`.
    pub(crate) fn take_room(&mut self, limit: usize) -> Acquired<T> {
        if self.closed {
            return Acquired::Closed;
        }
        if self.size() >= limit.min(self.max) {
            return Acquired::Full;
        }
        self.making += 1;
        Acquired::Room
    }

    fn take_idle(&mut self) -> Option<T> {
        let idle = self.idle.pop_back()?;
        self.in_use += 1;
        Some(idle.object)
    }

    /// Replaces an object in use, which has left the pool, by an idle one or by room for a new one.
    pub(crate) fn replace(&mut self) -> Option<T> {
        self.in_use -= 1;
        self.counts.discarded += 1;
        let object = self.take_idle();
        if object.is_none() {
            self.making += 1;
        }
        object
    }

    /// Notes that the object of a place was made.
    pub(crate) fn made(&mut self) {
        self.making -= 1;
        self.in_use += 1;
        self.counts.made += 1;
    }

    /// Takes a place back: gives it to the call that has waited longest, or keeps its object as idle.
    pub(crate) fn settle(&mut self, returned: Returned<T>, since: Option<Instant>) -> Settled<T> {
        let object = self.leave(returned);
        if self.closed || self.size() >= self.max {
            self.counts.discarded += u64::from(object.is_some());
            return Settled::Discarded(object);
        }
        if let Some(waiter) = self.queue.pop_front() {
            match object {
                Some(_) => self.in_use += 1,
                None => self.making += 1,
            }
            return Settled::Granted(waiter.sender, object);
        }
        if let Some(object) = object {
            self.idle.push_back(Idle { object, since });
        }
        Settled::Kept
    }

    /// Removes a place from the numbers.
    fn leave(&mut self, returned: Returned<T>) -> Option<T> {
        match returned {
            Returned::Object(object) => {
                self.in_use -= 1;
                Some(object)
            }
            Returned::Nothing => {
                self.in_use -= 1;
                self.counts.discarded += 1;
                None
            }
            Returned::Unmade => {
                self.making -= 1;
                None
            }
        }
    }

    /// Adds a waiting call at the end of the queue and returns its ticket.
    pub(crate) fn wait(&mut self, sender: oneshot::Sender<Place<T>>) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.queue.push_back(Waiter { ticket, sender });
        ticket
    }

    /// Notes the end of a wait, and removes the call from the queue if it is still there.
    pub(crate) fn end_wait(&mut self, ticket: u64, waited: Duration) {
        if let Ok(idx) = self.queue.binary_search_by_key(&ticket, |each| each.ticket) {
            self.queue.remove(idx);
        }
        let counts = &mut self.counts;
        counts.waits += 1;
        counts.wait_total = counts.wait_total.saturating_add(waited);
        counts.wait_max = counts.wait_max.max(waited);
    }

    /// Removes the objects that have been idle since `deadline` or longer, but leaves `min` objects in the pool.
    pub(crate) fn expire(&mut self, deadline: Instant, min: usize) -> Vec<T> {
        let mut expired = Vec::new();
        let is_expired = |idle: &Idle<T>| idle.since.is_some_and(|since| since <= deadline);
        while self.size() > min
            && self.idle.front().is_some_and(is_expired)
            && let Some(idle) = self.idle.pop_front()
        {
            self.counts.discarded += 1;
            expired.push(idle.object);
        }
        expired
    }

    /// Sets the maximum. Returns the idle objects that are too many, and the waiting calls for which there is room.
    pub(crate) fn resize(&mut self, max: usize) -> (Vec<T>, Vec<oneshot::Sender<Place<T>>>) {
        self.max = max;
        let mut removed = Vec::new();
        while self.size() > max
            && let Some(idle) = self.idle.pop_front()
        {
            self.counts.discarded += 1;
            removed.push(idle.object);
        }
        let mut granted = Vec::new();
        while self.size() < max
            && let Some(waiter) = self.queue.pop_front()
        {
            self.making += 1;
            granted.push(waiter.sender);
        }
        (removed, granted)
    }

    /// Closes the pool. Returns the idle objects, and the waiting calls.
    pub(crate) fn close(&mut self) -> (Vec<T>, Vec<oneshot::Sender<Place<T>>>) {
        self.closed = true;
        self.counts.discarded += self.idle.len() as u64;
        let idle = self.idle.drain(..).map(|idle| idle.object).collect();
        let waiting = self.queue.drain(..).map(|waiter| waiter.sender).collect();
        (idle, waiting)
    }
}
