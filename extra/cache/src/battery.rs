//! A cache of values as a battery of a server.

use std::{hash::Hash, time::Duration};

use highball::battery::{Battery, Gauge, Hooks};

use crate::{Cache, Stats};

/// How long computations may take to end at a stop.
const CLOSE: Duration = Duration::from_secs(5);

/// A [`Cache`] as a battery, from [`Cache::battery`].
///
/// # Examples
/// ```
/// use highball_cache::{Cache, CacheBattery};
/// use std::time::Duration;
///
/// let prices: Cache<u64, u32> = Cache::builder(Duration::from_secs(60)).build();
/// let battery: CacheBattery<u64, u32> = prices.battery("prices");
/// # drop(battery);
/// ```
#[derive(Debug)]
#[must_use]
pub struct CacheBattery<K: Hash + Eq + Clone, V> {
    cache: Cache<K, V>,
    name: &'static str,
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Returns the cache as a battery: metrics have its numbers, with the name as the label `cache`, and a stop waits
    /// for its computations for up to 5 seconds.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use highball_cache::cache;
    ///
    /// #[cache(ttl = mins(5))]
    /// async fn price(id: u64) -> std::io::Result<u32> {
    ///     Ok(5)
    /// }
    ///
    /// #[get("/prices/{id}")]
    /// async fn show(id: u64) -> highball::Result<Json<u32>> {
    ///     Ok(Json(price(id).await?))
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(show);
    ///
    /// # fn main() {
    /// let serving = highball::serve(Api).install(price::cache().battery("prices"));
    /// # drop(serving);
    /// # }
    /// ```
    pub fn battery(&self, name: &'static str) -> CacheBattery<K, V> {
        CacheBattery {
            cache: self.clone(),
            name,
        }
    }
}

type Read = fn(&Stats) -> u64;

const GAUGES: [(&str, &str, Read); 7] = [
    ("cache_entries", "The values in the cache.", |stats| {
        stats.entries as u64
    }),
    (
        "cache_hits",
        "The calls with a fresh value, since the start.",
        |stats| stats.hits,
    ),
    (
        "cache_stale",
        "The calls with an expired value, since the start.",
        |stats| stats.stale,
    ),
    (
        "cache_waits",
        "The calls that waited for a computation, since the start.",
        |stats| stats.waits,
    ),
    (
        "cache_loads",
        "The computations, since the start.",
        |stats| stats.loads,
    ),
    (
        "cache_errors",
        "The computations that failed, since the start.",
        |stats| stats.errors,
    ),
    (
        "cache_evicted",
        "The values for which there was no room, since the start.",
        |stats| stats.evicted,
    ),
];

impl<K, V> Battery for CacheBattery<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn name(&self) -> String {
        format!("cache {}", self.name)
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        for (name, help, read) in GAUGES {
            let cache = self.cache.clone();
            #[expect(clippy::cast_precision_loss, reason = "a count is below 2^52")]
            let read = move || read(&cache.stats()) as f64;
            hooks.gauge(Gauge::new(name, "", help, read).label("cache", self.name));
        }
        hooks.on_close(CLOSE, async move {
            // A part of the time is left for the caller to get the values.
            self.cache.close(CLOSE * 9 / 10).await;
            Ok(())
        });
    }
}
