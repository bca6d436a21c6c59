//! A clock that tests move: everything that waits ends at its time, and not a millisecond before.
//!
//! No test waits for real time. `PATIENCE` only ends a test that hangs.

mod app;
mod battery;
mod faults;
mod server;

use std::{future::Future, time::Duration};

use highball::{prelude::*, testing::Clock, tokio};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

async fn soon<F: Future>(future: F) -> F::Output {
    let ended = tokio::time::timeout(PATIENCE, future).await;
    ended.expect("it is done in time")
}

/// Moves the clock to just before a time, and then to this time. Returns what was true at both.
async fn around(clock: &Clock, time: Duration, mut is_so: impl FnMut() -> bool) -> [bool; 2] {
    clock.advance(time - millis(1)).await;
    let before = is_so();
    clock.advance(millis(1)).await;
    [before, is_so()]
}
