//! HTTP/2 by prior knowledge: hyper's builder, and the tasks of its streams.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::Executor;
use hyper::server::conn::http2::Builder;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::config::Config;

/// How many bytes of answers wait in memory for one stream.
const SEND_BUFFER: usize = 64 * 1024;

/// How many streams a client may have reset before a handler has seen them (CVE-2023-44487): it is
/// h2's default, and ours, not an accident.
const PENDING_RESETS: usize = 20;

/// Makes hyper's builder.
pub(super) fn builder(config: &Config, streams: Streams) -> Builder<Streams> {
    let mut builder = Builder::new(streams);
    builder
        .max_concurrent_streams(config.http2_max_streams)
        .max_header_list_size(u32::try_from(config.max_head_size).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(PENDING_RESETS)
        // Streams over the limit count here as well: a client that did not know it yet is no attacker.
        .max_local_error_reset_streams(
            config
                .http2_max_resets
                .max(config.http2_max_streams as usize),
        )
        .max_send_buf_size(SEND_BUFFER);
    builder
}

tokio::task_local! {
    /// When the stream of this task was last given something to send that it has not come back from.
    static HANDED: Cell<Option<Instant>>;
}

/// Notes that the stream of this task has something to send, or waits for it.
pub(super) fn hand(something: bool) {
    let since = something.then(Instant::now);
    // There is no stream where HTTP/1 is spoken.
    let _ = HANDED.try_with(|handed| handed.set(since));
}

/// The tasks of a connection's streams: they end with the connection that owns them.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    tasks: Arc<Mutex<JoinSet<()>>>,
    write_timeout: Duration,
}

impl Streams {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            tasks: Arc::default(),
            write_timeout: config.write_timeout,
        }
    }

    fn lock(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Aborts what still runs, and waits until it is gone.
    pub(super) async fn end(&self) {
        let mut left = std::mem::take(&mut *self.lock());
        left.shutdown().await;
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let mut tasks = self.lock();
        // The ended ones are let go here, or they would pile up as long as the connection lives.
        while tasks.try_join_next().is_some() {}
        let patient = Patient {
            stream: Box::pin(stream),
            timeout: self.write_timeout,
            sleep: None,
        };
        tasks.spawn(HANDED.scope(Cell::new(None), patient));
    }
}

/// A stream that ends when its client takes nothing of what it is sent: a shut window shuts no socket,
/// so the connection's timer does not see it.
struct Patient<F> {
    stream: Pin<Box<F>>,
    timeout: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<F: Future<Output = ()>> Future for Patient<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let patient = self.get_mut();
        if patient.stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let Some(since) = HANDED.with(Cell::get) else {
            return Poll::Pending;
        };
        let deadline = since + patient.timeout;
        let sleep = patient
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx)
    }
}
