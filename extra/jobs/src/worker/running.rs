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
}

impl Running {
    fn attempts(&self) -> MutexGuard<'_, HashMap<Receipt, Entry>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, attempt: &Arc<Attempt>, task: AbortHandle) {
        let entry = Entry {
            attempt: Arc::clone(attempt),
            task,
        };
        self.attempts().insert(attempt.receipt.clone(), entry);
    }

    pub(super) fn remove(&self, receipt: &Receipt) {
        self.attempts().remove(receipt);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.attempts().is_empty()
    }

    /// Returns the jobs that run, and those of them whose task has not been polled since a time.
    pub(super) fn jobs(&self, since: Millis) -> (Vec<JobId>, Vec<JobId>) {
        let attempts = self.attempts();
        let all = attempts.keys().map(|receipt| receipt.job.clone());
        let stuck = attempts.values().map(|entry| &entry.attempt);
        let stuck = stuck.filter(|attempt| attempt.alive.load(Relaxed) < since);
        let stuck = stuck.map(|attempt| attempt.id().clone());
        (all.collect(), stuck.collect())
    }

    /// Drops the attempts of these jobs, which have lost their lease.
    pub(super) fn lose(&self, jobs: &[JobId]) {
        let attempts = self.attempts();
        let lost = attempts
            .iter()
            .filter(|(receipt, _)| jobs.contains(&receipt.job));
        for (receipt, entry) in lost {
            eprintln!(
                "job {} has lost its lease: its thread was blocked, or the backend was away",
                receipt.job
            );
            self.lost.fetch_add(1, Relaxed);
            entry.task.abort();
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
