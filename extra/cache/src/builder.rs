//! The options of a cache.

use std::{fmt, hash::Hash, sync::Arc, time::Duration};

use crate::{
    cache::Cache,
    shared::{Options, Shared},
    store::Bound,
    tags::{Tag, Tags},
};

const DEFAULT_ENTRIES: usize = 10_000;
const DEFAULT_JITTER: f64 = 0.1;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_RETRY: Duration = Duration::from_secs(1);

/// The options of a cache, from [`Cache::builder`].
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use highball_cache::{Builder, Cache};
///
/// let builder: Builder<String, String> = Cache::builder(Duration::from_secs(60))
///     .stale(Duration::from_secs(600))
///     .on_error(Duration::from_secs(7200))
///     .soft(Duration::from_millis(80))
///     .entries(50_000);
/// let cache = builder.build();
/// # let _ = cache;
/// ```
#[must_use = "`build` returns the cache"]
pub struct Builder<K, V> {
    pub(crate) options: Options<K, V>,
    pub(crate) tags: Tags,
}

// Only `build` has bounds, so a key that has none of them is one error and not one for each option.
impl<K, V> Builder<K, V> {
    pub(crate) fn new(ttl: Duration) -> Self {
        let options = Options {
            ttl,
            ttl_by: None,
            jitter: DEFAULT_JITTER,
            stale: Duration::ZERO,
            on_error: Duration::ZERO,
            retry: DEFAULT_RETRY,
            soft: None,
            timeout: DEFAULT_TIMEOUT,
            early: 1.0,
            bound: Bound::Entries(DEFAULT_ENTRIES),
            weigh: None,
            tags_by: None,
            #[cfg(feature = "redis")]
            second: None,
        };
        Self {
            options,
            tags: Tags::new(),
        }
    }

    /// Sets how long a value is returned after it has expired, while a new one is computed in the background. The
    /// default is zero.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60))
    ///     .stale(Duration::from_secs(600))
    ///     .build();
    /// # let _ = cache;
    /// ```
    pub fn stale(mut self, time: Duration) -> Self {
        self.options.stale = time;
        self
    }

    /// Sets how long a value is returned after it has expired if the computation of a new one fails. The default is
    /// zero.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60))
    ///     .on_error(Duration::from_secs(7200))
    ///     .build();
    /// # let _ = cache;
    /// ```
    pub fn on_error(mut self, time: Duration) -> Self {
        self.options.on_error = time;
        self
    }

    /// Sets how long the old value is returned after an error before the next attempt. The default is one second.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60))
    ///     .on_error(Duration::from_secs(7200))
    ///     .retry(Duration::from_secs(10))
    ///     .build();
    /// # let _ = cache;
    /// ```
    pub fn retry(mut self, delay: Duration) -> Self {
        self.options.retry = delay;
        self
    }

    /// Sets how long a call waits for a computation if there is an old value that [`on_error`](Self::on_error) allows.
    /// Then the old value is returned, and the computation goes to its end.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60))
    ///     .on_error(Duration::from_secs(7200))
    ///     .soft(Duration::from_millis(80))
    ///     .build();
    /// # let _ = cache;
    /// ```
    pub fn soft(mut self, timeout: Duration) -> Self {
        self.options.soft = Some(timeout);
        self
    }

    /// Sets how long a computation may take. Then it is dropped, which is an error. The default is one minute.
    ///
    /// All callers wait for one computation, so a query that never ends would otherwise block its key until the program
    /// is restarted.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60))
    ///     .timeout(Duration::from_secs(5))
    ///     .build();
    /// # let _ = cache;
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Sets the part by which the time of a value is shortened at random, from 0 to 1. The default is 0.1.
    ///
    /// Values that were stored together then do not expire together.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60)).jitter(0.0).build();
    /// # let _ = cache;
    /// ```
    ///
    /// # Panics
    /// If it is not from 0 to 1.
    #[track_caller]
    pub fn jitter(mut self, share: f64) -> Self {
        assert!((0.0..=1.0).contains(&share), "a share is from 0 to 1");
        self.options.jitter = share;
        self
    }

    /// Sets how early a value that is in use is refreshed in the background. The default is 1, and 0 turns it off.
    ///
    /// Calls refresh a value at random before it expires, the earlier the longer its computation took (XFetch), so
    /// that no caller waits when it expires. A greater number refreshes earlier.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60)).early(0.0).build();
    /// # let _ = cache;
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[track_caller]
    pub fn early(mut self, beta: f64) -> Self {
        assert!(beta >= 0.0 && beta.is_finite(), "it is at least 0");
        self.options.early = beta;
        self
    }

    /// Limits the number of values. The default is 10,000.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60)).entries(500).build();
    /// # let _ = cache;
    /// ```
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn entries(mut self, max: usize) -> Self {
        assert!(max > 0, "a cache has at least one entry");
        self.options.bound = Bound::Entries(max);
        self.options.weigh = None;
        self
    }

    /// Limits the sum of the weights of the values, instead of their number.
    ///
    /// `weigh` returns the weight of a key and its value, for example their bytes. A value that is heavier than one
    /// percent of `max` is returned and never stored.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let pages = Cache::<String, String>::builder(Duration::from_secs(60))
    ///     .weight(64 << 20, |path, page| (path.len() + page.len()) as u64)
    ///     .build();
    /// # let _ = pages;
    /// ```
    ///
    /// # Panics
    /// If `max` is less than 100.
    #[track_caller]
    pub fn weight(
        mut self,
        max: u64,
        weigh: impl Fn(&K, &V) -> u64 + Send + Sync + 'static,
    ) -> Self {
        assert!(max >= 100, "one percent of the weight is at least 1");
        self.options.bound = Bound::Weight(max);
        self.options.weigh = Some(Box::new(weigh));
        self
    }

    /// Sets how long each value is fresh, by the value. `None` is the time of the cache, and zero does not store it.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// // An empty list may be filled soon.
    /// let lists = Cache::<u64, Vec<u32>>::builder(Duration::from_secs(60))
    ///     .ttl_by(|list| list.is_empty().then_some(Duration::from_secs(5)))
    ///     .build();
    /// # let _ = lists;
    /// ```
    pub fn ttl_by(mut self, ttl: impl Fn(&V) -> Option<Duration> + Send + Sync + 'static) -> Self {
        self.options.ttl_by = Some(Box::new(ttl));
        self
    }

    /// Sets the tags of each value, by its key.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::{Cache, Tag};
    /// let prices = Cache::<u64, u32>::builder(Duration::from_secs(60))
    ///     .tags_by(|product| [Tag::new("product", product), "prices".into()])
    ///     .build();
    /// prices.invalidate_tag("prices");
    /// ```
    pub fn tags_by<I>(mut self, tags: impl Fn(&K) -> I + Send + Sync + 'static) -> Self
    where
        I: IntoIterator<Item: Into<Tag>>,
    {
        let tags = move |key: &K| tags(key).into_iter().map(Into::into).collect();
        self.options.tags_by = Some(Box::new(tags));
        self
    }

    /// Shares tags with other caches.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::{Cache, Tags};
    /// let tags = Tags::new();
    /// let cache = Cache::<u64, u32>::builder(Duration::from_secs(60)).share_tags(&tags).build();
    /// # let _ = cache;
    /// ```
    pub fn share_tags(mut self, tags: &Tags) -> Self {
        self.tags = tags.clone();
        self
    }

    /// Returns the cache.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let cache: Cache<u64, u32> = Cache::builder(Duration::from_secs(60)).build();
    /// # let _ = cache;
    /// ```
    ///
    /// # Panics
    /// If it has a second level and shares tags that are not those of its `Redis`.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> Cache<K, V>
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        #[cfg(feature = "redis")]
        crate::redis::check_tags(&self.options, &self.tags);
        Cache {
            shared: Arc::new(Shared::new(self.options, self.tags)),
        }
    }
}

impl<K, T> Builder<K, Option<T>> {
    /// Sets how long a `None` is fresh, so that a thing that does not exist is not looked up for each call.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use highball_cache::Cache;
    /// let products = Cache::<u64, Option<String>>::builder(Duration::from_secs(60))
    ///     .ttl_missing(Duration::from_secs(5))
    ///     .build();
    /// # let _ = products;
    /// ```
    pub fn ttl_missing(self, ttl: Duration) -> Self {
        self.ttl_by(move |value| value.is_none().then_some(ttl))
    }
}

impl<K, V> fmt::Debug for Builder<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.options;
        f.debug_struct("Builder")
            .field("ttl", &options.ttl)
            .field("stale", &options.stale)
            .field("on_error", &options.on_error)
            .field("soft", &options.soft)
            .field("bound", &options.bound)
            .finish_non_exhaustive()
    }
}
