//! The options of a cache with a second level.

use std::{io, time::Duration};

use highball_cache::{Builder, Cache, LoadError, Redis, Tags};
use redis::{Client, Commands};

use crate::instance::{Database, Instance, KEY, MINUTE, PREFIX, Place, eventually, millis};

fn stale(builder: Builder<u64, u64>) -> Builder<u64, u64> {
    builder.ttl_by(|_| Some(millis(100))).stale(MINUTE)
}

fn on_error(builder: Builder<u64, u64>) -> Builder<u64, u64> {
    builder
        .ttl_by(|_| Some(millis(100)))
        .on_error(MINUTE)
        .retry(MINUTE)
}

#[tokio::test]
async fn a_refresh_does_not_find_the_value_that_it_refreshes() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = Instance::with(place.redis(), &database, stale);
    assert_eq!(one.get().await, 0);
    place.written(KEY).await;
    tokio::time::sleep(millis(120)).await;
    let number = database.change();
    assert_eq!(one.get().await, 0, "it is stale");
    one.becomes(number).await;
    assert_eq!(database.reads(), 2);
}

#[tokio::test]
async fn a_refresh_finds_the_value_of_another_refresh() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let [one, two] = [(); 2].map(|()| Instance::with(place.redis(), &database, stale));
    one.get().await;
    place.written(KEY).await;
    two.get().await;
    tokio::time::sleep(millis(120)).await;
    let number = database.change();
    one.get().await;
    let refreshed = || one.cache.peek(&KEY) == Some(number);
    eventually(refreshed).await;
    // The write follows the landing.
    tokio::time::sleep(millis(20)).await;
    two.get().await;
    let refreshed = || two.cache.peek(&KEY) == Some(number);
    eventually(refreshed).await;
    assert_eq!(database.reads(), 2, "one of them has computed it");
}

#[tokio::test]
async fn an_expired_value_of_redis_is_returned_and_then_refreshed() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    Instance::with(place.redis(), &database, stale).get().await;
    place.written(KEY).await;
    tokio::time::sleep(millis(120)).await;
    let number = database.change();
    let new = Instance::with(place.redis(), &database, stale);
    assert_eq!(
        new.slow_get(MINUTE).await,
        0,
        "no call waits for the database"
    );
    new.cache.invalidate(&KEY);
    new.becomes(number).await;
}

#[tokio::test]
async fn an_expired_value_of_redis_is_returned_if_the_computation_fails() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    Instance::with(place.redis(), &database, on_error)
        .get()
        .await;
    place.written(KEY).await;
    tokio::time::sleep(millis(120)).await;
    let new = Instance::with(place.redis(), &database, on_error);
    assert_eq!(new.get_or_fail().await.expect("it has an old value"), 0);
    // The next attempt is after `retry`.
    database.change();
    assert_eq!(new.get().await, 0);
    let stats = new.cache.stats();
    assert_eq!((stats.errors, stats.stale, stats.second_misses), (1, 1, 1));
}

#[tokio::test]
async fn an_error_is_not_written() {
    let Some(place) = Place::new() else { return };
    let one = place.instance(&Database::default()).await;
    let error: LoadError = one.get_or_fail().await.expect_err("it fails");
    assert!(error.downcast_ref::<io::Error>().is_some());
    assert_eq!(place.keys(), [place.stamps()]);
}

#[tokio::test]
async fn a_value_that_is_never_fresh_is_not_written_and_removes_the_older() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let ttl = |number: &u64| (*number > 0).then_some(Duration::ZERO);
    let options = |builder: Builder<u64, u64>| builder.ttl_by(ttl);
    let one = Instance::with(place.redis(), &database, options);
    one.get().await;
    place.written(KEY).await;
    one.change().await;
    assert_eq!(one.get().await, 1);
    eventually(|| place.keys() == [place.stamps()]).await;
    assert_eq!(one.get().await, 1);
    assert_eq!(database.reads(), 3);
    assert_eq!(place.keys(), [place.stamps()]);
}

#[tokio::test]
async fn a_missing_thing_is_missing_for_its_time_everywhere() {
    let Some(place) = Place::new() else { return };
    let build = || -> Cache<u64, Option<u64>> {
        Cache::builder(MINUTE)
            .ttl_missing(millis(300))
            .jitter(0.0)
            .second_level(&place.redis(), PREFIX)
            .build()
    };
    let [one, two] = [build(), build()];
    let load = |value| move || async move { Ok::<_, io::Error>(value) };
    assert_eq!(one.get(KEY, load(None)).await.expect("it loads"), None);
    place.written(KEY).await;
    let ttl: u64 = place
        .connection()
        .pttl(place.name(KEY))
        .expect("Redis answers");
    assert!(ttl <= 300, "{ttl}");
    assert_eq!(
        two.get(KEY, load(Some(5))).await.expect("it is there"),
        None
    );
    tokio::time::sleep(millis(310)).await;
    assert_eq!(
        two.get(KEY, load(Some(5))).await.expect("it loads"),
        Some(5)
    );
}

#[tokio::test]
#[should_panic(expected = "a cache with a second level has the tags of its `Redis`")]
async fn other_tags_cannot_be_shared() {
    let client = Client::open("redis://127.0.0.1:1/");
    let redis = Redis::new(client.expect("a URL"));
    let cache = Cache::<u64, u64>::builder(MINUTE)
        .second_level(&redis, PREFIX)
        .share_tags(&Tags::new())
        .build();
    drop(cache);
}
