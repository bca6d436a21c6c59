//! Serves on several threads. Each has a single-threaded runtime and a queue of connections.

use std::{io, sync::Arc};

use tokio::{
    runtime::Handle,
    sync::{oneshot, watch},
    task::JoinSet,
};

use super::{ending::Ending, listeners::Listening, registry::Registry};
use crate::{
    config::Config,
    error::{Error, Result},
    serve::stall_watch::StallWatch,
    server::{self, Bound, HttpApp, Report, Shared, Stop},
};

/// Keeps the runtimes of the worker threads running until it is dropped.
pub(super) struct Runtimes(#[expect(dead_code, reason = "held for its drop")] watch::Sender<()>);

impl Runtimes {
    pub(super) fn new(released: watch::Sender<()>) -> Self {
        Self(released)
    }
}

/// Returns the number of servers: one for each worker thread, and one for custom listeners.
pub(super) fn n_servers(listening: &Listening, config: &Config) -> usize {
    let own = listening.bound.iter().any(Bound::is_custom);
    match config.workers {
        0 => 1,
        workers => workers + usize::from(own),
    }
}

/// Runs a server on each of `config.workers` threads until all have stopped.
///
/// A custom listener cannot be cloned for each thread, so it is served on the current runtime.
pub(super) async fn run<A: HttpApp>(
    server: Arc<Shared<A>>,
    listening: Listening,
    config: &Config,
    watch: Option<&StallWatch>,
    ending: &Ending,
    registry: &Registry,
    mut stop: impl Stop,
) -> Result<(Report, Runtimes)> {
    let most = config.max_connections.div_ceil(config.workers);
    let (requests, requested) = watch::channel(0);
    let (runtimes, released) = watch::channel(());
    let mut running = JoinSet::new();
    let (own, shared): (Vec<_>, Vec<_>) = listening.bound.into_iter().partition(Bound::is_custom);
    for (idx, bound) in share_out(shared, config.workers)?.into_iter().enumerate() {
        let requested = SharedStop::new(&requested);
        let serving = server::run(Arc::clone(&server), bound, most, requested);
        let registry = registry.clone();
        let serving = async move {
            registry.add_runtime(Handle::current());
            serving.await
        };
        let heartbeat = watch.map(|watch| Box::pin(watch.heartbeat(idx)) as Heartbeat);
        let name = format!("highball-{idx}");
        let thread = on_thread(name, heartbeat, serving, released.clone())?;
        let (given_up, server) = (ending.given_up(idx), Arc::clone(&server));
        running.spawn(async move {
            tokio::select! {
                ended = thread => ended,
                () = given_up => {
                    server.give_up();
                    Ok(Report::default())
                }
            }
        });
    }
    if !own.is_empty() {
        running.spawn(server::run(server, own, most, SharedStop::new(&requested)));
    }
    let mut report = Report::default();
    while !running.is_empty() {
        tokio::select! {
            () = stop.wait_for_stop() => requests.send_modify(|count| *count += 1),
            Some(ended) = running.join_next() => {
                let ended = ended.map_err(|_| Error::new("a thread of the server panicked"))??;
                report.add(&ended);
            }
        }
    }
    Ok((report, Runtimes::new(runtimes)))
}

/// The heartbeat of a runtime.
type Heartbeat = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Creates a copy of every listener for each thread.
fn share_out(bound: Vec<Bound>, workers: usize) -> Result<Vec<Vec<Bound>>> {
    let others = (1..workers).map(|_| bound.iter().map(Bound::try_clone).collect());
    let mut shares = others.collect::<Result<Vec<Vec<_>>>>()?;
    shares.push(bound);
    Ok(shares)
}

/// Runs the future on a new thread with a new runtime. Returns a future of its result.
pub(super) fn on_thread<F>(
    name: String,
    heartbeat: Option<Heartbeat>,
    serving: F,
    mut released: watch::Receiver<()>,
) -> Result<impl Future<Output = io::Result<Report>> + Send + 'static>
where
    F: Future<Output = io::Result<Report>> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (tx, rx) = oneshot::channel();
    std::thread::Builder::new().name(name).spawn(move || {
        runtime.block_on(async {
            if let Some(heartbeat) = heartbeat {
                tokio::spawn(heartbeat);
            }
            // The receiver is gone if the server was dropped.
            let _ = tx.send(serving.await);
            // Other threads may still use I/O objects of this runtime, such as a connection of
            // a database pool, so the runtime must outlive the last request.
            let _dropped = released.changed().await;
        });
    })?;
    Ok(async {
        rx.await
            .unwrap_or_else(|_| Err(io::Error::other("a worker thread has ended")))
    })
}

/// A [`Stop`] that repeats the stop requests of the whole server on one thread.
struct SharedStop {
    /// The number of stop requests so far.
    count: watch::Receiver<u32>,
    /// The number of requests that this thread has received.
    received: u32,
}

impl SharedStop {
    fn new(count: &watch::Receiver<u32>) -> Self {
        Self {
            count: count.clone(),
            received: 0,
        }
    }
}

impl Stop for SharedStop {
    async fn wait_for_stop(&mut self) {
        let received = self.received;
        // An error means that the server was dropped. It counts as a request, so this thread stops
        // and then cuts its connections.
        let _ = self.count.wait_for(|count| *count > received).await;
        self.received += 1;
    }
}
