//! Background work of batteries.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::task::JoinSet;

use super::{
    hook::{self, Hook},
    shutdown::Progress,
};
use crate::{
    clock::Clock,
    error::{Error, Result},
    events,
    request::Check,
    server::Stop,
    tasks::{Owned, Stopping},
};

type Working = Pin<Box<dyn Future<Output = Result> + Send>>;

/// The first pause before work that has failed begins again, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Work that runs until a stop begins.
pub(super) struct Background {
    /// The names of the battery and of the work.
    name: String,
    work: Box<dyn Fn(Stopping, Clock) -> Working + Send + Sync>,
    /// Whether it has failed, and has not run for long since.
    is_failing: Arc<AtomicBool>,
}

impl Background {
    pub(super) fn new<F>(
        name: String,
        work: impl Fn(Stopping, Clock) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result> + Send + 'static,
    {
        Self {
            name,
            work: Box::new(move |stopping, clock| Box::pin(work(stopping, clock))),
            is_failing: Arc::default(),
        }
    }

    /// Returns the check that fails while the work is failing.
    pub(super) fn check(&self) -> Check {
        let is_failing = Arc::clone(&self.is_failing);
        Check::new(self.name.clone(), PAUSES.0, move || {
            let is_failing = is_failing.load(Ordering::Acquire);
            async move {
                match is_failing {
                    true => Err(Error::new("the background work fails")),
                    false => Ok(()),
                }
            }
        })
    }

    /// Runs the work, and again if it fails, until it is done or a stop begins.
    async fn run(self, stopping: Stopping, clock: Clock) {
        let mut pause = PAUSES.0;
        loop {
            let begun = clock.now();
            // A separate task, so that a panic ends only the work.
            let mut work = Owned::spawn((self.work)(stopping.clone(), clock.clone()));
            let ended = tokio::select! {
                biased;
                ended = &mut work => ended,
                () = clock.sleep(pause) => {
                    self.is_failing.store(false, Ordering::Release);
                    work.await
                }
            };
            let fault = match ended {
                Ok(Ok(())) => break,
                Ok(Err(error)) => format!("{error:?}"),
                Err(_) => "it panicked".to_owned(),
            };
            events::background_failed(&self.name, &fault);
            if stopping.has_begun() {
                return;
            }
            if clock.now() - begun > pause {
                pause = PAUSES.0;
            }
            self.is_failing.store(true, Ordering::Release);
            tokio::select! {
                () = clock.sleep(pause) => {}
                () = stopping.clone() => return,
            }
            pause = PAUSES.1.min(pause * 2);
        }
        self.is_failing.store(false, Ordering::Release);
    }
}

/// The background work of a server that runs.
pub(super) struct Running {
    tasks: JoinSet<()>,
}

impl Running {
    /// Starts all work.
    pub(super) fn start(
        background: Vec<Background>,
        mut stop_begins: Vec<Hook>,
        progress: &Progress,
    ) -> Self {
        let (begins, clock) = (&progress.begins, progress.clock.clone());
        let mut tasks = JoinSet::new();
        for background in background {
            tasks.spawn(background.run(begins.stopping(), clock.clone()));
        }
        if !stop_begins.is_empty() {
            let stopping = begins.stopping();
            tasks.spawn(async move {
                stopping.await;
                if let Err(error) = hook::run_stop(&mut stop_begins, &clock).await {
                    events::background_failed("the beginning of the stop", &format!("{error:?}"));
                }
            });
        }
        Self { tasks }
    }

    /// Waits until all work is done, but not longer than the shutdown may take and not after a second request to stop.
    /// Drops the rest, and returns how many that were.
    pub(super) async fn wait(
        mut self,
        progress: &Progress,
        shutdown: Duration,
        stop: &mut impl Stop,
    ) -> usize {
        let (clock, deadline) = (&progress.clock, progress.deadline(shutdown));
        let all = async { while self.tasks.join_next().await.is_some() {} };
        tokio::select! {
            biased;
            _ = clock.timeout_at(deadline, all) => {}
            () = progress.hurries.stopping() => {}
            // The server has ended, so it does not listen for a second request any more.
            () = stop.wait_for_stop() => {}
        }
        let left = self.tasks.len();
        self.tasks.shutdown().await;
        left
    }
}
