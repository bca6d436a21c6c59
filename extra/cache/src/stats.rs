//! The numbers of a cache.

use std::{
    array,
    cell::Cell,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// Threads count in separate cache lines, since each hit counts.
const STRIPES: usize = 8;

/// The numbers of a cache since its start, from [`Cache::stats`](crate::Cache::stats).
///
/// # Examples
/// ```
/// use std::{io, time::Duration};
///
/// use highball_cache::{Cache, Stats};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), highball_cache::LoadError> {
/// let cache: Cache<u64, u32> = Cache::builder(Duration::from_secs(60)).build();
/// for _ in 0..3 {
///     cache.get(17, || async { Ok::<_, io::Error>(5) }).await?;
/// }
/// let stats: Stats = cache.stats();
/// assert_eq!((stats.loads, stats.hits, stats.entries), (1, 2, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The calls that a fresh value has answered.
    pub hits: u64,
    /// The calls that an expired value has answered.
    pub stale: u64,
    /// The calls that had to wait for a computation.
    pub waits: u64,
    /// The computations that were begun, those included that the second level has answered.
    pub loads: u64,
    /// The computations that failed or panicked.
    pub errors: u64,
    /// The values that were removed because the cache was full, or that were never stored because they are too large.
    pub evicted: u64,
    /// The computations that a value of the second level has answered. Without the feature `redis`, this and the next
    /// two numbers are 0.
    pub second_hits: u64,
    /// The computations for which the second level had no value, or one that is expired, invalidated or not readable.
    pub second_misses: u64,
    /// The reads and writes of the second level that were left out or failed, because Redis is away, slow or full.
    pub second_skips: u64,
    /// The values in the cache, those included that have expired.
    pub entries: usize,
    /// The weight of these values.
    pub weight: u64,
}

/// One of the counters.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    Hit,
    Stale,
    Wait,
    Load,
    Error,
    Evicted,
    SecondHit,
    SecondMiss,
    SecondSkip,
}

#[derive(Default)]
#[repr(align(128))]
struct Stripe([AtomicU64; 9]);

pub(crate) struct Counters([Stripe; STRIPES]);

impl Counters {
    pub(crate) fn new() -> Self {
        Self(array::from_fn(|_| Stripe::default()))
    }

    pub(crate) fn count(&self, event: Event) {
        self.0[stripe()].0[event as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn sum(&self, event: Event) -> u64 {
        let stripes = self.0.iter();
        stripes
            .map(|stripe| stripe.0[event as usize].load(Ordering::Relaxed))
            .sum()
    }
}

fn stripe() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static STRIPE: Cell<Option<usize>> = const { Cell::new(None) };
    }
    STRIPE.with(|stripe| {
        stripe.get().unwrap_or_else(|| {
            let next = NEXT.fetch_add(1, Ordering::Relaxed) % STRIPES;
            stripe.set(Some(next));
            next
        })
    })
}
