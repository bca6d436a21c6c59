//! The histogram of durations: the bounds of all routes, and one more for the objective of a route.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// The bounds of durations in seconds, which OpenTelemetry recommends, and in nanoseconds.
const BOUNDS: [(f64, u64); 14] = [
    (0.005, 5_000_000),
    (0.01, 10_000_000),
    (0.025, 25_000_000),
    (0.05, 50_000_000),
    (0.075, 75_000_000),
    (0.1, 100_000_000),
    (0.25, 250_000_000),
    (0.5, 500_000_000),
    (0.75, 750_000_000),
    (1.0, 1_000_000_000),
    (2.5, 2_500_000_000),
    (5.0, 5_000_000_000),
    (7.5, 7_500_000_000),
    (10.0, 10_000_000_000),
];

/// The bounds in microseconds, for rules that compare a duration with one.
pub const BOUNDS_MICROS: [u64; BOUNDS.len()] = {
    let (mut micros, mut index) = ([0; BOUNDS.len()], 0);
    while index < BOUNDS.len() {
        micros[index] = BOUNDS[index].1 / 1000;
        index += 1;
    }
    micros
};

/// The index of the bucket that ends at the route's own bound.
const OWN: usize = BOUNDS.len() + 1;

/// How many buckets a route has, if all are used.
pub(super) const BUCKETS: usize = OWN + 1;

/// How many durations were in each bucket.
///
/// The own bound of a route splits one of the buckets. The lower part is the last one of the array, so that all other
/// buckets are those of [`BOUNDS`], found by the same search on each route.
#[derive(Debug)]
pub(super) struct Durations {
    /// Those of [`BOUNDS`], that without a bound, and the lower part of the one that is split.
    buckets: [AtomicU64; BUCKETS],
    /// The index of the bucket that is split. That of a route without an own bound is none.
    split: usize,
    /// The own bound, in nanoseconds.
    own: u64,
}

impl Durations {
    /// Creates the buckets. The own bound is in microseconds.
    pub(super) fn new(own: Option<u64>) -> Self {
        let own = own.map(|micros| micros.saturating_mul(1000));
        // A bound of all routes is no further one.
        let own = own.filter(|own| BOUNDS.iter().all(|(_, bound)| bound != own));
        Self {
            buckets: Default::default(),
            split: own.map_or(usize::MAX, bucket_of),
            own: own.unwrap_or_default(),
        }
    }

    /// Counts a duration, and returns its nanoseconds and the index of its bucket.
    pub(super) fn count(&self, duration: Duration) -> (u64, usize) {
        let nanos = u64::from(duration.subsec_nanos());
        let nanos = duration.as_secs().saturating_mul(1_000_000_000) + nanos;
        let mut bucket = bucket_of(nanos);
        if bucket == self.split && nanos <= self.own {
            bucket = OWN;
        }
        self.buckets[bucket].fetch_add(1, Relaxed);
        (nanos, bucket)
    }

    /// Writes the bound and the count of each bucket into `buckets`.
    pub(super) fn read(&self, buckets: &mut Vec<(f64, u64)>) {
        buckets.clear();
        buckets.extend(self.order().map(|index| {
            let bound = match BOUNDS.get(index) {
                Some((bound, _)) => *bound,
                None if index == OWN => self.own as f64 / 1e9,
                None => f64::INFINITY,
            };
            (bound, self.buckets[index].load(Relaxed))
        }));
    }

    /// Returns the indices of the buckets in the order of their bounds.
    pub(super) fn order(&self) -> impl Iterator<Item = usize> + use<> {
        let split = self.split;
        (0..=BOUNDS.len()).flat_map(move |index| {
            let own = (index == split).then_some(OWN);
            own.into_iter().chain([index])
        })
    }
}

/// Returns the index of the bucket among those of all routes. Most requests are in one of the first, so a search from
/// the start is the shortest.
fn bucket_of(nanos: u64) -> usize {
    let bucket = BOUNDS.iter().position(|(_, bound)| nanos <= *bound);
    bucket.unwrap_or(BOUNDS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the buckets around the own bound, in milliseconds, for these durations.
    #[track_caller]
    fn check(own: Option<u64>, millis: &[u64], expected: &[(f64, u64)]) {
        let durations = Durations::new(own.map(|own| own * 1000));
        for millis in millis {
            durations.count(Duration::from_millis(*millis));
        }
        let mut buckets = Vec::new();
        durations.read(&mut buckets);
        assert!(buckets.is_sorted_by(|(low, _), (high, _)| low < high));
        assert_eq!(
            buckets.iter().map(|(_, count)| count).sum::<u64>(),
            millis.len() as u64
        );
        for (bound, count) in expected {
            let found = buckets.iter().find(|(other, _)| other == bound);
            assert_eq!(found, Some(&(*bound, *count)));
        }
    }

    #[test]
    fn an_own_bound_splits_a_bucket() {
        let around = [250, 251, 400, 401, 500, 501];
        check(
            Some(400),
            &around,
            &[(0.25, 1), (0.4, 2), (0.5, 2), (0.75, 1)],
        );
        check(None, &around, &[(0.25, 1), (0.5, 4), (0.75, 1)]);
        check(Some(1), &[1, 2, 6], &[(0.001, 1), (0.005, 1), (0.01, 1)]);
        let long = [10_000, 20_000, 30_000, 30_001];
        check(
            Some(30_000),
            &long,
            &[(10.0, 1), (30.0, 2), (f64::INFINITY, 1)],
        );
    }

    #[test]
    fn an_own_bound_of_all_routes_adds_no_bucket() {
        let mut buckets = Vec::new();
        for (own, count) in [(None, 15), (Some(500_000), 15), (Some(500_001), 16)] {
            Durations::new(own).read(&mut buckets);
            assert_eq!(buckets.len(), count);
        }
    }

    #[test]
    fn bounds_are_the_same_in_both_units() {
        for (seconds, nanos) in BOUNDS {
            assert_eq!((seconds * 1e9).round() as u64, nanos);
        }
    }
}
