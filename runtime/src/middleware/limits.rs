//! Limits on single routes and groups: how long, how large, how many at once.

use std::time::Duration;

use highball_macros::middleware;
use http::StatusCode;
use tokio::sync::Semaphore;

use crate::{
    chain::Next,
    request::{Context, too_busy},
    response::{IntoResponse, Rejection, Response},
};

/// Answers 503 where the rest of the chain takes longer, and drops it; the word `timeout = ..` on
/// a route or a group is short for it.
///
/// The body of the answer is not in that time. A `Retry-After` is left to the app.
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
/// #[routes(app, with(Timeout::after(secs(30)).status(StatusCode::REQUEST_TIMEOUT)))]
/// struct Api(report);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Timeout {
    after: Duration,
    status: StatusCode,
}

impl Timeout {
    /// Gives the rest of the chain so much time.
    pub const fn after(after: Duration) -> Self {
        Self {
            after,
            status: StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Answers with this status in place of 503: Gin's middleware has 408.
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

#[middleware(crate = crate)]
impl Timeout {
    async fn bound(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        match tokio::time::timeout(self.after, next.run(cx)).await {
            Ok(response) => response,
            Err(_) => {
                let detail = "the answer took too long; try again later";
                Rejection::new(self.status, detail).into_response()
            }
        }
    }
}

/// Lets a request's body have at most so many bytes, in place of the app's limit; the word
/// `body_limit = ..` on a route or a group is short for it.
///
/// A longer one is answered with 413: before any of it is read, where its length is announced.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[post("/upload", body_limit = 64 * 1024 * 1024)]
/// async fn upload(body: Bytes) -> String {
///     body.len().to_string()
/// }
///
/// #[routes(app, body_limit = 4096)]
/// struct Api(upload);
/// ```
#[middleware(crate = crate)]
pub async fn body_limit(#[config] bytes: u64, cx: &mut Context<'_>, next: impl Next) -> Response {
    cx.out().body_limit = bytes;
    next.run(cx).await
}

/// Lets at most so many requests be behind it at once, and answers the others with 503 and
/// `Retry-After`; the app as a whole has a [`Capacity`](crate::serve::Capacity).
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
#[middleware(crate = crate)]
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

/// How many requests may be behind a [`concurrency`] at once.
#[derive(Debug)]
pub struct Concurrency {
    permits: Semaphore,
}

impl Concurrency {
    /// Makes a limit.
    ///
    /// # Panics
    /// Over [`Semaphore::MAX_PERMITS`].
    pub const fn new(most: usize) -> Self {
        Self {
            permits: Semaphore::const_new(most),
        }
    }
}

/// Makes a duration of so many seconds: `timeout = secs(5)`.
pub const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Makes a duration of so many milliseconds: `timeout = millis(250)`.
pub const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}
