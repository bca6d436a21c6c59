//! One computation for all callers, however they leave.

use std::{
    error::Error,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use highball_cache::LoadError;
use tokio::{task::JoinSet, time::timeout};

use crate::{MINUTE, SEC, Source, fail, millis, plain};

const CLIENTS: usize = 1000;

async fn panics() -> io::Result<u64> {
    panic!("a bug")
}

#[tokio::test(start_paused = true)]
async fn a_thousand_impatient_callers_make_one_computation() {
    let (cache, source) = (plain(MINUTE).build(), Source::default());
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (cache, source) = (cache.clone(), source.clone());
        clients.spawn(async move {
            let get = cache.get(1, || source.read(millis(300)));
            timeout(millis(100), get).await.is_err()
        });
    }
    assert!(clients.join_all().await.into_iter().all(|left| left));
    tokio::time::sleep(millis(300)).await;
    assert_eq!((source.begun(), source.finished()), (1, 1));

    let value = cache.get(1, || source.clone().read(millis(300))).await;
    assert_eq!(value.expect("it is stored"), 1);
    assert_eq!((cache.stats().loads, cache.stats().hits), (1, 1));
}

/// The control: with `get_with` of moka the first caller computes, and the next one after it has left, and so on.
#[tokio::test(start_paused = true)]
async fn get_with_of_moka_never_finishes() {
    let (cache, source) = (moka::future::Cache::new(100), Source::default());
    for _ in 0..3 {
        let mut clients = JoinSet::new();
        for idx in 0..100 {
            let (cache, source) = (cache.clone(), source.clone());
            clients.spawn(async move {
                tokio::time::sleep(millis(idx)).await;
                let get = cache.get_with(1, async { source.read(millis(300)).await.unwrap() });
                timeout(millis(100), get).await.is_err()
            });
        }
        assert!(clients.join_all().await.into_iter().all(|left| left));
    }
    assert!(source.begun() > 3, "{}", source.begun());
    assert_eq!(source.finished(), 0);
    assert_eq!(cache.get(&1).await, None);
}

#[tokio::test(start_paused = true)]
async fn an_error_reaches_every_caller_with_its_type() {
    let cache = plain(MINUTE).build();
    let begun = Arc::new(AtomicU64::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..10 {
        let (cache, begun) = (cache.clone(), Arc::clone(&begun));
        callers.spawn(async move {
            let load = || async move {
                begun.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(millis(10)).await;
                fail().await
            };
            cache.get(1, load).await
        });
    }
    for result in callers.join_all().await {
        let error = result.expect_err("the database is away");
        assert!(error.downcast_ref::<io::Error>().is_some());
        let source = error.source().expect("it is the source");
        assert!(source.to_string().contains("the database is away"));
    }
    assert_eq!(begun.load(Ordering::SeqCst), 1);
    // An error is not stored.
    let source = Source::default();
    assert_eq!(
        cache.get(1, || source.read(SEC)).await.expect("it is back"),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_reaches_every_caller_as_an_error() {
    let cache = plain(MINUTE).build();
    let mut callers = JoinSet::new();
    for _ in 0..10 {
        let cache = cache.clone();
        callers.spawn(async move {
            let load = || async {
                tokio::time::sleep(millis(10)).await;
                panics().await
            };
            cache.get(1, load).await
        });
    }
    for result in callers.join_all().await {
        let error = result.expect_err("it panics");
        assert!(error.is_panic() && error.to_string().contains("a bug"));
    }
    let source = Source::default();
    assert_eq!(
        cache.get(1, || source.read(SEC)).await.expect("it works"),
        1
    );
}

#[tokio::test]
async fn functions_of_the_options_may_panic() {
    let caches = [
        plain(MINUTE).weight(100, |_, _| panic!("a bug")).build(),
        plain(MINUTE).ttl_by(|_| panic!("a bug")).build(),
    ];
    for cache in caches {
        let error = cache.get(1, || Source::default().read(millis(0))).await;
        assert!(error.expect_err("it panics").is_panic());
    }
    let load = || -> std::future::Ready<io::Result<u64>> { panic!("before the future") };
    let error = plain(MINUTE).build().get(1, load).await;
    assert!(error.expect_err("it panics").is_panic());
}

/// Different keys do not wait for each other, and a computation may use the cache.
#[tokio::test(start_paused = true)]
async fn computations_of_other_keys_run_at_the_same_time() {
    let (cache, source) = (plain(MINUTE).build(), Source::default());
    let begun = tokio::time::Instant::now();
    let inner = cache.clone();
    let load = || async move {
        let one = inner.get(2, || source.clone().read(SEC)).await?;
        let two = inner.get(3, || source.clone().read(SEC)).await?;
        Ok::<_, LoadError>(one + two)
    };
    let (sum, other) = tokio::join!(
        cache.get(1, load),
        cache.get(4, || Source::default().read(SEC))
    );
    assert_eq!((sum.expect("it works"), other.expect("it works")), (3, 1));
    assert_eq!(begun.elapsed(), 2 * SEC);
}

/// A runtime that ends drops its tasks. A caller on another runtime then computes the value.
#[test]
fn the_end_of_the_runtime_of_a_computation_is_not_a_hang() {
    let cache = plain(MINUTE).build();
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().expect("it starts")
    };
    let (first, second) = (runtime(), runtime());
    first.block_on(async {
        let get = cache.get(1, std::future::pending::<io::Result<u64>>);
        assert!(timeout(millis(5), get).await.is_err());
    });
    second.block_on(async {
        let get = cache.get(1, || Source::default().read(millis(1)));
        tokio::pin!(get);
        assert!(timeout(millis(5), &mut get).await.is_err());
        first.shutdown_background();
        assert_eq!(get.await.expect("it is computed"), 1);
    });
}
