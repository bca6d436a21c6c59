//! The wait for a free connection: by priority, and in order within a priority.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use highball::Priority;
use tokio::{sync::oneshot, time::Instant};

use crate::shedding::Shedding;

/// The permissions to hold a connection, as many as the pool has connections at most.
#[derive(Debug)]
pub(crate) struct Gate(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    /// The requests that wait, by priority, the lowest first.
    queues: [Queue; 3],
    next_id: u64,
    is_closed: bool,
}

/// The requests of one priority. Each queue sheds by its own waits: the short ones of a higher priority would hide that
/// a lower one does not drain.
#[derive(Debug)]
struct Queue {
    waiters: VecDeque<Waiter>,
    shedding: Shedding,
}

#[derive(Debug)]
struct Waiter {
    id: u64,
    since: Instant,
    sender: Sender,
}

type Sender = oneshot::Sender<Result<Permit, Refused>>;

/// The permission to hold a connection. Dropping it lets the next one in.
#[derive(Debug)]
pub(crate) struct Permit(Arc<Gate>);

/// Why there is no permission.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The pool is closed.
    Closed,
    /// The queue does not drain.
    Shed,
}

impl Queue {
    /// Removes the request that has waited for longest, if it is rejected.
    fn reject(&mut self, now: Instant) -> Option<Waiter> {
        let waited = now - self.waiters.front()?.since;
        if !self.shedding.rejects(waited, now) {
            return None;
        }
        self.shedding.record(waited, now);
        self.waiters.pop_front()
    }

    /// Removes the request whose turn it is.
    fn pop(&mut self, now: Instant) -> Option<Waiter> {
        let waiter = self.waiters.pop_front()?;
        self.shedding.record(now - waiter.since, now);
        Some(waiter)
    }
}

impl Gate {
    /// Returns a gate that sheds requests if they wait for longer than `shed_after`.
    pub(crate) fn new(permits: usize, shed_after: Duration) -> Arc<Self> {
        let queues = std::array::from_fn(|_| Queue {
            waiters: VecDeque::new(),
            shedding: Shedding::new(shed_after),
        });
        Arc::new(Self(Mutex::new(State {
            free: permits,
            queues,
            next_id: 0,
            is_closed: false,
        })))
    }

    /// Returns a permission if one is free and no request waits.
    pub(crate) fn try_acquire(self: &Arc<Self>) -> Option<Permit> {
        self.take(|_| {})
    }

    fn take(self: &Arc<Self>, taken: impl FnOnce(&mut State)) -> Option<Permit> {
        let mut state = self.lock();
        let mut queues = state.queues.iter();
        let is_free = queues.all(|queue| queue.waiters.is_empty());
        if !is_free || state.free == 0 || state.is_closed {
            return None;
        }
        state.free -= 1;
        taken(&mut state);
        Some(Permit(Arc::clone(self)))
    }

    /// Waits for a permission.
    ///
    /// # Cancel safety
    /// If the future is dropped, its place is given up, and a permission that has just arrived goes to the next one.
    pub(crate) async fn acquire(self: &Arc<Self>, priority: Priority) -> Result<Permit, Refused> {
        let queue = place(priority);
        let without_wait = |state: &mut State| {
            let shedding = &mut state.queues[queue].shedding;
            shedding.record(Duration::ZERO, Instant::now());
        };
        if let Some(permit) = self.take(without_wait) {
            return Ok(permit);
        }
        let (id, receiver) = {
            let mut state = self.lock();
            if state.is_closed {
                return Err(Refused::Closed);
            }
            let id = state.next_id;
            state.next_id += 1;
            let (sender, receiver) = oneshot::channel();
            let since = Instant::now();
            let waiters = &mut state.queues[queue].waiters;
            waiters.push_back(Waiter { id, since, sender });
            (id, receiver)
        };
        // A permission may have been returned between the two locks. In an overload, this request lets those go that
        // have waited for too long, which is sooner than the next permission.
        self.serve();
        let _place = Place {
            gate: self,
            queue,
            id,
        };
        receiver.await.unwrap_or(Err(Refused::Closed))
    }

    /// Returns the number of free permissions, and of requests that wait.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let state = self.lock();
        let waiting = state.queues.iter().map(|queue| queue.waiters.len());
        (state.free, waiting.sum())
    }

    /// Gives no permission from now on. Requests that wait get an error.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        let queues = state.queues.iter_mut();
        let waiting: Vec<_> = queues
            .map(|queue| std::mem::take(&mut queue.waiters))
            .collect();
        drop(state);
        drop(waiting);
    }

    /// Ends the waits that are over: of requests that are rejected, and of those that get a free permission.
    fn serve(self: &Arc<Self>) {
        while let Some((sender, outcome)) = self.next() {
            // If the receiver is gone, the permission is dropped, which serves the next one.
            drop(sender.send(outcome));
        }
    }

    /// Removes a request whose wait is over, and returns its outcome. The highest priority is first.
    fn next(self: &Arc<Self>) -> Option<(Sender, Result<Permit, Refused>)> {
        let mut state = self.lock();
        let now = Instant::now();
        let mut queues = state.queues.iter_mut();
        if let Some(rejected) = queues.find_map(|queue| queue.reject(now)) {
            return Some((rejected.sender, Err(Refused::Shed)));
        }
        if state.free == 0 {
            return None;
        }
        let mut queues = state.queues.iter_mut().rev();
        let waiter = queues.find_map(|queue| queue.pop(now))?;
        state.free -= 1;
        Some((waiter.sender, Ok(Permit(Arc::clone(self)))))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.lock().free += 1;
        self.0.serve();
    }
}

/// The place in a queue of a future that may be dropped.
struct Place<'g> {
    gate: &'g Gate,
    queue: usize,
    id: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        let queue = &mut state.queues[self.queue].waiters;
        let removed = queue
            .iter()
            .position(|waiter| waiter.id == self.id)
            .and_then(|at| queue.remove(at));
        drop(state);
        drop(removed);
    }
}

fn place(priority: Priority) -> usize {
    match priority {
        Priority::Background => 0,
        Priority::Critical => 2,
        Priority::Normal => 1,
    }
}

#[cfg(test)]
mod tests;
