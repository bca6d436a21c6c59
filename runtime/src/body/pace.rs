//! The minimum speed at which a client must send a body.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use crate::{
    clock::{Clock, Sleep},
    events,
};

/// How long a client may send nothing before its speed counts, for example a phone that changes networks.
const GRACE: Duration = Duration::from_secs(10);

/// The minimum speed of a body, and how fast the client has sent it so far.
///
/// The time runs only while the server waits for body data, so a slow handler does not trigger the limit. The timer
/// is made at the first wait, so a body that arrives with its head costs nothing. The timer belongs to the body and
/// not to the connection, because a body can be read on another task, and an HTTP/2 connection has many bodies.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The minimum of bytes per second, on average.
    rate: u64,
    /// The longest time that the server waits in total.
    most: Duration,
    received: u64,
    clock: Clock,
    waited: Option<Box<Waited>>,
}

#[derive(Debug)]
struct Waited {
    /// How long the server has waited, without the current wait.
    before: Duration,
    /// The start of the current wait, if there is one.
    since: Option<Instant>,
    sleep: Pin<Box<dyn Timer>>,
}

/// A timer of the clock.
///
/// It is a trait object because the type contains itself, and rustc keeps no result about such a type: for each handler
/// with the context it would prove again that the body is `Send`.
trait Timer: Future<Output = ()> + fmt::Debug + Send + Sync {
    /// Changes when the timer ends.
    fn end_at(self: Pin<&mut Self>, deadline: Instant);
}

impl Timer for Sleep {
    fn end_at(self: Pin<&mut Self>, deadline: Instant) {
        if self.deadline() != deadline {
            self.reset(deadline);
        }
    }
}

/// The error of a body that is slower than its [`Pace`].
#[derive(Debug)]
pub(crate) struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body arrived too slowly")
    }
}

impl std::error::Error for TooSlow {}

impl Pace {
    pub(crate) fn new(rate: u64, most: Duration, clock: Clock) -> Self {
        Self {
            rate,
            most,
            received: 0,
            clock,
            waited: None,
        }
    }

    /// Counts bytes that have arrived, and ends the current wait.
    pub(super) fn receive(&mut self, count: usize) {
        self.received += count as u64;
        if let Some(waited) = &mut self.waited
            && let Some(since) = waited.since.take()
        {
            waited.before += self.clock.now() - since;
        }
    }

    /// Waits for the body. It is ready if the client is too slow.
    pub(super) fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<TooSlow> {
        let earned = self.received.checked_div(self.rate).unwrap_or(u64::MAX);
        let allowed = self
            .most
            .min(GRACE.saturating_add(Duration::from_secs(earned)));
        let now = self.clock.now();
        let waited = self.waited.get_or_insert_with(|| {
            Box::new(Waited {
                before: Duration::ZERO,
                since: None,
                sleep: Box::pin(self.clock.sleep_until(now + allowed)),
            })
        });
        let since = *waited.since.get_or_insert(now);
        let deadline = since + allowed.saturating_sub(waited.before);
        waited.sleep.as_mut().end_at(deadline);
        let received = self.received;
        waited.sleep.as_mut().poll(cx).map(|()| {
            events::body_too_slow(received, allowed);
            TooSlow
        })
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::{advance, pause};

    use super::*;

    fn of(rate: u64, seconds: u64) -> Pace {
        Pace::new(rate, Duration::from_secs(seconds), Clock::default())
    }

    /// Waits for the body, and returns after how many seconds the client was too slow.
    async fn wait(pace: &mut Pace) -> u64 {
        let begun = Instant::now();
        poll_fn(|cx| pace.poll_too_slow(cx)).await;
        begun.elapsed().as_secs()
    }

    async fn waits(pace: &mut Pace, seconds: u64) {
        let early = tokio::time::timeout(
            Duration::from_secs(seconds),
            poll_fn(|cx| pace.poll_too_slow(cx)),
        );
        assert!(early.await.is_err());
    }

    #[tokio::test]
    async fn silent_client_is_too_slow_after_ten_seconds() {
        pause();
        assert_eq!(wait(&mut of(512, 99)).await, 10);
    }

    #[tokio::test]
    async fn received_bytes_extend_the_time() {
        pause();
        let mut pace = of(512, 3600);
        waits(&mut pace, 6).await;
        pace.receive(5 * 512);
        // Time without a wait does not count.
        advance(Duration::from_secs(1000)).await;
        assert_eq!(wait(&mut pace).await, 10 - 6 + 5);
    }

    #[tokio::test]
    async fn total_time_is_limited() {
        pause();
        let mut pace = of(1, 30);
        pace.receive(1 << 20);
        assert_eq!(wait(&mut pace).await, 30);
        // A rate of 0 is no limit.
        assert_eq!(wait(&mut of(0, 40)).await, 40);
    }
}
