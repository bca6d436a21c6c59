//! The clock of an app, [`Clock`]: the time, and waits that end at a time.
//!
//! Everything in the framework that waits, or decides something by the time, uses the clock of its server. This is the
//! clock of the system, except in a test that has set a [`testing::Clock`](crate::testing::Clock). The documentation
//! of that type lists what a test moves with it.

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

mod moved;
mod sleep;
#[cfg(test)]
mod tests;

pub(crate) use self::moved::MovedTime;
pub use self::sleep::{Elapsed, Sleep};
use self::sleep::{Limited, Waiter};

/// A wait that is longer ends after this time, as in tokio. It is about 30 years.
const FAR: Duration = Duration::from_secs(86_400 * 365 * 30);

/// The clock of an app. [`Context::clock`](crate::Context::clock) returns it.
///
/// Use it instead of the functions of `tokio::time` and `std::time` in handlers, guards and middleware, so that a test
/// can move their time with a [`testing::Clock`](crate::testing::Clock). A clone is cheap and shows the same time.
/// The default is the clock of the system, for work that belongs to no app.
///
/// A time of this clock, such as [`Context::deadline`](crate::Context::deadline), has a meaning only for this clock:
/// compare it with [`now`](Self::now), and wait for it by [`sleep_until`](Self::sleep_until).
///
/// # Examples
/// ```
/// use highball::{clock::Clock, prelude::*};
///
/// /// Doubles the pause after each attempt that fails.
/// async fn fetch(clock: &Clock) -> Option<String> {
///     for attempt in 0..3 {
///         if let Some(text) = call_service().await {
///             return Some(text);
///         }
///         clock.sleep(millis(100 << attempt)).await;
///     }
///     None
/// }
///
/// #[get("/weather")]
/// async fn weather(cx: &mut Context<'_>) -> Option<String> {
///     fetch(cx.clock()).await
/// }
///
/// # async fn call_service() -> Option<String> { Some("rain".to_owned()) }
/// #[routes(app)]
/// struct Api(weather);
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/weather").send().await.text(), "rain");
/// # });
/// ```
// `None` is the clock of the system, so that its clones write to no counter that connections would share.
#[derive(Clone, Default)]
pub struct Clock(Option<Arc<MovedTime>>);

impl Clock {
    /// Returns a clock whose time a test moves.
    pub(crate) fn moved(time: Arc<MovedTime>) -> Self {
        Self(Some(time))
    }

    /// Returns the current time, to measure durations and to compute deadlines.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/left", timeout = secs(5))]
    /// async fn left(cx: &mut Context<'_>) -> Option<String> {
    ///     let left = cx.deadline()? - cx.clock().now();
    ///     Some(format!("{} ms", left.as_millis()))
    /// }
    /// # #[routes(app)] struct Api(left);
    /// ```
    #[inline]
    pub fn now(&self) -> Instant {
        match &self.0 {
            None => Instant::now(),
            Some(time) => time.now(),
        }
    }

    /// Returns the current date and time, for example to store when something was created or expires.
    ///
    /// # Examples
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use highball::clock::Clock;
    ///
    /// /// Returns when a session that begins now expires.
    /// fn expires(clock: &Clock) -> SystemTime {
    ///     clock.system_time() + Duration::from_secs(3600)
    /// }
    /// # let _ = expires(&Clock::default());
    /// ```
    pub fn system_time(&self) -> SystemTime {
        match &self.0 {
            None => SystemTime::now(),
            Some(time) => time.system_time(),
        }
    }

    /// Waits for this time.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/slow")]
    /// async fn slow(cx: &mut Context<'_>) -> &'static str {
    ///     cx.clock().sleep(millis(1)).await;
    ///     "at last"
    /// }
    /// # #[routes(app)] struct Api(slow);
    /// # highball::block_on(async {
    /// assert_eq!(Api.test().get("/slow").send().await.text(), "at last");
    /// # });
    /// ```
    ///
    /// # Panics
    /// The clock of the system panics outside of a tokio runtime.
    pub fn sleep(&self, time: Duration) -> Sleep {
        self.sleep_until(self.after(time))
    }

    /// Waits until a time of this clock.
    ///
    /// # Examples
    /// ```
    /// use highball::{middleware::secs, clock::Clock};
    ///
    /// /// Runs a job every minute, however long the job takes.
    /// async fn every_minute(clock: Clock, job: impl AsyncFn()) {
    ///     let mut next = clock.now();
    ///     loop {
    ///         job().await;
    ///         next += secs(60);
    ///         clock.sleep_until(next).await;
    ///     }
    /// }
    /// # let _ = every_minute(Clock::default(), async || {});
    /// ```
    ///
    /// # Panics
    /// The clock of the system panics outside of a tokio runtime.
    pub fn sleep_until(&self, deadline: Instant) -> Sleep {
        match &self.0 {
            None => Sleep::system(deadline),
            Some(time) => Sleep::moved(Waiter::new(Arc::clone(time), deadline)),
        }
    }

    /// Limits the time of a future. It is dropped when its time has passed.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/report")]
    /// async fn report(cx: &mut Context<'_>) -> highball::Result<String> {
    ///     let text = cx.clock().timeout(secs(2), query()).await?;
    ///     Ok(text)
    /// }
    ///
    /// # async fn query() -> String { "all is well".to_owned() }
    /// #[routes(app)]
    /// struct Api(report);
    /// # highball::block_on(async {
    /// assert_eq!(Api.test().get("/report").send().await.text(), "all is well");
    /// # });
    /// ```
    ///
    /// # Errors
    /// The result is [`Elapsed`] if the future has not ended by then.
    ///
    /// # Panics
    /// The clock of the system panics outside of a tokio runtime.
    ///
    /// # Cancel safety
    /// Dropping it drops the future.
    pub fn timeout<F: Future>(
        &self,
        time: Duration,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Elapsed>> + use<F> {
        self.timeout_at(self.after(time), future)
    }

    /// Limits the time of a future, like [`timeout`](Self::timeout), up to this time of the clock.
    pub(crate) fn timeout_at<F: Future>(
        &self,
        deadline: Instant,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Elapsed>> + use<F> {
        Limited::new(future, self.sleep_until(deadline))
    }

    fn after(&self, time: Duration) -> Instant {
        let now = self.now();
        now.checked_add(time).unwrap_or_else(|| now + FAR)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            None => "system",
            Some(_) => "moved by a test",
        };
        f.debug_tuple("Clock").field(&kind).finish()
    }
}
