//! The attempts that run in this process.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use tokio::{
    sync::{OwnedRwLockReadGuard, RwLock},
    task::AbortHandle,
};

use crate::{
    Attempt,
    backend::{Claimed, JobId, Millis, Receipt},
};

/// The attempts that run in this process.
#[derive(Default)]
pub(super) struct Running {
    attempts: Mutex<HashMap<Receipt, Entry>>,
    /// The jobs that were claimed, and whose attempts have not begun.
    claimed: Mutex<HashSet<Receipt>>,
    /// Each claim holds a part of it.
    claiming: Arc<RwLock<()>>,
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

    fn claimed(&self) -> MutexGuard<'_, HashSet<Receipt>> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a claim, which ends when the guard is dropped.
    pub(super) async fn begin_claim(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.claiming).read_owned().await
    }

    /// Notes jobs whose attempts are about to begin.
    pub(super) fn expect(&self, jobs: &[Claimed]) {
        let receipts = jobs.iter().map(|job| job.receipt.clone());
        self.claimed().extend(receipts);
    }

    pub(super) fn add(&self, attempt: &Arc<Attempt>, task: AbortHandle) {
        let entry = Entry {
            attempt: Arc::clone(attempt),
            task,
            is_missed: false,
        };
        self.attempts().insert(attempt.receipt.clone(), entry);
        self.claimed().remove(&attempt.receipt);
    }

    pub(super) fn remove(&self, receipt: &Receipt) {
        self.attempts().remove(receipt);
        self.claimed().remove(receipt);
    }

    /// Returns whether the stop has not taken this attempt.
    pub(super) fn has(&self, receipt: &Receipt) -> bool {
        self.attempts().contains_key(receipt)
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

    /// Waits for the claims under way, drops all attempts, and returns the right to end them.
    pub(super) async fn take_all(&self) -> Vec<Receipt> {
        let _no_claim = self.claiming.write().await;
        let claimed = std::mem::take(&mut *self.claimed());
        let taken = std::mem::take(&mut *self.attempts());
        let taken = taken.into_iter().map(|(receipt, entry)| {
            entry.task.abort();
            receipt
        });
        taken.chain(claimed).collect()
    }
}
