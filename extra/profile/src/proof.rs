//! The proof that samples of the CPU work in this build.
//!
//! Without it, a program without unwind tables or without symbols would get a profile that looks correct and has
//! nothing in it.

use std::{
    hint::black_box,
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc,
    },
    time::{Duration, Instant},
};

use highball::{Rejection, http::StatusCode};

use crate::{
    cpu::{Stack, collect, unavailable},
    query::Span,
    symbols::Symbols,
};

/// How long the known function runs.
const TIME: Duration = Duration::from_millis(50);
/// On a busy machine, the thread may get little CPU time in 50 ms.
const TRIES: u32 = 10;
/// The names are unusual, because the debug information of some builds has no module paths.
const SPIN: &str = "spin_for_highball_profile";
const CALLER: &str = "call_spin_for_highball_profile";

static IS_PROVEN: AtomicBool = AtomicBool::new(false);

/// Runs a known function while samples are taken, and returns a 501 if it and its caller are in none of them.
///
/// It blocks for 50 ms, the first time only. The caller has the turn.
pub(crate) fn check() -> Result<(), Rejection> {
    if IS_PROVEN.load(Relaxed) {
        return Ok(());
    }
    for _ in 0..TRIES {
        if is_seen()? {
            IS_PROVEN.store(true, Relaxed);
            return Ok(());
        }
    }
    Err(Rejection::new(
        StatusCode::NOT_IMPLEMENTED,
        "CPU profiles do not work in this build: a function that ran for 50 ms is not in the samples. Names need \
         symbols: write `strip = \"none\"` and `debug = \"line-tables-only\"` below `[profile.release]` in \
         Cargo.toml. Stacks need unwind tables: remove `-C force-unwind-tables=no` from the flags of rustc",
    ))
}

fn is_seen() -> Result<bool, Rejection> {
    let (waits, gone) = mpsc::channel();
    let span = Span {
        // It ends when the function has run.
        time: 100 * TIME,
        hz: 1000,
    };
    let samples = std::thread::scope(|scope| {
        let spinning = std::thread::Builder::new()
            .name("highball-proof".to_owned())
            .spawn_scoped(scope, move || {
                black_box(call_spin_for_highball_profile(Instant::now() + TIME));
                drop(waits);
            });
        let samples = collect(span, &gone).map_err(unavailable);
        let _ended = spinning.map(std::thread::ScopedJoinHandle::join);
        samples
    })?;
    let mut symbols = Symbols::default();
    let stacks = &samples.stacks;
    Ok(stacks.iter().any(|stack| has_both(stack, &mut symbols)))
}

/// Returns whether a stack has the known function, and outside of it its caller.
fn has_both(stack: &Stack, symbols: &mut Symbols) -> bool {
    let mut sought = SPIN;
    for call in stack.calls() {
        for symbol in symbols.at(call).iter() {
            if symbol.name.rsplit("::").next() == Some(sought) {
                match sought {
                    SPIN => sought = CALLER,
                    _ => return true,
                }
            }
        }
    }
    false
}

#[inline(never)]
fn call_spin_for_highball_profile(end: Instant) -> u64 {
    // The result is changed, so that this call is no jump, which would leave no caller.
    black_box(spin_for_highball_profile(end)).wrapping_add(1)
}

#[inline(never)]
fn spin_for_highball_profile(end: Instant) -> u64 {
    let mut sum = 0_u64;
    while Instant::now() < end {
        for number in 0..1000 {
            sum = black_box(sum.wrapping_mul(31).wrapping_add(number));
        }
    }
    sum
}
