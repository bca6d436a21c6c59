//! Processes of the example that are killed and stopped under load. `CI_FULL=1` runs more and longer rounds.
#![cfg(unix)]

mod blocked;
mod child;
mod client;
mod fsync;
mod outbox;
mod place;
mod poison;
mod process;
#[path = "../scratch/mod.rs"]
mod scratch;
mod stop;
mod storm;
mod versions;

/// Returns whether the long form of the tests runs.
fn is_full() -> bool {
    std::env::var("CI_FULL").is_ok_and(|value| value == "1")
}
