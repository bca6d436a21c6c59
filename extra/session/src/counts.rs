//! The counts of sessions, since the start.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use highball::battery::{Gauge, Hooks};

use crate::{Sessions, StoreError};

/// The counts of all sessions of an app.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    begun: AtomicU64,
    calls: AtomicU64,
    failures: AtomicU64,
    micros: AtomicU64,
}

impl Counts {
    /// Counts a session that begins.
    pub(crate) fn begins(&self) {
        self.begun.fetch_add(1, Relaxed);
    }

    /// Counts a call of the store.
    pub(crate) fn call<T>(&self, took: Duration, outcome: &Result<T, StoreError>) {
        self.calls.fetch_add(1, Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Relaxed);
        if outcome.is_err() {
            self.failures.fetch_add(1, Relaxed);
        }
    }
}

type Read = fn(&Sessions) -> f64;

const GAUGES: [(&str, &str, &str, Read); 5] = [
    (
        "session_slots_dropped",
        "slots",
        "The slots whose data did not fit their type, since the start.",
        |sessions| number(sessions.0.reads.dropped()),
    ),
    (
        "sessions_begun",
        "sessions",
        "The sessions that have begun, since the start.",
        |sessions| number(sessions.0.counts.begun.load(Relaxed)),
    ),
    (
        "session_store_calls",
        "calls",
        "The calls of the store by requests, since the start.",
        |sessions| number(sessions.0.counts.calls.load(Relaxed)),
    ),
    (
        "session_store_failures",
        "calls",
        "The calls of the store that failed or took too long, since the start.",
        |sessions| number(sessions.0.counts.failures.load(Relaxed)),
    ),
    (
        "session_store_seconds",
        "seconds",
        "The sum of the times of all calls of the store, since the start.",
        |sessions| number(sessions.0.counts.micros.load(Relaxed)) / 1e6,
    ),
];

/// Adds the gauges.
pub(crate) fn add_gauges(sessions: &Sessions, hooks: &mut Hooks<'_>) {
    for (name, unit, help, read) in GAUGES {
        let sessions = sessions.clone();
        hooks.gauge(Gauge::new(name, unit, help, move || read(&sessions)));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count is below 2^52")]
fn number(count: u64) -> f64 {
    count as f64
}
