//! Helpers of the tests.
#![allow(dead_code)]

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
};

use highball_object_pool::{ObjectPool, Pooled, TakeError};

/// A call that waits, which a test polls by hand.
pub(crate) type Call<T> = Pin<Box<dyn Future<Output = Result<Pooled<T>, TakeError>> + Send>>;

/// Calls `take`, without a poll.
pub(crate) fn call<T: Send + 'static>(pool: &ObjectPool<T>) -> Call<T> {
    let pool = pool.clone();
    Box::pin(async move { pool.take().await })
}

/// Polls a future once.
pub(crate) fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a call whose object is there.
#[track_caller]
pub(crate) fn ready<T>(call: &mut Call<T>) -> Pooled<T> {
    match poll(call) {
        Poll::Ready(Ok(object)) => object,
        Poll::Ready(Err(error)) => panic!("{error}"),
        Poll::Pending => panic!("the call waits"),
    }
}

/// Calls `take`, and begins to wait.
#[track_caller]
pub(crate) fn waiting<T: Send + 'static>(pool: &ObjectPool<T>) -> Call<T> {
    let mut call = call(pool);
    assert!(poll(&mut call).is_pending());
    call
}

/// Fails unless the numbers of a pool fit each other and are as expected.
#[track_caller]
pub(crate) fn check<T>(pool: &ObjectPool<T>, idle: usize, in_use: usize, waiting: usize) {
    let stats = pool.stats();
    assert_eq!(
        (stats.idle, stats.in_use, stats.waiting),
        (idle, in_use, waiting),
        "idle, in use, waiting of {stats:?}"
    );
    assert_eq!(
        stats.size,
        stats.idle + stats.in_use + stats.making,
        "{stats:?}"
    );
    let present = (stats.idle + stats.in_use) as u64;
    assert_eq!(stats.made, present + stats.discarded, "{stats:?}");
}

/// Returns a function that makes 0, 1, 2 and so on.
pub(crate) fn numbers() -> impl Fn() -> usize + Send + Sync + 'static {
    let next = AtomicUsize::new(0);
    move || next.fetch_add(1, Ordering::Relaxed)
}

/// Runs code that panics.
#[track_caller]
pub(crate) fn panics(code: impl FnOnce()) {
    assert!(
        catch_unwind(AssertUnwindSafe(code)).is_err(),
        "it does not panic"
    );
}
