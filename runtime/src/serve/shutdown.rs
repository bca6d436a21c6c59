//! The delay between a stop request and the shutdown.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::{request::Health, serve::supervisor, server::Stop};

/// A [`Stop`] that makes `/readyz` fail at once and stops the server after a delay.
///
/// During the delay a load balancer can see that the server is not ready, while the server still
/// accepts requests.
pub(super) struct DelayedStop<'h, S> {
    stop: S,
    delay: Duration,
    /// The state that `/readyz` reports.
    health: &'h Health,
    /// When the delay ends, once the first stop was requested.
    until: Option<Instant>,
    /// Whether the first stop was passed to the server.
    is_passed_on: bool,
}

impl<'h, S> DelayedStop<'h, S> {
    pub(super) fn new(stop: S, delay: Duration, health: &'h Health) -> Self {
        Self {
            stop,
            delay,
            health,
            until: None,
            is_passed_on: false,
        }
    }
}

impl<S: Stop> Stop for DelayedStop<'_, S> {
    async fn wait_for_stop(&mut self) {
        if self.is_passed_on {
            return self.stop.wait_for_stop().await;
        }
        let until = match self.until {
            Some(until) => until,
            None => {
                self.stop.wait_for_stop().await;
                self.health.set_ready(false);
                supervisor::stopping();
                *self.until.insert(Instant::now() + self.delay)
            }
        };
        tokio::select! {
            () = sleep_until(until) => {}
            // A second request skips the rest of the delay.
            () = self.stop.wait_for_stop() => {}
        }
        self.is_passed_on = true;
    }
}
