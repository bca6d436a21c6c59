//! Redis loses stamps, values or its role.

use std::time::{Duration, Instant};

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
    let is_there: bool = place
        .connection()
        .exists(place.name(KEY))
        .expect("Redis answers");
    assert!(!is_there, "it has lost everything");
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
        one.published().await;
        two.published().await;
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
    one.published().await;
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

/// Connections are cut and Redis is killed at random, with old copies of its data, while instances change the number.
/// After a publication, no value of Redis is older, and the instances that are connected again have the number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_outage_brings_an_invalidated_value_back() {
    let Some(server) = volatile().await else {
        return;
    };
    let place = Place::at(server.url());
    let proxies = [(); 3].map(|()| Proxy::start(server.addr()));
    let database = Database::default();
    let instances = proxies.each_ref().map(|proxy| {
        let redis = place.redis_at(&server.url_at(proxy.addr()));
        Instance::new(redis, &database)
    });
    let begun = Instant::now();
    let mut rounds = 0;
    let mut kills = 0;
    while begun.elapsed() < Duration::from_secs(5) {
        rounds += 1;
        for _ in 0..fastrand::usize(0..5) {
            instances[fastrand::usize(0..3)].get().await;
        }
        match fastrand::u32(0..16) {
            0 => run(&place, "SAVE"),
            1 => {
                kills += 1;
                server.restart(Mode::Immediate).await;
            }
            2 => run(&place, "FLUSHALL"),
            3..8 => proxies[fastrand::usize(0..3)].cut(),
            _ => {}
        }
        let number = database.change();
        let writer = &instances[fastrand::usize(0..3)];
        writer.redis.tags().invalidate("numbers");
        assert_eq!(writer.get().await, number);
        writer.published().await;
        // The first level of this one is empty.
        let new = Instance::new(writer.redis.clone(), &database);
        assert_eq!(new.get().await, number);
        for other in &instances {
            other.published().await;
            other.becomes(number).await;
        }
    }
    let hits = instances.iter().map(|one| one.cache.stats().second_hits);
    println!(
        "{rounds} rounds, {kills} kills, {} values of Redis",
        hits.sum::<u64>()
    );
}
