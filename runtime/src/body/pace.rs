//! How fast a client must send a body.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::events;

/// How long a client may be slow before it is looked at how slow: a phone that changes networks.
const GRACE: Duration = Duration::from_secs(10);

/// How fast a client must send a body: what it is measured by, and what it has done.
///
/// Only the time counts in which someone waits for the body: a handler that reads slowly does not
/// make its client slow. The sleep is made when a body is first waited for, so a body that comes
/// with its head costs nothing. It is the body's own and not the connection's, since a body may be
/// read on another task, and HTTP/2 has many.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The least of bytes a second, on the whole.
    rate: u64,
    /// The most that is waited in all.
    most: Duration,
    received: u64,
    waited: Option<Box<Waited>>,
}

#[derive(Debug)]
struct Waited {
    /// Before this time of waiting.
    before: Duration,
    /// Since when it is waited now.
    since: Option<Instant>,
    sleep: Pin<Box<Sleep>>,
}

/// The client has sent too little of its body in the time that it has.
#[derive(Debug)]
pub(crate) struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl std::error::Error for TooSlow {}

impl Pace {
    pub(crate) fn new(rate: u64, most: Duration) -> Self {
        Self {
            rate,
            most,
            received: 0,
            waited: None,
        }
    }

    /// Notes that bytes have come.
    pub(super) fn receive(&mut self, count: usize) {
        self.received += count as u64;
        if let Some(waited) = &mut self.waited
            && let Some(since) = waited.since.take()
        {
            waited.before += since.elapsed();
        }
    }

    /// Is ready when the client is too slow.
    pub(super) fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<TooSlow> {
        let earned = self.received.checked_div(self.rate).unwrap_or(u64::MAX);
        let allowed = self
            .most
            .min(GRACE.saturating_add(Duration::from_secs(earned)));
        let now = Instant::now();
        let waited = self.waited.get_or_insert_with(|| {
            Box::new(Waited {
                before: Duration::ZERO,
                since: None,
                sleep: Box::pin(sleep_until(now + allowed)),
            })
        });
        let since = *waited.since.get_or_insert(now);
        let deadline = since + allowed.saturating_sub(waited.before);
        if waited.sleep.deadline() != deadline {
            waited.sleep.as_mut().reset(deadline);
        }
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

    /// Waits for the body, and returns the seconds after which the client was too slow.
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
    async fn silent_client_has_the_grace() {
        pause();
        assert_eq!(wait(&mut Pace::new(512, Duration::from_secs(99))).await, 10);
    }

    #[tokio::test]
    async fn bytes_earn_time() {
        pause();
        let mut pace = Pace::new(512, Duration::from_secs(3600));
        waits(&mut pace, 6).await;
        pace.receive(5 * 512);
        // Time in which nobody waits does not count.
        advance(Duration::from_secs(1000)).await;
        assert_eq!(wait(&mut pace).await, 10 - 6 + 5);
    }

    #[tokio::test]
    async fn all_time_has_an_end() {
        pause();
        let mut pace = Pace::new(1, Duration::from_secs(30));
        pace.receive(1 << 20);
        assert_eq!(wait(&mut pace).await, 30);
        // No rate at all is a rate that everyone keeps.
        assert_eq!(wait(&mut Pace::new(0, Duration::from_secs(40))).await, 40);
    }
}
