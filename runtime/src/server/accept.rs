//! Accepting connections, owning their tasks, and stopping.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::{JoinError, JoinSet, unconstrained};
use tokio::time::{Instant, sleep_until};

use super::before::Before;
use super::connection::spawn;
use super::listener::{Accepted, Bound, Open};
use super::stop::Stop;
use super::{Answer, Shared};

/// How long accepting rests when the system has no room for another connection.
const REST: Duration = Duration::from_millis(50);
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
pub(crate) async fn run<A: Answer>(
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
    drop(listeners);
    server.drain(&mut stop).await;
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

impl<A: Answer> Server<A> {
    async fn accept_until(&mut self, listeners: &mut Listeners, stop: &mut impl Stop) {
        let mut rest_until = None;
        loop {
            let room = self.tasks.len() < self.most;
            tokio::select! {
                () = stop.asked() => return,
                Some(ended) = self.tasks.join_next() => self.note(ended),
                () = rest(rest_until), if rest_until.is_some() => rest_until = None,
                accepted = poll_fn(|cx| listeners.poll_accept(cx)), if room && rest_until.is_none() => {
                    rest_until = self.accept(accepted);
                }
            }
        }
    }

    /// Starts a connection, or returns until when accepting rests.
    fn accept(&mut self, accepted: io::Result<(Arc<Before>, Accepted)>) -> Option<Instant> {
        match accepted {
            Ok((before, accepted)) => {
                self.report.accepted += 1;
                spawn(&mut self.tasks, self.shared.clone(), before, accepted);
                None
            }
            Err(error) if is_of_one_client(&error) => None,
            // Out of descriptors or memory: asking again at once would only burn a core.
            Err(_) => Some(Instant::now() + REST),
        }
    }

    /// Takes what the system has accepted already: closing the listener would reset it.
    async fn take_over(&mut self, listeners: &mut Listeners) {
        for _ in 0..LAST_ACCEPTED * listeners.open.len() {
            // A budget that is used up would look like an empty queue.
            let accepted = unconstrained(poll_fn(|cx| match listeners.poll_accept(cx) {
                Poll::Ready(accepted) => Poll::Ready(Some(accepted)),
                Poll::Pending => Poll::Ready(None),
            }));
            let Some(accepted) = accepted.await else {
                return;
            };
            if self.accept(accepted).is_some() {
                return;
            }
        }
    }

    async fn drain(&mut self, stop: &mut impl Stop) {
        self.shared.stopping.begin();
        let deadline = Instant::now() + self.shared.config.drain;
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
            tokio::select! {
                Some(ended) = self.tasks.join_next() => self.note(ended),
                () = &mut finished, if self.tasks.is_empty() => return,
                () = sleep_until(deadline) => break,
                () = stop.asked() => break,
            }
        }
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
    open: Vec<Open>,
    /// The one that is asked first: a busy one must not keep the others waiting.
    next: usize,
}

impl Listeners {
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(Arc<Before>, Accepted)>> {
        for turn in 0..self.open.len() {
            let idx = (self.next + turn) % self.open.len();
            let listener = &mut self.open[idx];
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                self.next = idx + 1;
                let before = listener.before.clone();
                return Poll::Ready(accepted.map(|accepted| (before, accepted)));
            }
        }
        Poll::Pending
    }
}

async fn rest(until: Option<Instant>) {
    if let Some(until) = until {
        sleep_until(until).await;
    }
}

/// Returns whether the error is of the connection that was to be accepted, not of the server.
fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_system_makes_accepting_rest() {
        for (code, rests) in [
            (libc_code::EMFILE, true),
            (libc_code::ENFILE, true),
            (libc_code::ECONNABORTED, false),
        ] {
            assert_eq!(
                !is_of_one_client(&io::Error::from_raw_os_error(code)),
                rests,
                "{code}"
            );
        }
    }

    /// Linux's numbers, so that a test needs no dependency.
    mod libc_code {
        pub(super) const ENFILE: i32 = 23;
        pub(super) const EMFILE: i32 = 24;
        pub(super) const ECONNABORTED: i32 = 103;
    }
}
