//! Connects and closes that take too long.

use std::time::{Duration, Instant};

use highball::tokio;
use highball_db::{Pool, PoolError};
use highball_faults::{Proxy, postgres_or_skip};

use super::{Main, options, slow_connects};

#[tokio::test]
async fn a_connect_that_is_later_than_the_wait_is_kept_for_the_next_request() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let proxy = slow_connects(&server, Duration::from_millis(400));
    let pool = Pool::<Main>::builder(options(&server, &proxy));
    let pool = pool.max(1).wait(Duration::from_millis(100)).build();
    let begun = Instant::now();
    let error = pool.acquire().await.expect_err("a late connect");
    assert!(matches!(error, PoolError::Timeout { .. }), "{error}");
    assert!(
        begun.elapsed() < Duration::from_millis(350),
        "{:?}",
        begun.elapsed()
    );
    while pool.status().idle == 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{:?}",
            pool.status()
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let lent = pool
        .acquire()
        .await
        .expect("the connection of the first one");
    assert_eq!((proxy.counts().accepted, pool.status().open), (1, 1));
    drop(lent);
}

#[tokio::test]
async fn a_database_that_does_not_answer_delays_neither_a_close_nor_another_request_for_long() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let proxy = Proxy::start(server.addr());
    let pool = Pool::<Main>::builder(options(&server, &proxy))
        .max(3)
        .min_idle(3);
    let wait = Duration::from_millis(500);
    let pool = pool.wait(wait).check_after(Duration::ZERO).build();
    pool.open().await.expect("an open pool");
    proxy.stall();
    let begun = Instant::now();
    pool.acquire().await.expect_err("no answer");
    assert!(begun.elapsed() < wait * 2, "{:?}", begun.elapsed());
    let begun = Instant::now();
    pool.close().await;
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
}
