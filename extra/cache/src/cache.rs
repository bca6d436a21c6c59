//! The cache.

use std::{error::Error, fmt, future::Future, hash::Hash, sync::Arc, time::Duration};

use tokio::time::timeout;

use crate::{
    builder::Builder,
    compute::begin,
    enter::Entered,
    entry::Entry,
    error::LoadError,
    flight::{Follow, Followed},
    shared::Shared,
    stats::{Event, Stats},
    tags::{Tag, Tags},
};

/// A cache of the values of async functions, in the memory of the process.
///
/// [`get`](Self::get) returns the value of a key, or computes it. Each computation is a task that the cache owns, so
/// all callers share it and a caller that leaves changes nothing. [`Builder`] has the options.
///
/// A clone is another handle of the same cache.
///
/// # Examples
/// ```
/// use std::{io, time::Duration};
///
/// use highball_cache::{Cache, LoadError};
///
/// async fn price(product: u64) -> io::Result<u32> {
///     Ok(5)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), LoadError> {
/// let prices: Cache<u64, u32> = Cache::builder(Duration::from_secs(60)).build();
/// assert_eq!(prices.get(17, || price(17)).await?, 5);
/// # Ok(())
/// # }
/// ```
pub struct Cache<K, V> {
    pub(crate) shared: Arc<Shared<K, V>>,
}

impl<K, V> Cache<K, V> {
    /// Returns the options of a cache whose values are fresh for this time.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use highball_cache::Cache;
    ///
    /// let cache: Cache<u64, String> = Cache::builder(Duration::from_secs(60)).build();
    /// assert_eq!(cache.peek(&17), None);
    /// ```
    pub fn builder(ttl: Duration) -> Builder<K, V> {
        Builder::new(ttl)
    }
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Returns the value of a key. If there is no fresh one, `load` computes it.
    ///
    /// For each key, one computation runs at a time, and all callers wait for it. It is a separate task, so it ends
    /// even if all callers have left. All get its error, and a panic is an error too.
    ///
    /// The future that `load` returns must be `'static`, so it owns the data it needs. `load` is called only if there
    /// is something to compute: clone the data in it, not before.
    ///
    /// # Examples
    /// ```
    /// use std::{io, time::Duration};
    ///
    /// use highball_cache::{Cache, LoadError};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), LoadError> {
    /// let lengths: Cache<String, usize> = Cache::builder(Duration::from_secs(60)).build();
    /// let word = "tea".to_owned();
    /// let load = || {
    ///     let word = word.clone();
    ///     async move { Ok::<_, io::Error>(word.len()) }
    /// };
    /// assert_eq!(lengths.get(word.clone(), load).await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the computation fails, panics, takes too long, or is stopped by [`close`](Self::close), and there is no value that
    /// [`on_error`](Builder::on_error) allows to return instead.
    ///
    /// # Panics
    /// If it has to compute the value and is polled outside of a tokio runtime, or in one without timers.
    ///
    /// # Cancel safety
    /// A call can be dropped at any time. The computation goes to its end and its value is stored.
    pub async fn get<F, Fut, E>(&self, key: K, load: F) -> Result<V, LoadError>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        self.get_by(key, |_| load()).await
    }

    /// As `get`, with a loader that takes the key.
    pub(crate) async fn get_by<F, Fut, E>(&self, key: K, load: F) -> Result<V, LoadError>
    where
        F: FnOnce(&K) -> Fut,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let seen = self.shared.arrive();
        let mut load = Some(load);
        loop {
            let (follow, old) = match self.shared.enter(&key, seen) {
                Entered::Fresh(entry) => return Ok(entry.value.clone()),
                Entered::Stale(entry, lead) => {
                    begin(lead, &mut load);
                    return Ok(entry.value.clone());
                }
                Entered::Follow(follow, old) => (follow, old),
                Entered::Lead(lead, old) => {
                    let follow = lead.follow(seen);
                    if !begin(Some(lead), &mut load) {
                        return Err(LoadError::closed());
                    }
                    (follow, old)
                }
            };
            // In a box, so that the future of a hit is small: it is moved several times.
            if let Some(result) = Box::pin(self.wait(follow, old)).await {
                return result;
            }
        }
    }

    /// Waits for a computation, or for the soft timeout if there is an old value. `None` means to enter again.
    async fn wait(
        &self,
        mut follow: Follow<V>,
        old: Option<Arc<Entry<V>>>,
    ) -> Option<Result<V, LoadError>> {
        let followed = match (self.shared.options.soft, &old) {
            (Some(soft), Some(old)) => match timeout(soft, follow.wait()).await {
                Ok(followed) => followed,
                Err(_) => {
                    self.shared.counters.count(Event::Stale);
                    return Some(Ok(old.value.clone()));
                }
            },
            _ => follow.wait().await,
        };
        match (followed, old) {
            (Followed::Value(entry), _) => Some(Ok(entry.value.clone())),
            (Followed::Failed(_), Some(old)) => {
                self.shared.counters.count(Event::Stale);
                Some(Ok(old.value.clone()))
            }
            (Followed::Failed(error), None) => Some(Err(error)),
            (Followed::Again, _) => None,
        }
    }

    /// Returns the value of a key if it is fresh and in this process, and computes nothing.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::builder(Duration::from_secs(60)).build();
    /// cache.insert("tea", 5);
    /// assert_eq!(cache.peek(&"tea"), Some(5));
    /// assert_eq!(cache.peek(&"milk"), None);
    /// # }
    /// ```
    #[must_use]
    pub fn peek(&self, key: &K) -> Option<V> {
        self.shared.peek(key).map(|entry| entry.value.clone())
    }

    /// Stores a value, for example after a write to the database.
    ///
    /// A computation of the key that is under way is returned to its callers and not stored. In a cache with a second
    /// level, other processes get the value too, if this is called in a tokio runtime.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::builder(Duration::from_secs(60)).build();
    /// cache.insert("tea", 5);
    /// cache.insert("tea", 6);
    /// assert_eq!(cache.peek(&"tea"), Some(6));
    /// # }
    /// ```
    pub fn insert(&self, key: K, value: V) {
        #[cfg(feature = "redis")]
        let published = crate::redis::before_insert(&self.shared, &key);
        let (began, tags) = self.shared.tags_of(&key);
        let terms = self.shared.terms(&value);
        let mut entry = Entry::new(value, began, tags.into(), terms);
        entry.weight = self.shared.weight(&key, &entry.value);
        let entry = Arc::new(entry);
        self.shared.put(&key, &entry);
        #[cfg(feature = "redis")]
        crate::redis::after_insert(&self.shared, &key, entry, published);
    }

    /// Invalidates the value of a key.
    ///
    /// A call that begins after this returns never gets an older value. A computation that is under way is returned to
    /// its callers and not stored.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::builder(Duration::from_secs(60)).build();
    /// cache.insert("tea", 5);
    /// cache.invalidate(&"tea");
    /// assert_eq!(cache.peek(&"tea"), None);
    /// # }
    /// ```
    pub fn invalidate(&self, key: &K) {
        #[cfg(feature = "redis")]
        crate::redis::publish_key(&self.shared, key);
        self.shared.invalidate(key);
    }

    /// Invalidates all values that have the tag, in all caches that share the [`Tags`].
    ///
    /// It takes the same time however many values that are, and has the guarantees of [`invalidate`](Self::invalidate).
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use highball_cache::{Cache, Tag};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache: Cache<(u64, &str), u32> = Cache::builder(Duration::from_secs(60))
    ///     .tags_by(|(product, _)| [Tag::new("product", product)])
    ///     .build();
    /// cache.insert((17, "EUR"), 5);
    /// cache.insert((17, "USD"), 6);
    /// cache.invalidate_tag(Tag::new("product", 17));
    /// assert_eq!(cache.peek(&(17, "USD")), None);
    /// # }
    /// ```
    pub fn invalidate_tag(&self, tag: impl Into<Tag>) {
        self.shared.tags.invalidate(tag);
    }

    /// Invalidates all values of this cache, with the guarantees of [`invalidate`](Self::invalidate).
    ///
    /// Their memory is freed as they are replaced or evicted.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::builder(Duration::from_secs(60)).build();
    /// cache.insert("tea", 5);
    /// cache.clear();
    /// assert_eq!(cache.peek(&"tea"), None);
    /// # }
    /// ```
    pub fn clear(&self) {
        #[cfg(feature = "redis")]
        crate::redis::publish_all(&self.shared);
        self.shared.tags.raise(&self.shared.cleared);
    }

    /// Returns the tags of this cache.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// let cache = highball_cache::Cache::<u64, u32>::builder(Duration::from_secs(60)).build();
    /// cache.tags().invalidate("products");
    /// ```
    #[must_use]
    pub fn tags(&self) -> &Tags {
        &self.shared.tags
    }

    /// Returns the numbers of the cache.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// let cache = highball_cache::Cache::<u64, u32>::builder(Duration::from_secs(60)).build();
    /// assert_eq!(cache.stats().hits, 0);
    /// ```
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Closes the cache: nothing is stored any more. Returns whether all computations have ended in time.
    ///
    /// From the call on, no background refresh begins and no value is stored. Computations get `within` to end, and
    /// return their values to the callers that wait. Those that still run are then dropped, and their callers get an
    /// error. Fresh values are returned even after that.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::<u64, u32>::builder(Duration::from_secs(60)).build();
    /// assert!(cache.close(Duration::from_secs(5)).await);
    /// # }
    /// ```
    pub async fn close(&self, within: Duration) -> bool {
        self.shared.close_store();
        self.shared.tasks.finish(within).await
    }
}

impl<K, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<K: Hash + Eq + Clone, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("stats", &self.shared.stats())
            .finish_non_exhaustive()
    }
}
