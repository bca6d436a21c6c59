//! Redis is away, slow, or loses a connection.

use std::time::{Duration, Instant};

use highball_cache::{Redis, Tag};
use highball_faults::Proxy;

use crate::instance::{Database, Instance, KEY, MINUTE, Place, eventually, millis};

/// The default.
const SHORT: Duration = Duration::from_millis(100);
/// The same, and some time for the test.
const ONCE: Duration = Duration::from_millis(300);
const MAX_BLIND: Duration = Duration::from_secs(2);

fn blind(redis: Redis) -> Redis {
    redis.max_blind(MAX_BLIND)
}

/// Makes calls that need Redis, and returns the slowest and all of them together.
async fn calls(instance: &Instance, count: u32) -> (Duration, Duration) {
    let mut slowest = Duration::ZERO;
    let all = Instant::now();
    for _ in 0..count {
        instance.cache.invalidate(&KEY);
        let begun = Instant::now();
        instance.get().await;
        slowest = slowest.max(begun.elapsed());
    }
    (slowest, all.elapsed())
}

#[tokio::test]
async fn a_pause_of_redis_slows_one_call_by_the_patience() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let one = Instance::new(place.redis().patience(SHORT), &database);
    one.published().await;
    one.get().await;
    server.pause().await;
    let (slowest, all) = calls(&one, 1000).await;
    println!("paused: 1,000 calls in {all:?}, the slowest {slowest:?}");
    assert!(slowest < ONCE, "{slowest:?}");
    assert!(all < ONCE * 4, "{all:?}");
    let stats = one.cache.stats();
    assert!(stats.second_skips >= 1000 && stats.errors == 0, "{stats:?}");
    // Long enough for the connections to be given up.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (slowest, _) = calls(&one, 1000).await;
    assert!(slowest < ONCE, "{slowest:?}");
    server.resume().await;
    let resumed = Instant::now();
    one.published().await;
    println!("recovered after {:?}", resumed.elapsed());
    let new = place.instance(&database).await;
    assert_eq!(new.get().await, one.get().await);
}

#[tokio::test]
async fn a_stopped_redis_slows_nothing() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let one = Instance::new(place.redis().patience(SHORT), &database);
    one.published().await;
    one.get().await;
    server.stop().await;
    let (slowest, all) = calls(&one, 1000).await;
    println!("stopped: 1,000 calls in {all:?}, the slowest {slowest:?}");
    assert!(slowest < ONCE && all < ONCE * 4, "{slowest:?}, {all:?}");
    // An instance that starts now works too.
    let new = Instance::new(place.redis().patience(SHORT), &database);
    let (slowest, all) = calls(&new, 100).await;
    assert!(slowest < ONCE && all < ONCE * 2, "{slowest:?}, {all:?}");
    let error = new.redis.published().await.expect_err("it is stopped");
    assert!(error.to_string().contains("Connection refused"), "{error}");
}

/// One instance loses its connection for a while, and another one invalidates meanwhile.
#[tokio::test]
async fn missed_invalidations_are_caught_up_before_values_are_trusted() {
    let Some(place) = Place::new() else { return };
    let addr = place.connection_addr();
    let proxy = Proxy::start(addr);
    let database = Database::default();
    let one = place.instance(&database).await;
    let two = place.redis_at(&format!("redis://{}/", proxy.addr()));
    let two = Instance::new(two, &database);
    two.published().await;
    for _ in 0..3 {
        one.get().await;
        two.get().await;
        proxy.refuse();
        proxy.cut();
        let number = one.change().await;
        tokio::time::sleep(millis(300)).await;
        assert_eq!(two.get().await, number - 1, "it cannot know");
        proxy.pass();
        two.published().await;
        assert_eq!(two.cache.peek(&KEY), None);
        assert_eq!(two.get().await, number);
    }
}

/// After the subscription is back, a message may arrive before the catch-up has its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_during_the_catch_up_hides_none_before_it() {
    let Some(place) = Place::new() else {
        return;
    };
    let proxy = Proxy::start(place.connection_addr());
    let database = Database::default();
    let one = place.instance(&database).await;
    let redis = place.redis_at(&format!("redis://{}/", proxy.addr()));
    let two = Instance::new(redis.patience(MINUTE), &database);
    two.published().await;
    let (tags, other) = (one.redis.tags().clone(), Tag::new("other", 1));
    let messages = tokio::spawn(async move {
        loop {
            tags.invalidate(other.clone());
            tokio::time::sleep(millis(1)).await;
        }
    });
    for _ in 0..5 {
        two.get().await;
        proxy.refuse();
        proxy.cut();
        eventually(|| proxy.counts().open == 0).await;
        let number = one.change().await;
        proxy.pass();
        proxy.delay(millis(0), millis(30));
        eventually(|| place.subscribers() == 2).await;
        // The answer to the subscription comes together with messages.
        proxy.stall();
        tokio::time::sleep(millis(50)).await;
        proxy.pass();
        two.becomes(number).await;
    }
    messages.abort();
}

#[tokio::test]
async fn values_are_used_for_max_blind_without_redis() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let place = Place::at(server.url());
    let database = Database::default();
    let options = |builder: highball_cache::Builder<_, _>| builder.stale(MINUTE).on_error(MINUTE);
    let one = Instance::with(blind(place.redis()), &database, options);
    one.published().await;
    one.get().await;
    // While the connection is there, it is used for longer.
    tokio::time::sleep(MAX_BLIND + millis(200)).await;
    assert_eq!(one.cache.peek(&KEY), Some(0));
    server.stop().await;
    let number = database.change();
    let stopped = Instant::now();
    eventually(|| one.cache.peek(&KEY).is_none()).await;
    let took = stopped.elapsed();
    println!("used for {took:?} with `max_blind` {MAX_BLIND:?}");
    assert!(took < MAX_BLIND + millis(50), "{took:?}");
    assert!(one.get_or_fail().await.is_err(), "it may be invalid");
    assert_eq!(one.get().await, number);
    assert_eq!(one.cache.peek(&KEY), Some(number));
}

/// Invalidations that were made without Redis are published when it is back, before a value is read from it.
#[tokio::test]
async fn invalidations_of_an_outage_are_published_after_it() {
    let Some(place) = Place::new() else { return };
    let proxy = Proxy::start(place.connection_addr());
    let database = Database::default();
    let one = place.redis_at(&format!("redis://{}/", proxy.addr()));
    let one = Instance::new(one, &database);
    let two = place.instance(&database).await;
    one.published().await;
    two.get().await;
    place.written(KEY).await;
    proxy.refuse();
    proxy.cut();
    let number = database.change();
    one.cache.invalidate_tag(Tag::new("number", KEY));
    assert_eq!(one.get().await, number);
    assert_eq!(two.get().await, number - 1, "it cannot know");
    proxy.pass();
    one.published().await;
    assert_eq!(place.instance(&database).await.get().await, number);
    two.becomes(number).await;
}

/// A connection through which nothing comes, and which is never closed.
#[tokio::test]
async fn a_connection_that_never_answers_is_replaced() {
    let Some(place) = Place::new() else { return };
    let proxy = Proxy::start(place.connection_addr());
    let database = Database::default();
    let redis = place.redis_at(&format!("redis://{}/", proxy.addr()));
    let one = Instance::new(redis, &database);
    one.published().await;
    assert_eq!(
        proxy.connects().len(),
        2,
        "one for invalidations and one for values"
    );
    proxy.stall();
    // No call notices it, but the task does.
    eventually(|| proxy.connects().len() > 2).await;
    proxy.pass();
    one.published().await;
}

/// The app ends a runtime, and uses the cache in another one.
#[test]
fn the_connection_is_opened_again_in_another_runtime() {
    let Some(place) = Place::new() else { return };
    let database = Database::default();
    let one = Instance::new(place.redis(), &database);
    for round in 0..3 {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        runtime.block_on(async {
            one.published().await;
            one.cache.invalidate(&KEY);
            one.get().await;
            assert_eq!(one.cache.stats().second_misses, round + 1);
        });
    }
}

#[tokio::test]
async fn the_task_ends_with_the_last_handle() {
    let Some(place) = Place::new() else { return };
    let proxy = Proxy::start(place.connection_addr());
    let redis = place.redis_at(&format!("redis://{}/", proxy.addr()));
    let one = Instance::new(redis, &Database::default());
    one.get().await;
    one.published().await;
    assert_eq!(proxy.counts().open, 2);
    drop(one);
    eventually(|| proxy.counts().open == 0).await;
}
