//! A stored value, and how old it may become.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

use crate::tags::SharedStamp;

/// How long a value is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// How long it is fresh. A value with zero is never stored.
    pub(crate) fresh: Duration,
    /// How long it is used after that, while it is refreshed.
    pub(crate) stale: Duration,
    /// How long it is used after `fresh` if the refresh fails.
    pub(crate) on_error: Duration,
}

impl Terms {
    pub(crate) fn stage(self, age: Duration) -> Stage {
        let Some(over) = age.checked_sub(self.fresh) else {
            return Stage::Fresh;
        };
        // At exactly the end of its time a value is no longer used.
        if over < self.stale {
            Stage::Stale
        } else if over < self.on_error {
            Stage::Fallback
        } else {
            Stage::Gone
        }
    }
}

/// A computed value. It is valid until one of its tags is invalidated.
pub(crate) struct Entry<V> {
    pub(crate) value: V,
    /// The time of the tags before the computation began.
    pub(crate) began: u64,
    pub(crate) tags: Box<[SharedStamp]>,
    pub(crate) stored_at: Instant,
    /// How long the computation took.
    pub(crate) cost: Duration,
    /// The age from which on an early refresh is likely enough for a random number. Most hits are younger.
    pub(crate) early_from: Duration,
    pub(crate) terms: Terms,
    /// At least 1: a weight of zero would never be evicted.
    pub(crate) weight: u64,
    /// The milliseconds after `stored_at` before which there is no refresh, because the last one has failed.
    retry_at: AtomicU64,
    /// A time at which it was valid, as far as other processes have invalidated it.
    #[cfg(feature = "redis")]
    pub(crate) valid_at: Instant,
    /// A random number, by which the value is recognised in the second level.
    #[cfg(feature = "redis")]
    pub(crate) id: u64,
}

/// How an entry is used at its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Fresh,
    /// It is returned now and refreshed in the background.
    Stale,
    /// It is returned if the refresh fails or is slow.
    Fallback,
    Gone,
}

impl<V> Entry<V> {
    pub(crate) fn new(value: V, began: u64, tags: Box<[SharedStamp]>, terms: Terms) -> Self {
        Self {
            value,
            began,
            tags,
            stored_at: Instant::now(),
            cost: Duration::ZERO,
            early_from: Duration::MAX,
            terms,
            weight: 1,
            retry_at: AtomicU64::new(0),
            #[cfg(feature = "redis")]
            valid_at: Instant::now(),
            #[cfg(feature = "redis")]
            id: fastrand::u64(..),
        }
    }

    pub(crate) fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.stored_at)
    }

    pub(crate) fn stage(&self, age: Duration) -> Stage {
        self.terms.stage(age)
    }

    /// Returns whether none of the tags was invalidated since the computation began.
    pub(crate) fn is_valid(&self) -> bool {
        self.last_invalidation() <= self.began
    }

    /// Returns the time at which one of the tags was last invalidated.
    pub(crate) fn last_invalidation(&self) -> u64 {
        last_of(&self.tags)
    }

    /// Prevents refreshes for a time after one has failed.
    pub(crate) fn delay_refresh(&self, now: Instant, delay: Duration) {
        let until = millis(self.age(now).saturating_add(delay));
        self.retry_at.store(until, Ordering::Relaxed);
    }

    pub(crate) fn is_delayed(&self, age: Duration) -> bool {
        millis(age) < self.retry_at.load(Ordering::Relaxed)
    }
}

/// Returns the latest of these stamps.
pub(crate) fn last_of(stamps: &[SharedStamp]) -> u64 {
    stamps.iter().map(|stamp| stamp.get()).max().unwrap_or(0)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
