//! Times, and waits for the first of several things.

use std::{
    future::{Future, poll_fn},
    hash::{BuildHasher, RandomState},
    pin::Pin,
    task::Poll,
    time::{Duration, SystemTime},
};

use crate::backend::Millis;

/// Returns a time as milliseconds since 1970.
pub(crate) fn millis(time: SystemTime) -> Millis {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, duration)
}

/// Returns a duration in milliseconds.
pub(crate) fn duration(time: Duration) -> Millis {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 4)
}

/// Returns a random part of a time, so that many waits do not end together.
pub(crate) fn random_part(time: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) % 1000;
    time * u32::try_from(random).unwrap_or(0) / 1000
}

/// A wait that borrows its future.
pub(crate) type Wait<'a> = Pin<&'a mut (dyn Future<Output = ()> + Send)>;

/// Waits for the first of these, and returns its index.
pub(crate) async fn first<const N: usize>(mut waits: [Wait<'_>; N]) -> usize {
    poll_fn(|task| {
        let ready = waits
            .iter_mut()
            .position(|wait| wait.as_mut().poll(task).is_ready());
        ready.map_or(Poll::Pending, Poll::Ready)
    })
    .await
}
