//! The attempts that run in this process.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use tokio::task::AbortHandle;

use crate::{
    Attempt,
    backend::{JobId, Millis, Receipt},
};

/// The attempts that run in this process.
#[derive(Default)]
pub(super) struct Running {
    attempts: Mutex<HashMap<Receipt, Entry>>,
    /// How many have lost their lease.
    pub(super) lost: AtomicU64,
}

struct Entry {
    attempt: Arc<Attempt>,
    task: AbortHandle,
    /// Whether its lease was not renewed the last time.
    is_missed: bool,
}

impl Running {
    fn attempts(&self) -> MutexGuard<'_, HashMap<Receipt, Entry>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, attempt: &Arc<Attempt>, task: AbortHandle) {
        let entry = Entry {
            attempt: Arc::clone(attempt),
            task,
            is_missed: false,
        };
        self.attempts().insert(attempt.receipt.clone(), entry);
    }

    pub(super) fn remove(&self, receipt: &Receipt) {
        self.attempts().remove(receipt);
    }

    /// Returns the jobs that run and whose task has been polled since a time. The others lose their lease.
    pub(super) fn jobs(&self, since: Millis) -> Vec<JobId> {
        let attempts = self.attempts();
        let polled = attempts.values().map(|entry| &entry.attempt);
        let polled = polled.filter(|attempt| attempt.alive.load(Relaxed) >= since);
        polled.map(|attempt| attempt.id().clone()).collect()
    }

    /// Drops those attempts of these jobs whose lease was not renewed for the second time. After the first time the
    /// job may have just ended.
    pub(super) fn lose(&self, jobs: &[JobId], renewed: &[JobId]) {
        let mut attempts = self.attempts();
        let ours = attempts
            .iter_mut()
            .filter(|(receipt, _)| jobs.contains(&receipt.job));
        for (Receipt { job, .. }, entry) in ours {
            let was_missed = entry.is_missed;
            entry.is_missed = !renewed.contains(job);
            if entry.is_missed && was_missed && !entry.task.is_finished() {
                eprintln!("job {job} has lost its lease: another attempt may run");
                self.lost.fetch_add(1, Relaxed);
                entry.task.abort();
            }
        }
    }

    /// Drops all attempts, and returns the right to end them.
    pub(super) fn take_all(&self) -> Vec<Receipt> {
        let taken = std::mem::take(&mut *self.attempts());
        let taken = taken.into_iter().map(|(receipt, entry)| {
            entry.task.abort();
            receipt
        });
        taken.collect()
    }
}
