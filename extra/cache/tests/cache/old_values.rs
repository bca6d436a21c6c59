//! Values that have expired, or will soon: who waits, and what is returned.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use highball_cache::Cache;
use tokio::{
    task::JoinSet,
    time::{Instant, advance, sleep},
};

use crate::{MINUTE, SEC, Source, fail, millis, plain};

#[tokio::test(start_paused = true)]
async fn a_value_expires_after_its_time() {
    let (cache, source) = (plain(SEC).build(), Source::default());
    let get = || cache.get(1, || source.clone().read(millis(0)));
    assert_eq!(get().await.expect("it works"), 1);
    advance(millis(999)).await;
    assert_eq!(get().await.expect("it works"), 1);
    advance(millis(1)).await;
    assert_eq!(get().await.expect("it works"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stale_value_is_returned_while_one_refresh_runs() {
    let (cache, source) = (plain(SEC).stale(MINUTE).build(), Source::default());
    let get = || cache.get(1, || source.clone().read(millis(300)));
    assert_eq!(get().await.expect("it works"), 1);
    sleep(SEC).await;
    let begun = Instant::now();
    for _ in 0..100 {
        assert_eq!(get().await.expect("it works"), 1);
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    sleep(millis(301)).await;
    assert_eq!(get().await.expect("it works"), 2);
    assert_eq!(source.begun(), 2);
    // After the time for stale values, callers wait.
    sleep(SEC + MINUTE).await;
    assert_eq!(get().await.expect("it works"), 3);
}

#[tokio::test(start_paused = true)]
async fn an_old_value_is_returned_if_the_refresh_fails_and_attempts_are_throttled() {
    let cache = plain(SEC).on_error(MINUTE).retry(10 * SEC).build();
    let source = Source::default();
    cache
        .get(1, || source.clone().read(millis(0)))
        .await
        .expect("it works");
    sleep(2 * SEC).await;
    for _ in 0..100 {
        assert_eq!(cache.get(1, fail).await.expect("the old value"), 1);
    }
    assert_eq!(cache.stats().errors, 1);
    // The database is back, and after the delay its value is returned.
    sleep(9 * SEC).await;
    let get = || cache.get(1, || source.clone().read(millis(10)));
    assert_eq!(get().await.expect("the old value"), 1);
    sleep(SEC).await;
    assert_eq!(get().await.expect("the new value"), 2);
    // After its time the old value is not returned.
    sleep(SEC + MINUTE).await;
    assert!(cache.get(1, fail).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_causes_no_error() {
    let is_away = Arc::new(AtomicBool::new(false));
    let cache = plain(SEC).stale(SEC).on_error(10 * MINUTE).build();
    let load = || {
        let is_away = is_away.load(Ordering::SeqCst);
        async move {
            sleep(millis(5)).await;
            if is_away { fail().await } else { Ok(1) }
        }
    };
    for second in 0..60 {
        is_away.store((15..45).contains(&second), Ordering::SeqCst);
        for _ in 0..10 {
            assert_eq!(cache.get(1, load).await.expect("no error"), 1);
            sleep(millis(100)).await;
        }
    }
    assert!(cache.stats().errors <= 30, "{:?}", cache.stats());
    assert!(cache.stats().errors >= 10, "{:?}", cache.stats());
}

#[tokio::test(start_paused = true)]
async fn a_slow_refresh_returns_the_old_value_and_goes_to_its_end() {
    let cache = plain(SEC).on_error(MINUTE).soft(millis(80)).build();
    let source = Source::default();
    let get = || cache.get(1, || source.clone().read(millis(300)));
    // Without an old value there is nothing to return.
    assert_eq!(get().await.expect("it works"), 1);
    sleep(2 * SEC).await;
    let begun = Instant::now();
    assert_eq!(get().await.expect("the old value"), 1);
    assert_eq!(begun.elapsed(), millis(80));
    sleep(millis(221)).await;
    assert_eq!(get().await.expect("the new value"), 2);
    assert_eq!(source.begun(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_quick_refresh_returns_the_new_value() {
    let cache = plain(SEC).on_error(MINUTE).soft(millis(80)).build();
    let source = Source::default();
    let get = || cache.get(1, || source.clone().read(millis(10)));
    assert_eq!(get().await.expect("it works"), 1);
    sleep(2 * SEC).await;
    assert_eq!(get().await.expect("the new value"), 2);
}

#[tokio::test(start_paused = true)]
async fn missing_values_are_stored_for_their_time() {
    let cache = Cache::<u64, Option<u64>>::builder(MINUTE)
        .jitter(0.0)
        .ttl_missing(5 * SEC)
        .build();
    let load = || async { Ok::<_, io::Error>(None) };
    for _ in 0..10 {
        assert_eq!(cache.get(1, load).await.expect("it works"), None);
    }
    assert_eq!(cache.stats().loads, 1);
    sleep(5 * SEC).await;
    let load = || async { Ok::<_, io::Error>(Some(5)) };
    assert_eq!(cache.get(1, load).await.expect("it works"), Some(5));
    sleep(30 * SEC).await;
    assert_eq!(cache.peek(&1), Some(Some(5)));
}

#[tokio::test(start_paused = true)]
async fn a_value_with_no_time_is_never_stored() {
    let cache = plain(MINUTE)
        .ttl_by(|_| Some(Duration::ZERO))
        .stale(MINUTE)
        .build();
    let source = Source::default();
    for expected in 1..4 {
        let value = cache.get(1, || source.clone().read(millis(1))).await;
        assert_eq!(value.expect("it works"), expected);
    }
}

/// Reads a hot key 2,000 times a second for 60 seconds. Returns the computations, and the calls that waited longer than
/// a millisecond after the first computation.
async fn read_hot_key(cache: Cache<u64, u64>) -> (u64, u64) {
    let source = Source::default();
    let cost = millis(20);
    let mut callers = JoinSet::new();
    let mut waited = 0;
    cache
        .get(1, || source.clone().read(cost))
        .await
        .expect("it works");
    for _ in 0..60_000 {
        for _ in 0..2 {
            let (cache, source) = (cache.clone(), source.clone());
            callers.spawn(async move {
                let begun = Instant::now();
                cache.get(1, || source.read(cost)).await.expect("it works");
                begun.elapsed() > millis(1)
            });
        }
        sleep(millis(1)).await;
        while let Some(slow) = callers.try_join_next() {
            waited += u64::from(slow.expect("no panic"));
        }
    }
    waited += callers
        .join_all()
        .await
        .into_iter()
        .map(u64::from)
        .sum::<u64>();
    (source.begun(), waited)
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_when_a_hot_key_expires() {
    let (computations, waited) = read_hot_key(Cache::builder(SEC).build()).await;
    println!("early refresh: {computations} computations, {waited} calls waited");
    assert!(computations <= 72, "{computations}");
    assert_eq!(waited, 0);

    // The control: without early refreshes, the calls during each computation wait.
    let (computations, waited) = read_hot_key(plain(SEC).build()).await;
    println!("plain ttl: {computations} computations, {waited} calls waited");
    assert!(waited > 1000, "{waited}");
}

#[tokio::test(start_paused = true)]
async fn values_that_were_stored_together_do_not_expire_together() {
    let cache = Cache::<u64, u64>::builder(100 * SEC).early(0.0).build();
    for key in 0..1000 {
        cache.insert(key, key);
    }
    let fresh = || (0..1000).filter(|key| cache.peek(key).is_some()).count();
    advance(90 * SEC).await;
    assert_eq!(fresh(), 1000);
    let mut last = 1000;
    for _ in 0..10 {
        advance(SEC).await;
        let now = fresh();
        assert!((50..150).contains(&(last - now)), "{last} then {now}");
        last = now;
    }
    assert_eq!(last, 0);
}
