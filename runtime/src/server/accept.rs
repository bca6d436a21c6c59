//! Accepts connections, owns their tasks and shuts the server down.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::task::{JoinError, JoinSet, unconstrained};

use super::connection::spawn;
use super::listener::{Accepted, Bound, OpenListener};
use super::stop::Stop;
use super::{HttpApp, Shared};
use crate::{
    events::{self, OpenConnections},
    server::preamble::Preamble,
};

/// How many queued connections of each listener are still served when the server stops.
const LAST_ACCEPTED: usize = 1024;

/// The counts of a server that has stopped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    /// How many connections were accepted.
    pub(crate) accepted: u64,
    /// How many connections were still open at the shutdown deadline and were cut.
    pub(crate) cut: usize,
}

impl Report {
    /// Adds the counts of another thread.
    pub(crate) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.cut += other.cut;
    }
}

/// Serves the application until `stop` resolves and the open requests are done.
///
/// After the first stop the server accepts no more, closes idle connections, and closes busy ones
/// after their response. Connections that are still open after [`Config::shutdown_timeout`], or at the second
/// stop, are cut. Dropping the future cuts all connections immediately.
///
/// # Errors
/// Fails if a listener cannot be registered with the runtime.
pub(crate) async fn run<A: HttpApp>(
    shared: Arc<Shared<A>>,
    listeners: Vec<Bound>,
    max_connections: usize,
    mut stop: impl Stop,
) -> io::Result<Report> {
    let listeners = listeners.into_iter().map(Bound::register);
    let mut listeners = Listeners {
        open: listeners.collect::<io::Result<_>>()?,
        next: 0,
    };
    let mut server = Server {
        shared,
        max_connections: max_connections.max(1),
        tasks: JoinSet::new(),
        counted: OpenConnections::default(),
        report: Report::default(),
    };
    server.accept_until(&mut listeners, &mut stop).await;
    server.accept_queued(&mut listeners).await;
    server.drain(listeners, &mut stop).await;
    Ok(server.report)
}

/// One running accept loop.
struct Server<A> {
    shared: Arc<Shared<A>>,
    /// The limit of open connections.
    max_connections: usize,
    /// The task of each open connection. Its length is the number of open connections, because
    /// tasks that have ended are removed.
    tasks: JoinSet<()>,
    /// The number of tasks, for metrics.
    counted: OpenConnections,
    report: Report,
}

impl<A: HttpApp> Server<A> {
    async fn accept_until(&mut self, listeners: &mut Listeners, stop: &mut impl Stop) {
        let mut paused = self.shared.paused.subscribe();
        loop {
            let is_paused = *paused.borrow_and_update();
            let room = self.tasks.len() < self.max_connections && !is_paused;
            tokio::select! {
                () = stop.wait_for_stop() => return,
                Some(ended) = self.tasks.join_next() => self.count_ended(ended),
                Ok(()) = paused.changed() => {}
                (preamble, accepted) = poll_fn(|cx| listeners.poll_accept(cx)), if room => {
                    self.accept(preamble, accepted);
                }
            }
        }
    }

    fn accept(&mut self, preamble: Arc<Preamble>, accepted: Accepted) {
        self.report.accepted += 1;
        events::connection_accepted();
        spawn(&mut self.tasks, self.shared.clone(), preamble, accepted);
        self.counted.set(self.tasks.len());
    }

    /// Accepts the connections that the system has queued, which closing the listener would reset.
    /// Listeners that the system has no resources for now are kept, for [`drain`](Self::drain).
    async fn accept_queued(&mut self, listeners: &mut Listeners) {
        for listener in &mut listeners.open {
            listener.stop_accepting().await;
        }
        for _ in 0..LAST_ACCEPTED * listeners.open.len() {
            // Without `unconstrained`, an exhausted tokio budget looks like an empty queue, and
            // the connections behind it would be reset.
            let accepted = unconstrained(poll_fn(|cx| match listeners.poll_accept(cx) {
                Poll::Ready(accepted) => Poll::Ready(Some(accepted)),
                Poll::Pending => Poll::Ready(None),
            }));
            let Some((preamble, accepted)) = accepted.await else {
                break;
            };
            self.accept(preamble, accepted);
        }
        listeners.open.retain(OpenListener::is_paused);
    }

    async fn drain(&mut self, mut listeners: Listeners, stop: &mut impl Stop) {
        self.shared.stopping.begin();
        self.shared.app.stop();
        let shared = self.shared.clone();
        let deadline = shared.clock.now() + shared.config.shutdown_timeout;
        // Background tasks are waited for only when no connection, on any thread, can start
        // another one.
        let mut finished = pin!(async {
            shared.give_up();
            let mut serving = shared.serving.subscribe();
            let _ = serving.wait_for(|serving| *serving == 0).await;
            shared.app.wait_for_tasks().await;
        });
        loop {
            let all_accepted = listeners.open.is_empty();
            tokio::select! {
                Some(ended) = self.tasks.join_next() => self.count_ended(ended),
                // As above: an exhausted budget is not an empty queue.
                last = unconstrained(poll_fn(|cx| listeners.poll_queued(cx))), if !all_accepted => {
                    if let Some((preamble, accepted)) = last {
                        self.accept(preamble, accepted);
                    }
                }
                () = &mut finished, if self.tasks.is_empty() && all_accepted => return,
                () = shared.clock.sleep_until(deadline) => break,
                () = stop.wait_for_stop() => break,
            }
        }
        drop(listeners);
        self.tasks.abort_all();
        while let Some(ended) = self.tasks.join_next().await {
            self.count_ended(ended);
        }
    }

    fn count_ended(&mut self, ended: Result<(), JoinError>) {
        self.counted.set(self.tasks.len());
        // The panic hook has already reported a panicked connection.
        if ended.is_err_and(|error| error.is_cancelled()) {
            self.report.cut += 1;
        }
    }
}

/// The listeners of a server, polled round-robin.
struct Listeners {
    open: Vec<OpenListener>,
    /// The index of the listener that is polled first. It moves on, so that a busy listener does
    /// not starve the others.
    next: usize,
}

impl Listeners {
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<(Arc<Preamble>, Accepted)> {
        for turn in 0..self.open.len() {
            let idx = (self.next + turn) % self.open.len();
            let listener = &mut self.open[idx];
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                self.next = idx + 1;
                return Poll::Ready((listener.preamble.clone(), accepted));
            }
        }
        Poll::Pending
    }

    /// Accepts from listeners that paused, and drops those whose queue is empty. Returns `None`
    /// when no listener is left.
    fn poll_queued(&mut self, cx: &mut Context<'_>) -> Poll<Option<(Arc<Preamble>, Accepted)>> {
        if let Poll::Ready(accepted) = self.poll_accept(cx) {
            return Poll::Ready(Some(accepted));
        }
        self.open.retain(OpenListener::is_paused);
        if self.open.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}
