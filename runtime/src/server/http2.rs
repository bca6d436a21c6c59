//! HTTP/2: hyper's builder and the tasks of its streams.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::Executor;
use hyper::server::conn::http2::Builder;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::{
    clock::{Clock, Sleep},
    config::Config,
};

/// How many bytes of a response are buffered for one stream.
const SEND_BUFFER: usize = 64 * 1024;

/// How many streams a client may reset before they reach a handler (rapid reset, CVE-2023-44487).
/// It equals h2's default, and is set here so that a change of h2's default does not change it.
const PENDING_RESETS: usize = 20;

/// Creates hyper's HTTP/2 builder.
pub(super) fn builder(config: &Config, streams: Streams) -> Builder<Streams> {
    let mut builder = Builder::new(streams);
    builder
        .max_concurrent_streams(config.http2_max_streams)
        .max_header_list_size(u32::try_from(config.max_head_size).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(PENDING_RESETS)
        // Streams over the limit count as well. A client that has not yet received the server's
        // settings may open that many, and is not an attacker.
        .max_local_error_reset_streams(
            config
                .http2_max_resets
                .max(config.http2_max_streams as usize),
        )
        .max_send_buf_size(SEND_BUFFER);
    builder
}

tokio::task_local! {
    /// When the stream of this task last took data to send.
    static SENDING: Sending;
}

/// When a stream last took data to send.
struct Sending {
    /// `None` while it waits for the application.
    since: Cell<Option<Instant>>,
    clock: Clock,
}

/// Records whether the stream of this task has taken data to send, or waits for the application.
pub(super) fn set_sending(is_sending: bool) {
    // This fails only outside of a stream's task, where no timeout runs.
    let _ = SENDING.try_with(|sending| {
        sending.since.set(is_sending.then(|| sending.clock.now()));
    });
}

/// The tasks of a connection's streams. They end with the connection.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    tasks: Arc<Mutex<JoinSet<()>>>,
    write_timeout: Duration,
    clock: Clock,
}

impl Streams {
    pub(super) fn new(config: &Config, clock: &Clock) -> Self {
        Self {
            tasks: Arc::default(),
            write_timeout: config.write_timeout,
            clock: clock.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Aborts the remaining tasks and waits until they have ended.
    pub(super) async fn abort_all(&self) {
        let mut left = std::mem::take(&mut *self.lock());
        left.shutdown().await;
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let mut tasks = self.lock();
        // Tasks that have ended are removed here. Otherwise they would accumulate for as long as
        // the connection lives.
        while tasks.try_join_next().is_some() {}
        let stream_task = TimedStream {
            stream: Box::pin(stream),
            timeout: self.write_timeout,
            sleep: None,
        };
        let sending = Sending {
            since: Cell::new(None),
            clock: self.clock.clone(),
        };
        tasks.spawn(SENDING.scope(sending, stream_task));
    }
}

/// A stream's task with a write timeout.
///
/// The connection's timer watches the socket, and a closed flow-control window of one stream does
/// not block the socket. So each stream that waits for its window has a timer.
struct TimedStream<F> {
    stream: Pin<Box<F>>,
    timeout: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<F: Future<Output = ()>> Future for TimedStream<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let stream_task = self.get_mut();
        if stream_task.stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let (since, clock) = SENDING.with(|sending| (sending.since.get(), sending.clock.clone()));
        let Some(since) = since else {
            return Poll::Pending;
        };
        let deadline = since + stream_task.timeout;
        let sleep = stream_task
            .sleep
            .get_or_insert_with(|| Box::pin(clock.sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx)
    }
}
