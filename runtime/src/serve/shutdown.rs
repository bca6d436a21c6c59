//! The time between being told to stop and stopping.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::{request::Health, serve::supervisor, server::Stop};

/// A [`Stop`] that is heard at once by those who ask whether the server is ready, and by the server
/// itself after a while.
pub(super) struct Delayed<'h, S> {
    stop: S,
    delay: Duration,
    health: &'h Health,
    /// When the server hears of the first time it was asked.
    until: Option<Instant>,
    is_heard: bool,
}

impl<'h, S> Delayed<'h, S> {
    pub(super) fn new(stop: S, delay: Duration, health: &'h Health) -> Self {
        Self {
            stop,
            delay,
            health,
            until: None,
            is_heard: false,
        }
    }
}

impl<S: Stop> Stop for Delayed<'_, S> {
    async fn wait_for_stop(&mut self) {
        if self.is_heard {
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
            // Whoever asks twice does not want to wait.
            () = self.stop.wait_for_stop() => {}
        }
        self.is_heard = true;
    }
}
