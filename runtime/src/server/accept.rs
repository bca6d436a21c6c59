//! Accepting connections, owning their tasks, and stopping.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::connection::serve;
use super::stop::{Stop, Stopping};
use super::{Answer, Limits, Shared};

/// How long accepting rests when the system has no room for another connection.
const REST: Duration = Duration::from_millis(50);
/// How many connections that the system has accepted are taken over by a stop.
const LAST_ACCEPTED: usize = 1024;

/// What a server has done, when it has stopped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    /// How many connections were accepted.
    pub(crate) accepted: u64,
    /// How many connections were open at the deadline of the stop, and were cut.
    pub(crate) cut: usize,
}

/// Serves the application until it is told to stop and the open requests are done.
///
/// When `stop` asks, no more is accepted, idle connections are closed, busy ones are after their
/// answer, and those that are not done at the deadline of [`Limits::drain`], or when `stop` asks
/// again, are cut. Dropping the future cuts at once.
///
/// # Errors
///
/// Fails when the listener has no address, which is when it is not one.
pub(crate) async fn run<A: Answer>(
    app: Arc<A>,
    listener: TcpListener,
    limits: Limits,
    mut stop: impl Stop,
) -> io::Result<Report> {
    let shared = Shared {
        app,
        limits,
        stopping: Stopping::default(),
    };
    let mut server = Server {
        shared: Arc::new(shared),
        tasks: JoinSet::new(),
        report: Report::default(),
    };
    server.accept_until(&listener, &mut stop).await;
    server.take_over(&listener).await;
    drop(listener);
    server.drain(&mut stop).await;
    Ok(server.report)
}

struct Server<A> {
    shared: Arc<Shared<A>>,
    /// Every connection's task: as many as are open, since the ended ones are taken out.
    tasks: JoinSet<()>,
    report: Report,
}

impl<A: Answer> Server<A> {
    async fn accept_until(&mut self, listener: &TcpListener, stop: &mut impl Stop) {
        let mut rest_until = None;
        loop {
            let room = self.tasks.len() < self.shared.limits.connections;
            tokio::select! {
                () = stop.asked() => return,
                Some(ended) = self.tasks.join_next() => self.note(ended),
                () = rest(rest_until), if rest_until.is_some() => rest_until = None,
                accepted = listener.accept(), if room && rest_until.is_none() => {
                    rest_until = self.accept(accepted);
                }
            }
        }
    }

    /// Starts a connection, or returns until when accepting rests.
    fn accept(&mut self, accepted: io::Result<(TcpStream, SocketAddr)>) -> Option<Instant> {
        match accepted {
            Ok((stream, peer)) => {
                self.report.accepted += 1;
                self.tasks
                    .spawn(serve(self.shared.clone(), stream, Some(peer)));
                None
            }
            Err(error) if is_of_one_client(&error) => None,
            // Out of descriptors or memory: asking again at once would only burn a core.
            Err(_) => Some(Instant::now() + REST),
        }
    }

    /// Takes what the system has accepted already: closing the listener would reset it.
    async fn take_over(&mut self, listener: &TcpListener) {
        for _ in 0..LAST_ACCEPTED {
            let accepted = std::future::poll_fn(|cx| match listener.poll_accept(cx) {
                Poll::Ready(accepted) => Poll::Ready(Some(accepted)),
                Poll::Pending => Poll::Ready(None),
            });
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
        let deadline = Instant::now() + self.shared.limits.drain;
        let app = self.shared.app.clone();
        let mut finished = pin!(app.finish());
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
