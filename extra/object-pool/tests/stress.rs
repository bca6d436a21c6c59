//! Thousands of tasks that are cancelled at random points, from a fixed seed.

mod common;

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use common::{check, poll, waiting};
use highball_object_pool::{ObjectPool, Pooled, TakeError};
use tokio::{task::yield_now, time::Duration};

const TASKS: u64 = 2000;
const MAX: usize = 7;

/// A generator of random numbers: xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }
}

/// Drops a future after a number of polls.
struct Impatient<F> {
    future: Option<Pin<Box<F>>>,
    polls: u64,
}

impl<F: Future> Future for Impatient<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            self.future = None;
        }
        self.polls = self.polls.saturating_sub(1);
        let Some(future) = &mut self.future else {
            return Poll::Ready(None);
        };
        let polled = future.as_mut().poll(cx).map(Some);
        // A future that is dropped has to be polled once more, whether or not it is woken.
        cx.waker().wake_by_ref();
        polled
    }
}

/// Takes objects, and is cancelled, panics, discards or detaches at random.
async fn user(pool: ObjectPool<u64>, mut random: Random) {
    for _ in 0..random.below(4) {
        for _ in 0..random.below(20) {
            yield_now().await;
        }
        let taking = Impatient {
            future: Some(Box::pin(take(&pool, random.below(2) == 0))),
            polls: random.below(60),
        };
        let Some(Ok(mut object)) = taking.await else {
            continue;
        };
        for _ in 0..random.below(4) {
            *object += 1;
            yield_now().await;
        }
        assert!(pool.stats().size <= MAX);
        match random.below(12) {
            0 => object.discard(),
            1 => drop(object.detach()),
            2 => panic!("on purpose"),
            _ => drop(object),
        }
    }
}

async fn take(pool: &ObjectPool<u64>, limited: bool) -> Result<Pooled<u64>, TakeError> {
    match limited {
        true => pool.take_within(Duration::from_millis(5)).await,
        false => pool.take().await,
    }
}

async fn stress(pool: ObjectPool<u64>, seed: u64) {
    let tasks = (0..TASKS).map(|task| {
        let random = Random(seed ^ (task + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        (task, tokio::spawn(user(pool.clone(), random)))
    });
    for (task, handle) in tasks.collect::<Vec<_>>() {
        if task % 5 == 0 {
            handle.abort();
        }
        // Some panic on purpose.
        let _ = handle.await;
    }
    // Objects in the making are made on tasks of the pool, and return when these end.
    for _ in 0..1_000_000 {
        if pool.stats().making + pool.stats().in_use == 0 {
            break;
        }
        yield_now().await;
    }
    let stats = pool.stats();
    assert!(stats.made > 10 && stats.waits > 100, "{stats:?}");
    check(&pool, stats.size, 0, 0);
    // The polls below must not fail because tokio's budget of this task is used up.
    yield_now().await;
    // Every place is free, so no call waits.
    let mut objects = Vec::new();
    for _ in 0..MAX {
        objects.push(pool.take().await.unwrap());
    }
    assert_eq!(pool.stats().waits, stats.waits);
    let mut next = waiting(&pool);
    drop(objects);
    assert!(poll(&mut next).is_ready());
}

fn synchronous() -> ObjectPool<u64> {
    ObjectPool::builder(MAX, || 0)
        .reset(|uses| *uses < 30)
        .check(|uses| *uses % 7 != 6)
        .build()
}

fn asynchronous() -> ObjectPool<u64> {
    let make = || async {
        yield_now().await;
        Ok::<_, io::Error>(0)
    };
    ObjectPool::async_builder(MAX, make)
        .reset(|uses| *uses < 30)
        .check(|uses| *uses % 7 != 6)
        .build()
}

#[tokio::test(start_paused = true)]
async fn cancelled_tasks_leave_the_pool_whole() {
    for seed in 0..3 {
        stress(synchronous(), seed).await;
        stress(asynchronous(), seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cancelled_tasks_leave_the_pool_whole_on_several_threads() {
    for seed in 0..3 {
        stress(synchronous(), seed).await;
        stress(asynchronous(), seed).await;
    }
}
