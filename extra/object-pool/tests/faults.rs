//! Faults that users of other pools have reported, each tried on this one.
//!
//! The name of a test is the fact that holds here, and its comment has the report.

mod common;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use common::{call, check, numbers, poll, ready, waiting};
use highball_object_pool::{ObjectPool, TakeError};
use tokio::time::advance;

/// <https://github.com/djc/bb8/issues/67>: calls that hyper had dropped took connections with them, until every call
/// timed out.
#[test]
fn dropped_calls_cost_no_place() {
    let pool = ObjectPool::new(2, numbers());
    for _ in 0..100 {
        let objects = (pool.try_take().unwrap(), pool.try_take().unwrap());
        let calls: Vec<_> = (0..10).map(|_| waiting(&pool)).collect();
        drop(objects);
        drop(calls);
    }
    check(&pool, 2, 0, 0);
}

/// <https://github.com/djc/bb8/issues/122>: an object that returned between the look at the idle ones and the entry in
/// the queue left the call waiting.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn return_during_a_call_is_not_missed() {
    let pool = ObjectPool::new(1, numbers());
    let users = (0..4).map(|_| {
        let pool = pool.clone();
        tokio::spawn(async move {
            for _ in 0..20_000 {
                drop(pool.take_within(Duration::from_secs(60)).await.unwrap());
            }
        })
    });
    for user in users.collect::<Vec<_>>() {
        user.await.unwrap();
    }
    check(&pool, 1, 0, 0);
}

/// <https://github.com/djc/bb8/issues/141>: a wrong password was reported as a timeout, long after it had been seen.
#[test]
fn every_waiting_call_gets_the_error_at_once() {
    let is_broken = Arc::new(AtomicBool::new(false));
    let pool = ObjectPool::try_builder(1, {
        let is_broken = Arc::clone(&is_broken);
        move || match is_broken.load(Ordering::Relaxed) {
            true => Err("wrong password"),
            false => Ok(()),
        }
    })
    .build();
    let object = pool.try_take().unwrap();
    let mut calls = [(); 3].map(|()| waiting(&pool));
    is_broken.store(true, Ordering::Relaxed);
    object.discard();
    for call in &mut calls {
        assert!(matches!(poll(call), Poll::Ready(Err(TakeError::Make(_)))));
    }
    assert_eq!(pool.stats().size, 0);
}

/// <https://github.com/djc/bb8/issues/167>: when several objects were broken on return, later calls timed out.
#[test]
fn objects_that_are_rejected_on_return_are_made_again() {
    let pool = ObjectPool::builder(5, numbers()).reset(|_| false).build();
    for round in 0..10 {
        let objects = [(); 5].map(|()| pool.try_take().unwrap());
        assert_eq!(*objects[0], round * 5);
    }
    check(&pool, 0, 0, 0);
}

/// <https://github.com/importcjj/mobc/issues/63>: after a load test the pool counted ten active connections that did
/// not exist, and served nothing.
#[tokio::test]
async fn calls_that_are_dropped_at_any_point_leave_the_counts_right() {
    let pool = ObjectPool::async_builder(10, || async {
        tokio::task::yield_now().await;
        Ok::<_, io::Error>(())
    })
    .build();
    for polls in 0..200 {
        let mut calls: Vec<_> = (0..20).map(|_| call(&pool)).collect();
        for _ in 0..polls % 5 {
            for call in &mut calls {
                if poll(call).is_ready() {
                    *call = self::call(&pool);
                }
            }
            tokio::task::yield_now().await;
        }
    }
    // The last objects in the making end.
    pool.warm(10).await.unwrap();
    while pool.stats().making > 0 {
        tokio::task::yield_now().await;
    }
    check(&pool, 10, 0, 0);
}

/// <https://github.com/deadpool-rs/deadpool/issues/380>: a change of the maximum at runtime subtracted with overflow.
#[test]
fn maximum_can_change_at_any_time() {
    let pool = ObjectPool::new(1, numbers());
    let mut objects = Vec::new();
    for max in [5, 1, 3, 2, 9, 1, 1, 8] {
        pool.resize(max);
        while let Ok(object) = pool.try_take() {
            objects.push(object);
        }
        objects.truncate(objects.len().saturating_sub(2));
        assert!(pool.stats().size <= max.max(objects.len()));
    }
    drop(objects);
    check(&pool, 8, 0, 0);
}

/// <https://github.com/deadpool-rs/deadpool/pull/239>, <https://github.com/sfackler/r2d2/pull/53>: an object that was
/// half changed when a panic began was used again.
#[tokio::test]
async fn half_changed_object_is_not_used_again() {
    let pool = ObjectPool::new(1, Vec::new);
    let user = pool.clone();
    let task = tokio::spawn(async move {
        let mut numbers = user.take().await.unwrap();
        numbers.push(1);
        tokio::task::yield_now().await;
        panic!("on purpose");
    });
    assert!(task.await.is_err());
    assert_eq!(*pool.take().await.unwrap(), [0; 0]);
}

/// <https://github.com/sfackler/r2d2/issues/7>, <https://github.com/mohu-org/mohu/issues/210>: after a panic in the
/// user's functions every later call panicked, since the lock was poisoned.
#[test]
fn pool_works_after_a_panic_in_every_function() {
    let turn = AtomicUsize::new(0);
    let pool = ObjectPool::builder(1, move || match turn.fetch_add(1, Ordering::Relaxed) {
        0 => panic!("on purpose"),
        turn => turn,
    })
    .reset(|turn| *turn != 1 || panic!("on purpose"))
    .check(|turn| *turn != 2 || panic!("on purpose"))
    .build();
    let mut panics = 0;
    for _ in 0..10 {
        let take = std::panic::AssertUnwindSafe(|| drop(pool.try_take().unwrap()));
        panics += usize::from(std::panic::catch_unwind(take).is_err());
    }
    assert_eq!(panics, 3);
    check(&pool, 1, 0, 0);
}

/// <https://github.com/fast/fastpool/pull/17>: a call that was dropped while it inspected an object lost the object.
/// Here `check` is synchronous, so a call cannot be dropped in between.
#[test]
fn call_that_is_dropped_after_any_poll_loses_no_object() {
    let pool = ObjectPool::builder(1, numbers()).check(|_| true).build();
    for _ in 0..10 {
        let object = pool.try_take().unwrap();
        let mut call = waiting(&pool);
        drop(object);
        let _ = poll(&mut call);
    }
    check(&pool, 1, 0, 0);
    assert_eq!(pool.stats().made, 1);
}

/// <https://github.com/jolestar/go-commons-pool/issues/25>: if the object could not be prepared for its next use, some of
/// the calls waited forever.
#[test]
fn every_waiting_call_continues_if_reset_fails() {
    let pool = ObjectPool::builder(1, numbers()).reset(|_| false).build();
    let object = pool.try_take().unwrap();
    let mut calls = [(); 3].map(|()| waiting(&pool));
    drop(object);
    for call in &mut calls {
        drop(ready(call));
    }
    check(&pool, 0, 0, 0);
}

/// <https://github.com/apache/commons-pool/pull/346>: if no object could be made, a call waited for the return of one
/// that did not exist.
#[test]
fn call_does_not_wait_if_there_is_no_object() {
    let pool = ObjectPool::<()>::try_builder(1, || Err("no disk")).build();
    let mut call = call(&pool);
    assert!(matches!(
        poll(&mut call),
        Poll::Ready(Err(TakeError::Make(_)))
    ));
}

/// <https://github.com/deadpool-rs/deadpool/issues/18>: an error while an object was made left the numbers wrong.
#[test]
fn failed_objects_are_not_counted() {
    let pool = ObjectPool::<()>::try_builder(10, || Err("no disk")).build();
    for _ in 0..20 {
        assert!(pool.try_take().is_err());
    }
    check(&pool, 0, 0, 0);
    assert_eq!((pool.stats().size, pool.stats().made), (0, 0));
}

/// <https://github.com/DanielYWoo/fast-object-pool/issues/25>: the object that a call had made was taken by another
/// call, and the first one waited.
#[tokio::test]
async fn new_object_is_for_the_call_that_made_it() {
    let pool = ObjectPool::async_builder(2, || async { Ok::<_, io::Error>(()) }).build();
    let mut first = waiting(&pool);
    let mut second = waiting(&pool);
    let mut third = waiting(&pool);
    let objects = ((&mut first).await.unwrap(), (&mut second).await.unwrap());
    assert!(poll(&mut third).is_pending());
    drop(objects);
    drop(ready(&mut third));
}

/// <https://github.com/DanielYWoo/fast-object-pool/issues/32>: a pool whose object was never returned could not be shut
/// down.
#[test]
fn pool_with_a_lost_object_can_be_closed() {
    let pool = ObjectPool::new(1, numbers());
    let lost = Box::leak(Box::new(pool.try_take().unwrap()));
    let mut call = waiting(&pool);
    pool.close();
    assert!(matches!(
        poll(&mut call),
        Poll::Ready(Err(TakeError::Closed))
    ));
    assert_eq!(**lost, 0);
}

/// <https://github.com/deadpool-rs/deadpool/issues/89>: objects stayed in memory after the pool was closed.
#[test]
fn closed_pool_has_no_objects() {
    let alive = Arc::new(());
    let pool = ObjectPool::new(2, {
        let alive = Arc::downgrade(&alive);
        move || alive.upgrade()
    });
    let (idle, in_use) = (pool.try_take().unwrap(), pool.try_take().unwrap());
    drop(idle);
    pool.close();
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(in_use);
    assert_eq!(Arc::strong_count(&alive), 1);
}

/// <https://github.com/golang/go/issues/23199>: in time every buffer of a pool had grown to the size of the largest
/// message.
#[test]
fn buffer_that_has_grown_is_not_kept() {
    let pool = ObjectPool::builder(1, || Vec::with_capacity(16))
        .reset(|buffer: &mut Vec<u8>| {
            buffer.clear();
            buffer.capacity() <= 1024
        })
        .build();
    pool.try_take().unwrap().resize(1 << 20, 0);
    assert_eq!(pool.try_take().unwrap().capacity(), 16);
}

/// <https://github.com/djc/bb8/issues/123>: the limit for idle objects dropped those of the minimum, too, and made them
/// again.
#[tokio::test(start_paused = true)]
async fn minimum_stays_when_objects_expire() {
    let pool = ObjectPool::builder(3, numbers())
        .min(1)
        .idle_limit(Duration::from_secs(1))
        .build();
    pool.warm(3).await.unwrap();
    for _ in 0..5 {
        advance(Duration::from_secs(10)).await;
        drop(pool.take().await.unwrap());
    }
    assert_eq!(pool.stats().made, 3);
    check(&pool, 1, 0, 0);
}

/// <https://github.com/scalar-labs/btm/pull/34>: objects were taken in turns, so under a small load none was idle for
/// long enough to be dropped.
#[tokio::test(start_paused = true)]
async fn pool_shrinks_under_a_small_load() {
    let pool = ObjectPool::builder(8, numbers())
        .idle_limit(Duration::from_secs(10))
        .build();
    pool.warm(8).await.unwrap();
    for _ in 0..11 {
        advance(Duration::from_secs(1)).await;
        drop(pool.take().await.unwrap());
    }
    check(&pool, 1, 0, 0);
}
