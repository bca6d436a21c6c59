//! The regular work for the jobs of all processes: leases that have ended, old jobs, counts.

use std::{sync::Arc, time::Duration};

use highball::clock::Clock;
use tokio::task::JoinSet;

use super::Worker;
use crate::{
    Options,
    backend::{BackendError, Limits},
    time::{duration, random_part},
};

/// The longest pause between two looks for leases that have ended, and about that between two counts.
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
        tasks.spawn(Arc::clone(self).watch_leases());
        tasks.spawn(Arc::clone(self).keep_up());
        for idx in 0..self.consumers.len() {
            if let Some(schedule) = self.consumers[idx].schedule {
                tasks.spawn(Arc::clone(self).follow_schedule(idx, schedule, clock.clone()));
            }
        }
        tasks
    }

    /// Looks for leases that have ended. Nothing else is done here, since the backend judges from the pauses between
    /// two looks whether leases could be renewed.
    async fn watch_leases(self: Arc<Self>) {
        let pause = ROUND.min(self.settings.lease / 4);
        let mut failing = Failing::default();
        loop {
            let outcome = self.recover(self.settings.lease, AFTER_CRASH).await;
            failing.note("leases of jobs cannot be checked", &outcome);
            // Several processes do not look at the same time.
            tokio::time::sleep(pause / 2 + random_part(pause / 2)).await;
        }
    }

    /// Makes jobs available whose lease has ended, or parks them.
    pub(super) async fn recover(
        &self,
        lease: Duration,
        pause: Duration,
    ) -> Result<(), BackendError> {
        for consumer in &self.consumers {
            let Options {
                crashes, attempts, ..
            } = consumer.options;
            let name = consumer.name();
            let limits = Limits {
                name,
                crashes,
                attempts,
                pause,
                lease,
            };
            let recovered = self.jobs.backend().recover(limits, self.jobs.now()).await?;
            if recovered.available > 0 {
                self.jobs.line(name).set_suspects(true);
            }
            if recovered.parked > 0 {
                let parked = recovered.parked;
                eprintln!(
                    "{parked} jobs `{name}` are parked: {crashes} processes have ended while they ran"
                );
            }
        }
        Ok(())
    }

    /// Counts jobs, and deletes old ones.
    async fn keep_up(self: Arc<Self>) {
        let mut failing = Failing::default();
        for round in 0_u32.. {
            let outcome = self.keep_up_once(round % PRUNE_AFTER == 0).await;
            failing.note("the upkeep of jobs has failed", &outcome);
            tokio::time::sleep(ROUND / 2 + random_part(ROUND)).await;
        }
    }

    async fn keep_up_once(&self, prune: bool) -> Result<(), BackendError> {
        let backend = self.jobs.backend();
        for consumer in &self.consumers {
            self.jobs.line(consumer.name());
        }
        self.jobs.count_lines().await?;
        for consumer in &self.consumers {
            let before = self.jobs.now() - duration(consumer.options.keep);
            while prune && backend.prune(consumer.name().to_owned(), before).await? >= BATCH {}
            if prune {
                self.jobs.done().prune(consumer.name(), before).await?;
            }
        }
        Ok(())
    }
}

/// Work that is repeated. The first of several failures in a row is reported.
#[derive(Default)]
pub(super) struct Failing(bool);

impl Failing {
    pub(super) fn note<T>(&mut self, message: &str, outcome: &Result<T, BackendError>) {
        if let (Err(error), false) = (outcome, self.0) {
            eprintln!("{message}: {error}");
        }
        self.0 = outcome.is_err();
    }
}
