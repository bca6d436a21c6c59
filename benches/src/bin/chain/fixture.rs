//! What the apps of all frameworks share.

use std::{
    future::Future,
    pin::pin,
    sync::atomic::AtomicU64,
    task::{Context, Poll, Waker},
};

/// How often a middleware has run.
pub(crate) static RUNS: AtomicU64 = AtomicU64::new(0);

/// The numbers of middlewares; each app has a route of this name for each.
pub(crate) const DEPTHS: [usize; 4] = [0, 1, 5, 10];

/// Runs a future that waits for nothing outside of itself.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut task = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
    panic!("it waits");
}
