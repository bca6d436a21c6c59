//! The threads that send requests, and the thread that emits them on schedule.

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
use crate::shard::Shard;
use crate::target::Targets;

/// How long a client waits after a new connection has failed, so that it does not connect in a busy loop.
const RECONNECT_DELAY: Duration = Duration::from_millis(50);
/// How soon a stop is noticed while no request is due.
const STOP_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// The state that all threads of a run share.
pub(crate) struct RunState {
    pub(crate) targets: Targets,
    /// The addresses of the servers.
    pub(crate) addrs: Vec<SocketAddr>,
    pub(crate) http2: bool,
    pub(crate) timeout: Duration,
    pub(crate) model: LoadModel,
    /// Requests that start before this time belong to the warm-up and are not counted.
    pub(crate) counted_from: Instant,
    /// The time of the first signal that stops the run.
    pub(crate) stopped_at: OnceLock<Instant>,
    /// Aborts the requests that still wait for a response.
    pub(crate) abort: Notify,
    /// Whether all threads have ended and the report is being written.
    pub(crate) is_reporting: AtomicBool,
}

/// The rule by which the next request is sent.
pub(crate) enum LoadModel {
    /// Closed loop: each connection sends its next request after the response, until a time.
    ClosedLoop { sent: AtomicU64, until: Instant },
    /// Open loop: requests are sent on schedule. They arrive over the channel, until a time.
    OpenLoop {
        due: Receiver<DueRequest>,
        until: Instant,
        /// The number of requests that were sent and are counted.
        sent: AtomicU64,
    },
}

/// A request that is due.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DueRequest {
    number: u64,
    at: Instant,
}

/// Collects the results of one thread until the report takes them.
pub(crate) struct Recorder(Mutex<Interval>);

/// The results of one interval: a record for each target, and the time of the last response.
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

    /// Records the outcome of a request.
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

    /// Returns the results, and starts a new interval.
    pub(crate) fn take(&self) -> Interval {
        let mut interval = self.lock();
        let empty = Interval::new(interval.records.len());
        std::mem::replace(&mut *interval, empty)
    }
}

/// Emits requests when they are due, until the schedule ends.
///
/// This runs on a thread because the timer of tokio has a resolution of one millisecond. If all connections are busy,
/// requests wait in the channel, and then this thread waits. They keep the time at which they were due.
pub(crate) fn emit_due_requests(
    schedule: &Schedule,
    shard: Shard,
    begin: Instant,
    due: &Sender<DueRequest>,
    shared: &RunState,
) {
    let mut number = shard.number(0);
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
        number += shard.of;
    }
}

/// Sends requests over `connections` connections with `streams` streams each, on the current thread.
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

/// A request that has been sent. Its outcome is recorded when it is dropped, so that an aborted task is recorded,
/// too.
struct PendingRequest<'s> {
    shared: &'s RunState,
    recorder: &'s Recorder,
    target: usize,
    /// The start of the latency.
    started: Instant,
    /// Whether `started` is the time at which the request was due. Otherwise it is the time at which it gets a
    /// connection.
    is_scheduled: bool,
    /// Whether its connection has not received a response yet.
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
        // HTTP/2 streams share a connection, so several clients may wait for it. That wait is not part of the
        // latency.
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
    /// Stops the run. The second call aborts the requests that wait for a response.
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

    /// Waits for the next request. Returns its number, and in an open loop the time at which it was due.
    async fn next(&self) -> Option<(u64, Option<Instant>)> {
        match &self.model {
            LoadModel::ClosedLoop { sent, until } => {
                let continues = !self.is_stopped() && Instant::now() < *until;
                continues.then(|| (sent.fetch_add(1, Relaxed), None))
            }
            LoadModel::OpenLoop { due, until, sent } => {
                let DueRequest { number, at } = due.recv().await.ok()?;
                if self.is_stopped() || Instant::now() >= *until {
                    // The emitting thread may be waiting for room in the channel. Closing the channel ends it.
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
