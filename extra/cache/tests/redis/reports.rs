//! Faults that users of other caches and clients have reported. The README lists them.

use std::{io, time::Instant};

use highball_cache::{Cache, Redis, Tag};
use highball_faults::{Proxy, Server};
use redis::{Client, Commands, cmd};

use crate::instance::{Database, Instance, KEY, MINUTE, PREFIX, Place, eventually, millis};

/// FusionCache #613: a call during an invalidation found the value that was just being removed, and stored it in the
/// process again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_during_an_invalidation_does_not_bring_the_value_back() {
    let Some(place) = Place::new() else {
        return;
    };
    let database = Database::default();
    let one = Instance::new(place.redis().patience(MINUTE), &database);
    one.published().await;
    for round in 0..10 {
        one.get().await;
        place.written(KEY).await;
        let number = database.change();
        // These are published first, so the publication is under way when the value is read.
        for id in 0..2_000 {
            one.redis.tags().invalidate(Tag::new("other", id + round));
        }
        one.cache.invalidate(&KEY);
        assert_eq!(one.get().await, number);
    }
    assert_eq!(one.cache.stats().second_skips, 0);
}

/// dotnet/extensions #7771: the time of an invalidation was compared with that of the reader, and not of the value.
#[tokio::test]
async fn a_process_that_starts_after_an_invalidation_does_not_use_the_value() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = place.instance(&database).await;
    one.get().await;
    place.written(KEY).await;
    let number = one.change().await;
    drop(one);
    assert_eq!(Instance::new(place.redis(), &database).get().await, number);
}

/// dotnet/extensions #6833: a value with tags was read by a call with others, and was not readable.
#[tokio::test]
async fn a_value_is_readable_with_other_tags() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    place.instance(&database).await.get().await;
    place.written(KEY).await;
    let untagged: Cache<u64, u64> = Cache::builder(MINUTE)
        .second_level(&place.redis(), PREFIX)
        .build();
    let load = || database.clone().read(millis(0));
    untagged.get(KEY, load).await.expect("it is there");
    assert_eq!(database.reads(), 1);
}

/// laravel/framework #61328: a value that was written during a flush was never invalidated by any later one.
#[tokio::test]
async fn a_value_that_was_written_during_an_invalidation_can_be_invalidated() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = place.instance(&database).await;
    for _ in 0..50 {
        let (_, ()) = tokio::join!(one.slow_get(millis(1)), async {
            tokio::time::sleep(millis(1)).await;
            one.redis.tags().invalidate("numbers");
        });
        let number = one.change().await;
        assert_eq!(
            Instance::new(one.redis.clone(), &database).get().await,
            number
        );
    }
}

/// laravel/framework #43850: the tags of values that had expired were kept for ever.
#[tokio::test]
async fn tags_of_values_take_no_memory_in_redis() {
    let Some(place) = Place::new() else { return };
    let redis = place.redis();
    let cache: Cache<u64, u64> = Cache::builder(millis(100))
        .tags_by(|key| [Tag::new("number", key)])
        .second_level(&redis, PREFIX)
        .build();
    for key in 0..500 {
        let load = || async move { Ok::<_, io::Error>(key) };
        cache.get(key, load).await.expect("it loads");
    }
    place.written(499).await;
    eventually(|| place.keys() == [place.stamps()]).await;
    let stamps: usize = place
        .connection()
        .zcard(place.stamps())
        .expect("Redis answers");
    assert_eq!(stamps, 4, "nothing was invalidated");
}

/// laravel/framework #25482: to flush a tag with many values took the memory and the time of all of them.
#[tokio::test]
async fn a_tag_of_many_values_is_invalidated_at_once() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let redis = place.redis();
    let cache: Cache<u64, u64> = Cache::builder(MINUTE)
        .tags_by(|_| ["numbers"])
        .second_level(&redis, PREFIX)
        .build();
    for key in 0..2_000 {
        let load = || database.clone().read(millis(0));
        cache.get(key, load).await.expect("it loads");
    }
    let begun = Instant::now();
    cache.invalidate_tag("numbers");
    redis.published().await.expect("Redis answers");
    let took = begun.elapsed();
    assert!(took < millis(500), "{took:?}");
    let load = || database.clone().read(millis(0));
    cache.get(KEY, load).await.expect("it loads");
    assert_eq!(database.reads(), 2_001);
}

/// rails/rails #37337: `max number of clients reached` was an error of the call.
#[tokio::test]
async fn a_redis_with_too_many_clients_fails_no_call() {
    let server = Server::redis().setting("maxclients", "3");
    let Some(server) = server.start_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let one = place.instance(&database).await;
    one.get().await;
    let two = Instance::new(place.redis(), &database);
    two.get().await;
    let published = two.redis.published().await;
    assert!(published.is_err(), "it has no connection");
    drop(one);
    two.published().await;
}

/// rails/rails #42818: an error of the client's own, here a wrong password, was an error of the call.
#[tokio::test]
async fn a_wrong_password_fails_no_call_and_is_reported_without_it() {
    let server = Server::redis().password("sesame");
    let Some(server) = server.start_or_skip().await else {
        return;
    };
    let url = format!("redis://:hunter2@{}/", server.addr());
    let redis = Redis::new(Client::open(url).expect("a URL"));
    let one = Instance::new(redis.clone(), &Database::default());
    one.get().await;
    let error = redis
        .published()
        .await
        .expect_err("it is wrong")
        .to_string();
    assert!(error.contains("AuthenticationFailed"), "{error}");
    assert!(!format!("{error} {redis:?} {one:?}", one = one.cache).contains("hunter2"));
}

/// redis-rs #404, redis-py #2089, redix #133: after a connection was lost, the subscription never came back.
#[tokio::test]
async fn the_subscription_comes_back_after_each_loss() {
    let Some(place) = Place::new() else { return };
    let proxy = Proxy::start(place.connection_addr());
    let database = Database::default();
    let one = place.instance(&database).await;
    let redis = place.redis_at(&format!("redis://{}/", proxy.addr()));
    let two = Instance::new(redis, &database);
    two.published().await;
    for _ in 0..10 {
        two.get().await;
        proxy.cut();
        eventually(|| proxy.counts().open == 0).await;
        two.published().await;
        let number = one.change().await;
        two.becomes(number).await;
    }
}

/// next-shared-cache #771: the cache never used Redis again after it had failed once.
#[tokio::test]
async fn values_are_read_and_written_again_after_an_outage() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let one = place.instance(&database).await;
    one.get().await;
    server.stop().await;
    one.cache.invalidate(&KEY);
    one.get().await;
    server.start_again().await;
    one.published().await;
    one.change().await;
    one.get().await;
    place.written(KEY).await;
    let reads = database.reads();
    place.instance(&database).await.get().await;
    assert_eq!(database.reads(), reads);
}

/// FusionCache #442: a message made each process read its values from Redis again, though no call needed them.
#[tokio::test]
async fn an_invalidation_reads_nothing() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    one.get().await;
    two.get().await;
    one.change().await;
    eventually(|| two.cache.peek(&KEY).is_none()).await;
    tokio::time::sleep(millis(20)).await;
    let stats = two.cache.stats();
    assert_eq!(stats.second_hits + stats.second_misses, 1, "{stats:?}");
}

/// graphql-redis-subscriptions #308: the databases of a server share their channels, so the messages of one environment
/// reached another.
#[tokio::test]
async fn databases_of_a_server_are_apart() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = place.instance(&database).await;
    let redis = place.redis_at(&format!("{}1", place.url));
    let two = Instance::new(redis, &database);
    two.published().await;
    two.get().await;
    one.cache.clear();
    one.redis.tags().invalidate("numbers");
    one.published().await;
    tokio::time::sleep(millis(50)).await;
    assert!(two.cache.peek(&KEY).is_some());
    let other = Place {
        url: format!("{}1", place.url),
        namespace: place.namespace.clone(),
    };
    other.written(KEY).await;
}

/// dotCMS #35874, druid #20255: keys of caches whose names begin alike were equal.
#[test]
fn names_that_would_be_ambiguous_are_refused() {
    let redis = || Redis::new(Client::open("redis://127.0.0.1/").expect("a URL"));
    let with = |prefix: &'static str| {
        let builder = Cache::<u64, u64>::builder(MINUTE);
        drop(builder.second_level(&redis(), prefix));
    };
    let refused: [Box<dyn Fn()>; 4] = [
        Box::new(|| with("")),
        Box::new(|| with("a/b")),
        Box::new(|| drop(redis().namespace(""))),
        Box::new(|| drop(redis().namespace("a/b"))),
    ];
    for refused in refused {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(refused));
        assert!(outcome.is_err());
    }
    with("a:b");
}

/// worldmonitor #188, type-cacheable #210: a value of another type or version was returned, or was an error.
#[tokio::test]
async fn a_value_that_cannot_be_read_is_computed() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let texts: Cache<u64, String> = Cache::builder(MINUTE)
        .second_level(&place.redis(), PREFIX)
        .build();
    let load = || async { Ok::<_, io::Error>("tea".to_owned()) };
    texts.get(KEY, load).await.expect("it loads");
    place.written(KEY).await;
    let one = place.instance(&database).await;
    assert_eq!(one.get().await, 0);
    let mut connection = place.connection();
    for bytes in [&b""[..], b"garbage", &[1; 49]] {
        let _: () = connection
            .set(place.name(KEY), bytes)
            .expect("Redis answers");
        let new = place.instance(&database).await;
        assert_eq!(new.get().await, 0);
        let stats = new.cache.stats();
        assert_eq!((stats.second_misses, stats.errors), (1, 0));
    }
    // A key of another type is an error of Redis.
    let _: () = connection.del(place.name(KEY)).expect("Redis answers");
    let _: () = connection.rpush(place.name(KEY), 1).expect("Redis answers");
    let new = place.instance(&database).await;
    assert_eq!(new.get().await, 0);
    assert_eq!(new.cache.stats().second_skips, 1);
    new.published().await;
}

/// pulp #2026, CacheManager #338: invalidations during an outage were lost.
#[tokio::test]
async fn an_invalidation_during_a_restart_is_not_lost() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    one.get().await;
    two.get().await;
    server.stop().await;
    let number = database.change();
    one.cache.invalidate_tag(Tag::new("number", KEY));
    server.start_again().await;
    two.becomes(number).await;
    one.published().await;
    assert_eq!(place.instance(&database).await.get().await, number);
}

/// FusionCache #180: an operator who removes a value by `DEL` expects that processes notice. They do not, so the
/// documentation names `FLUSHALL` and `clear`.
#[tokio::test]
async fn a_value_that_is_removed_by_hand_is_written_again() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = place.instance(&database).await;
    one.get().await;
    place.written(KEY).await;
    cmd("DEL")
        .arg(place.name(KEY))
        .exec(&mut place.connection())
        .expect("Redis answers");
    assert_eq!(one.cache.peek(&KEY), Some(0));
    place.instance(&database).await.get().await;
    place.written(KEY).await;
    assert_eq!(database.reads(), 2);
}
