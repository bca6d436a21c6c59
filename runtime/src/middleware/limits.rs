//! Limits of routes and groups: the time, the size of the body, and the number of concurrent requests.

use std::time::Duration;

use highball_macros::middleware;
use tokio::sync::Semaphore;

use crate::{
    chain::Next,
    extract::Facts,
    request::{Context, too_busy},
    response::{IntoResponse, Rejection, Response, Status},
    routes::{Answer, Answers},
};

/// A middleware that limits the time of the rest of the chain. `timeout = ..` on a route or a group adds it.
///
/// After that time the rest of the chain is dropped and the response is a 503. The time ends with the head of the
/// response, and does not limit its body. The 503 has no `Retry-After`, which the app can add.
///
/// [`Context::deadline`] returns when that is.
///
/// The status is part of the type, so that documents have it: `Timeout::<408>` answers 408, as Gin's middleware does.
///
/// # Examples
/// ```
/// use highball::{middleware::Timeout, prelude::*};
///
/// #[get("/report", timeout = secs(5))]
/// async fn report() -> &'static str {
///     "ready"
/// }
///
/// #[routes(app, with(Timeout::<408>::after(secs(30))))]
/// struct Api(report);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Timeout<const STATUS: u16 = 503> {
    after: Duration,
}

/// The answer of a [`concurrency`](fn@concurrency).
const TOO_BUSY: Answers = Answers::one(
    Answer::problem(503)
        .about("the server is handling too many requests")
        .headers(&["retry-after"]),
);

impl<const STATUS: u16> Timeout<STATUS> {
    /// The answer.
    const TOO_SLOW: Answers =
        Answers::one(Answer::problem(STATUS).about("the response took too long"));

    /// Returns a timeout after this time.
    pub const fn after(after: Duration) -> Self {
        Self { after }
    }
}

#[middleware(facts = Facts::NONE, answers = Self::TOO_SLOW, crate = crate)]
impl<const STATUS: u16> Timeout<STATUS> {
    async fn bound(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let clock = cx.clock();
        // A time that the clock cannot represent is no limit.
        let Some(own) = clock.now().checked_add(self.after) else {
            return next.run(cx).await;
        };
        let outer = cx.out().deadline;
        cx.out().deadline = Some(outer.map_or(own, |outer| outer.min(own)));
        let result = clock.timeout_at(own, next.run(cx)).await;
        cx.out().deadline = outer;
        result.unwrap_or_else(|_| {
            let detail = "the response took too long; try again later";
            Rejection::new(Status::from(STATUS).code(), detail).into_response()
        })
    }
}

/// A middleware that limits the size of a request's body in bytes, instead of the app's limit. `body_limit = ..` on a
/// route or a group adds it.
///
/// A larger body is rejected with 413. If its length is announced, it is rejected before any of it is read.
///
/// # Examples
/// ```
/// use highball::{middleware::body_limit, prelude::*};
///
/// #[post("/upload", body_limit = 64 * 1024 * 1024)]
/// async fn upload(body: Bytes) -> String {
///     body.len().to_string()
/// }
///
/// #[routes(app, with(body_limit(4096)))]
/// struct Api(upload);
/// ```
#[middleware(facts = Facts::NONE, answers = Answers::NONE, crate = crate)]
pub async fn body_limit(#[config] bytes: u64, cx: &mut Context<'_>, next: impl Next) -> Response {
    cx.out().body_limit = bytes;
    next.run(cx).await
}

/// A middleware that limits the concurrent requests in the rest of the chain. Others are rejected with 503 and
/// `Retry-After`.
///
/// To limit an app as a whole, use a [`Capacity`](crate::serve::Capacity).
///
/// # Examples
/// ```
/// use highball::{middleware::Concurrency, prelude::*};
///
/// #[get("/report", with(highball::middleware::concurrency(Concurrency::new(4))))]
/// async fn report() -> &'static str {
///     "ready"
/// }
/// # #[routes(app)] struct Api(report);
/// ```
#[middleware(facts = Facts::NONE, answers = TOO_BUSY, crate = crate)]
pub async fn concurrency(
    #[config] limit: &Concurrency,
    cx: &mut Context<'_>,
    next: impl Next,
) -> Response {
    let Ok(_permit) = limit.permits.try_acquire() else {
        return too_busy().into_response();
    };
    next.run(cx).await
}

/// The limit of a [`concurrency`](fn@concurrency).
///
/// # Examples
/// ```
/// use highball::{middleware::{Concurrency, concurrency}, prelude::*};
///
/// #[get("/report")]
/// async fn report() -> &'static str {
///     "ready"
/// }
///
/// #[routes("/reports", with(concurrency(Concurrency::new(4))))]
/// struct Reports(report);
///
/// #[routes(app)]
/// struct Api(Reports);
/// ```
#[derive(Debug)]
pub struct Concurrency {
    permits: Semaphore,
}

impl Concurrency {
    /// Returns a limit of this many concurrent requests.
    ///
    /// # Panics
    /// Panics if the limit is over [`Semaphore::MAX_PERMITS`].
    pub const fn new(most: usize) -> Self {
        Self {
            permits: Semaphore::const_new(most),
        }
    }
}

/// Returns a duration of this many seconds, for example for `timeout = secs(5)`.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// assert_eq!(highball::middleware::secs(5), Duration::from_secs(5));
/// ```
pub const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Returns a duration of this many minutes, for example for `cached(ttl = mins(5))`.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// assert_eq!(highball::middleware::mins(5), Duration::from_secs(300));
/// ```
pub const fn mins(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(60))
}

/// Returns a duration of this many hours, for example for `cached(ttl = mins(5), on_error = hours(2))`.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// assert_eq!(highball::middleware::hours(2), Duration::from_secs(7_200));
/// ```
pub const fn hours(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(3_600))
}

/// Returns a duration of this many days of 24 hours, for example for `slo(errors = 0.01, period = days(30))`.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// assert_eq!(highball::middleware::days(30), Duration::from_secs(2_592_000));
/// ```
pub const fn days(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(86_400))
}

/// Returns a duration of this many milliseconds, for example for `timeout = millis(250)`.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// assert_eq!(highball::middleware::millis(250), Duration::from_millis(250));
/// ```
pub const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}
