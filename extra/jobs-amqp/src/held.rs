//! The attempts of this process.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use highball_jobs::backend::{JobId, Receipt};
use lapin::{Channel, options::BasicAckOptions};
use tokio::sync::{RwLock, RwLockReadGuard};

use crate::{link::Link, message::Message};

/// A message that this process has taken from a queue and has not acknowledged.
pub(crate) struct Taken {
    pub(crate) message: Message,
    /// The connection that has the message. After its end the broker gives the message to another one.
    pub(crate) link: Arc<Link>,
    /// The channel would be closed, and its messages returned, if it were dropped.
    pub(crate) _channel: Channel,
    pub(crate) acker: lapin::Acker,
}

impl Taken {
    /// Removes the message from its queue. Returns whether the connection still had it.
    pub(crate) async fn ack(&self) -> bool {
        self.acker
            .ack(BasicAckOptions::default())
            .await
            .unwrap_or(false)
    }

    fn is_ours(&self) -> bool {
        self.link.is_alive() && self.acker.usable()
    }
}

/// An attempt that runs.
pub(crate) struct Running {
    pub(crate) taken: Taken,
    pub(crate) worker: String,
    /// When the attempt counts as crashed, unless it is renewed.
    pub(crate) lease: Instant,
}

/// The attempts that run in this process, by the number that shuts out earlier ones.
#[derive(Default)]
pub(crate) struct Held {
    running: Mutex<HashMap<i64, Running>>,
    last: Mutex<i64>,
    /// The messages of queues that could not be moved to another one, with their crashes.
    unmoved: Mutex<HashMap<String, Vec<(Taken, u32)>>>,
    /// Each call that ends attempts has a part of it.
    ending: RwLock<()>,
}

impl Held {
    /// Adds an attempt that begins now, and returns the right to end it.
    pub(crate) fn add(&self, running: Running, now_micros: i64) -> Receipt {
        let fence = self.next(now_micros);
        let job = running.taken.message.id.clone();
        self.lock().insert(fence, running);
        Receipt { job, fence }
    }

    /// Numbers grow from one process to the next as well, because they follow the time.
    fn next(&self, now_micros: i64) -> i64 {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = now_micros.max(*last + 1);
        *last
    }

    /// Begins to end attempts, until the guard is dropped.
    pub(crate) async fn begin_end(&self) -> RwLockReadGuard<'_, ()> {
        self.ending.read().await
    }

    /// Waits for the calls that end attempts.
    pub(crate) async fn wait_for_ends(&self) {
        drop(self.ending.write().await);
    }

    /// Takes an attempt in order to end it. Returns `None` if it has ended, or its connection.
    pub(crate) fn take(&self, receipt: &Receipt) -> Option<Running> {
        let mut running = self.lock();
        if running.get(&receipt.fence)?.taken.message.id != receipt.job {
            return None;
        }
        running
            .remove(&receipt.fence)
            .filter(|running| running.taken.is_ours())
    }

    /// Puts an attempt back that could not be ended.
    pub(crate) fn put_back(&self, fence: i64, running: Running) {
        self.lock().insert(fence, running);
    }

    /// Keeps a message that could not be moved to another queue.
    pub(crate) fn keep_unmoved(&self, queue: &str, taken: Taken, crashes: u32) {
        let mut unmoved = self.unmoved.lock().unwrap_or_else(PoisonError::into_inner);
        let of_queue = unmoved.entry(queue.to_owned()).or_default();
        of_queue.push((taken, crashes));
    }

    /// Returns the messages of a queue that could not be moved. Those of a lost connection are in the queue again.
    pub(crate) fn take_unmoved(&self, queue: &str) -> Vec<(Taken, u32)> {
        let mut unmoved = self.unmoved.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_queue = unmoved.remove(queue).unwrap_or_default();
        of_queue.retain(|(taken, _)| taken.is_ours());
        of_queue
    }

    /// Takes an attempt of a job whose lease has ended before a time.
    pub(crate) fn take_late(&self, job: &str, time: Instant) -> Option<(i64, Running)> {
        let mut all = self.lock();
        all.retain(|_, running| running.taken.is_ours());
        let is_late = |running: &Running| running.taken.message.name == job && running.lease < time;
        let fence = *all.iter().find(|(_, running)| is_late(running))?.0;
        all.remove_entry(&fence)
    }

    /// Makes the leases of these jobs of a worker last until a time, and returns those that it still has.
    pub(crate) fn renew(&self, worker: &str, jobs: &[JobId], until: Instant) -> Vec<JobId> {
        let mut all = self.lock();
        all.retain(|_, running| running.taken.is_ours());
        let mut renewed = Vec::new();
        for running in all.values_mut().filter(|running| running.worker == worker) {
            let id = &running.taken.message.id;
            if jobs.contains(id) {
                running.lease = until;
                renewed.push(id.clone());
            }
        }
        renewed
    }

    /// Returns whether a job that has crashed before runs in this process.
    pub(crate) fn has_suspect(&self, job: &str) -> bool {
        self.lock().values().any(|running| {
            let message = &running.taken.message;
            message.crashes > 0 && message.name == job && running.taken.is_ours()
        })
    }

    /// Returns the messages of a job, the oldest attempt first.
    pub(crate) fn messages(&self, job: &str) -> Vec<Message> {
        let all = self.lock();
        let mut ours = all
            .iter()
            .filter(|(_, running)| running.taken.message.name == job && running.taken.is_ours())
            .collect::<Vec<_>>();
        ours.sort_by_key(|(fence, _)| **fence);
        let messages = ours
            .into_iter()
            .map(|(_, running)| running.taken.message.clone());
        messages.collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held")
            .field("jobs", &self.lock().len())
            .finish()
    }
}
