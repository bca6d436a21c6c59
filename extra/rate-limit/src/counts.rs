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

/// The number of keys that a limit keeps at most.
const MAX_KEYS: usize = 1 << 20;

/// The counts of one limit in one app.
pub(crate) struct Counts(RateLimiter<u64, Generations, DefaultClock, StateInformationMiddleware>);

impl Counts {
    pub(crate) fn new(quota: Quota) -> Self {
        let store = Generations::new(MAX_KEYS, quota.fill_time());
        let clock = DefaultClock::default();
        Self(RateLimiter::new(quota.to_governor(), store, clock))
    }

    /// Counts a request of this key.
    ///
    /// Returns the number of requests that may follow at once, or, as an error, the number of seconds to wait
    /// before the next one.
    pub(crate) fn count(&self, key: u64) -> Result<u32, u64> {
        match self.0.check_key(&key) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(until) => {
                let wait = until.wait_time_from(self.0.clock().now());
                // A wait of 0 seconds would have the client retry at once and be rejected again.
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

/// The state of each key, in two generations.
///
/// A key that is seen moves to the newer generation. After the time in which a credit refills, a new generation
/// starts and the older one is dropped. Every key in it has a full credit by then, so no count is lost. A full
/// generation ends early: the keys that were not seen for the longest time are forgotten, and no request is
/// rejected for lack of memory.
struct Generations {
    maps: Mutex<KeyMaps>,
    /// The number of keys in one generation at most.
    max_len: usize,
    /// The time after which a generation ends.
    lifetime: Duration,
}

struct KeyMaps {
    newer: HashMap<u64, Nanos>,
    older: HashMap<u64, Nanos>,
    /// The start of the newer generation.
    since: Instant,
}

impl Generations {
    fn new(max_keys: usize, lifetime: Duration) -> Self {
        Self {
            maps: Mutex::new(KeyMaps {
                newer: HashMap::new(),
                older: HashMap::new(),
                since: Instant::now(),
            }),
            max_len: max_keys / 2,
            lifetime,
        }
    }
}

impl KeyMaps {
    /// Starts a new generation if the newer one is full or too old, and returns the dropped one.
    fn rotate(
        &mut self,
        max_len: usize,
        lifetime: Duration,
        now: Instant,
    ) -> Option<HashMap<u64, Nanos>> {
        let is_over = now.saturating_duration_since(self.since) >= lifetime;
        if self.newer.len() < max_len && !is_over {
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
        // A poisoned lock is usable: no code below panics between two changes of the maps.
        let mut maps = self.maps.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped = maps.rotate(self.max_len, self.lifetime, Instant::now());
        let known = maps.newer.get(key).or_else(|| maps.older.get(key));
        let known = known.copied();
        let (answer, state) = match f(known) {
            Ok((answer, state)) => (Ok(answer), Some(state)),
            // A rejected key moves to the newer generation too: otherwise it would be forgotten and get a
            // full credit while it is still over the limit.
            Err(error) => (Err(error), known),
        };
        if let Some(state) = state {
            maps.newer.insert(*key, state);
        }
        drop(maps);
        // Dropping a large map takes time, so it happens after the lock is released.
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
        let maps = store.maps.lock().expect("no panic");
        maps.newer.len() + maps.older.len()
    }

    #[test]
    fn memory_is_bounded_and_a_frequent_key_is_kept() {
        let store = Generations::new(100, Duration::from_secs(3600));
        for key in 0..10_000 {
            assert_eq!(add(&store, u64::MAX), key + 1);
            assert_eq!(add(&store, key), 1);
            assert!(len(&store) <= 100);
        }
    }

    #[test]
    fn a_key_that_was_not_seen_for_long_is_forgotten() {
        let store = Generations::new(100, Duration::from_secs(3600));
        add(&store, 1);
        let age = |by: Duration| {
            let mut maps = store.maps.lock().expect("no panic");
            let now = maps.since + by;
            drop(maps.rotate(100, Duration::from_secs(3600), now));
        };
        age(Duration::from_secs(3600));
        assert_eq!(len(&store), 1, "it may have come at the end");
        age(Duration::from_secs(3599));
        assert_eq!(len(&store), 1);
        age(Duration::from_secs(3600));
        assert_eq!(len(&store), 0);
    }

    #[test]
    fn a_rejected_key_is_kept() {
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
