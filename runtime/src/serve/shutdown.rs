//! The delay between a stop request and the shutdown.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::{clock::Clock, request::Health, serve::supervisor, server::Stop, tasks::Signal};

/// The progress of a stop, for the background work of batteries.
pub(super) struct Progress {
    pub(super) clock: Clock,
    /// Set when the first stop is requested.
    pub(super) begins: Signal,
    /// Set when a stop is requested during the shutdown: nothing is waited for any more.
    pub(super) hurries: Signal,
    /// When the delay was over and the shutdown began.
    shutdown: OnceLock<Instant>,
}

impl Progress {
    pub(super) fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            begins: Signal::new(),
            hurries: Signal::new(),
            shutdown: OnceLock::new(),
        }
    }

    /// Begins a stop and the shutdown, where no request is served.
    pub(super) fn begin_without_delay(&self) {
        self.begins.begin();
        // It is set once, since a stop begins once.
        let _ = self.shutdown.set(self.clock.now());
    }

    /// Returns when a shutdown that may take this long ends. Without a stop it is over.
    pub(super) fn deadline(&self, timeout: Duration) -> Instant {
        match self.shutdown.get() {
            Some(begun) => *begun + timeout,
            None => self.clock.now(),
        }
    }
}

/// A [`Stop`] that makes `/readyz` fail at once and stops the server after a delay.
///
/// During the delay a load balancer can see that the server is not ready, while the server still
/// accepts requests. In its second half, each response of HTTP/1 closes its connection, so that a
/// client that keeps it leaves before the end. A request that arrives while an idle connection is
/// closed would be lost.
pub(super) struct DelayedStop<'h, S> {
    stop: S,
    delay: Duration,
    /// Makes the responses of HTTP/1 close their connections.
    closing: Arc<AtomicBool>,
    /// The state that `/readyz` reports.
    health: &'h Health,
    progress: &'h Progress,
    /// When the delay ends, once the first stop was requested.
    until: Option<Instant>,
    /// Whether the first stop was passed to the server.
    is_passed_on: bool,
}

impl<'h, S> DelayedStop<'h, S> {
    pub(super) fn new(
        stop: S,
        delay: Duration,
        closing: Arc<AtomicBool>,
        health: &'h Health,
        progress: &'h Progress,
    ) -> Self {
        Self {
            stop,
            delay,
            closing,
            health,
            progress,
            until: None,
            is_passed_on: false,
        }
    }
}

impl<S: Stop> Stop for DelayedStop<'_, S> {
    async fn wait_for_stop(&mut self) {
        if self.is_passed_on {
            self.stop.wait_for_stop().await;
            return self.progress.hurries.begin();
        }
        let until = match self.until {
            Some(until) => until,
            None => {
                self.stop.wait_for_stop().await;
                self.health.set_ready(false);
                self.progress.begins.begin();
                supervisor::stopping();
                *self.until.insert(self.progress.clock.now() + self.delay)
            }
        };
        let (clock, closing) = (&self.progress.clock, &self.closing);
        let half = until - self.delay / 2;
        let delay = async {
            // Balancers notice the stop in the first half. A client that a response sends away
            // before that may connect to this server again.
            clock.sleep_until(half).await;
            closing.store(true, Relaxed);
            clock.sleep_until(until).await;
        };
        tokio::select! {
            () = delay => {}
            // A second request skips the rest of the delay.
            () = self.stop.wait_for_stop() => {}
        }
        self.is_passed_on = true;
        // It is set once, since a stop is passed on once.
        let _ = self.progress.shutdown.set(self.progress.clock.now());
    }
}
