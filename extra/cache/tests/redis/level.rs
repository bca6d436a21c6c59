//! Values that another instance has computed.

use std::{collections::BTreeMap, io};

use highball_cache::Cache;
use redis::Commands;

use crate::instance::{Database, Instance, KEY, MINUTE, PREFIX, Place, eventually, millis};

#[tokio::test]
async fn a_value_of_another_instance_is_not_computed_again() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    one.get().await;
    place.written(KEY).await;
    two.get().await;
    two.get().await;
    assert_eq!(database.reads(), 1);
    let (one, two) = (one.cache.stats(), two.cache.stats());
    assert_eq!((one.second_hits, one.second_misses), (0, 1));
    assert_eq!((two.second_hits, two.second_misses, two.hits), (1, 0, 1));
    assert_eq!((one.second_skips, two.second_skips), (0, 0));
}

/// The first call of a process finds the values of others, although it is not connected yet.
#[tokio::test]
async fn the_first_call_waits_for_the_connection() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    place.instance(&database).await.get().await;
    place.written(KEY).await;
    let new = Instance::new(place.redis(), &database);
    new.get().await;
    assert_eq!((database.reads(), new.cache.stats().second_hits), (1, 1));
}

#[tokio::test]
async fn a_value_is_as_old_as_its_computation() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let options = |builder: highball_cache::Builder<_, _>| builder.ttl_by(|_| Some(millis(600)));
    let one = Instance::with(place.redis(), &database, options);
    one.get().await;
    place.written(KEY).await;
    tokio::time::sleep(millis(350)).await;
    let two = Instance::with(place.redis(), &database, options);
    two.get().await;
    assert_eq!(database.reads(), 1);
    assert!(two.cache.peek(&KEY).is_some());
    tokio::time::sleep(millis(300)).await;
    assert!(two.cache.peek(&KEY).is_none(), "its time has begun again");
    two.get().await;
    assert_eq!(database.reads(), 2);
}

#[tokio::test]
async fn an_inserted_value_reaches_other_instances() {
    let Some(place) = Place::new() else {
        return;
    };
    let database = Database::default();
    let one = place.instance(&database).await;
    let two = place.instance(&database).await;
    two.get().await;
    place.written(KEY).await;
    one.cache.insert(KEY, 5);
    assert_eq!(one.get().await, 5);
    let mut connection = place.connection();
    let mut record = || -> Vec<u8> { connection.get(place.name(KEY)).expect("Redis answers") };
    eventually(|| record().ends_with(b"5")).await;
    two.becomes(5).await;
    assert_eq!(database.reads(), 1, "nothing is computed");
}

#[tokio::test]
async fn the_last_of_two_insertions_is_kept() {
    let Some(place) = Place::new() else {
        return;
    };
    let database = Database::default();
    let one = place.instance(&database).await;
    let two = place.instance(&database).await;
    for _ in 0..50 {
        one.cache.insert(KEY, database.change());
        one.published().await;
        let number = database.change();
        two.cache.insert(KEY, number);
        two.published().await;
        assert_eq!(two.get().await, number);
        one.becomes(number).await;
    }
}

#[tokio::test]
async fn a_closed_cache_writes_nothing() {
    let Some(place) = Place::new() else { return };
    let one = place.instance(&Database::default()).await;
    one.cache.close(MINUTE).await;
    one.cache.insert(KEY, 5);
    one.published().await;
    assert_eq!(place.keys(), [place.stamps()]);
}

#[tokio::test]
async fn a_close_waits_for_the_writes() {
    let Some(place) = Place::new() else { return };
    let one = place.instance(&Database::default()).await;
    one.get().await;
    // The value is landed, and perhaps not written: the close ends the write or waits for it.
    assert!(one.cache.close(MINUTE).await);
    let keys = place.keys();
    tokio::time::sleep(millis(50)).await;
    assert_eq!(place.keys(), keys);
}

#[tokio::test]
async fn all_keys_in_redis_expire() {
    let Some(place) = Place::new() else { return };
    let one = place.instance(&Database::default()).await;
    one.get().await;
    place.written(KEY).await;
    one.change().await;
    let mut connection = place.connection();
    let keys = place.keys();
    assert_eq!(keys.len(), 2);
    for key in keys {
        let ttl: i64 = connection.pttl(&key).expect("Redis answers");
        assert!(ttl > 0, "{key} never expires");
    }
}

#[tokio::test]
async fn two_caches_with_one_prefix_share_their_values_and_invalidations() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let redis = place.redis();
    let [one, two] = [(); 2].map(|()| Instance::new(redis.clone(), &database));
    one.get().await;
    place.written(KEY).await;
    two.get().await;
    assert_eq!(database.reads(), 1);
    one.cache.invalidate(&KEY);
    assert_eq!((one.cache.peek(&KEY), two.cache.peek(&KEY)), (None, None));
    two.get().await;
    one.cache.clear();
    assert_eq!((one.cache.peek(&KEY), two.cache.peek(&KEY)), (None, None));
}

#[tokio::test]
async fn caches_with_other_prefixes_or_namespaces_are_apart() {
    let Some(place) = Place::new() else { return };
    let cache = |redis, prefix: &str| -> Cache<u64, u64> {
        let builder = Cache::builder(MINUTE);
        builder.second_level(&redis, prefix).build()
    };
    let other = Place::at(place.url.clone());
    let redis = place.redis();
    let caches = [
        cache(redis.clone(), PREFIX),
        cache(redis, "numbers:v2"),
        cache(other.redis(), PREFIX),
    ];
    for _ in 0..2 {
        for (cache, number) in caches.iter().zip(1..) {
            let load = || async move { Ok::<_, io::Error>(number) };
            assert_eq!(cache.get(KEY, load).await.expect("it loads"), number);
        }
        place.written(KEY).await;
        other.written(KEY).await;
        caches[0].invalidate(&KEY);
        assert!(caches[1].peek(&KEY).is_some() && caches[2].peek(&KEY).is_some());
    }
}

#[tokio::test]
async fn a_key_without_a_text_is_cached_in_the_process_only() {
    let Some(place) = Place::new() else { return };
    type Key = BTreeMap<(u8, u8), u8>;
    let redis = place.redis();
    let cache: Cache<Key, u8> = Cache::builder(MINUTE).second_level(&redis, PREFIX).build();
    let key = Key::from([((1, 2), 3)]);
    let load = || async { Ok::<_, io::Error>(5) };
    assert_eq!(cache.get(key.clone(), load).await.expect("it loads"), 5);
    assert_eq!(cache.peek(&key), Some(5));
    assert_eq!(cache.stats().second_skips, 1);
    cache.invalidate(&key);
    assert_eq!(cache.peek(&key), None);
}

/// A cache without a second level, with the tags of those that have one.
#[tokio::test]
async fn shared_tags_reach_caches_without_a_second_level() {
    let Some(place) = Place::new() else { return };
    let [one, two] = [place.redis(), place.redis()];
    let cache: Cache<u64, u64> = Cache::builder(MINUTE)
        .tags_by(|_| ["numbers"])
        .share_tags(two.tags())
        .build();
    // The first connection invalidates what was stored before it.
    two.published().await.expect("it connects");
    cache.insert(KEY, 5);
    assert_eq!(cache.peek(&KEY), Some(5));
    one.tags().invalidate("numbers");
    eventually(|| cache.peek(&KEY).is_none()).await;
    assert_eq!(place.keys(), [place.stamps()]);
}

/// The URL of the app chooses the protocol.
#[tokio::test]
async fn both_protocols_have_the_same_values() {
    let Some(place) = Place::new() else {
        return;
    };
    let database = Database::default();
    for protocol in ["resp2", "resp3"] {
        let redis = place.redis_at(&format!("{}?protocol={protocol}", place.url));
        let one = Instance::new(redis, &database);
        one.get().await;
        place.written(KEY).await;
        assert_eq!(database.reads(), 1);
        one.published().await;
    }
}
