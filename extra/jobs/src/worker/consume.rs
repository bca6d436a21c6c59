//! Takes jobs of one name, and runs them.

use std::{pin::pin, sync::Arc, time::Duration};

use highball::{battery::Control, clock::Clock, serve::Stopping};
use tokio::{sync::oneshot, task::JoinSet};

use super::Worker;
use crate::{
    backend::{BackendError, Claim, Claimed, End},
    time::{first, random_part},
};

/// The most jobs of one claim.
const BATCH: usize = 50;

/// How long a claim may take. One that hangs must not stop the consumer for ever.
const CLAIM: Duration = Duration::from_secs(10);

/// The longest pause after a failure of the backend.
const PAUSE: Duration = Duration::from_secs(10);

impl<S: Send + Sync + 'static> Worker<S> {
    /// Takes and runs jobs of a consumer until the stop, and then waits for those that run.
    pub(super) async fn consume(self: Arc<Self>, idx: usize, stopping: Stopping, clock: Clock) {
        let line = self.jobs.line(self.consumers[idx].name());
        let at_once = self.consumers[idx].options.at_once;
        let (mut running, mut failures) = (JoinSet::new(), 0_u32);
        while !stopping.has_begun() {
            // All that have ended meanwhile, so that one claim replaces them, and not one claim each.
            while running.try_join_next().is_some() {}
            let free = match self.control.get().is_some_and(Control::sheds_background) {
                // It looks again after the usual pause.
                true => 0,
                false => at_once.saturating_sub(running.len()).min(BATCH),
            };
            let (mut is_full, mut pause) = (free == 0, self.settings.poll);
            if free > 0 {
                match self.claim(idx, free).await {
                    Ok(jobs) => {
                        failures = 0;
                        is_full = jobs.len() >= free;
                        for job in jobs {
                            running.spawn(Arc::clone(&self).perform(idx, job, clock.clone()));
                        }
                    }
                    Err(error) => {
                        if failures == 0 {
                            let name = self.consumers[idx].name();
                            eprintln!("no job `{name}` can be taken: {error}");
                        }
                        failures += 1;
                        pause = PAUSE.min(pause * failures);
                    }
                }
            }
            if is_full && free > 0 && running.len() < at_once {
                continue;
            }
            let ended = pin!(async {
                match running.is_empty() {
                    true => std::future::pending().await,
                    false => drop(running.join_next().await),
                }
            });
            let woken = pin!(async {
                match is_full {
                    true => std::future::pending().await,
                    false => line.wake.notified().await,
                }
            });
            // Clocks of tests do not move it, so that a test need not wait for it.
            let polled = pin!(tokio::time::sleep(pause / 2 + random_part(pause / 2)));
            first([ended, woken, polled, pin!(stopping.clone())]).await;
        }
        while running.join_next().await.is_some() {}
    }

    /// Takes jobs. A claim that has taken too long gives back its jobs.
    pub(super) async fn claim(
        &self,
        idx: usize,
        free: usize,
    ) -> Result<Vec<Claimed>, BackendError> {
        let mut jobs = self.claim_kind(idx, free, false).await?;
        let line = self.jobs.line(self.consumers[idx].name());
        if jobs.len() < free && line.has_suspects() {
            let suspect = self.claim_kind(idx, 1, true).await?;
            line.set_suspects(!suspect.is_empty());
            jobs.extend(suspect);
        }
        for job in &jobs {
            if job.attempt == 1 {
                line.started();
            }
        }
        Ok(jobs)
    }

    async fn claim_kind(
        &self,
        idx: usize,
        most: usize,
        suspect: bool,
    ) -> Result<Vec<Claimed>, BackendError> {
        let consumer = &self.consumers[idx];
        let claim = Claim {
            name: consumer.name(),
            version: consumer.version,
            most,
            suspect,
            rate: consumer.options.rate,
            limit: consumer.limit,
            worker: self.id.clone(),
            lease: self.settings.lease,
        };
        let (send, receive) = oneshot::channel();
        let (jobs, running) = (self.jobs.clone(), Arc::clone(&self.running));
        let claiming = running.begin_claim().await;
        tokio::spawn(async move {
            let _claiming = claiming;
            let claimed = jobs.backend().claim(claim, jobs.now()).await;
            if let Ok(claimed) = &claimed {
                running.expect(claimed);
            }
            let Err(Ok(claimed)) = send.send(claimed) else {
                return;
            };
            for job in claimed {
                let end = End::Release { due: jobs.now() };
                running.remove(&job.receipt);
                drop(jobs.backend().settle(job.receipt, end, jobs.now()).await);
            }
        });
        match tokio::time::timeout(CLAIM, receive).await {
            Ok(Ok(claimed)) => claimed,
            Ok(Err(_)) => Err(BackendError::new(highball::Error::new(
                "the claim has panicked",
            ))),
            Err(_) => Err(BackendError::new(highball::Error::new(format!(
                "the backend did not answer for {CLAIM:?}"
            )))),
        }
    }
}
