//! The threads that send, and the one that says when.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use async_channel::{Receiver, Sender};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::link::{Answer, Link};
use crate::record::{Failure, Record};
use crate::schedule::Schedule;
use crate::target::{Target, Targets};

/// How long a client waits that could not connect.
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
    /// Set when the run is over before its time.
    pub(crate) ended: AtomicBool,
}

/// What says when the next request is sent.
pub(crate) enum Source {
    /// The answer to the one before, until a time.
    Answers { sent: AtomicU64, until: Instant },
    /// A schedule; what is due is in the channel, until a time.
    Schedule {
        due: Receiver<Due>,
        until: Instant,
        /// How many were taken when it was too late.
        late: AtomicU64,
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

/// A record for each target, and when the last one ended.
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
    fn note(&self, target: usize, begun: Option<Instant>, outcome: Result<Answer, Failure>) {
        let now = Instant::now();
        let mut seen = self.lock();
        seen.last = Some(now);
        match outcome {
            Ok((status, bytes)) => {
                let latency = begun.map_or(Duration::ZERO, |begun| now - begun);
                seen.records[target].answer(status, bytes, latency);
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
/// A thread sleeps more exactly than a runtime's timer, which goes by milliseconds.
pub(crate) fn pace(schedule: &Schedule, begin: Instant, due: &Sender<Due>, ended: &AtomicBool) {
    let mut number = 0;
    while let Some(after) = schedule.due(number) {
        let at = begin + after;
        while let Some(left) = at.checked_duration_since(Instant::now()) {
            if ended.load(Relaxed) {
                return;
            }
            thread::sleep(left.min(NOTICE));
        }
        if due.try_send(Due { number, at }).is_err() {
            return;
        }
        number += 1;
    }
}

/// Sends over so many connections with so many streams each, on this thread.
pub(crate) fn send(shared: &Arc<Shared>, seen: &Arc<Seen>, connections: usize, streams: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system has room for a runtime");
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
            _asked = tokio::signal::ctrl_c() => {
                shared.ended.store(true, Relaxed);
                all(&mut clients).await;
            }
        }
    });
}

async fn all(clients: &mut JoinSet<()>) {
    while clients.join_next().await.is_some() {}
}

/// Sends one request after the other.
async fn client(shared: Arc<Shared>, seen: Arc<Seen>, links: Arc<[Link]>) {
    while let Some((number, due)) = shared.next().await {
        let target = shared.targets.pick(number);
        let mut begun = due;
        let asking = shared.ask(&links, &shared.targets.all()[target], &mut begun);
        let asked = timeout(shared.timeout, asking).await;
        let outcome = asked.unwrap_or(Err(Failure::Timeout));
        seen.note(target, begun, outcome);
        if outcome == Err(Failure::Connect) {
            sleep(BREAK).await;
        }
    }
}

impl Shared {
    /// Waits for the next request's time: its number, and when it was due, if that was said.
    async fn next(&self) -> Option<(u64, Option<Instant>)> {
        if self.ended.load(Relaxed) {
            return None;
        }
        match &self.source {
            Source::Answers { sent, until } => {
                (Instant::now() < *until).then(|| (sent.fetch_add(1, Relaxed), None))
            }
            Source::Schedule { due, until, late } => {
                let due = due.recv().await.ok()?;
                if Instant::now() < *until {
                    return Some((due.number, Some(due.at)));
                }
                late.fetch_add(1, Relaxed);
                None
            }
        }
    }

    /// Sends a request; its time begins when it has a connection, unless it has begun before.
    async fn ask(
        &self,
        links: &[Link],
        target: &Target,
        begun: &mut Option<Instant>,
    ) -> Result<Answer, Failure> {
        let link = &links[target.server];
        let sender = link.ready().await?;
        begun.get_or_insert_with(Instant::now);
        link.send(sender, target.request()).await
    }
}
