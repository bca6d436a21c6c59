//! The size of a cache.

use std::{io, time::Duration};

use highball_cache::Cache;

use crate::{MINUTE, plain};

#[tokio::test]
async fn the_number_of_values_is_limited() {
    for max in [1, 2, 10, 100, 1000] {
        let cache = plain(MINUTE).entries(max).build();
        for key in 0..10_000 {
            cache.insert(key, key);
        }
        let stats = cache.stats();
        assert!((1..=max).contains(&stats.entries), "{max}: {stats:?}");
        // The shards of the map do not all have their full number.
        assert!(stats.entries * 100 >= max * 95, "{max}: {stats:?}");
    }
}

#[tokio::test]
async fn a_value_that_is_too_heavy_is_returned_and_not_stored() {
    let cache = Cache::<u64, Vec<u8>>::builder(MINUTE)
        .weight(100_000, |_, value| value.len() as u64)
        .build();
    let load = |size| move || async move { Ok::<_, io::Error>(vec![0; size]) };
    let values = [(1, 1000), (2, 1001)];
    for (key, size) in values {
        let value = cache.get(key, load(size)).await.expect("it works");
        assert_eq!(value.len(), size);
    }
    assert!(cache.peek(&1).is_some());
    assert!(cache.peek(&2).is_none());
    // It also replaces a lighter one.
    cache.insert(1, vec![0; 1001]);
    assert!(cache.peek(&1).is_none());
}

#[tokio::test]
async fn values_that_grow_do_not_exceed_the_limit() {
    let cache = Cache::<u64, u64>::builder(MINUTE)
        .weight(10_000, |_, weight| *weight)
        .build();
    for weight in [1, 100, 3, 50] {
        for key in 0..1000 {
            cache.insert(key, weight);
            assert!(cache.stats().weight <= 10_000, "{:?}", cache.stats());
        }
    }
    let before = cache.stats().evicted;
    let key = (0..1000).find(|key| cache.peek(key).is_some());
    cache.insert(key.expect("there are some"), 50);
    assert_eq!(cache.stats().evicted, before);
}

/// A value that is often used and often refreshed is not evicted by keys that are used once.
#[tokio::test]
async fn a_refreshed_value_survives_a_scan() {
    let cache = plain(MINUTE).entries(1000).build();
    for key in 0..1000 {
        cache.insert(key, key);
    }
    let mut hits = 0;
    for round in 1..=1000 {
        hits += u64::from(cache.peek(&7).is_some());
        cache.insert(7, round);
        for scanned in 0..500 {
            cache.insert(1000 * round + scanned, 0);
        }
    }
    println!("hits of a refreshed key: {hits} of 1000");
    assert!(hits > 950, "{hits}");
}

/// A scan of keys that are used once does not evict those that are used often.
#[tokio::test]
async fn a_scan_does_not_evict_hot_keys() {
    let cache = plain(MINUTE).entries(1000).build();
    for key in 0..100 {
        cache.insert(key, key);
    }
    let mut hits = 0;
    for scanned in 0..100_000 {
        cache.insert(1000 + scanned, scanned);
        if cache.peek(&(scanned % 100)).is_some() {
            hits += 1;
        } else {
            cache.insert(scanned % 100, scanned);
        }
    }
    println!("hits during a scan: {hits} of 100000");
    assert!(hits > 95_000, "{hits}");
}

#[tokio::test]
async fn a_value_without_weight_can_be_evicted() {
    let cache = Cache::<u64, u64>::builder(Duration::from_secs(60))
        .weight(1000, |_, _| 0)
        .build();
    for key in 0..100_000 {
        cache.insert(key, key);
    }
    assert!(cache.stats().entries <= 1000, "{:?}", cache.stats());
}
