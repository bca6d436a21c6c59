//! The stop of a cache.

use std::{future::pending, io};

use tokio::time::{Instant, sleep};

use crate::{MINUTE, SEC, Source, millis, plain};

#[tokio::test(start_paused = true)]
async fn a_refresh_gets_time_to_end_and_is_not_stored() {
    let (cache, source) = (plain(SEC).stale(MINUTE).build(), Source::default());
    let get = || cache.get(1, || source.clone().read(millis(300)));
    get().await.expect("it works");
    sleep(SEC).await;
    get().await.expect("the stale value");
    let begun = Instant::now();
    assert!(cache.close(5 * SEC).await);
    assert_eq!(begun.elapsed(), millis(300));
    assert_eq!((source.begun(), source.finished()), (2, 2));
    // The old value is still there, and is not refreshed.
    assert_eq!(get().await.expect("the stale value"), 1);
    sleep(MINUTE).await;
    assert_eq!(source.begun(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_takes_too_long_is_dropped() {
    let (cache, source) = (plain(SEC).stale(MINUTE).build(), Source::default());
    let get = || cache.get(1, || source.clone().read(MINUTE));
    get().await.expect("it works");
    sleep(SEC).await;
    get().await.expect("the stale value");
    let begun = Instant::now();
    assert!(!cache.close(5 * SEC).await);
    assert_eq!(begun.elapsed(), 5 * SEC);
    sleep(10 * MINUTE).await;
    assert_eq!((source.begun(), source.finished()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn callers_get_values_until_the_end_and_then_an_error() {
    let cache = plain(MINUTE).build();
    let quick = cache.get(1, || Source::default().read(SEC));
    let slow = cache.get(2, pending::<io::Result<u64>>);
    let close = async {
        sleep(millis(1)).await;
        let late = cache.get(3, || Source::default().read(SEC));
        tokio::join!(cache.close(5 * SEC), late)
    };
    let (quick, slow, (in_time, late)) = tokio::join!(quick, slow, close);
    assert_eq!(
        (quick.expect("it is quick"), late.expect("it is quick")),
        (1, 1)
    );
    assert!(slow.expect_err("it was dropped").is_closed());
    assert!(!in_time);
    // Nothing was stored, and nothing is computed.
    assert_eq!((cache.peek(&1), cache.peek(&3)), (None, None));
    let after = cache.get(1, || Source::default().read(SEC)).await;
    assert!(after.expect_err("it is closed").is_closed());
    cache.insert(1, 1);
    assert_eq!(cache.peek(&1), None);
    // The second call does nothing.
    assert!(cache.close(SEC).await);
}
