//! The state that caches share with the task that is connected to Redis.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use redis::{Cmd, RedisError, aio::MultiplexedConnection};
use tokio::{
    runtime::Handle,
    sync::{Notify, oneshot, watch},
    time::{Instant, timeout},
};

use super::{
    Settings,
    outbox::{Outbox, Published},
    stamps::{Names, Reply, Seen},
    task,
};
use crate::tags::{Tag, WeakTags};

/// How long Redis may take to answer a command for which no caller waits, and to accept a connection.
pub(super) const ANSWER: Duration = Duration::from_secs(1);

/// The connection of a process to Redis, whether it is there or not.
///
/// A task keeps two connections. One has the invalidations in both directions, the other the values, so that large
/// values delay no invalidation. Callers see [`State`], and never open a connection.
pub(crate) struct Link {
    pub(super) settings: Settings,
    pub(super) names: Names,
    /// The messages of this process have this number.
    pub(super) origin: u64,
    pub(super) outbox: Outbox,
    pub(super) state: watch::Sender<State>,
    /// It wakes the task after a call without an answer in time.
    pub(super) suspected: Notify,
    /// The last invalidation that was applied.
    seen: Mutex<Seen>,
    /// Why the connection was lost.
    lost: Mutex<String>,
    is_running: AtomicBool,
    ended: watch::Sender<bool>,
    created: Instant,
    /// Until when all invalidations of other processes are known, in nanoseconds after `created`.
    known: AtomicU64,
    /// When everything was last invalidated, in nanoseconds after `created`.
    distrusted: AtomicU64,
}

#[derive(Clone)]
pub(super) enum State {
    /// The first attempt to connect has no result yet. A call waits for it.
    Starting,
    /// The connection for values.
    Up(MultiplexedConnection),
    /// Calls do without Redis.
    Away,
}

impl State {
    pub(super) fn is_up(&self) -> bool {
        matches!(self, Self::Up(_))
    }
}

impl Link {
    pub(super) fn new(settings: Settings) -> Self {
        let db = settings.client.get_connection_info().redis_settings().db();
        Self {
            names: Names::new(&settings.namespace, db),
            settings,
            origin: fastrand::u64(1..),
            outbox: Outbox::new(),
            state: watch::Sender::new(State::Starting),
            suspected: Notify::new(),
            seen: Mutex::default(),
            lost: Mutex::default(),
            is_running: AtomicBool::new(false),
            ended: watch::Sender::new(false),
            created: Instant::now(),
            known: AtomicU64::new(0),
            distrusted: AtomicU64::new(0),
        }
    }

    /// Starts the task, if it does not run and if this is in a runtime.
    pub(crate) fn start(self: &Arc<Self>, tags: impl FnOnce() -> WeakTags) {
        if self.is_running.load(Ordering::Relaxed) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if !self.is_running.swap(true, Ordering::AcqRel) {
            runtime.spawn(task::run(Running(Arc::clone(self)), tags()));
        }
    }

    /// Ends the task, after the last cache is dropped.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }

    pub(super) async fn ended(&self) {
        // The sender is in `self`, so it is not dropped.
        let _ = self.ended.subscribe().wait_for(|&ended| ended).await;
    }

    /// Publishes an invalidation in the background.
    pub(crate) fn publish(&self, tag: &Tag) {
        self.outbox.push(tag);
    }

    /// As `publish`. The receiver gets the time of Redis at which it was published.
    pub(super) fn publish_and_wait(&self, tag: &Tag) -> oneshot::Receiver<Published> {
        self.outbox.push_and_wait(tag)
    }

    /// Returns whether a value may be returned that is valid for sure at this time: nothing has invalidated everything
    /// since, and it was at most `max_blind` ago, or all invalidations since are known.
    pub(crate) fn is_trusted(&self, valid_at: Instant, now: Instant) -> bool {
        let valid_at = self.nanos(valid_at);
        if valid_at < self.distrusted.load(Ordering::Acquire) {
            return false;
        }
        let known = self.known.load(Ordering::Acquire).max(valid_at);
        let blind = self.nanos(now).saturating_sub(known);
        Duration::from_nanos(blind) <= self.settings.max_blind
    }

    /// Records that all invalidations that Redis had at this time are applied.
    pub(super) fn set_known(&self, at: Instant) {
        self.known.fetch_max(self.nanos(at), Ordering::AcqRel);
    }

    /// Invalidates everything that was computed or read before this time.
    pub(super) fn distrust(&self, before: Instant) {
        self.distrusted
            .fetch_max(self.nanos(before), Ordering::AcqRel);
    }

    fn nanos(&self, at: Instant) -> u64 {
        let nanos = at.saturating_duration_since(self.created).as_nanos();
        // It is enough for centuries.
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }

    pub(super) fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a message was applied. Before the first greeting, its epoch is another one.
    pub(super) fn advance(&self, to: Seen) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.epoch == to.epoch {
            seen.clock = seen.clock.max(to.clock);
        }
    }

    /// Records that all invalidations up to this one were applied. Messages after it may have come already.
    pub(super) fn set_seen(&self, to: Seen) {
        self.advance(to);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.epoch != to.epoch {
            *seen = to;
        }
    }

    pub(super) fn set_up(&self, connection: MultiplexedConnection) {
        self.state.send_replace(State::Up(connection));
    }

    pub(super) fn set_away(&self, reason: &str) {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        reason.clone_into(&mut lost);
        drop(lost);
        self.state.send_replace(State::Away);
    }

    pub(super) fn lost(&self) -> String {
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.clone()
    }

    /// Reads a value and the stamps of its tags, and returns them with the time before that. Returns `None` if Redis is
    /// away, or does not answer within the patience.
    pub(super) async fn read(&self, name: &str, tags: &[Tag]) -> Option<(Reply, Instant)> {
        let reading = async {
            let mut connection = self.connection().await?;
            // Otherwise the value could be one that this process has invalidated.
            self.outbox.flushed().await;
            let asked_at = Instant::now();
            let read = self.names.read(name, tags);
            let reply = read.query_async(&mut connection).await;
            self.observe(reply).map(|reply| (reply, asked_at))
        };
        let reply = timeout(self.settings.patience, reading).await;
        reply.unwrap_or_else(|_| {
            self.suspect("it takes longer than the patience to answer");
            None
        })
    }

    /// Writes or removes a value. Returns whether it is done.
    pub(super) async fn write(&self, command: &Cmd) -> bool {
        let State::Up(mut connection) = self.state.borrow().clone() else {
            return false;
        };
        let written: Result<(), _> = command.query_async(&mut connection).await;
        self.observe(written).is_some()
    }

    /// Waits for the first attempt to connect.
    async fn connection(&self) -> Option<MultiplexedConnection> {
        let mut state = self.state.subscribe();
        let started = state.wait_for(|state| !matches!(state, State::Starting));
        match &*started.await.ok()? {
            State::Up(connection) => Some(connection.clone()),
            State::Starting | State::Away => None,
        }
    }

    /// Takes an outcome. Errors of the server, such as a full memory, leave the connection as it is.
    fn observe<T>(&self, outcome: Result<T, RedisError>) -> Option<T> {
        if let Err(error) = &outcome
            && (error.is_timeout() || error.is_io_error() || error.is_unrecoverable_error())
        {
            self.suspect(&error.to_string());
        }
        outcome.ok()
    }

    /// Keeps calls away from Redis until the task has an answer from it.
    fn suspect(&self, reason: &str) {
        if !matches!(*self.state.borrow(), State::Away) {
            self.set_away(reason);
        }
        self.suspected.notify_one();
    }
}

/// The right to run the task of a link. If the runtime of the task ends, the next call starts another one. After a
/// panic, none is started: the runtime cannot connect.
pub(super) struct Running(pub(super) Arc<Link>);

impl Drop for Running {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.set_away("the task that connects has panicked");
            return;
        }
        self.0.state.send_replace(State::Starting);
        self.0.is_running.store(false, Ordering::Release);
    }
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    fn link(max_blind: Duration) -> Link {
        let client = redis::Client::open("redis://127.0.0.1:1/").expect("a URL");
        let mut settings = Settings::new(client);
        settings.max_blind = max_blind;
        Link::new(settings)
    }

    #[tokio::test(start_paused = true)]
    async fn values_are_trusted_for_max_blind_after_the_last_word_of_redis() {
        const BLIND: Duration = Duration::from_secs(30);
        let link = link(BLIND);
        let old = Instant::now();
        let is_trusted = |valid_at| link.is_trusted(valid_at, Instant::now());
        tokio::time::advance(BLIND).await;
        assert!(is_trusted(old));
        let young = Instant::now();
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!is_trusted(old) && is_trusted(young));
        link.set_known(Instant::now());
        assert!(is_trusted(old));
        tokio::time::advance(BLIND).await;
        assert!(is_trusted(old));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!is_trusted(old) && !is_trusted(young));
    }

    #[tokio::test(start_paused = true)]
    async fn values_from_before_an_invalidation_of_everything_are_not_trusted() {
        let link = link(ANSWER);
        tokio::time::advance(Duration::from_millis(1)).await;
        let old = Instant::now();
        tokio::time::advance(Duration::from_nanos(1)).await;
        let now = Instant::now();
        link.distrust(now);
        assert!(!link.is_trusted(old, now) && link.is_trusted(now, now));
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_first_call_waits_for_a_redis_that_never_answers() {
        let link = link(ANSWER);
        let begun = Instant::now();
        for _ in 0..100 {
            assert!(link.read("value", &[]).await.is_none());
        }
        assert_eq!(begun.elapsed(), link.settings.patience);
    }
}
