//! The promises of the documentation.

mod common;

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use common::{call, check, numbers, panics, poll, ready, waiting};
use highball_object_pool::{ObjectPool, Pooled, TakeError};
use tokio::{
    sync::Notify,
    task::yield_now,
    time::{Instant, advance},
};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_object_that_returned_last_is_taken_first() {
    let pool = ObjectPool::new(3, numbers());
    let objects = [(); 3].map(|()| pool.try_take().unwrap());
    let [zero, one, two] = objects;
    drop(one);
    drop(two);
    drop(zero);
    assert_eq!(
        [(); 3].map(|()| pool.try_take().unwrap().detach()),
        [0, 2, 1]
    );
}

#[test]
fn the_maximum_holds() {
    let pool = ObjectPool::new(2, numbers());
    let first = pool.try_take().unwrap();
    let _second = pool.try_take().unwrap();
    assert!(matches!(pool.try_take(), Err(TakeError::Busy)));
    check(&pool, 0, 2, 0);
    drop(first);
    assert_eq!(*pool.try_take().unwrap(), 0);
}

#[test]
fn calls_get_objects_in_their_order() {
    let pool = ObjectPool::new(1, numbers());
    let object = pool.try_take().unwrap();
    let mut calls: Vec<_> = (0..5).map(|_| waiting(&pool)).collect();
    check(&pool, 0, 1, 5);
    drop(object);
    while !calls.is_empty() {
        assert!(calls[1..].iter_mut().all(|call| poll(call).is_pending()));
        // A later call does not overtake those that wait.
        assert!(matches!(pool.try_take(), Err(TakeError::Busy)));
        drop(ready(&mut calls.remove(0)));
    }
    check(&pool, 1, 0, 0);
}

#[test]
fn dropped_call_leaves_the_queue() {
    let pool = ObjectPool::new(1, numbers());
    let object = pool.try_take().unwrap();
    let dropped = waiting(&pool);
    let mut next = waiting(&pool);
    drop(dropped);
    check(&pool, 0, 1, 1);
    drop(object);
    drop(ready(&mut next));
    check(&pool, 1, 0, 0);
}

#[test]
fn object_of_a_dropped_call_is_for_the_next_one() {
    let pool = ObjectPool::new(1, numbers());
    let object = pool.try_take().unwrap();
    let dropped = waiting(&pool);
    let mut next = waiting(&pool);
    drop(object);
    // The object was sent to the call, which has not received it.
    drop(dropped);
    assert_eq!(*ready(&mut next), 0);
}

#[tokio::test]
async fn object_in_the_making_is_kept_if_the_call_is_dropped() {
    let permit = Arc::new(Notify::new());
    let pool = ObjectPool::async_builder(1, {
        let permit = Arc::clone(&permit);
        move || {
            let permit = Arc::clone(&permit);
            async move {
                permit.notified().await;
                Ok::<_, io::Error>("made once")
            }
        }
    })
    .build();
    drop(waiting(&pool));
    let mut next = waiting(&pool);
    assert_eq!((pool.stats().making, pool.stats().waiting), (1, 1));
    permit.notify_one();
    assert_eq!(*(&mut next).await.unwrap(), "made once");
    assert_eq!(pool.stats().made, 1);
}

#[tokio::test(start_paused = true)]
async fn deadline_ends_the_call_and_not_the_making() {
    let pool = ObjectPool::async_builder(1, || async {
        tokio::time::sleep(3 * SECOND).await;
        Ok::<_, io::Error>(())
    })
    .build();
    assert!(matches!(
        pool.take_within(SECOND).await,
        Err(TakeError::TimedOut)
    ));
    assert!(matches!(
        pool.take_within(SECOND).await,
        Err(TakeError::TimedOut)
    ));
    assert!(pool.take_within(2 * SECOND).await.is_ok());
    assert_eq!(pool.stats().made, 1);
}

#[tokio::test(start_paused = true)]
async fn making_that_takes_too_long_frees_the_place() {
    let pool = ObjectPool::async_builder(1, std::future::pending::<io::Result<()>>)
        .make_within(SECOND)
        .build();
    let begin = Instant::now();
    let error = pool.take().await.unwrap_err();
    assert_eq!(begin.elapsed(), SECOND);
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "it took longer than 1s");
    check(&pool, 0, 0, 0);
    assert_eq!(pool.stats().size, 0);
}

#[test]
fn panic_of_make_frees_the_place() {
    let broken = Arc::new(AtomicBool::new(true));
    let is_broken = Arc::clone(&broken);
    let pool = ObjectPool::new(1, move || {
        assert!(!is_broken.load(Ordering::Relaxed), "on purpose");
    });
    panics(|| drop(pool.try_take()));
    check(&pool, 0, 0, 0);
    broken.store(false, Ordering::Relaxed);
    assert!(pool.try_take().is_ok());
}

#[tokio::test]
async fn panic_of_an_asynchronous_make_reaches_the_call() {
    let make = || async {
        if true {
            panic!("on purpose");
        }
        Ok::<(), io::Error>(())
    };
    let pool = ObjectPool::async_builder(1, make).build();
    let taking = tokio::spawn(call(&pool));
    assert!(taking.await.unwrap_err().is_panic());
    assert_eq!(pool.stats().size, 0);
}

#[test]
fn panic_of_reset_or_check_frees_the_place() {
    let pool = ObjectPool::builder(1, numbers())
        .reset(|number| *number != 0 || panic!("on purpose"))
        .check(|number| *number != 1 || panic!("on purpose"))
        .build();
    panics(|| drop(pool.try_take().unwrap()));
    check(&pool, 0, 0, 0);
    drop(pool.try_take().unwrap());
    panics(|| drop(pool.try_take()));
    check(&pool, 0, 0, 0);
    assert_eq!(*pool.try_take().unwrap(), 2);
}

#[test]
fn rejected_objects_are_replaced() {
    let pool = ObjectPool::builder(3, numbers())
        .check(|number| *number > 1)
        .build();
    let objects = [(); 2].map(|()| pool.try_take().unwrap());
    drop(objects);
    check(&pool, 2, 0, 0);
    let number = pool.try_take().unwrap();
    assert_eq!(*number, 2);
    check(&pool, 0, 1, 0);
    assert_eq!(pool.stats().discarded, 2);
}

#[test]
fn rejected_object_frees_its_place_for_a_waiting_call() {
    let pool = ObjectPool::builder(1, numbers())
        .reset(|number| *number > 0)
        .build();
    let object = pool.try_take().unwrap();
    let mut call = waiting(&pool);
    drop(object);
    assert_eq!(*ready(&mut call), 1);
}

#[test]
fn detached_and_discarded_objects_free_their_places() {
    let pool = ObjectPool::builder(1, numbers())
        .reset(|_| panic!("it does not run"))
        .build();
    let object = pool.try_take().unwrap();
    let mut call = waiting(&pool);
    assert_eq!(object.detach(), 0);
    ready(&mut call).discard();
    check(&pool, 0, 0, 0);
    assert_eq!((pool.stats().made, pool.stats().discarded), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn objects_that_are_idle_for_too_long_are_dropped() {
    let pool = ObjectPool::builder(4, numbers())
        .min(1)
        .idle_limit(10 * SECOND)
        .build();
    pool.warm(4).await.unwrap();
    advance(9 * SECOND).await;
    drop(pool.try_take().unwrap());
    check(&pool, 4, 0, 0);
    advance(SECOND).await;
    // The object that is used in between stays, and so does `min`.
    drop(pool.try_take().unwrap());
    check(&pool, 1, 0, 0);
    advance(100 * SECOND).await;
    drop(pool.try_take().unwrap());
    check(&pool, 1, 0, 0);
    assert_eq!(pool.stats().made, 4);
}

#[tokio::test]
async fn warm_makes_what_is_missing() {
    let pool = ObjectPool::new(4, numbers());
    let _number = pool.take().await.unwrap();
    pool.warm(3).await.unwrap();
    check(&pool, 2, 1, 0);
    pool.warm(100).await.unwrap();
    check(&pool, 3, 1, 0);
}

#[tokio::test(start_paused = true)]
async fn warm_makes_objects_at_the_same_time() {
    let pool = ObjectPool::async_builder(8, || async {
        tokio::time::sleep(SECOND).await;
        Ok::<_, io::Error>(())
    })
    .build();
    let begin = Instant::now();
    pool.warm(8).await.unwrap();
    assert_eq!(begin.elapsed(), SECOND);
    check(&pool, 8, 0, 0);
}

#[tokio::test]
async fn warm_ends_with_an_error_that_always_happens() {
    let pool = ObjectPool::<()>::try_builder(4, || Err("no disk")).build();
    assert!(matches!(pool.warm(3).await, Err(TakeError::Make(_))));
    assert_eq!(pool.stats().size, 0);
}

#[test]
fn larger_maximum_lets_waiting_calls_continue() {
    let pool = ObjectPool::new(1, numbers());
    let _object = pool.try_take().unwrap();
    let mut calls: Vec<_> = (0..3).map(|_| waiting(&pool)).collect();
    pool.resize(3);
    let objects: Vec<_> = calls[..2].iter_mut().map(ready).collect();
    assert!(poll(&mut calls[2]).is_pending());
    check(&pool, 0, 3, 1);
    drop(objects);
}

#[test]
fn smaller_maximum_applies_when_objects_return() {
    let pool = ObjectPool::new(4, numbers());
    let mut objects: Vec<_> = (0..4).map(|_| pool.try_take().unwrap()).collect();
    objects.pop();
    pool.resize(1);
    check(&pool, 0, 3, 0);
    let mut call = waiting(&pool);
    objects.pop();
    objects.pop();
    check(&pool, 0, 1, 1);
    objects.pop();
    assert_eq!(*ready(&mut call), 0);
    check(&pool, 1, 0, 0);
}

#[test]
fn closed_pool_ends_calls_and_drops_objects() {
    let pool = ObjectPool::new(2, numbers());
    let (first, second) = (pool.try_take().unwrap(), pool.try_take().unwrap());
    let mut call = waiting(&pool);
    drop(waiting(&pool));
    pool.close();
    assert!(matches!(
        poll(&mut call),
        std::task::Poll::Ready(Err(TakeError::Closed))
    ));
    assert!(matches!(pool.try_take(), Err(TakeError::Closed)));
    assert_eq!(*first, 0);
    drop((first, second));
    check(&pool, 0, 0, 0);
    pool.close();
}

#[tokio::test(start_paused = true)]
async fn waits_are_counted() {
    let pool = ObjectPool::new(1, numbers());
    let object = pool.take().await.unwrap();
    let call = tokio::spawn(call(&pool));
    yield_now().await;
    advance(2 * SECOND).await;
    drop(object);
    drop(call.await.unwrap());
    let object = pool.take().await.unwrap();
    assert!(pool.take_within(3 * SECOND).await.is_err());
    drop(object);
    let stats = pool.stats();
    assert_eq!(
        (stats.waits, stats.wait_total, stats.wait_max),
        (2, 5 * SECOND, 3 * SECOND)
    );
}

#[test]
#[should_panic(expected = "the maximum of a pool is at least 1")]
fn maximum_of_zero_panics() {
    let _ = ObjectPool::new(0, String::new);
}

#[test]
fn pools_and_objects_can_be_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send + 'static>(_: T) {}
    // The object itself may be one that threads cannot share.
    shared::<ObjectPool<std::cell::Cell<u8>>>();
    let pool = ObjectPool::new(1, || std::cell::Cell::new(0_u8));
    sent(pool.try_take().unwrap());
    sent(async move { pool.take().await });
}

#[test]
fn object_may_use_the_pool_when_it_is_dropped() {
    /// An object that has taken another one, which it returns when it is dropped.
    struct Nested(Mutex<Option<Box<Pooled<Nested>>>>);

    let pool = ObjectPool::builder(2, || Nested(Mutex::default()))
        .reset(|_| false)
        .build();
    let outer = pool.try_take().unwrap();
    *outer.0.lock().unwrap() = Some(Box::new(pool.try_take().unwrap()));
    drop(outer);
    check(&pool, 0, 0, 0);
}
