//! Items that the apps of all frameworks use.

use std::{
    future::Future,
    pin::pin,
    sync::atomic::AtomicU64,
    task::{Context, Poll, Waker},
};

/// The number of times that a middleware has run.
pub(crate) static RUNS: AtomicU64 = AtomicU64::new(0);

/// The numbers of middleware. Each app has a route `/N` for each number N.
pub(crate) const DEPTHS: [usize; 4] = [0, 1, 5, 10];

/// Polls a future that does not wait for I/O until it is ready.
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
