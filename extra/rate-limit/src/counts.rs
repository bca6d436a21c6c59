//! The counts of one limit in one app.

use std::{
    collections::HashMap,
    fmt, mem,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use governor::{
    RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    nanos::Nanos,
    state::StateStore,
};

use crate::quota::Quota;

/// How many keys are known at once.
const MOST_KEYS: usize = 1 << 20;

/// The counts of one limit in one app.
pub(crate) struct Counts(RateLimiter<u64, Generations, DefaultClock, StateInformationMiddleware>);

impl Counts {
    pub(crate) fn new(quota: Quota) -> Self {
        let store = Generations::new(MOST_KEYS, quota.fill());
        let clock = DefaultClock::default();
        Self(RateLimiter::new(quota.governed(), store, clock))
    }

    /// Counts a request of this key: returns how many more may follow at once, or after how many seconds
    /// the next one may come.
    pub(crate) fn count(&self, key: u64) -> Result<u32, u64> {
        match self.0.check_key(&key) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(until) => {
                let wait = until.wait_time_from(self.0.clock().now());
                // A client that comes back at once would be refused again.
                Err((wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1))
            }
        }
    }
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counts").finish_non_exhaustive()
    }
}

/// Counts by key, in two generations: a key that is met moves to the newer one, and when that has lasted for
/// as long as a credit takes to fill, the older one is dropped. What is in it then has a full credit, so
/// nothing is lost. A generation that is full ends early: then those that were not met for longest are
/// forgotten, and no request is refused for lack of room.
struct Generations {
    inner: Mutex<Inner>,
    most: usize,
    lasts: Duration,
}

struct Inner {
    newer: HashMap<u64, Nanos>,
    older: HashMap<u64, Nanos>,
    /// When the newer one began.
    since: Instant,
}

impl Generations {
    fn new(most: usize, lasts: Duration) -> Self {
        Self {
            inner: Mutex::new(Inner {
                newer: HashMap::new(),
                older: HashMap::new(),
                since: Instant::now(),
            }),
            most: most / 2,
            lasts,
        }
    }
}

impl Inner {
    /// Begins a new generation where it is time, and returns the one that is dropped.
    fn turn(&mut self, most: usize, lasts: Duration, now: Instant) -> Option<HashMap<u64, Nanos>> {
        let is_over = now.saturating_duration_since(self.since) >= lasts;
        if self.newer.len() < most && !is_over {
            return None;
        }
        self.since = now;
        let newer = mem::take(&mut self.newer);
        Some(mem::replace(&mut self.older, newer))
    }
}

impl StateStore for Generations {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        // Nothing in here panics halfway.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped = inner.turn(self.most, self.lasts, Instant::now());
        let known = inner.newer.get(key).or_else(|| inner.older.get(key));
        let known = known.copied();
        let (answer, state) = match f(known) {
            Ok((answer, state)) => (Ok(answer), Some(state)),
            // A key that is refused stays known, however long it goes on.
            Err(error) => (Err(error), known),
        };
        if let Some(state) = state {
            inner.newer.insert(*key, state);
        }
        drop(inner);
        // A large one takes its time, for which nobody shall wait.
        drop(dropped);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds 1 to the count of a key, and returns it.
    fn add(store: &Generations, key: u64) -> u64 {
        let added = store.measure_and_replace(&key, |count| {
            let count = count.map_or(0, Nanos::as_u64) + 1;
            Ok::<_, ()>((count, Nanos::new(count)))
        });
        added.expect("it is not refused")
    }

    fn len(store: &Generations) -> usize {
        let inner = store.inner.lock().expect("no panic");
        inner.newer.len() + inner.older.len()
    }

    #[test]
    fn memory_is_bounded_and_who_comes_often_stays_known() {
        let store = Generations::new(100, Duration::from_secs(3600));
        for key in 0..10_000 {
            assert_eq!(add(&store, u64::MAX), key + 1);
            assert_eq!(add(&store, key), 1);
            assert!(len(&store) <= 100);
        }
    }

    #[test]
    fn who_was_not_seen_for_long_is_forgotten() {
        let store = Generations::new(100, Duration::from_secs(3600));
        add(&store, 1);
        let age = |by: Duration| {
            let mut inner = store.inner.lock().expect("no panic");
            let now = inner.since + by;
            drop(inner.turn(100, Duration::from_secs(3600), now));
        };
        age(Duration::from_secs(3600));
        assert_eq!(len(&store), 1, "it may have come at the end");
        age(Duration::from_secs(3599));
        assert_eq!(len(&store), 1);
        age(Duration::from_secs(3600));
        assert_eq!(len(&store), 0);
    }

    #[test]
    fn who_is_refused_stays_known() {
        let store = Generations::new(4, Duration::from_secs(3600));
        add(&store, 1);
        for key in 2..100 {
            add(&store, key);
            let refused = store.measure_and_replace(&1, |count| {
                assert!(count.is_some(), "forgotten at {key}");
                Err::<((), Nanos), _>(())
            });
            assert!(refused.is_err());
        }
    }
}
