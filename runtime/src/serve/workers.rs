//! Serving on several threads, each with a runtime and a queue of connections of its own.

use std::{io, sync::Arc};

use tokio::{
    sync::{oneshot, watch},
    task::JoinSet,
};

use super::listeners::Listening;
use crate::{
    config::Config,
    error::{Error, Result},
    serve::stall_watch::StallWatch,
    server::{self, Bound, HttpApp, Report, Shared, Stop},
};

/// The runtimes of the threads: they end when this is dropped.
pub(super) struct Runtimes(#[expect(dead_code, reason = "held for its drop")] watch::Sender<()>);

/// Returns how many servers there will be: one for each thread, and one for listeners of one's own.
pub(super) fn servers(listening: &Listening, config: &Config) -> usize {
    let own = listening.bound.iter().any(Bound::is_own);
    match config.workers {
        0 => 1,
        workers => workers + usize::from(own),
    }
}

/// Runs the server on `config.workers` threads until all have stopped.
///
/// A listener of a caller's own cannot be shared out: it is served here.
pub(super) async fn run<A: HttpApp>(
    server: Arc<Shared<A>>,
    listening: Listening,
    config: &Config,
    watch: Option<&StallWatch>,
    mut stop: impl Stop,
) -> Result<(Report, Runtimes)> {
    let most = config.max_connections.div_ceil(config.workers);
    let (asks, asked) = watch::channel(0);
    let (runtimes, released) = watch::channel(());
    let mut running = JoinSet::new();
    let (own, shared): (Vec<_>, Vec<_>) = listening.bound.into_iter().partition(Bound::is_own);
    for (idx, bound) in share_out(shared, config.workers)?.into_iter().enumerate() {
        let asked = SharedStop::new(&asked);
        let serving = server::run(Arc::clone(&server), bound, most, asked);
        let beats = watch.map(|watch| watch.beats(idx));
        running.spawn(on_thread(idx, beats, serving, released.clone())?);
    }
    if !own.is_empty() {
        running.spawn(server::run(server, own, most, SharedStop::new(&asked)));
    }
    let mut report = Report::default();
    while !running.is_empty() {
        tokio::select! {
            () = stop.wait_for_stop() => asks.send_modify(|count| *count += 1),
            Some(ended) = running.join_next() => {
                let ended = ended.map_err(|_| Error::new("a thread of the server panicked"))??;
                report.add(&ended);
            }
        }
    }
    Ok((report, Runtimes(runtimes)))
}

/// Gives each thread all places, as its own.
fn share_out(bound: Vec<Bound>, workers: usize) -> Result<Vec<Vec<Bound>>> {
    let others = (1..workers).map(|_| bound.iter().map(Bound::another).collect());
    let mut shares = others.collect::<Result<Vec<Vec<_>>>>()?;
    shares.push(bound);
    Ok(shares)
}

/// Runs the future on a thread with a runtime of its own; returns what waits for it.
fn on_thread<F>(
    idx: usize,
    beats: Option<impl Future<Output = ()> + Send + 'static>,
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
    std::thread::Builder::new()
        .name(format!("highball-{idx}"))
        .spawn(move || {
            runtime.block_on(async {
                if let Some(beats) = beats {
                    tokio::spawn(beats);
                }
                // Whoever dropped the server does not want to know.
                let _ = tx.send(serving.await);
                // Others may still use what was made here: a pool's connection, say.
                let _dropped = released.changed().await;
            });
        })?;
    Ok(async {
        rx.await
            .unwrap_or_else(|_| Err(io::Error::other("its thread has ended")))
    })
}

/// A [`Stop`] that asks as often as the one of all threads.
struct SharedStop {
    count: watch::Receiver<u32>,
    heard: u32,
}

impl SharedStop {
    fn new(count: &watch::Receiver<u32>) -> Self {
        Self {
            count: count.clone(),
            heard: 0,
        }
    }
}

impl Stop for SharedStop {
    async fn wait_for_stop(&mut self) {
        let heard = self.heard;
        // Where nobody can ask any more, the server is dropped: it stops, and then it is cut.
        let _ = self.count.wait_for(|count| *count > heard).await;
        self.heard += 1;
    }
}
