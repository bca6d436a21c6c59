//! The jobs of one name, as this process has seen them.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed},
};

use tokio::sync::Notify;

use crate::backend::{Count, Millis, State};

/// A fifth of the starts may be retries. The unit is a fifth of a retry.
const RETRY: i64 = 5;
/// The most retries that are saved up.
const MOST: i64 = 100 * RETRY;

/// The jobs of one name, as this process has seen them.
#[derive(Debug)]
pub(crate) struct Line {
    /// A permit if a job may be available.
    pub(crate) wake: Notify,
    counts: Mutex<[u64; State::ALL.len()]>,
    /// When the first job that waits can begin; [`Millis::MAX`] if none waits.
    first: AtomicI64,
    /// How many were published here since the last count.
    added: AtomicU64,
    /// The retries that are saved up.
    retries: AtomicI64,
    /// Whether a job of this name has crashed.
    suspects: AtomicBool,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            counts: Mutex::default(),
            first: AtomicI64::new(Millis::MAX),
            added: AtomicU64::new(0),
            retries: AtomicI64::new(MOST / 4),
            // Those of an earlier process.
            suspects: AtomicBool::new(true),
        }
    }
}

impl Line {
    /// Notes that a job was published.
    pub(crate) fn add(&self) {
        self.added.fetch_add(1, Relaxed);
        self.wake.notify_one();
    }

    /// Returns about how many jobs wait.
    pub(crate) fn waiting(&self) -> u64 {
        self.counts()[0] + self.added.load(Relaxed)
    }

    /// Returns how many jobs were in a state when they were last counted.
    pub(crate) fn count(&self, state: State) -> f64 {
        let idx = State::ALL.iter().position(|other| *other == state);
        let count = self.counts()[idx.unwrap_or(0)];
        // Exact up to 2^53.
        #[allow(clippy::cast_precision_loss)]
        let count = count as f64;
        count
    }

    /// Returns how many seconds the first job that waits could have begun before this time.
    pub(crate) fn late(&self, now: Millis) -> f64 {
        let millis = now.saturating_sub(self.first.load(Relaxed)).max(0);
        // Exact up to 2^53.
        #[allow(clippy::cast_precision_loss)]
        let millis = millis as f64;
        millis / 1000.0
    }

    fn counts(&self) -> [u64; State::ALL.len()] {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the counts of the backend.
    pub(crate) fn counted(&self, name: &str, counts: &[Count]) {
        let of = |state| {
            let mut counts = counts.iter();
            counts
                .find(|count| count.name == name && count.state == state)
                .map_or(0, |count| count.jobs)
        };
        let new = State::ALL.map(of);
        let mut waiting = counts.iter();
        let waiting = waiting.find(|count| count.name == name && count.state == State::Waiting);
        let first = waiting.map_or(Millis::MAX, |count| count.oldest);
        self.first.store(first, Relaxed);
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = new;
        self.added.store(0, Relaxed);
        // Another process may have found one.
        self.set_suspects(new[0] > 0);
        if new[0] > 0 {
            self.wake.notify_one();
        }
    }

    /// Notes a first start.
    pub(crate) fn started(&self) {
        let _ = self
            .retries
            .fetch_update(Relaxed, Relaxed, |saved| Some((saved + 1).min(MOST)));
    }

    /// Returns whether a retry is within the budget, and takes it.
    pub(crate) fn take_retry(&self) -> bool {
        self.retries
            .fetch_update(Relaxed, Relaxed, |saved| {
                (saved >= RETRY).then_some(saved - RETRY)
            })
            .is_ok()
    }

    /// Returns whether a job may have crashed.
    pub(crate) fn has_suspects(&self) -> bool {
        self.suspects.load(Relaxed)
    }

    /// Notes whether a job may have crashed.
    pub(crate) fn set_suspects(&self, may: bool) {
        self.suspects.store(may, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, MOST, RETRY};
    use crate::backend::{Count, State};

    #[test]
    fn the_first_job_that_waits_is_late() {
        let line = Line::default();
        assert_eq!(line.late(9_000), 0.0);
        let count = |name: &str, state, oldest| Count {
            name: name.to_owned(),
            state,
            jobs: 1,
            oldest,
        };
        let counts = [
            count("other", State::Waiting, 1_000),
            count("email", State::Running, 2_000),
            count("email", State::Waiting, 5_500),
        ];
        line.counted("email", &counts);
        assert_eq!((line.late(9_000), line.late(5_000)), (3.5, 0.0));
        line.counted("email", &counts[..2]);
        assert_eq!(line.late(9_000), 0.0);
    }

    #[test]
    fn a_fifth_of_the_starts_may_be_retries() {
        let line = Line::default();
        while line.take_retry() {}
        for _ in 0..100 {
            line.started();
        }
        let taken = (0..100).filter(|_| line.take_retry()).count();
        assert_eq!(taken, 20);
        for _ in 0..10_000 {
            line.started();
        }
        let taken = (0..10_000).filter(|_| line.take_retry()).count();
        assert_eq!(i64::try_from(taken), Ok(MOST / RETRY));
    }
}
