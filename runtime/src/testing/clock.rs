//! A clock that a test moves.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{runtime::Handle, task::yield_now, time::Instant};

use crate::clock::{self, MovedTime};

/// How many times a step of the clock lets other tasks run, with few tasks. Each time the tasks that are ready run, and
/// sockets are polled.
const ROUNDS: usize = 16;

/// The least number of tasks that run in one round. tokio runs 61, unless the runtime was built with another number.
const TASKS_PER_ROUND: usize = 32;

/// A clock that does not move unless a test moves it, so that a test of an hour takes no time.
///
/// [`TestClient::clock`](super::TestClient::clock) and [`Serve::clock`](crate::serve::Serve::clock) set it. It begins
/// at the time of the system. A clone is the same clock.
///
/// # What it moves
/// - `timeout = ..` and [`Timeout`](crate::middleware::Timeout), with [`Context::deadline`](crate::Context::deadline)
/// - the wait of [`Capacity`](crate::serve::Capacity)
/// - the timeouts of connections, and of slow bodies: those of [`Config`](crate::Config) for heads, idle connections,
///   writes, bodies and handshakes, over each version of HTTP
/// - the delay and the timeout of a shutdown, and the times of hooks
/// - the times of readiness checks, and how long their results are reused
/// - the keep-alive of [`Sse`](crate::sse::Sse) and of WebSockets, with their times at a shutdown
/// - the cookies of [`TestSession::keep_cookies`](super::TestSession::keep_cookies), which expire
/// - waits and times of [`Context::clock`](crate::Context::clock)
///
/// Each of them waits for ever while the clock does not move. A test in which a connection or a server ends by a
/// timeout has to [`advance`](Self::advance) the clock meanwhile.
///
/// # What it does not move
/// - `tokio::time` and `std::time`, in an app and in other crates: a library cannot replace their time. In an app, use
///   [`Context::clock`](crate::Context::clock).
/// - times in the access log, spans of `tracing` and the header `Date`, which report when something happened
/// - the watch for handlers that block their thread, and the heartbeat of systemd, which concern real threads
/// - the reload of certificates, and the ages of files for `ETag`, because files have times of the system
/// - the time limits and pings of QUIC, and the age of streams that a client has reset, which are internal to quinn
///   and h2
/// - the short waits in which a closed connection delivers its last bytes, at most a second, and the pause of a
///   listener without file descriptors: they wait for the network and the system
/// - `highball-jwt` and `highball-rate-limit`, whose libraries read the time of the system
///
/// # Examples
/// A handler that takes too long:
/// ```
/// use highball::{prelude::*, testing::Clock, tokio};
///
/// #[get("/report", timeout = secs(60))]
/// async fn report(cx: &mut Context<'_>) -> &'static str {
///     cx.clock().sleep(secs(3600)).await;
///     "ready"
/// }
///
/// #[routes(app)]
/// struct Api(report);
///
/// # highball::block_on(async {
/// let clock = Clock::new();
/// let request = Api.test().clock(&clock).get("/report").send();
/// let (response, ()) = tokio::join!(request, clock.advance(secs(60)));
/// assert_eq!(response.status(), 503);
/// # });
/// ```
///
/// A value that is too old:
/// ```
/// use std::time::Duration;
///
/// use highball::{clock, middleware::secs, testing::Clock, tokio::time::Instant};
///
/// struct Cached {
///     made: Instant,
/// }
///
/// impl Cached {
///     fn is_fresh(&self, clock: &clock::Clock) -> bool {
///         clock.now() - self.made < Duration::from_secs(10)
///     }
/// }
///
/// # highball::block_on(async {
/// let clock = Clock::new();
/// let cached = Cached { made: clock.now() };
/// clock.advance(secs(9)).await;
/// assert!(cached.is_fresh(&clock.handle()));
/// clock.advance(secs(1)).await;
/// assert!(!cached.is_fresh(&clock.handle()));
/// # });
/// ```
#[derive(Clone)]
pub struct Clock {
    time: Arc<MovedTime>,
}

impl Clock {
    /// Returns a clock that shows the time of the system, and does not move by itself.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "each clock begins at another time"
    )]
    pub fn new() -> Self {
        Self {
            time: Arc::new(MovedTime::new()),
        }
    }

    /// Moves the clock by this much, as if that time passed while nothing else took any.
    ///
    /// First, tasks that are ready run, so that a request that a test has just spawned begins to wait. Then the clock
    /// moves from one time for which something waits to the next. At each it wakes those that wait for this time, the
    /// first to wait first, and tasks that are ready run again. A wait that begins then ends within the same call, if
    /// its time has come. So a task that sleeps a second five times ends within five seconds, and sees each of them.
    ///
    /// When the call returns,
    /// - the clock shows its old time and `by`, plus other calls that ran meanwhile;
    /// - each wait whose time has come has been woken;
    /// - on a current-thread runtime, the default of `#[tokio::test]`, each woken task has been polled, and so have the
    ///   tasks that it has woken, in a chain of at least 16 tasks. The sockets were polled as often. So bytes between
    ///   two tasks of the test arrive over loopback in practice, although the system does not guarantee it.
    ///
    /// On a runtime with several threads, and for threads of the server (`workers`), tasks were woken but may not have
    /// run yet: wait for an effect, such as a response. The same applies to work on blocking threads, such as the files
    /// of `Files`. The call waits neither for such work nor for tokio's timers.
    ///
    /// # Examples
    /// ```
    /// use highball::{middleware::secs, testing::Clock};
    ///
    /// # highball::block_on(async {
    /// let clock = Clock::new();
    /// let begun = clock.now();
    /// clock.advance(secs(3600)).await;
    /// assert_eq!(clock.now() - begun, secs(3600));
    /// # });
    /// ```
    ///
    /// # Panics
    /// Panics if the system cannot represent the new time.
    ///
    /// # Cancel safety
    /// If the future is dropped, the clock may have moved by a part of the time.
    pub async fn advance(&self, by: Duration) {
        let is_valid =
            self.now().checked_add(by).is_some() && self.system_time().checked_add(by).is_some();
        assert!(is_valid, "a clock cannot be moved by {by:?}");
        run_others().await;
        let mut left = by;
        while !left.is_zero() {
            left -= self.time.step(left);
            run_others().await;
        }
    }

    /// Returns the current time, as [`clock::Clock::now`] does.
    pub fn now(&self) -> Instant {
        self.time.now()
    }

    /// Returns the current date and time, as [`clock::Clock::system_time`] does.
    pub fn system_time(&self) -> SystemTime {
        self.time.system_time()
    }

    /// Returns this clock as the type that apps use, for tests of functions that take one.
    ///
    /// # Examples
    /// ```
    /// use highball::{clock, middleware::secs, testing::Clock, tokio};
    ///
    /// async fn wait_a_minute(clock: clock::Clock) {
    ///     clock.sleep(secs(60)).await;
    /// }
    ///
    /// # highball::block_on(async {
    /// let clock = Clock::new();
    /// tokio::join!(wait_a_minute(clock.handle()), clock.advance(secs(60)));
    /// # });
    /// ```
    pub fn handle(&self) -> clock::Clock {
        clock::Clock::moved(Arc::clone(&self.time))
    }
}

/// Lets the tasks run that are ready, and those that they wake.
///
/// On a current-thread runtime, tokio polls a task that yields again when the queue of tasks is empty, or after some
/// other tasks. No task is in the queue twice, so the rounds suffice for every task that is ready now.
async fn run_others() {
    let tasks = Handle::try_current().map_or(0, |runtime| runtime.metrics().num_alive_tasks());
    for _ in 0..ROUNDS + tasks / TASKS_PER_ROUND {
        yield_now().await;
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}
