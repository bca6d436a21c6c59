//! Faults that users of other caches have reported. The README has the links.

use std::{
    future::{pending, ready},
    io,
    sync::{Arc, OnceLock},
};

use highball_cache::{Cache, LoadError, Tag, Tags};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout},
};

use crate::{MINUTE, SEC, Source, fail, millis, plain};

/// moka #59: after the task of the first caller was aborted, the next call panicked.
#[tokio::test(start_paused = true)]
async fn an_aborted_caller_changes_nothing() {
    let (cache, source) = (plain(MINUTE).build(), Source::default());
    let caller = {
        let (cache, source) = (cache.clone(), source.clone());
        tokio::spawn(async move { cache.get(1, || source.read(SEC)).await })
    };
    sleep(millis(500)).await;
    caller.abort();
    let value = cache.get(1, || source.clone().read(SEC)).await;
    assert_eq!((value.expect("it works"), source.begun()), (1, 1));
}

/// moka #331: two calls whose errors have different types ran two computations at once.
#[tokio::test(start_paused = true)]
async fn loaders_with_different_errors_share_a_computation() {
    let cache = plain(MINUTE).build();
    let first = cache.get(1, || async {
        sleep(SEC).await;
        fail().await
    });
    let second = cache.get(1, || ready(Err::<u64, std::fmt::Error>(std::fmt::Error)));
    let (first, second) = tokio::join!(first, second);
    for error in [first, second].map(|result| result.expect_err("the first one fails")) {
        assert!(error.downcast_ref::<io::Error>().is_some());
    }
    assert_eq!(cache.stats().loads, 1);
}

/// moka #155: a value was still found after all were invalidated.
#[tokio::test]
async fn a_cleared_cache_is_empty_at_once() {
    let cache = plain(MINUTE).build();
    for round in 0..1000 {
        cache.insert(1, round);
        assert_eq!(cache.peek(&1), Some(round));
        cache.clear();
        assert_eq!(cache.peek(&1), None);
    }
}

/// moka #408: light values were not evicted as quickly as heavy ones were inserted, so the limit was exceeded.
#[tokio::test]
async fn heavy_values_do_not_exceed_the_limit() {
    const MAX: u64 = 1 << 24;
    let cache = Cache::<u64, u64>::builder(MINUTE)
        .weight(MAX, |_, weight| *weight)
        .build();
    for key in 0..65_536 {
        cache.insert(key, 512);
    }
    for key in 65_536..70_000 {
        cache.insert(key, 16_384);
        assert!(cache.stats().weight <= MAX, "{:?}", cache.stats());
    }
}

/// FusionCache #218 and #647: an early refresh that was cancelled, or panicked before it returned a future, kept the
/// lock of its key.
#[tokio::test(start_paused = true)]
async fn a_refresh_that_fails_in_any_way_frees_its_key() {
    let cache = plain(SEC).stale(MINUTE).retry(millis(1)).build();
    cache.insert(1, 1);
    sleep(2 * SEC).await;
    for round in 0..3 {
        let stale = match round {
            0 => {
                cache
                    .get(1, || -> std::future::Ready<io::Result<u64>> {
                        panic!("a bug")
                    })
                    .await
            }
            1 => cache.get(1, fail).await,
            _ => timeout(millis(1), cache.get(1, pending::<io::Result<u64>>))
                .await
                .expect("it is stale"),
        };
        assert_eq!(stale.expect("the stale value"), 1);
        sleep(2 * MINUTE / 100).await;
    }
    cache.invalidate(&1);
    let begun = Instant::now();
    let value = cache.get(1, || Source::default().read(SEC)).await;
    assert_eq!((value.expect("it works"), begun.elapsed()), (1, SEC));
}

/// The same as the next one, in the foreground: a slow computation that was begun earlier replaced a later value.
#[tokio::test(start_paused = true)]
async fn a_slow_computation_does_not_replace_a_later_value() {
    let cache = plain(MINUTE).build();
    let slow = cache.get(1, || async {
        sleep(10 * SEC).await;
        Ok::<_, io::Error>(1)
    });
    let quick = async {
        sleep(SEC).await;
        cache.invalidate(&1);
        cache.get(1, || ready(Ok::<_, io::Error>(2))).await
    };
    let (slow, quick) = tokio::join!(slow, quick);
    assert_eq!((slow.expect("it works"), quick.expect("it works")), (1, 2));
    assert_eq!(cache.peek(&1), Some(2));
}

/// FusionCache #625 and #628: an invalidation during a computation in the background was lost.
#[tokio::test(start_paused = true)]
async fn an_invalidation_during_a_background_refresh_is_not_lost() {
    for by_tag in [false, true] {
        let cache = plain(SEC)
            .stale(MINUTE)
            .tags_by(|key| [Tag::new("key", key)])
            .build();
        let source = Source::default();
        let get = || cache.get(1, || source.clone().read(SEC));
        get().await.expect("it works");
        sleep(SEC).await;
        assert_eq!(get().await.expect("the stale value"), 1);
        sleep(millis(500)).await;
        if by_tag {
            cache.invalidate_tag(Tag::new("key", 1));
        } else {
            cache.invalidate(&1);
        }
        sleep(SEC).await;
        // The refresh has read the second version, which was invalidated.
        assert_eq!(source.finished(), 2);
        assert_eq!(get().await.expect("it works"), 3);
    }
}

/// dialogporten #4252: a query that never ended blocked its key until the process was restarted.
#[tokio::test(start_paused = true)]
async fn a_computation_that_hangs_does_not_block_its_key() {
    let cache = plain(MINUTE).timeout(5 * SEC).build();
    let begun = Instant::now();
    let hanging = || cache.get(1, pending::<io::Result<u64>>);
    let (first, second) = tokio::join!(hanging(), hanging());
    assert!(
        first.expect_err("it hangs").is_timeout() && second.expect_err("it hangs").is_timeout()
    );
    assert_eq!(begun.elapsed(), 5 * SEC);
    let value = cache.get(1, || Source::default().read(SEC)).await;
    assert_eq!(value.expect("it works"), 1);
}

/// FusionCache #332: an error of a background computation that followed a soft timeout counted as a value.
#[tokio::test(start_paused = true)]
async fn an_error_after_the_soft_timeout_is_no_value() {
    let cache = plain(SEC)
        .on_error(MINUTE)
        .soft(millis(80))
        .retry(SEC)
        .build();
    cache.insert(1, 7);
    sleep(2 * SEC).await;
    let slow_failure = || async {
        sleep(millis(300)).await;
        fail().await
    };
    for _ in 0..5 {
        let value = cache.get(1, slow_failure).await;
        assert_eq!(value.expect("the old value"), 7);
        sleep(2 * SEC).await;
    }
    let value = cache.get(1, || Source::default().read(millis(1))).await;
    assert_eq!(value.expect("the new value"), 1);
}

/// quick_cache #40, mochi #348: an insertion during a computation was lost, or made a waiting call panic.
#[tokio::test(start_paused = true)]
async fn an_insertion_during_a_computation_is_kept() {
    let (cache, source) = (plain(MINUTE).build(), Source::default());
    let get = || cache.get(1, || source.clone().read(SEC));
    let insert = async {
        sleep(millis(500)).await;
        cache.insert(1, 100);
        get().await
    };
    let (first, waiting, later) = tokio::join!(get(), get(), insert);
    let values = [first, waiting, later].map(|result| result.expect("it works"));
    assert_eq!(values, [1, 1, 100]);
    assert_eq!(cache.peek(&1), Some(100));
}

/// caffeine #203 and others: code of the user that runs under a lock of the cache deadlocks when it uses the cache.
#[tokio::test]
async fn the_drop_of_a_value_may_use_the_cache() {
    type Values = Cache<u64, Arc<Value>>;
    static CACHE: OnceLock<Values> = OnceLock::new();

    struct Value(u64);
    impl Drop for Value {
        fn drop(&mut self) {
            if let Some(cache) = CACHE.get() {
                let _ = cache.peek(&self.0);
                cache.invalidate(&self.0);
                cache.invalidate_tag("values");
            }
        }
    }
    let cache = CACHE.get_or_init(|| {
        Cache::builder(MINUTE)
            .entries(100)
            .tags_by(|_| ["values"])
            .build()
    });
    for key in 0..1000 {
        cache.insert(key, Arc::new(Value(key)));
        let load = || ready(Ok::<_, io::Error>(Arc::new(Value(key))));
        drop(cache.get(key % 7, load).await.expect("it works"));
        cache.invalidate(&(key / 2));
    }
}

/// FusionCache #319: each tag that was ever invalidated was kept.
#[tokio::test]
async fn tags_that_no_value_has_take_no_memory() {
    let tags = Tags::new();
    let cache = plain(MINUTE)
        .entries(100)
        .share_tags(&tags)
        .tags_by(|key| [Tag::new("key", key)])
        .build();
    for key in 0..100_000 {
        cache.insert(key, key);
        tags.invalidate(Tag::new("key", key));
        assert_eq!(cache.peek(&key), None);
    }
    let debug = format!("{tags:?}");
    let count = debug.split(&[' ', ','][..]).nth(3).map(str::parse::<u64>);
    assert!(
        count.is_some_and(|count| count.is_ok_and(|count| count <= 2048)),
        "{debug}"
    );
}

/// tend #449: each of the callers of a stale value began a refresh.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_of_a_stale_value_begin_one_refresh() {
    let cache = plain(millis(1)).stale(MINUTE).build();
    cache.insert(1, 1);
    sleep(millis(20)).await;
    let go = Arc::new(Notify::new());
    let mut callers = Vec::new();
    for _ in 0..200 {
        let cache = cache.clone();
        let go = Arc::clone(&go);
        callers.push(tokio::spawn(async move {
            let load = || async move {
                go.notified().await;
                Ok::<_, LoadError>(2)
            };
            cache.get(1, load).await
        }));
    }
    for caller in callers {
        assert_eq!(caller.await.expect("no panic").expect("the stale value"), 1);
    }
    assert_eq!(cache.stats().loads, 1);
    go.notify_one();
}
