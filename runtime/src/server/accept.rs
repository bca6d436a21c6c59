//! Accepting connections, owning their tasks, and stopping.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::task::{JoinError, JoinSet, unconstrained};
use tokio::time::{Instant, sleep_until};

use super::connection::spawn;
use super::listener::{Accepted, Bound, OpenListener};
use super::stop::Stop;
use super::{HttpApp, Shared};
use crate::server::preamble::Preamble;

/// How many connections that the system has accepted are taken over by a stop, of each listener.
const LAST_ACCEPTED: usize = 1024;

/// What a server has done, when it has stopped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    /// How many connections were accepted.
    pub(crate) accepted: u64,
    /// How many connections were open at the deadline of the stop, and were cut.
    pub(crate) cut: usize,
}

impl Report {
    /// Adds what another thread has done.
    pub(crate) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.cut += other.cut;
    }
}

/// Serves the application until it is told to stop and the open requests are done.
///
/// When `stop` asks, no more is accepted, idle connections are closed, busy ones are after their
/// answer, and those that are not done at the deadline of [`Config::drain`], or when `stop` asks
/// again, are cut. Dropping the future cuts at once.
///
/// # Errors
///
/// Fails when the runtime cannot take a listener.
pub(crate) async fn run<A: HttpApp>(
    shared: Arc<Shared<A>>,
    listeners: Vec<Bound>,
    most: usize,
    mut stop: impl Stop,
) -> io::Result<Report> {
    let listeners = listeners.into_iter().map(Bound::open);
    let mut listeners = Listeners {
        open: listeners.collect::<io::Result<_>>()?,
        next: 0,
    };
    let mut server = Server {
        shared,
        most: most.max(1),
        tasks: JoinSet::new(),
        report: Report::default(),
    };
    server.accept_until(&mut listeners, &mut stop).await;
    server.take_over(&mut listeners).await;
    server.drain(listeners, &mut stop).await;
    Ok(server.report)
}

struct Server<A> {
    shared: Arc<Shared<A>>,
    /// How many connections may be open.
    most: usize,
    /// Every connection's task: as many as are open, since the ended ones are taken out.
    tasks: JoinSet<()>,
    report: Report,
}

impl<A: HttpApp> Server<A> {
    async fn accept_until(&mut self, listeners: &mut Listeners, stop: &mut impl Stop) {
        loop {
            let room = self.tasks.len() < self.most;
            tokio::select! {
                () = stop.wait_for_stop() => return,
                Some(ended) = self.tasks.join_next() => self.note(ended),
                (before, accepted) = poll_fn(|cx| listeners.poll_accept(cx)), if room => {
                    self.accept(before, accepted);
                }
            }
        }
    }

    fn accept(&mut self, before: Arc<Preamble>, accepted: Accepted) {
        self.report.accepted += 1;
        spawn(&mut self.tasks, self.shared.clone(), before, accepted);
    }

    /// Takes what has been accepted already: closing the listener would reset it. Those that find no room now are
    /// left, for when there is some.
    async fn take_over(&mut self, listeners: &mut Listeners) {
        for listener in &mut listeners.open {
            listener.settle().await;
        }
        for _ in 0..LAST_ACCEPTED * listeners.open.len() {
            // A budget that is used up would look like an empty queue.
            let accepted = unconstrained(poll_fn(|cx| match listeners.poll_accept(cx) {
                Poll::Ready(accepted) => Poll::Ready(Some(accepted)),
                Poll::Pending => Poll::Ready(None),
            }));
            let Some((before, accepted)) = accepted.await else {
                break;
            };
            self.accept(before, accepted);
        }
        listeners.open.retain(OpenListener::rests);
    }

    async fn drain(&mut self, mut listeners: Listeners, stop: &mut impl Stop) {
        self.shared.stopping.begin();
        self.shared.app.stop();
        let deadline = Instant::now() + self.shared.config.shutdown_timeout;
        let shared = self.shared.clone();
        // What goes on behind answers is waited for once nobody can begin any more, here or on
        // another thread.
        let mut finished = pin!(async {
            shared.serving.send_modify(|serving| *serving -= 1);
            let mut serving = shared.serving.subscribe();
            let _ = serving.wait_for(|serving| *serving == 0).await;
            shared.app.finish().await;
        });
        loop {
            let all_accepted = listeners.open.is_empty();
            tokio::select! {
                Some(ended) = self.tasks.join_next() => self.note(ended),
                // As above: a budget that is used up is no empty queue.
                last = unconstrained(poll_fn(|cx| listeners.poll_last(cx))), if !all_accepted => {
                    if let Some((before, accepted)) = last {
                        self.accept(before, accepted);
                    }
                }
                () = &mut finished, if self.tasks.is_empty() && all_accepted => return,
                () = sleep_until(deadline) => break,
                () = stop.wait_for_stop() => break,
            }
        }
        drop(listeners);
        self.tasks.abort_all();
        while let Some(ended) = self.tasks.join_next().await {
            self.note(ended);
        }
    }

    fn note(&mut self, ended: Result<(), JoinError>) {
        // A panic of a connection has been reported by the panic hook.
        if ended.is_err_and(|error| error.is_cancelled()) {
            self.report.cut += 1;
        }
    }
}

/// The places where a server listens, each in its turn.
struct Listeners {
    open: Vec<OpenListener>,
    /// The one that is asked first: a busy one must not keep the others waiting.
    next: usize,
}

impl Listeners {
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<(Arc<Preamble>, Accepted)> {
        for turn in 0..self.open.len() {
            let idx = (self.next + turn) % self.open.len();
            let listener = &mut self.open[idx];
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                self.next = idx + 1;
                return Poll::Ready((listener.before.clone(), accepted));
            }
        }
        Poll::Pending
    }

    /// Takes what waits where there was no room before, and lets go those where nothing does; none when all are gone.
    fn poll_last(&mut self, cx: &mut Context<'_>) -> Poll<Option<(Arc<Preamble>, Accepted)>> {
        if let Poll::Ready(accepted) = self.poll_accept(cx) {
            return Poll::Ready(Some(accepted));
        }
        self.open.retain(OpenListener::rests);
        if self.open.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}
