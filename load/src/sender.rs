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

use crate::connection::{ConnectionSlot, ResponseSummary};
use crate::record::{Failure, Record};
use crate::schedule::Schedule;
use crate::target::Targets;

/// How long a client waits whose new connection was of no use.
const RECONNECT_DELAY: Duration = Duration::from_millis(50);
/// How soon the end is noticed where nothing is due.
const STOP_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// What all threads share.
pub(crate) struct RunState {
    pub(crate) targets: Targets,
    /// Where the servers are.
    pub(crate) addrs: Vec<SocketAddr>,
    pub(crate) http2: bool,
    pub(crate) timeout: Duration,
    pub(crate) model: LoadModel,
    /// What begins before is not counted.
    pub(crate) counted_from: Instant,
    /// When someone asked for the end.
    pub(crate) stopped_at: OnceLock<Instant>,
    /// Wakes those who wait for answers that nobody wants any more.
    pub(crate) abort: Notify,
    /// Set when all have ended, and the report is made.
    pub(crate) is_reporting: AtomicBool,
}

/// What says when the next request is sent.
pub(crate) enum LoadModel {
    /// The answer to the one before, until a time.
    ClosedLoop { sent: AtomicU64, until: Instant },
    /// A schedule; what is due comes by the channel, until a time.
    OpenLoop {
        due: Receiver<DueRequest>,
        until: Instant,
        /// How many that count were sent.
        sent: AtomicU64,
    },
}

/// A request that is due.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DueRequest {
    number: u64,
    at: Instant,
}

/// What a thread has seen since it was last asked.
pub(crate) struct Recorder(Mutex<Interval>);

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

impl Recorder {
    pub(crate) fn new(n_targets: usize) -> Self {
        Self(Mutex::new(Interval::new(n_targets)))
    }

    fn lock(&self) -> MutexGuard<'_, Interval> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what became of a request.
    fn record(&self, target: usize, started: Instant, outcome: Result<ResponseSummary, Failure>) {
        let now = Instant::now();
        let mut interval = self.lock();
        match outcome {
            Ok((status, bytes)) => {
                interval.last = Some(now);
                interval.records[target].add_response(status, bytes, now - started);
            }
            Err(failure) => interval.records[target].add_failure(failure),
        }
    }

    /// Takes what has been seen, and leaves nothing.
    pub(crate) fn take(&self) -> Interval {
        let mut interval = self.lock();
        let empty = Interval::new(interval.records.len());
        std::mem::replace(&mut *interval, empty)
    }
}

/// Says when requests are due, and ends with the schedule.
///
/// A thread sleeps more exactly than a runtime's timer, which goes by milliseconds. What nobody is free for waits in
/// the channel, and then here: when it was due is known all the same.
pub(crate) fn emit_due_requests(
    schedule: &Schedule,
    begin: Instant,
    due: &Sender<DueRequest>,
    shared: &RunState,
) {
    let mut number = 0;
    while let Some(after) = schedule.due_at(number) {
        let at = begin + after;
        while let Some(left) = at.checked_duration_since(Instant::now()) {
            if shared.is_stopped() {
                return;
            }
            thread::sleep(left.min(STOP_CHECK_INTERVAL));
        }
        if due.send_blocking(DueRequest { number, at }).is_err() {
            return;
        }
        number += 1;
    }
}

/// Sends over so many connections with so many streams each, on this thread.
pub(crate) fn run_connections(
    runtime: &Runtime,
    shared: &Arc<RunState>,
    recorder: &Arc<Recorder>,
    connections: usize,
    streams: usize,
) {
    runtime.block_on(async {
        let mut clients = JoinSet::new();
        for _ in 0..connections {
            let slots: Arc<[ConnectionSlot]> = shared
                .addrs
                .iter()
                .map(|addr| ConnectionSlot::new(*addr, shared.http2))
                .collect();
            for _ in 0..streams {
                clients.spawn(run_client(shared.clone(), recorder.clone(), slots.clone()));
            }
        }
        tokio::select! {
            () = join_all(&mut clients) => {}
            () = shared.abort.notified() => {
                clients.abort_all();
                join_all(&mut clients).await;
            }
        }
    });
}

async fn join_all(clients: &mut JoinSet<()>) {
    while clients.join_next().await.is_some() {}
}

/// A request under way; what became of it is noted when it is dropped.
struct PendingRequest<'s> {
    shared: &'s RunState,
    recorder: &'s Recorder,
    target: usize,
    /// When its time began.
    started: Instant,
    /// Whether that was said, and is not when it has a connection.
    is_scheduled: bool,
    /// Whether its connection has brought no answer.
    is_new: bool,
    outcome: Result<ResponseSummary, Failure>,
}

impl Drop for PendingRequest<'_> {
    fn drop(&mut self) {
        if self.started >= self.shared.counted_from {
            self.recorder
                .record(self.target, self.started, self.outcome);
        }
    }
}

impl PendingRequest<'_> {
    async fn send(&mut self, slots: &[ConnectionSlot]) -> Result<ResponseSummary, Failure> {
        let target = &self.shared.targets.all()[self.target];
        let slot = &slots[target.server];
        let connection = slot.acquire().await?;
        self.is_new = connection.is_new;
        // Others may have waited for it, too.
        if !self.is_scheduled {
            self.started = Instant::now();
        }
        slot.send(connection, target.request()).await
    }
}

/// Sends one request after the other.
async fn run_client(shared: Arc<RunState>, recorder: Arc<Recorder>, slots: Arc<[ConnectionSlot]>) {
    while let Some((number, due)) = shared.next().await {
        let mut pending = PendingRequest {
            shared: &shared,
            recorder: &recorder,
            target: shared.targets.pick(number),
            started: due.unwrap_or_else(Instant::now),
            is_scheduled: due.is_some(),
            is_new: true,
            outcome: Err(Failure::Aborted),
        };
        let sent = timeout(shared.timeout, pending.send(&slots)).await;
        pending.outcome = sent.unwrap_or(Err(Failure::Timeout));
        let is_useless = pending.outcome.is_err() && pending.is_new;
        drop(pending);
        if is_useless {
            sleep(RECONNECT_DELAY).await;
        }
    }
}

impl RunState {
    /// Ends the run; the second time, what is open is cut.
    pub(crate) fn stop(&self) {
        if self.stopped_at.set(Instant::now()).is_err() {
            self.abort.notify_waiters();
        }
        if let LoadModel::OpenLoop { due, .. } = &self.model {
            due.close();
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped_at.get().is_some()
    }

    /// Waits for the next request's time: its number, and when it was due, if that was said.
    async fn next(&self) -> Option<(u64, Option<Instant>)> {
        match &self.model {
            LoadModel::ClosedLoop { sent, until } => {
                let continues = !self.is_stopped() && Instant::now() < *until;
                continues.then(|| (sent.fetch_add(1, Relaxed), None))
            }
            LoadModel::OpenLoop { due, until, sent } => {
                let DueRequest { number, at } = due.recv().await.ok()?;
                if self.is_stopped() || Instant::now() >= *until {
                    // Whoever says what is due may be waiting for room.
                    due.close();
                    return None;
                }
                if at >= self.counted_from {
                    sent.fetch_add(1, Relaxed);
                }
                Some((number, Some(at)))
            }
        }
    }
}
