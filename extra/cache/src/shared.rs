//! The part of a cache that all its handles share.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::watch, time::Instant};

use crate::{
    early::jittered,
    entry::{Entry, Terms, last_of},
    flight::{Flight, Lead, Outcome},
    stats::{Counters, Event, Stats},
    store::{Bound, Removed, Store},
    sync::{Mutex, MutexGuard, lock},
    tags::{SharedStamp, Stamp, Tag, Tags},
    tasks::Tasks,
};

#[cfg(not(all(test, highball_loom)))]
const N_SHARDS: usize = 16;
// The order in which loom meets locks must not depend on a random hash.
#[cfg(all(test, highball_loom))]
const N_SHARDS: usize = 1;

pub(crate) type Weigh<K, V> = Box<dyn Fn(&K, &V) -> u64 + Send + Sync>;
pub(crate) type TtlBy<V> = Box<dyn Fn(&V) -> Option<Duration> + Send + Sync>;
pub(crate) type TagsBy<K> = Box<dyn Fn(&K) -> Vec<Tag> + Send + Sync>;

/// The options of a [`Builder`](crate::Builder).
pub(crate) struct Options<K, V> {
    pub(crate) ttl: Duration,
    pub(crate) ttl_by: Option<TtlBy<V>>,
    pub(crate) jitter: f64,
    pub(crate) stale: Duration,
    pub(crate) on_error: Duration,
    pub(crate) retry: Duration,
    pub(crate) soft: Option<Duration>,
    pub(crate) timeout: Duration,
    pub(crate) early: f64,
    pub(crate) bound: Bound,
    pub(crate) weigh: Option<Weigh<K, V>>,
    pub(crate) tags_by: Option<TagsBy<K>>,
    #[cfg(feature = "redis")]
    pub(crate) second: Option<crate::redis::Level<K, V>>,
}

/// The computations that are under way, by their keys.
pub(crate) type Flights<K, V> = HashMap<K, Arc<Flight<V>>>;

/// A cache.
///
/// The lock of a shard of `flights` decides the order of landings, insertions and invalidations of its keys. No `Drop`
/// of a value, no waker and no function of the user runs under it, except the `Hash`, `Eq` and `Clone` of keys.
pub(crate) struct Shared<K, V> {
    pub(crate) store: Store<K, V>,
    flights: Box<[Mutex<Flights<K, V>>]>,
    hasher: RandomState,
    /// The time at which the whole cache was last invalidated.
    pub(crate) cleared: SharedStamp,
    pub(crate) tags: Tags,
    pub(crate) tasks: Tasks,
    pub(crate) counters: Counters,
    pub(crate) options: Options<K, V>,
}

impl<K, V> Shared<K, V> {
    pub(crate) fn new(options: Options<K, V>, tags: Tags) -> Self
    where
        K: Hash + Eq + Clone,
    {
        let shards = (0..N_SHARDS).map(|_| Mutex::new(HashMap::new()));
        Self {
            store: Store::new(options.bound),
            flights: shards.collect(),
            hasher: RandomState::new(),
            cleared: SharedStamp::new(Stamp::new(0)),
            tags,
            tasks: Tasks::new(),
            counters: Counters::new(),
            options,
        }
    }
}

impl<K: Hash + Eq + Clone, V> Shared<K, V> {
    /// Locks the flights of the shard of a key.
    pub(crate) fn flights(&self, key: &K) -> MutexGuard<'_, Flights<K, V>> {
        // The remainder is less than the number of shards.
        let shard = self.hasher.hash_one(key) % N_SHARDS as u64;
        lock(&self.flights[shard as usize])
    }

    /// Begins a computation. The caller owns the lock of the key, and there is no flight that it may join.
    pub(crate) fn take_off(
        self: &Arc<Self>,
        flights: &mut Flights<K, V>,
        key: &K,
        (began, tags): (u64, Vec<SharedStamp>),
        old: Option<Arc<Entry<V>>>,
    ) -> Lead<K, V> {
        self.counters.count(Event::Load);
        let (sender, receiver) = watch::channel(Outcome::Running);
        let flight = Arc::new(Flight {
            began,
            tags: tags.into(),
            outcome: receiver,
            #[cfg(feature = "redis")]
            started: Instant::now(),
        });
        flights.insert(key.clone(), Arc::clone(&flight));
        Lead {
            shared: Arc::clone(self),
            key: key.clone(),
            flight,
            outcome: sender,
            started: Instant::now(),
            old,
            has_ended: false,
        }
    }

    /// Returns the tags of a key with this time, for a computation that begins now.
    ///
    /// The time is taken first: an invalidation from now on is later than the computation.
    pub(crate) fn tags_of(&self, key: &K) -> (u64, Vec<SharedStamp>) {
        let began = self.tags.now();
        let mut stamps = vec![SharedStamp::clone(&self.cleared)];
        #[cfg(feature = "redis")]
        self.tags.start_link();
        stamps.extend(self.tags.stamps(self.tag_names(key)));
        (began, stamps)
    }

    /// Returns the tags of a key. That may run code of the user.
    pub(crate) fn tag_names(&self, key: &K) -> Vec<Tag> {
        let tags_by = self.options.tags_by.as_ref();
        #[cfg_attr(not(feature = "redis"), expect(unused_mut))]
        let mut tags = tags_by.map_or_else(Vec::new, |tags_by| tags_by(key));
        #[cfg(feature = "redis")]
        if let Some(level) = &self.options.second {
            tags.extend(level.tags(key));
        }
        tags
    }

    /// Stores the value of a flight, if the flight was not invalidated.
    pub(crate) fn land(&self, key: &K, flight: &Arc<Flight<V>>, entry: &Arc<Entry<V>>) {
        let mut flights = self.flights(key);
        let is_current = flights
            .get(key)
            .is_some_and(|current| Arc::ptr_eq(current, flight));
        let mut removed = Removed::new();
        if is_current {
            flights.remove(key);
            removed = self.store(key, entry);
        }
        drop(flights);
        drop(removed);
    }

    /// Stores a value that was not computed by a flight. A computation that is under way is not stored.
    pub(crate) fn put(&self, key: &K, entry: &Arc<Entry<V>>) {
        let mut flights = self.flights(key);
        let flight = flights.remove(key);
        let removed = self.store(key, entry);
        drop(flights);
        drop((flight, removed));
    }

    /// Stores an entry that may be stored, and removes the one before it in any case. The caller owns the lock of the
    /// key, and drops the result after it.
    fn store(&self, key: &K, entry: &Arc<Entry<V>>) -> Removed<K, V> {
        if !self.tasks.is_open() {
            return Removed::new();
        }
        if entry.terms.fresh.is_zero() || !entry.is_valid() {
            return self.store.remove(key).into_iter().collect();
        }
        let removed = self.store.insert(key.clone(), Arc::clone(entry));
        for (other, gone) in &removed {
            // The value before it was not evicted.
            if other != key || Arc::ptr_eq(gone, entry) {
                self.counters.count(Event::Evicted);
            }
        }
        removed
    }

    /// Removes a flight that has not landed.
    pub(crate) fn leave(&self, key: &K, flight: &Arc<Flight<V>>) {
        let mut flights = self.flights(key);
        let is_current = flights
            .get(key)
            .is_some_and(|current| Arc::ptr_eq(current, flight));
        let removed = is_current.then(|| flights.remove(key));
        drop(flights);
        drop(removed);
    }

    /// Removes the value of a key, and the flight, whose value is then not stored.
    pub(crate) fn invalidate(&self, key: &K) {
        let mut flights = self.flights(key);
        let flight = flights.remove(key);
        let entry = self.store.remove(key);
        drop(flights);
        drop((flight, entry));
    }

    /// Ends landings: after this nothing is stored.
    pub(crate) fn close_store(&self) {
        self.tasks.begin_close();
        for shard in &self.flights {
            // A landing that has seen the open cache has stored its value before this lock is acquired.
            drop(lock(shard));
        }
    }

    /// Returns whether no tag was invalidated since the flight began.
    #[cfg_attr(not(feature = "redis"), expect(unused_variables))]
    pub(crate) fn is_valid(&self, flight: &Flight<V>, now: Instant) -> bool {
        #[cfg(feature = "redis")]
        if !self.trusts(flight.started, now) {
            return false;
        }
        last_of(&flight.tags) <= flight.began
    }

    /// Returns whether the invalidations of other processes are known well enough to return an entry.
    #[cfg_attr(not(feature = "redis"), expect(unused_variables, clippy::unused_self))]
    pub(crate) fn is_trusted(&self, entry: &Entry<V>, now: Instant) -> bool {
        #[cfg(feature = "redis")]
        return self.trusts(entry.valid_at, now);
        #[cfg(not(feature = "redis"))]
        true
    }

    #[cfg(feature = "redis")]
    fn trusts(&self, valid_at: Instant, now: Instant) -> bool {
        let link = self.tags.link();
        link.is_none_or(|link| link.is_trusted(valid_at, now))
    }

    pub(crate) fn weight(&self, key: &K, value: &V) -> u64 {
        let weigh = self.options.weigh.as_ref();
        weigh.map_or(1, |weigh| weigh(key, value).max(1))
    }

    /// Returns how long a value is used, by the options.
    pub(crate) fn terms(&self, value: &V) -> Terms {
        self.terms_for(jittered(self.ttl(value), self.options.jitter))
    }

    /// Returns how long a value is used that is fresh for this time.
    pub(crate) fn terms_for(&self, fresh: Duration) -> Terms {
        Terms {
            fresh,
            stale: self.options.stale,
            on_error: self.options.on_error,
        }
    }

    /// Returns how long a value is fresh at most, by the options.
    pub(crate) fn ttl(&self, value: &V) -> Duration {
        let options = &self.options;
        let ttl_by = options.ttl_by.as_ref();
        ttl_by
            .and_then(|ttl_by| ttl_by(value))
            .unwrap_or(options.ttl)
    }

    pub(crate) fn stats(&self) -> Stats {
        let sum = |event| self.counters.sum(event);
        Stats {
            hits: sum(Event::Hit),
            stale: sum(Event::Stale),
            waits: sum(Event::Wait),
            loads: sum(Event::Load),
            errors: sum(Event::Error),
            evicted: sum(Event::Evicted),
            second_hits: sum(Event::SecondHit),
            second_misses: sum(Event::SecondMiss),
            second_skips: sum(Event::SecondSkip),
            entries: self.store.len(),
            weight: self.store.weight(),
        }
    }
}
