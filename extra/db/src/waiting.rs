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
    queues: [VecDeque<Waiter>; 3],
    next_id: u64,
    is_closed: bool,
    shedding: Option<Shedding>,
}

#[derive(Debug)]
struct Waiter {
    id: u64,
    since: Instant,
    sender: oneshot::Sender<Result<Permit, Refused>>,
}

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

impl Gate {
    pub(crate) fn new(permits: usize, shedding: Option<Shedding>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            free: permits,
            queues: Default::default(),
            next_id: 0,
            is_closed: false,
            shedding,
        })))
    }

    /// Returns a permission if one is free and no request waits.
    pub(crate) fn try_acquire(self: &Arc<Self>) -> Option<Permit> {
        let mut state = self.lock();
        let is_free =
            state.free > 0 && !state.is_closed && state.queues.iter().all(VecDeque::is_empty);
        is_free.then(|| {
            state.free -= 1;
            if let Some(shedding) = &mut state.shedding {
                shedding.rejects(Duration::ZERO, Instant::now());
            }
            Permit(Arc::clone(self))
        })
    }

    /// Waits for a permission.
    ///
    /// # Cancel safety
    /// If the future is dropped, its place is given up, and a permission that has just arrived goes to the next one.
    pub(crate) async fn acquire(self: &Arc<Self>, priority: Priority) -> Result<Permit, Refused> {
        if let Some(permit) = self.try_acquire() {
            return Ok(permit);
        }
        let queue = place(priority);
        let (id, receiver) = {
            let mut state = self.lock();
            if state.is_closed {
                return Err(Refused::Closed);
            }
            let id = state.next_id;
            state.next_id += 1;
            let (sender, receiver) = oneshot::channel();
            let since = Instant::now();
            state.queues[queue].push_back(Waiter { id, since, sender });
            (id, receiver)
        };
        // A permission may have been returned between the two locks.
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
        (state.free, state.queues.iter().map(VecDeque::len).sum())
    }

    /// Gives no permission from now on. Requests that wait get an error.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        let waiting = std::mem::take(&mut state.queues);
        drop(state);
        drop(waiting);
    }

    /// Gives free permissions to requests that wait, the highest priority first.
    fn serve(self: &Arc<Self>) {
        loop {
            let waiter = {
                let mut state = self.lock();
                if state.free == 0 {
                    return;
                }
                let Some(waiter) = state.queues.iter_mut().rev().find_map(VecDeque::pop_front)
                else {
                    return;
                };
                let (now, since) = (Instant::now(), waiter.since);
                let shedding = state.shedding.as_mut();
                if shedding.is_some_and(|shedding| shedding.rejects(now - since, now)) {
                    drop(state);
                    // An error means that the receiver is gone.
                    drop(waiter.sender.send(Err(Refused::Shed)));
                    continue;
                }
                state.free -= 1;
                waiter
            };
            // If the receiver is gone, the permission is dropped, which serves the next one.
            drop(waiter.sender.send(Ok(Permit(Arc::clone(self)))));
        }
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
        let queue = &mut state.queues[self.queue];
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
mod tests {
    use std::{
        future::Future,
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn higher_priorities_come_first_and_each_is_in_order() {
        let gate = Gate::new(1, None);
        let held = gate.try_acquire().expect("a free permission");
        let mut low = pin!(gate.acquire(Priority::Background));
        let mut first = pin!(gate.acquire(Priority::Normal));
        let mut second = pin!(gate.acquire(Priority::Normal));
        let mut high = pin!(gate.acquire(Priority::Critical));
        for _ in 0..2 {
            assert!(poll(low.as_mut()).is_pending() && poll(first.as_mut()).is_pending());
            assert!(poll(second.as_mut()).is_pending() && poll(high.as_mut()).is_pending());
        }
        assert_eq!(gate.counts(), (0, 4));
        drop(held);
        let Poll::Ready(Ok(held)) = poll(high.as_mut()) else {
            panic!("the highest is first")
        };
        assert!(poll(first.as_mut()).is_pending());
        drop(held);
        let Poll::Ready(Ok(held)) = poll(first.as_mut()) else {
            panic!("in order")
        };
        assert!(poll(second.as_mut()).is_pending() && poll(low.as_mut()).is_pending());
        drop(held);
        let Poll::Ready(Ok(held)) = poll(second.as_mut()) else {
            panic!("in order")
        };
        drop(held);
        assert!(matches!(poll(low.as_mut()), Poll::Ready(Ok(_))));
    }

    #[test]
    fn a_dropped_wait_loses_no_permission() {
        let gate = Gate::new(1, None);
        let held = gate.try_acquire().expect("a free permission");
        let mut next = pin!(gate.acquire(Priority::Normal));
        {
            let mut leaves = pin!(gate.acquire(Priority::Critical));
            assert!(poll(leaves.as_mut()).is_pending() && poll(next.as_mut()).is_pending());
            // It has arrived, and is not polled again.
            drop(held);
        }
        assert!(matches!(poll(next.as_mut()), Poll::Ready(Ok(_))));
        assert_eq!(gate.counts(), (1, 0));
    }

    #[test]
    fn a_closed_gate_is_an_error_for_old_and_new_waits() {
        let gate = Gate::new(1, None);
        let _held = gate.try_acquire();
        let mut waits = pin!(gate.acquire(Priority::Normal));
        assert!(poll(waits.as_mut()).is_pending());
        gate.close();
        assert!(matches!(
            poll(waits.as_mut()),
            Poll::Ready(Err(Refused::Closed))
        ));
        assert!(matches!(
            poll(pin!(gate.acquire(Priority::Normal))),
            Poll::Ready(Err(Refused::Closed))
        ));
    }
}
