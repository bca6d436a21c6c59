//! The time of a request: its deadline, its clock, and work that continues after it.

use std::future::Future;

use tokio::{task::JoinHandle, time::Instant};

use super::Context;
use crate::{clock::Clock, tasks::Stopping};

impl<'r> Context<'r> {
    /// Spawns a task that runs independently of the response.
    ///
    /// The task continues after the response is sent or the client has disconnected. At shutdown the server waits for
    /// it, at most for [`Config::shutdown_timeout`](crate::Config::shutdown_timeout). Values of the request are moved into the task, and so
    /// is a [`State`](struct@crate::State).
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[post("/orders")]
    /// async fn order(cx: &mut Context<'_>) -> StatusCode {
    ///     cx.spawn(async {
    ///         // Send the mail.
    ///     });
    ///     StatusCode::ACCEPTED
    /// }
    /// # #[routes(app)] struct Api(order);
    /// ```
    ///
    /// # Panics
    /// Panics outside of a tokio runtime. A panic of the task ends only the task.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.tasks.spawn(work)
    }

    /// Returns a future that completes when the server shuts down.
    ///
    /// Handlers, streams and tasks that would not end by themselves use it: see [`Stopping`].
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, tokio};
    ///
    /// /// Waits for news until the server shuts down.
    /// #[get("/news")]
    /// async fn news(cx: &mut Context<'_>) -> Option<&'static str> {
    ///     tokio::select! {
    ///         news = async { "news" } => Some(news),
    ///         () = cx.stopping() => None,
    ///     }
    /// }
    /// # #[routes(app)] struct Api(news);
    /// ```
    pub fn stopping(&self) -> Stopping {
        self.tasks.stopping()
    }

    /// Returns when the nearest [`Timeout`](crate::middleware::Timeout) around the current step drops it, if there is
    /// one.
    ///
    /// Limit the wait for a database or another service with it, because a later result is not used. It is a time of
    /// the app's [`clock`](Self::clock).
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
    pub fn deadline(&self) -> Option<Instant> {
        self.out.deadline
    }

    /// Returns the clock of the app, to read the time and to wait.
    ///
    /// It is that of the system. A test can set a [`testing::Clock`](crate::testing::Clock), which it moves.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, testing::Clock, tokio};
    ///
    /// #[get("/patience")]
    /// async fn patience(cx: &mut Context<'_>) -> &'static str {
    ///     cx.clock().sleep(secs(3600)).await;
    ///     "an hour later"
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(patience);
    ///
    /// # highball::block_on(async {
    /// let clock = Clock::new();
    /// let request = Api.test().clock(&clock).get("/patience").send();
    /// let (response, ()) = tokio::join!(request, clock.advance(secs(3600)));
    /// assert_eq!(response.text(), "an hour later");
    /// # });
    /// ```
    pub fn clock(&self) -> &'r Clock {
        self.tasks.clock()
    }
}
