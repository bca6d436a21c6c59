//! The messages of a channel that wait, and the work that sends them.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use highball::{Result, clock::Clock};
use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};

use super::{
    channel::{Attempt, Channel},
    client::Client,
    level::Level,
    webhook::Webhook,
};

/// The most webhooks that wait. More than these are left out, the tickets first.
const MOST: usize = 100;
/// The window of the rate.
const MINUTE: Duration = Duration::from_secs(60);
/// The pauses between attempts grow from the first to the last one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(30);

/// The end of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    /// There were too many. A later message has the count.
    LeftOut,
    Later,
    Refused,
}

#[derive(Debug)]
pub(super) struct Queue {
    pub(super) channel: Channel,
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Waiting>,
    left_out: usize,
}

#[derive(Debug)]
struct Waiting {
    webhook: Webhook,
    done: oneshot::Sender<Outcome>,
}

/// When the next attempt may begin.
#[derive(Debug, Default)]
struct Pace {
    /// The attempts of the last minute.
    attempts: VecDeque<Instant>,
    not_before: Option<Instant>,
    failures: u32,
}

impl Queue {
    pub(super) fn new(channel: Channel) -> Self {
        Self {
            channel,
            state: Mutex::default(),
            news: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a webhook. Nothing is received if the work has ended.
    pub(super) fn push(&self, webhook: Webhook) -> oneshot::Receiver<Outcome> {
        let (done, outcome) = oneshot::channel();
        self.state().push(Waiting { webhook, done });
        self.news.notify_one();
        outcome
    }

    /// Sends messages until `stopping` resolves. Those that wait then are not sent, so Alertmanager repeats them.
    pub(super) async fn run(
        &self,
        client: &Client,
        stopping: impl Future<Output = ()>,
        clock: &Clock,
    ) -> Result {
        let mut stopping = pin!(stopping);
        let mut pace = Pace::default();
        loop {
            tokio::select! {
                biased;
                () = stopping.as_mut() => break,
                () = self.next(&mut pace, clock) => {}
            }
            let Some((batch, message, left_out)) = self.take() else {
                continue;
            };
            pace.attempts.push_back(clock.now());
            let attempt = self.channel.send(client, &message).await;
            self.finish(batch, left_out, attempt, &mut pace, clock);
        }
        self.state().waiting.clear();
        Ok(())
    }

    /// Waits until there is a message and the rate allows one.
    async fn next(&self, pace: &mut Pace, clock: &Clock) {
        while self.state().is_empty() {
            self.news.notified().await;
        }
        if let Some(time) = pace.next(clock.now(), self.channel.per_minute()) {
            clock.sleep_until(time).await;
        }
    }

    /// Takes the webhooks of the next message, and the number of those that were left out before it.
    fn take(&self) -> Option<(Vec<Waiting>, highball::prelude::Value, usize)> {
        let mut state = self.state();
        if state.is_empty() {
            return None;
        }
        // The pages are first, each level in the order of its arrival.
        state.waiting.sort_by_key(|waiting| waiting.webhook.level());
        let webhooks: Vec<_> = state
            .waiting
            .iter()
            .map(|waiting| &waiting.webhook)
            .collect();
        let (count, message) = self.channel.message(&webhooks, state.left_out);
        let batch = state.waiting.drain(..count).collect();
        Some((batch, message, std::mem::take(&mut state.left_out)))
    }

    fn finish(
        &self,
        batch: Vec<Waiting>,
        left_out: usize,
        attempt: Attempt,
        pace: &mut Pace,
        clock: &Clock,
    ) {
        let name = self.channel.name();
        let outcome = match attempt {
            Attempt::Sent => Outcome::Sent,
            Attempt::Refused(reason) => {
                eprintln!("alerts: `{name}` has refused a message: {reason}");
                Outcome::Refused
            }
            Attempt::Later(after, reason) => {
                let pause = pace.failed(after, clock.now());
                eprintln!("alerts: `{name}` fails, the next attempt is in {pause:?}: {reason}");
                let mut state = self.state();
                state.left_out += left_out;
                // They are older than those that have arrived since.
                state.waiting.splice(..0, batch);
                return;
            }
        };
        pace.failures = 0;
        for waiting in batch {
            let _client_has_left = waiting.done.send(outcome);
        }
    }
}

impl State {
    /// Removes webhooks that Alertmanager does not wait for, since it sends them again.
    fn is_empty(&mut self) -> bool {
        self.waiting.retain(|waiting| !waiting.done.is_closed());
        self.waiting.is_empty()
    }

    fn push(&mut self, new: Waiting) {
        if self.is_empty() || self.waiting.len() < MOST {
            return self.waiting.push(new);
        }
        let mut tickets = self.waiting.iter();
        let oldest = tickets.position(|waiting| waiting.webhook.level() == Level::P2);
        let out = match (oldest, new.webhook.level()) {
            (Some(idx), _) => {
                let oldest = self.waiting.remove(idx);
                self.waiting.push(new);
                oldest
            }
            (None, Level::P2) => new,
            // A page is never left out: Alertmanager sends it again.
            (None, Level::P1) => {
                let _client_has_left = new.done.send(Outcome::Later);
                return;
            }
        };
        self.left_out += 1;
        let _client_has_left = out.done.send(Outcome::LeftOut);
    }
}

impl Pace {
    /// Returns when the next attempt may begin, or nothing if it may now.
    fn next(&mut self, now: Instant, per_minute: usize) -> Option<Instant> {
        while self
            .attempts
            .front()
            .is_some_and(|first| *first + MINUTE <= now)
        {
            self.attempts.pop_front();
        }
        let rate = match self.attempts.len() < per_minute {
            true => None,
            false => self.attempts.front().map(|first| *first + MINUTE),
        };
        rate.max(self.not_before).filter(|time| *time > now)
    }

    /// Returns the pause after a failure.
    fn failed(&mut self, after: Option<Duration>, now: Instant) -> Duration {
        let pause = FIRST_PAUSE
            .saturating_mul(1 << self.failures.min(5))
            .min(LAST_PAUSE);
        self.failures += 1;
        let pause = after.map_or(pause, |after| after.max(pause));
        self.not_before = Some(now + pause);
        pause
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::Relaxed},
        },
    };

    use highball::{Bytes, http::Response, json, serde_json, testing};

    use super::*;
    use crate::receivers::secret::Secret;

    fn webhook(priority: &str) -> Webhook {
        let alert = json!({ "status": "firing", "labels": { "priority": priority } });
        serde_json::from_value(json!({ "alerts": [alert] })).unwrap()
    }

    #[tokio::test]
    async fn oldest_ticket_is_left_out_and_a_page_never() {
        let queue = Queue::new(Channel::Wecom(String::new(), Secret::env("NONE")));
        let first = queue.push(webhook("P2"));
        let pages: Vec<_> = (1..MOST).map(|_| queue.push(webhook("P1"))).collect();
        let page = queue.push(webhook("P1"));
        assert_eq!(first.await, Ok(Outcome::LeftOut));
        assert_eq!(queue.push(webhook("P1")).await, Ok(Outcome::Later));
        assert_eq!(queue.push(webhook("P2")).await, Ok(Outcome::LeftOut));
        assert_eq!(queue.state().left_out, 2);
        // One that Alertmanager gives up makes room.
        drop(page);
        let ticket = queue.push(webhook("P2"));
        assert_eq!(queue.state().waiting.len(), MOST);
        drop((pages, ticket));
        assert!(queue.take().is_none());
    }

    /// Returns a client that counts its requests and has these responses, and then successes.
    fn client(bodies: &[&'static str]) -> (Client, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let (counted, bodies) = (Arc::clone(&count), bodies.to_vec());
        let client = Client::new(move |_request| {
            let idx = counted.fetch_add(1, Relaxed);
            let body = bodies.get(idx).copied().unwrap_or(r#"{"errcode":0}"#);
            async move { Ok(Response::new(Bytes::from_static(body.as_bytes()))) }
        });
        (client, count)
    }

    /// Starts the work of a queue, which runs until the test ends.
    fn start(client: Client) -> (Arc<Queue>, testing::Clock) {
        let queue = Queue::new(Channel::Wecom(
            "http://robot".to_owned(),
            Secret::env("PATH"),
        ));
        let (queue, clock) = (Arc::new(queue), testing::Clock::new());
        let (working, time) = (Arc::clone(&queue), clock.handle());
        tokio::spawn(async move { working.run(&client, pending(), &time).await });
        (queue, clock)
    }

    #[tokio::test]
    async fn message_after_those_of_a_minute_waits() {
        let (client, count) = client(&[]);
        let (queue, clock) = start(client);
        for _ in 0..20 {
            assert_eq!(queue.push(webhook("P1")).await, Ok(Outcome::Sent));
        }
        let waiting = [queue.push(webhook("P2")), queue.push(webhook("P1"))];
        clock.advance(Duration::from_secs(59)).await;
        assert_eq!(count.load(Relaxed), 20);
        clock.advance(Duration::from_secs(1)).await;
        for outcome in waiting {
            assert_eq!(outcome.await, Ok(Outcome::Sent));
        }
        // They were one message.
        assert_eq!(count.load(Relaxed), 21);
    }

    #[tokio::test]
    async fn robot_that_is_too_fast_waits_for_a_minute() {
        let (client, count) = client(&[r#"{"errcode":45009,"errmsg":"freq"}"#]);
        let (queue, clock) = start(client);
        let outcome = queue.push(webhook("P1"));
        // An attempt of Alertmanager that has ended is not sent.
        drop(queue.push(webhook("P1")));
        while count.load(Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(59)).await;
        assert_eq!(count.load(Relaxed), 1);
        clock.advance(Duration::from_secs(1)).await;
        assert_eq!(outcome.await, Ok(Outcome::Sent));
        assert_eq!(count.load(Relaxed), 2);
    }

    #[test]
    fn rate_and_failures_decide_the_next_attempt() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::default();
        for second in 0..3 {
            assert_eq!(pace.next(at(second), 3), None);
            pace.attempts.push_back(at(second));
        }
        assert_eq!(pace.next(at(3), 3), Some(at(60)));
        assert_eq!(pace.next(at(60), 3), None);
        let pauses: Vec<_> = (0..7)
            .map(|_| pace.failed(None, at(60)).as_secs())
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(pace.next(at(61), 3), Some(at(90)));
        let told = pace.failed(Some(Duration::from_secs(45)), at(90));
        assert_eq!((told.as_secs(), pace.next(at(91), 3)), (45, Some(at(135))));
    }
}
