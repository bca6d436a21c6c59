//! The objectives of a route.

use std::time::Duration;

/// The objectives of a route (`slo(..)`): how long its requests may take and how many may fail.
///
/// [`Route::slo`](crate::Route::slo) returns them. Metrics have a bucket that ends at the duration, and alert rules
/// compare with both. They do not change how a request is served.
///
/// # Examples
/// ```
/// use highball::{describe::{Latency, Slo}, prelude::*};
///
/// #[post("/checkout", slo(p99 = millis(500), errors = 0.05, period = days(30)))]
/// async fn checkout() {}
///
/// #[get("/health")]
/// async fn health() {}
///
/// #[routes(app)]
/// struct Api(checkout, health);
///
/// # fn main() {
/// let slo: &Slo = Api::ROUTES[0].slo().unwrap();
/// let Latency { share, micros, .. } = slo.latency().unwrap();
/// assert_eq!((share, micros), (990_000, 500_000));
/// assert_eq!(slo.errors(), Some(50_000));
/// assert_eq!(slo.period(), Some(days(30)));
/// assert!(Api::ROUTES[1].slo().is_none());
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slo {
    latency: Option<Latency>,
    /// In millionths.
    errors: Option<u32>,
    /// In seconds.
    period: Option<u64>,
}

/// A duration that a share of the requests may take (`p99 = millis(500)`).
///
/// # Examples
/// ```
/// use highball::describe::Latency;
///
/// /// Returns the share of requests that may be slower, in millionths.
/// fn slow(latency: &Latency) -> u32 {
///     1_000_000 - latency.share
/// }
/// # let _ = slow;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Latency {
    /// The share of requests that are not slower, in millionths: 990,000 for `p99`.
    pub share: u32,
    /// The duration in microseconds, over zero.
    pub micros: u64,
}

/// The longest duration of an objective: a day.
const MOST_MICROS: u128 = 86_400_000_000;

const DAY: u64 = 86_400;

impl Slo {
    /// No objectives.
    #[doc(hidden)]
    pub const NONE: Self = Self {
        latency: None,
        errors: None,
        period: None,
    };

    /// Sets the duration that this share of requests may take, in millionths.
    #[doc(hidden)]
    #[must_use]
    pub const fn latency_within(mut self, share: u32, duration: Duration) -> Self {
        let micros = duration.as_micros() as u64;
        self.latency = Some(Latency { share, micros });
        self
    }

    /// Sets the share of errors, in millionths.
    #[doc(hidden)]
    #[must_use]
    pub const fn errors_under(mut self, share: u32) -> Self {
        self.errors = Some(share);
        self
    }

    /// Sets the period of the objectives.
    #[doc(hidden)]
    #[must_use]
    pub const fn over(mut self, period: Duration) -> Self {
        self.period = Some(period.as_secs());
        self
    }

    /// Returns the duration that a share of the requests may take, from the request to the end of the response's body.
    pub const fn latency(&self) -> Option<Latency> {
        self.latency
    }

    /// Returns the share of requests that may fail, in millionths: 50,000 for `errors = 0.05`. A request fails with a
    /// status from 500 or if the body of its response does.
    pub const fn errors(&self) -> Option<u32> {
        self.errors
    }

    /// Returns the period in which the objectives hold, from one to 366 days, for alerts about the rate at which the
    /// permitted failures are used up.
    pub const fn period(&self) -> Option<Duration> {
        match self.period {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => None,
        }
    }
}

/// Fails to compile if a duration is no objective. The check is a separate constant, so that its error is the only one.
#[track_caller]
pub const fn assert_latency(duration: Duration) {
    let micros = duration.as_micros();
    assert!(
        micros > 0,
        "the duration of `slo(..)` is longer than zero: write `p99 = millis(500)`"
    );
    assert!(
        micros <= MOST_MICROS,
        "the duration of `slo(..)` is at most a day: write `p99 = millis(500)`"
    );
}

/// Fails to compile if a period is no number of days from 1 to 366.
#[track_caller]
pub const fn assert_period(period: Duration) {
    let seconds = period.as_secs();
    let is_whole = seconds.is_multiple_of(DAY) && period.subsec_nanos() == 0;
    assert!(
        is_whole && seconds > 0 && seconds <= 366 * DAY,
        "the period of `slo(..)` is a number of days from 1 to 366: write `period = days(30)`"
    );
}
