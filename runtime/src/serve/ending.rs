//! Ends a process that has a blocked runtime. The thread of such a runtime can never be joined.

use std::{
    future::Future,
    pin::Pin,
    process,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use tokio::sync::watch;

use super::supervisor;
use crate::{config::Config, middleware, server::Stop};

/// The exit code of a process that a blocked runtime has ended: `EX_SOFTWARE` of `sysexits.h`.
const EXIT_CODE: i32 = 70;
/// How long the stop hooks may take after the other runtimes have stopped.
const HOOKS: Duration = Duration::from_secs(10);
/// How long the access log may take to write its last lines.
const FLUSH: Duration = Duration::from_secs(1);
/// The shortest time after which a blocked runtime ends the process.
const SHORTEST: Duration = Duration::from_secs(1);

/// Whether, and how, a blocked runtime ends the process.
pub(super) struct Ending {
    /// How long a runtime may be blocked. `None` if it never ends the process.
    after: Option<Duration>,
    /// How long the rest of the process may take to stop.
    limit: Duration,
    /// The runtimes that are given up, by their indices.
    given_up: watch::Sender<Vec<usize>>,
}

impl Ending {
    /// Reads the settings. Without one, the process ends after half of the time of systemd's watchdog, which would kill
    /// it without letting the other runtimes finish.
    pub(super) fn new(config: &Config) -> Arc<Self> {
        let after = match config.is_set("end_when_blocked") {
            true => Some(config.end_when_blocked).filter(|after| !after.is_zero()),
            false => supervisor::patience().map(|patience| patience / 2),
        };
        let limit = match config.workers {
            // All threads of the only runtime are blocked, so no request and no hook can finish.
            0 => Duration::ZERO,
            _ => config.shutdown_delay + config.shutdown_timeout + HOOKS,
        };
        Arc::new(Self {
            after: after.map(|after| after.max(SHORTEST)),
            limit,
            given_up: watch::Sender::default(),
        })
    }

    /// Returns how long a runtime may be blocked, if that ends the process.
    pub(super) fn after(&self) -> Option<Duration> {
        self.after
    }

    /// Returns whether the process is ending.
    pub(super) fn has_begun(&self) -> bool {
        !self.given_up.borrow().is_empty()
    }

    /// Returns whether this runtime is given up.
    pub(super) fn has_given_up(&self, idx: usize) -> bool {
        self.given_up.borrow().contains(&idx)
    }

    /// Gives a runtime up. The first call begins the end of the process.
    pub(super) fn give_up(self: &Arc<Self>, idx: usize) {
        if !self.has_begun() {
            let ending = Arc::clone(self);
            let limited = thread::Builder::new().name("highball-end".to_owned());
            let limited = limited.spawn(move || {
                thread::sleep(ending.limit);
                ending.exit()
            });
            if limited.is_err() {
                // Without a thread nothing limits the stop.
                self.exit();
            }
        }
        self.given_up.send_modify(|given_up| given_up.push(idx));
    }

    /// Resolves when the process begins to end.
    pub(super) fn begun(&self) -> impl Future<Output = ()> + Send + use<> {
        self.wait_until(|given_up| !given_up.is_empty())
    }

    /// Resolves when this runtime is given up.
    pub(super) fn given_up(&self, idx: usize) -> impl Future<Output = ()> + Send + use<> {
        self.wait_until(move |given_up| given_up.contains(&idx))
    }

    fn wait_until<F>(&self, is_met: F) -> impl Future<Output = ()> + Send + use<F>
    where
        F: Fn(&[usize]) -> bool + Send + Sync + 'static,
    {
        let mut given_up = self.given_up.subscribe();
        async move {
            if given_up
                .wait_for(|given_up| is_met(given_up))
                .await
                .is_err()
            {
                // The server has ended, so nothing is given up any more.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Ends the process, after the access log has been written.
    pub(super) fn exit(&self) -> ! {
        let (written, is_written) = mpsc::channel();
        let flushing = thread::Builder::new().spawn(move || {
            middleware::flush();
            // The receiver is gone if it took too long.
            let _ = written.send(());
        });
        if flushing.is_ok() {
            let _ = is_written.recv_timeout(FLUSH);
        }
        process::exit(EXIT_CODE)
    }
}

/// A [`Stop`] that also begins when another future resolves.
pub(super) struct StopOr<S> {
    stop: S,
    other: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Whether a stop has begun. The other one is no second request, which would cut the connections.
    has_begun: bool,
}

impl<S> StopOr<S> {
    pub(super) fn new(stop: S, other: impl Future<Output = ()> + Send + 'static) -> Self {
        Self {
            stop,
            other: Box::pin(other),
            has_begun: false,
        }
    }
}

impl<S: Stop> Stop for StopOr<S> {
    async fn wait_for_stop(&mut self) {
        if self.has_begun {
            return self.stop.wait_for_stop().await;
        }
        tokio::select! {
            () = self.stop.wait_for_stop() => {}
            () = &mut self.other => {}
        }
        self.has_begun = true;
    }
}
