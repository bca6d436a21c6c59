//! The bounded map of entries.
//!
//! The library `quick_cache` keeps the entries and decides which one is evicted: a variant of S3-FIFO, so keys that are
//! used once do not evict those that are used often. Its own guards for computations are not used: a dropped guard
//! begins the computation again.

use std::{
    hash::{Hash, RandomState},
    sync::Arc,
};

use quick_cache::{Lifecycle, OptionsBuilder, Weighter, sync::Cache};

use crate::entry::Entry;

/// One entry has at most this part of the weight of a cache.
const MAX_SHARE: u64 = 100;
/// With this number of shards at most, each has room for several of the heaviest entries.
const MAX_SHARDS: usize = 16;
/// With fewer entries in a shard, their distribution over the shards would be too uneven.
const MIN_IN_SHARD: usize = 32;
/// The number of keys that quick_cache plans for if only the weight is limited.
const ESTIMATED_ENTRIES: usize = 10_000;

/// The size of a cache.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    Entries(usize),
    Weight(u64),
}

/// Entries to be dropped after the locks are released, since the `Drop` of a value may use the cache.
pub(crate) type Removed<K, V> = Vec<(K, Arc<Entry<V>>)>;

pub(crate) struct Store<K, V> {
    // The hash is that of std, since clients may choose keys that collide.
    map: Cache<K, Arc<Entry<V>>, ByEntry, RandomState, Collect>,
    max_weight: u64,
    /// The lock of quick_cache, for loom, which does not see it.
    #[cfg(all(test, highball_loom))]
    gate: crate::sync::Mutex<()>,
}

#[derive(Clone)]
struct ByEntry;

impl<K, V> Weighter<K, Arc<Entry<V>>> for ByEntry {
    fn weight(&self, _: &K, entry: &Arc<Entry<V>>) -> u64 {
        entry.weight
    }
}

#[derive(Clone)]
struct Collect;

impl<K, V> Lifecycle<K, V> for Collect {
    type RequestState = Vec<(K, V)>;

    fn on_evict(&self, removed: &mut Self::RequestState, key: K, entry: V) {
        removed.push((key, entry));
    }
}

impl<K: Hash + Eq + Clone, V> Store<K, V> {
    pub(crate) fn new(bound: Bound) -> Self {
        let (entries, weight, max_weight) = match bound {
            Bound::Entries(entries) => (entries, entries as u64, u64::MAX),
            Bound::Weight(weight) => (ESTIMATED_ENTRIES, weight, weight / MAX_SHARE),
        };
        let mut shards = MAX_SHARDS;
        while shards > 1 && entries / shards < MIN_IN_SHARD {
            shards /= 2;
        }
        let options = OptionsBuilder::new()
            .shards(shards)
            .estimated_items_capacity(entries)
            // quick_cache rounds the part of each shard up, so the sum could be more than the limit.
            .weight_capacity(weight - weight % shards as u64)
            .build()
            .unwrap_or_else(|_| unreachable!("both capacities are set"));
        let map = Cache::with_options(options, ByEntry, RandomState::new(), Collect);
        Self {
            map,
            max_weight,
            #[cfg(all(test, highball_loom))]
            gate: crate::sync::Mutex::new(()),
        }
    }

    /// Returns the weight above which an entry is not stored.
    #[cfg(feature = "highball")]
    pub(crate) fn max_weight(&self) -> u64 {
        self.max_weight
    }

    pub(crate) fn get(&self, key: &K) -> Option<Arc<Entry<V>>> {
        #[cfg(all(test, highball_loom))]
        let _gate = crate::sync::lock(&self.gate);
        self.map.get(key)
    }

    /// Stores an entry unless it is too heavy. Returns the entries that have left the map, with the one before it.
    ///
    /// A value that is refreshed keeps its place and the count of its uses.
    pub(crate) fn insert(&self, key: K, entry: Arc<Entry<V>>) -> Removed<K, V> {
        #[cfg(all(test, highball_loom))]
        let _gate = crate::sync::lock(&self.gate);
        let mut removed = Vec::new();
        if entry.weight > self.max_weight {
            removed.extend(self.map.remove(&key));
            removed.push((key, entry));
            return removed;
        }
        self.map.insert_with_lifecycle(key, entry, &mut removed);
        removed
    }

    pub(crate) fn remove(&self, key: &K) -> Option<(K, Arc<Entry<V>>)> {
        #[cfg(all(test, highball_loom))]
        let _gate = crate::sync::lock(&self.gate);
        self.map.remove(key)
    }

    pub(crate) fn len(&self) -> usize {
        self.map.len()
    }

    pub(crate) fn weight(&self) -> u64 {
        self.map.weight()
    }
}
