//! Invalidations, and values that were computed before them.

use std::time::{Duration, Instant};

use highball_cache::Tag;
use redis::Commands;

use crate::instance::{Database, Instance, KEY, Place, STALE, eventually, millis};

type Invalidate = fn(&Instance);

/// The ways to invalidate the number.
const ALL: [Invalidate; 4] = [
    |one| one.cache.invalidate(&KEY),
    |one| one.cache.invalidate_tag(Tag::new("number", KEY)),
    |one| one.redis.tags().invalidate("numbers"),
    |one| one.cache.clear(),
];

#[tokio::test]
async fn keys_tags_and_clear_reach_other_instances() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    for invalidate in ALL {
        let before = two.get().await;
        place.written(KEY).await;
        let number = database.change();
        invalidate(&one);
        assert_eq!(
            one.get().await,
            number,
            "it applies at once where it is made"
        );
        one.published().await;
        assert_ne!(before, number);
        two.becomes(number).await;
    }
}

/// Nothing but the key, the tag or the cache is invalidated.
#[tokio::test]
async fn other_values_stay() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    two.get().await;
    one.cache.invalidate(&1);
    one.cache.invalidate_tag(Tag::new("number", 1));
    one.cache.invalidate_tag("other");
    one.published().await;
    tokio::time::sleep(STALE).await;
    assert!(two.cache.peek(&KEY).is_some());
}

/// A computation began before the invalidation and ends after it: its value is in no level afterwards.
#[tokio::test]
async fn a_value_from_before_an_invalidation_never_comes_back() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    for invalidate in ALL {
        let old = database.change();
        one.cache.clear();
        one.published().await;
        let (slow, number) = tokio::join!(one.slow_get(millis(100)), async {
            tokio::time::sleep(millis(30)).await;
            let number = database.change();
            invalidate(&two);
            two.published().await;
            number
        });
        assert_eq!(slow, old, "its caller came before");
        assert_eq!(one.get().await, number);
        assert_eq!(two.get().await, number);
        assert_eq!(place.instance(&database).await.get().await, number);
    }
}

/// The same, with a value that is already in Redis.
#[tokio::test]
async fn a_value_in_redis_is_not_used_after_its_invalidation() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = place.instance(&database).await;
    for invalidate in ALL {
        one.get().await;
        place.written(KEY).await;
        let number = database.change();
        invalidate(&one);
        one.published().await;
        let new = Instance::new(place.redis(), &database);
        assert_eq!(new.get().await, number);
        one.becomes(number).await;
    }
}

/// Instances read and invalidate at random. A reader that starts after a publication never gets an older number from
/// Redis, and soon none from the memory of its process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_gets_a_number_from_before_a_publication() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    let begun = Instant::now();
    let mut slowest = Duration::ZERO;
    let mut rounds = 0;
    while begun.elapsed() < Duration::from_secs(4) {
        rounds += 1;
        let writer = if fastrand::bool() { &one } else { &two };
        let invalidate = fastrand::choice(ALL).expect("there are some");
        // These computations may be under way when the number changes.
        let early = async {
            let time = millis(fastrand::u64(0..3));
            tokio::join!(one.slow_get(time), two.slow_get(time));
        };
        let write = async {
            tokio::time::sleep(millis(fastrand::u64(0..3))).await;
            let number = database.change();
            invalidate(writer);
            assert_eq!(writer.get().await, number);
            writer.published().await;
            number
        };
        let ((), number) = tokio::join!(early, write);
        // The first level of this one is empty.
        let new = Instance::new(writer.redis.clone(), &database);
        assert_eq!(new.get().await, number);
        for reader in [&one, &two] {
            slowest = slowest.max(reader.becomes(number).await);
        }
    }
    let hits = one.cache.stats().second_hits + two.cache.stats().second_hits;
    println!("{rounds} rounds, {hits} values of Redis, stale for {slowest:?} at most");
    assert!(slowest < STALE * 20, "{slowest:?}");
    assert!(rounds > 100 && hits > 0);
}

/// Invalidations of many tags go in batches, and the stamps stay bounded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_invalidations_are_published_soon() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let [one, two] = [
        place.instance(&database).await,
        place.instance(&database).await,
    ];
    two.get().await;
    let begun = Instant::now();
    for id in 0..9_000 {
        one.redis.tags().invalidate(Tag::new("other", id));
    }
    one.published().await;
    println!("9,000 invalidations in {:?}", begun.elapsed());
    assert!(two.cache.peek(&KEY).is_some());
    let stamps: usize = place
        .connection()
        .zcard(place.stamps())
        .expect("Redis answers");
    assert_eq!(stamps, 9_004);
}

/// Without a link, more invalidations than memory is meant for become one of everything.
#[tokio::test]
async fn invalidations_before_the_first_connection_are_published() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let two = place.instance(&database).await;
    two.get().await;
    place.written(KEY).await;
    let one = Instance::new(place.redis(), &database);
    for id in 0..20_000 {
        one.redis.tags().invalidate(Tag::new("other", id));
    }
    one.published().await;
    eventually(|| two.cache.peek(&KEY).is_none()).await;
}

/// After this many stamps the oldest are removed, and all values from before are invalid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removed_stamps_invalidate_what_is_older() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = place.instance(&database).await;
    one.get().await;
    place.written(KEY).await;
    // As if 100,000 other tags were invalidated since.
    let mut connection = place.connection();
    let clock: f64 = connection
        .zscore(place.stamps(), "@clock")
        .expect("Redis answers");
    let mut pipe = redis::pipe();
    for id in 0..100_000_u32 {
        let score = clock + f64::from(id);
        pipe.zadd(place.stamps(), format!("tother:{id}"), score)
            .ignore();
    }
    pipe.zadd(place.stamps(), "@clock", clock + 100_000.0)
        .ignore();
    pipe.exec(&mut connection).expect("Redis answers");
    one.redis.tags().invalidate("another");
    one.published().await;
    let stamps: usize = connection.zcard(place.stamps()).expect("Redis answers");
    assert!((80_000..=100_000).contains(&stamps), "{stamps}");
    let reads = database.reads();
    let new = Instance::new(place.redis(), &database);
    new.get().await;
    assert_eq!(database.reads(), reads + 1);
}
