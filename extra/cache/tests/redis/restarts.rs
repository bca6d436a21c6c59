//! Redis loses stamps, values or its role.

use highball_faults::{Mode, Proxy, Server};
use redis::Commands;

use crate::instance::{Database, Instance, KEY, Place, eventually, millis};

fn run(place: &Place, command: &str) {
    let mut words = command.split(' ');
    let mut command = redis::cmd(words.next().expect("a command"));
    for word in words {
        command.arg(word);
    }
    command
        .exec(&mut place.connection())
        .expect("Redis answers");
}

/// Redis keeps nothing on the disk.
async fn volatile() -> Option<Server> {
    Server::redis()
        .setting("appendonly", "no")
        .start_or_skip()
        .await
}

/// The invalidation is lost with Redis, before an instance without a connection could get it.
#[tokio::test]
async fn a_redis_that_was_restarted_empty_brings_no_invalidated_value_back() {
    let Some(server) = volatile().await else {
        return;
    };
    let place = Place::at(server.url());
    let proxy = Proxy::start(server.addr());
    let database = Database::default();
    let one = place.instance(&database).await;
    let two = Instance::new(place.redis_at(&server.url_at(proxy.addr())), &database);
    two.published().await;
    one.get().await;
    two.get().await;
    proxy.refuse();
    proxy.cut();
    let number = one.change().await;
    assert_eq!(two.get().await, number - 1, "it cannot know");
    server.kill().await;
    server.start_again().await;
    assert!(place.keys().is_empty());
    proxy.pass();
    eventually(|| two.cache.peek(&KEY).is_none()).await;
    assert_eq!(two.get().await, number);
    assert_eq!(one.get().await, number);
}

/// Redis starts with an old copy of its data: the value is there, and its invalidation is not.
#[tokio::test]
async fn a_redis_with_an_old_copy_brings_no_invalidated_value_back() {
    let Some(server) = volatile().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let one = place.instance(&database).await;
    one.get().await;
    place.written(KEY).await;
    run(&place, "SAVE");
    let number = one.change().await;
    server.kill().await;
    server.start_again().await;
    let mut connection = place.connection();
    let is_back: bool = connection.exists(place.name(KEY)).expect("Redis answers");
    assert!(is_back, "the test needs the old value");
    let new = Instance::new(place.redis(), &database);
    assert_eq!(new.get().await, number);
    one.becomes(number).await;
}

/// A restart that loses nothing. Values are computed again, since that cannot be known.
#[tokio::test]
async fn a_restart_of_redis_is_survived() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    for mode in [Mode::Fast, Mode::Immediate] {
        one.get().await;
        server.restart(mode).await;
        while one.redis.published().await.is_err() || two.redis.published().await.is_err() {}
        let number = one.change().await;
        two.becomes(number).await;
        place.written(KEY).await;
    }
}

/// `FLUSHALL` empties the first levels too.
#[tokio::test]
async fn an_emptied_redis_empties_the_instances() {
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
    run(&place, "FLUSHALL");
    let is_empty = |instance: &Instance| instance.cache.peek(&KEY).is_none();
    eventually(|| is_empty(&one) && is_empty(&two)).await;
    let number = one.change().await;
    two.becomes(number).await;
}

/// With `allkeys-lru`, Redis may evict the stamps and keep values.
#[tokio::test]
async fn values_without_stamps_are_not_used() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = place.instance(&database).await;
    one.get().await;
    place.written(KEY).await;
    let mut connection = place.connection();
    let number = one.change().await;
    let removed: bool = connection.del(place.stamps()).expect("Redis answers");
    assert!(removed);
    let new = Instance::new(place.redis(), &database);
    assert_eq!(new.get().await, number);
    // An invalidation finds no stamps either.
    let number = one.change().await;
    new.becomes(number).await;
}

/// After a failover, connections may lead to a server that only reads, with old data.
#[tokio::test]
async fn a_server_that_became_a_replica_is_not_used() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let one = place.instance(&database).await;
    one.get().await;
    run(&place, "REPLICAOF 127.0.0.1 1");
    let mut error = String::new();
    while !error.contains("ReadOnly") && !error.contains("READONLY") {
        error = one
            .redis
            .published()
            .await
            .err()
            .map_or_else(String::new, |error| error.to_string());
    }
    one.cache.invalidate(&KEY);
    let skips = one.cache.stats().second_skips;
    one.get().await;
    assert_eq!(one.cache.stats().second_skips, skips + 1);
    run(&place, "REPLICAOF NO ONE");
    while one.redis.published().await.is_err() {}
    one.get().await;
}

/// Values find no room, and invalidations still do.
#[tokio::test]
async fn a_full_redis_takes_invalidations() {
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
    place.written(KEY).await;
    two.get().await;
    run(&place, "CONFIG SET maxmemory 1");
    let number = one.change().await;
    two.becomes(number).await;
    eventually(|| two.cache.stats().second_skips > 0).await;
    run(&place, "CONFIG SET maxmemory 0");
    let number = one.change().await;
    two.becomes(number).await;
    tokio::time::sleep(millis(20)).await;
    let reads = database.reads();
    place.instance(&database).await.get().await;
    assert_eq!(database.reads(), reads, "values are written again");
}
