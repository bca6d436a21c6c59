//! A pool as a battery of a Highball server, and its errors as rejections.

use std::time::Duration;

use highball::{
    Error, Rejection,
    battery::{Battery, Gauge, Hooks},
    http::StatusCode,
};

use crate::{error::TakeError, pool::ObjectPool, stats::Stats};

/// The time for the first objects. A start that takes longer is a failure, which the error of the server names.
const START: Duration = Duration::from_secs(60);

/// The gauges: name, unit, sentence, and the number.
type Row = (&'static str, &'static str, &'static str, fn(&Stats) -> f64);

const GAUGES: [Row; 5] = [
    (
        "object_pool_max",
        "objects",
        "The maximum of the pool.",
        |stats| stats.max as f64,
    ),
    (
        "object_pool_idle",
        "objects",
        "The objects that nothing uses.",
        |stats| stats.idle as f64,
    ),
    (
        "object_pool_in_use",
        "objects",
        "The objects in use.",
        |stats| stats.in_use as f64,
    ),
    (
        "object_pool_waiting",
        "calls",
        "The calls that wait for an object.",
        |stats| stats.waiting as f64,
    ),
    (
        "object_pool_wait_seconds",
        "seconds",
        "The sum of all waits since the start.",
        |stats| stats.wait_total.as_secs_f64(),
    ),
];

/// Makes [`min`](crate::Builder::min) objects before the port answers, within a minute, and closes the pool after the
/// last request. The gauges have the pool's name as the label `pool`.
///
/// It has no check of readiness: a busy pool is no reason to send requests elsewhere.
impl<T: Send + 'static> Battery for ObjectPool<T> {
    fn name(&self) -> String {
        self.options().name.clone()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let pool = self.clone();
        hooks.on_start(START, async move {
            pool.warm(pool.options().min).await.map_err(Error::from)
        });
        for (name, unit, about, number) in GAUGES {
            let pool = self.clone();
            let gauge = Gauge::new(name, unit, about, move || number(&pool.stats()));
            hooks.gauge(gauge.label("pool", &self.name()));
        }
        let pool = self.clone();
        hooks.row("objects", move || {
            let stats = pool.stats();
            let Stats {
                idle,
                in_use,
                waiting,
                max,
                ..
            } = stats;
            format!("{in_use} in use, {idle} idle, {waiting} calls wait, at most {max}")
        });
        hooks.on_close(START, async move {
            self.close();
            Ok(())
        });
    }
}

impl From<TakeError> for Rejection {
    fn from(error: TakeError) -> Self {
        let rejection = match error {
            TakeError::Make(_) => Self::internal(),
            TakeError::Busy | TakeError::TimedOut | TakeError::Closed => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "the server is busy; try again later",
            ),
        };
        rejection.with_source(error)
    }
}
