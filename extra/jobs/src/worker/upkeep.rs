//! The regular work for the jobs of all processes: leases that have ended, old jobs, counts.

use std::{sync::Arc, time::Duration};

use highball::clock::Clock;
use tokio::task::JoinSet;

use super::Worker;
use crate::{
    backend::{BackendError, Limits},
    time::{duration, random_part},
};

/// The pause between two looks for jobs that have crashed, and between two counts.
const ROUND: Duration = Duration::from_secs(2);

/// After how many rounds finished jobs are deleted.
const PRUNE_AFTER: u32 = 30;

/// The most jobs that one call deletes.
const BATCH: u64 = 1000;

/// For how long a job waits after its first crash.
const AFTER_CRASH: Duration = Duration::from_secs(1);

impl<S: Send + Sync + 'static> Worker<S> {
    /// Begins the upkeep and the schedules, which end when the set is dropped.
    pub(super) fn spawn_upkeep(self: &Arc<Self>, clock: &Clock) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(Arc::clone(self).keep_up());
        for idx in 0..self.consumers.len() {
            if let Some(schedule) = self.consumers[idx].schedule {
                tasks.spawn(Arc::clone(self).follow_schedule(idx, schedule, clock.clone()));
            }
        }
        tasks
    }

    async fn keep_up(self: Arc<Self>) {
        let (mut round, mut has_failed) = (0_u32, false);
        let pause = ROUND.min(self.settings.lease / 3);
        loop {
            let outcome = self.keep_up_once(round % PRUNE_AFTER == 0).await;
            if let (Err(error), false) = (&outcome, has_failed) {
                eprintln!("the upkeep of jobs has failed: {error}");
            }
            has_failed = outcome.is_err();
            round = round.wrapping_add(1);
            // Several processes do not look at the same time.
            tokio::time::sleep(pause / 2 + random_part(pause)).await;
        }
    }

    async fn keep_up_once(&self, prune: bool) -> Result<(), BackendError> {
        let (backend, now) = (self.jobs.backend(), self.jobs.now());
        for consumer in &self.consumers {
            let options = &consumer.options;
            let limits = Limits {
                name: consumer.name(),
                crashes: options.crashes,
                attempts: options.attempts,
                pause: AFTER_CRASH,
            };
            let recovered = backend.recover(limits, now).await?;
            if recovered.parked > 0 {
                let (name, crashes) = (consumer.name(), options.crashes);
                eprintln!(
                    "{} jobs `{name}` are parked: {crashes} processes have ended while they ran",
                    recovered.parked
                );
            }
            let before = now - duration(options.keep);
            while prune && backend.prune(consumer.name().to_owned(), before).await? >= BATCH {}
        }
        let counts = backend.counts().await?;
        for consumer in &self.consumers {
            self.jobs
                .line(consumer.name())
                .counted(consumer.name(), &counts);
        }
        Ok(())
    }
}
