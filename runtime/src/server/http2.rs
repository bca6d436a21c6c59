//! HTTP/2 by prior knowledge: hyper's builder, and the tasks of its streams.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::rt::Executor;
use hyper::server::conn::http2::Builder;
use tokio::task::JoinSet;

use crate::config::Config;

/// How many bytes of answers wait in memory for one stream.
const SEND_BUFFER: usize = 64 * 1024;

/// Makes hyper's builder; its protection against reset floods stays as it is.
pub(super) fn builder(config: &Config, streams: Streams) -> Builder<Streams> {
    let mut builder = Builder::new(streams);
    builder
        .max_concurrent_streams(config.streams)
        .max_header_list_size(u32::try_from(config.head).unwrap_or(u32::MAX))
        .max_send_buf_size(SEND_BUFFER);
    builder
}

/// The tasks of a connection's streams: they end with the connection that owns them.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams(Arc<Mutex<JoinSet<()>>>);

impl Streams {
    fn lock(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        tasks.spawn(stream);
    }
}
