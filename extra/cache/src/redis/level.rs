//! The second level of a cache.

use std::{
    hash::Hash,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use super::{
    Redis, check_name,
    link::Link,
    record,
    stamps::Reply,
    write::{Draft, Target},
};
use crate::{
    Builder,
    entry::{Entry, Stage},
    flight::Lead,
    shared::Options,
    stats::Event,
    tags::{Tag, Tags},
};

/// The values of a cache in Redis.
pub(crate) struct Level<K, V> {
    pub(super) tags: Tags,
    pub(super) link: Arc<Link>,
    prefix: String,
    encode_key: fn(&K) -> Option<String>,
    pub(super) encode: fn(&V) -> Option<Vec<u8>>,
    decode: fn(&[u8]) -> Option<V>,
}

impl<K, V> Builder<K, V> {
    /// Keeps values in Redis too, where other processes find them, and invalidates in all of these processes.
    ///
    /// A value that this process does not have is read from Redis before it is computed. Its age counts from its
    /// computation, wherever that was. Each process computes for itself, so a key that two need at once may be computed
    /// twice.
    ///
    /// `prefix` is the first part of the keys in Redis, such as `prices:v1`. Caches with the same prefix share their
    /// values, so increase its version when the type or the meaning of the values changes. The rest is the key as JSON,
    /// and the value is JSON too. A value that cannot be read is computed.
    ///
    /// The cache gets the [tags](Redis::tags) of `redis`, which its caches share.
    ///
    /// The function that is passed to [`get`](crate::Cache::get) is called before Redis is read, but its future does
    /// not run if there is a value.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use highball_cache::{Cache, Redis, redis_client::Client};
    ///
    /// let redis = Redis::new(Client::open("redis://127.0.0.1/")?);
    /// let prices: Cache<u64, u32> = Cache::builder(Duration::from_secs(60))
    ///     .second_level(&redis, "prices:v1")
    ///     .build();
    /// # let _ = prices;
    /// # Ok::<(), highball_cache::redis_client::RedisError>(())
    /// ```
    ///
    /// # Panics
    /// If the prefix is empty or contains a slash.
    #[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
    #[track_caller]
    pub fn second_level(mut self, redis: &Redis, prefix: impl Into<String>) -> Self
    where
        K: Serialize,
        V: Serialize + DeserializeOwned,
    {
        let prefix = prefix.into();
        check_name(&prefix);
        self.tags = redis.tags().clone();
        self.options.second = Some(Level {
            tags: redis.tags().clone(),
            link: Arc::clone(redis.link()),
            prefix,
            encode_key: |key| serde_json::to_string(key).ok(),
            encode: |value| serde_json::to_vec(value).ok(),
            decode: |json| serde_json::from_slice(json).ok(),
        });
        self
    }
}

/// Checks that a cache with a second level has its tags.
#[track_caller]
pub(crate) fn check_tags<K, V>(options: &Options<K, V>, tags: &Tags) {
    let level = options.second.as_ref();
    assert!(
        level.is_none_or(|level| level.tags.is_same(tags)),
        "a cache with a second level has the tags of its `Redis`: share `redis.tags()` with other caches"
    );
}

impl<K, V> Level<K, V> {
    /// Returns the tags that each value has besides those of the user: by its key, and by its cache.
    pub(crate) fn tags(&self, key: &K) -> impl Iterator<Item = Tag> {
        let by_key = (self.encode_key)(key).map(|key| self.tag('k', &key));
        by_key.into_iter().chain([self.tag('c', "")])
    }

    /// Returns the tag that is invalidated with a key.
    pub(super) fn key_tag(&self, key: &K) -> Tag {
        let key = (self.encode_key)(key);
        // A key that cannot be encoded has no name in Redis.
        key.map_or_else(|| self.tag('c', ""), |key| self.tag('k', &key))
    }

    /// Tags of the user do not begin with a zero.
    pub(super) fn tag(&self, kind: char, key: &str) -> Tag {
        format!("\0{kind}{}/{key}", self.prefix).into()
    }

    /// Returns the name of a value in Redis. Neither the namespace nor the prefix has a slash, so no two are equal.
    pub(super) fn name(&self, key: &K) -> Option<String> {
        let namespace = &self.link.settings.namespace;
        let key = (self.encode_key)(key)?;
        Some(format!("{namespace}/v/{}/{key}", self.prefix))
    }
}

/// A valid value of Redis.
pub(crate) struct Candidate<V> {
    value: V,
    weight: u64,
    pub(super) fresh: Duration,
    cost: Duration,
    id: u64,
    computed_at: Instant,
    /// When it was valid for sure: before it was read.
    valid_at: Instant,
}

/// Lands the value of the second level. If there is none, returns the lead.
pub(crate) async fn find<K, V>(lead: Lead<K, V>) -> Option<(Lead<K, V>, Draft<V>)>
where
    K: Hash + Eq + Clone,
{
    let mut draft = Draft {
        target: None,
        fallback: None,
    };
    let shared = Arc::clone(&lead.shared);
    let Some(level) = &shared.options.second else {
        return Some((lead, draft));
    };
    let Some(name) = level.name(&lead.key) else {
        shared.counters.count(Event::SecondSkip);
        return Some((lead, draft));
    };
    let tags = shared.tag_names(&lead.key);
    let Some((reply, valid_at)) = level.link.read(&name, &tags).await else {
        shared.counters.count(Event::SecondSkip);
        return Some((restarted(lead), draft));
    };
    if let Some(candidate) = candidate(&lead, level, &reply, valid_at) {
        let stage = shared.terms_for(candidate.fresh).stage(candidate.age());
        if candidate.is_news(&lead) && matches!(stage, Stage::Fresh | Stage::Stale) {
            shared.counters.count(Event::SecondHit);
            candidate.land(lead);
            return None;
        }
        draft.fallback = (stage == Stage::Fallback && lead.old.is_none()).then_some(candidate);
    }
    shared.counters.count(Event::SecondMiss);
    draft.target = Target::new(name, reply);
    Some((restarted(lead), draft))
}

/// The time of the computation does not contain that of the second level.
fn restarted<K: Hash + Eq + Clone, V>(mut lead: Lead<K, V>) -> Lead<K, V> {
    lead.started = Instant::now();
    lead
}

/// Returns the value of a reply, if it can be read and nothing was invalidated since. The functions of the options may
/// panic.
fn candidate<K, V>(
    lead: &Lead<K, V>,
    level: &Level<K, V>,
    reply: &Reply,
    valid_at: Instant,
) -> Option<Candidate<V>>
where
    K: Hash + Eq + Clone,
{
    let (header, json) = record::decode(reply.record.as_deref()?)?;
    if !reply.allows(&header) {
        return None;
    }
    let age = Duration::from_micros(reply.now.saturating_sub(header.written));
    let read = AssertUnwindSafe(|| {
        let value = (level.decode)(json)?;
        let ttl = lead.shared.ttl(&value);
        let weight = lead.shared.weight(&lead.key, &value);
        Some((value, ttl, weight))
    });
    let (value, ttl, weight) = catch_unwind(read).ok()??;
    Some(Candidate {
        value,
        weight,
        fresh: ttl.min(Duration::from_micros(header.fresh)),
        cost: Duration::from_micros(header.cost),
        id: header.id,
        computed_at: reply.at.checked_sub(age)?,
        valid_at,
    })
}

impl<V> Candidate<V> {
    pub(super) fn age(&self) -> Duration {
        self.computed_at.elapsed()
    }

    /// Returns whether this is not the value that is being refreshed.
    fn is_news<K: Hash + Eq + Clone>(&self, lead: &Lead<K, V>) -> bool {
        let old = lead.old.as_ref();
        old.is_none_or(|old| old.id != self.id && old.stored_at < self.computed_at)
    }

    fn land<K: Hash + Eq + Clone>(self, lead: Lead<K, V>) -> Arc<Entry<V>> {
        let terms = lead.shared.terms_for(self.fresh);
        let tags = lead.flight.tags.clone();
        let mut entry = Entry::new(self.value, lead.flight.began, tags, terms);
        entry.stored_at = self.computed_at;
        entry.cost = self.cost;
        entry.weight = self.weight;
        entry.valid_at = self.valid_at;
        entry.id = self.id;
        lead.land_entry(entry)
    }

    /// Lands an expired value after its refresh has failed. The next attempt is later.
    pub(crate) fn land_after_error<K: Hash + Eq + Clone>(self, lead: Lead<K, V>) {
        let retry = lead.shared.options.retry;
        let entry = self.land(lead);
        entry.delay_refresh(Instant::now(), retry);
    }
}
