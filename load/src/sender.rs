//! The threads that send, and the one that says when.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use async_channel::{Receiver, Sender};
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::link::{Answer, Link};
use crate::record::{Failure, Record};
use crate::schedule::Schedule;
use crate::target::Targets;

/// How long a client waits whose new connection was of no use.
const BREAK: Duration = Duration::from_millis(50);
/// How soon the end is noticed where nothing is due.
const NOTICE: Duration = Duration::from_millis(100);

/// What all threads share.
pub(crate) struct Shared {
    pub(crate) targets: Targets,
    /// Where the servers are.
    pub(crate) addrs: Vec<SocketAddr>,
    pub(crate) http2: bool,
    pub(crate) timeout: Duration,
    pub(crate) source: Source,
    /// What begins before is not counted.
    pub(crate) counts_from: Instant,
    /// When someone asked for the end.
    pub(crate) ended: OnceLock<Instant>,
    /// Wakes those who wait for answers that nobody wants any more.
    pub(crate) cut: Notify,
    /// Set when all have ended, and the report is made.
    pub(crate) over: AtomicBool,
}

/// What says when the next request is sent.
pub(crate) enum Source {
    /// The answer to the one before, until a time.
    Answers { sent: AtomicU64, until: Instant },
    /// A schedule; what is due comes by the channel, until a time.
    Schedule {
        due: Receiver<Due>,
        until: Instant,
        /// How many that count were sent.
        sent: AtomicU64,
    },
}

/// A request that is due.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    number: u64,
    at: Instant,
}

/// What a thread has seen since it was last asked.
pub(crate) struct Seen(Mutex<Interval>);

/// A record for each target, and when the last answer came.
pub(crate) struct Interval {
    pub(crate) records: Vec<Record>,
    pub(crate) last: Option<Instant>,
}

impl Interval {
    fn new(n_targets: usize) -> Self {
        Self {
            records: vec![Record::new(3); n_targets],
            last: None,
        }
    }
}

impl Seen {
    pub(crate) fn new(n_targets: usize) -> Self {
        Self(Mutex::new(Interval::new(n_targets)))
    }

    fn lock(&self) -> MutexGuard<'_, Interval> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what became of a request.
    fn note(&self, target: usize, begun: Instant, outcome: Result<Answer, Failure>) {
        let now = Instant::now();
        let mut seen = self.lock();
        match outcome {
            Ok((status, bytes)) => {
                seen.last = Some(now);
                seen.records[target].answer(status, bytes, now - begun);
            }
            Err(failure) => seen.records[target].fail(failure),
        }
    }

    /// Takes what has been seen, and leaves nothing.
    pub(crate) fn take(&self) -> Interval {
        let mut seen = self.lock();
        let empty = Interval::new(seen.records.len());
        std::mem::replace(&mut *seen, empty)
    }
}

/// Says when requests are due, and ends with the schedule.
///
/// A thread sleeps more exactly than a runtime's timer, which goes by milliseconds. What nobody is free for waits in
/// the channel, and then here: when it was due is known all the same.
pub(crate) fn pace(schedule: &Schedule, begin: Instant, due: &Sender<Due>, shared: &Shared) {
    let mut number = 0;
    while let Some(after) = schedule.due(number) {
        let at = begin + after;
        while let Some(left) = at.checked_duration_since(Instant::now()) {
            if shared.has_ended() {
                return;
            }
            thread::sleep(left.min(NOTICE));
        }
        if due.send_blocking(Due { number, at }).is_err() {
            return;
        }
        number += 1;
    }
}

/// Sends over so many connections with so many streams each, on this thread.
pub(crate) fn send(
    runtime: &Runtime,
    shared: &Arc<Shared>,
    seen: &Arc<Seen>,
    connections: usize,
    streams: usize,
) {
    runtime.block_on(async {
        let mut clients = JoinSet::new();
        for _ in 0..connections {
            let links: Arc<[Link]> = shared
                .addrs
                .iter()
                .map(|addr| Link::new(*addr, shared.http2))
                .collect();
            for _ in 0..streams {
                clients.spawn(client(shared.clone(), seen.clone(), links.clone()));
            }
        }
        tokio::select! {
            () = all(&mut clients) => {}
            () = shared.cut.notified() => {
                clients.abort_all();
                all(&mut clients).await;
            }
        }
    });
}

async fn all(clients: &mut JoinSet<()>) {
    while clients.join_next().await.is_some() {}
}

/// A request under way; what became of it is noted when it is dropped.
struct Open<'s> {
    shared: &'s Shared,
    seen: &'s Seen,
    target: usize,
    /// When its time began.
    begun: Instant,
    /// Whether that was said, and is not when it has a connection.
    is_due: bool,
    /// Whether its connection has brought no answer.
    is_new: bool,
    outcome: Result<Answer, Failure>,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if self.begun >= self.shared.counts_from {
            self.seen.note(self.target, self.begun, self.outcome);
        }
    }
}

impl Open<'_> {
    async fn ask(&mut self, links: &[Link]) -> Result<Answer, Failure> {
        let target = &self.shared.targets.all()[self.target];
        let link = &links[target.server];
        let connection = link.ready().await?;
        self.is_new = connection.is_new;
        // Others may have waited for it, too.
        if !self.is_due {
            self.begun = Instant::now();
        }
        link.send(connection, target.request()).await
    }
}

/// Sends one request after the other.
async fn client(shared: Arc<Shared>, seen: Arc<Seen>, links: Arc<[Link]>) {
    while let Some((number, due)) = shared.next().await {
        let mut open = Open {
            shared: &shared,
            seen: &seen,
            target: shared.targets.pick(number),
            begun: due.unwrap_or_else(Instant::now),
            is_due: due.is_some(),
            is_new: true,
            outcome: Err(Failure::Cut),
        };
        let asked = timeout(shared.timeout, open.ask(&links)).await;
        open.outcome = asked.unwrap_or(Err(Failure::Timeout));
        let is_of_no_use = open.outcome.is_err() && open.is_new;
        drop(open);
        if is_of_no_use {
            sleep(BREAK).await;
        }
    }
}

impl Shared {
    /// Ends the run; the second time, what is open is cut.
    pub(crate) fn end(&self) {
        if self.ended.set(Instant::now()).is_err() {
            self.cut.notify_waiters();
        }
        if let Source::Schedule { due, .. } = &self.source {
            due.close();
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.get().is_some()
    }

    /// Waits for the next request's time: its number, and when it was due, if that was said.
    async fn next(&self) -> Option<(u64, Option<Instant>)> {
        match &self.source {
            Source::Answers { sent, until } => {
                let goes_on = !self.has_ended() && Instant::now() < *until;
                goes_on.then(|| (sent.fetch_add(1, Relaxed), None))
            }
            Source::Schedule { due, until, sent } => {
                let Due { number, at } = due.recv().await.ok()?;
                if self.has_ended() || Instant::now() >= *until {
                    // Whoever says what is due may be waiting for room.
                    due.close();
                    return None;
                }
                if at >= self.counts_from {
                    sent.fetch_add(1, Relaxed);
                }
                Some((number, Some(at)))
            }
        }
    }
}
