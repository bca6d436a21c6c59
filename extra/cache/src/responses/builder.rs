//! The options of the cache of responses.

use std::time::Duration;

use super::{
    cache::{Kept, ResponseCache, weigh},
    plan::Key,
};
use crate::{Cache, Tags};

/// The default limit of the memory, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// The options of a [`ResponseCache`].
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use highball_cache::{Tags, responses::{Builder, ResponseCache}};
///
/// let tags = Tags::new();
/// let builder: Builder = ResponseCache::builder();
/// let responses = builder
///     .max_bytes(256 << 20)
///     .timeout(Duration::from_secs(10))
///     .share_tags(&tags)
///     .build();
/// assert_eq!(responses.stats().entries, 0);
/// ```
#[derive(Debug)]
#[must_use]
pub struct Builder(crate::Builder<Key, Kept>);

impl Builder {
    pub(super) fn new() -> Self {
        // Each route sets its own time.
        let mut builder = Cache::builder(Duration::MAX)
            .timeout(Duration::from_secs(30))
            .tags_by(|key: &Key| key.tags.to_vec());
        builder.options.terms_by = Some(Kept::terms);
        Self(builder).max_bytes(MAX_BYTES)
    }

    /// Limits the memory of all responses, in bytes. The default is 64 MiB. A response that is larger than one percent
    /// of it is sent and not stored.
    ///
    /// # Panics
    /// If it is less than 100.
    #[track_caller]
    pub fn max_bytes(self, bytes: u64) -> Self {
        Self(self.0.weight(bytes, weigh))
    }

    /// Sets the time after which a computation is stopped, 30 seconds by default.
    ///
    /// A response that never comes would otherwise block all requests with its key. They get a 503.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self(self.0.timeout(timeout))
    }

    /// Shares the tags with caches of functions, so that one invalidation reaches both.
    pub fn share_tags(self, tags: &Tags) -> Self {
        Self(self.0.share_tags(tags))
    }

    /// Keeps responses in Redis too, where other processes find them, and invalidates in all of these processes.
    ///
    /// `prefix` is the first part of the keys in Redis, such as `responses:v1`. Increase its version when the responses
    /// of a new release are different. [`Redis`](crate::Redis) describes what happens while it is away. The cache gets
    /// the [tags](crate::Redis::tags) of `redis`.
    ///
    /// # Panics
    /// If the prefix is empty or contains a slash.
    #[cfg(feature = "redis")]
    #[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
    #[track_caller]
    pub fn second_level(self, redis: &crate::Redis, prefix: impl Into<String>) -> Self {
        Self(self.0.second_level(redis, prefix))
    }

    /// Returns the cache.
    pub fn build(self) -> ResponseCache {
        ResponseCache::of(self.0.build())
    }
}
