//! The methods of the backend.

use std::time::{Duration, Instant};

use highball_jobs::backend::{
    Backend, Claim, Claimed, Count, End, JobId, Limits, Listed, Millis, NewJob, Pushed, Receipt,
    Recovered, State, Which, Work,
};

use crate::{Redb, handover::Handover, job::parse};

impl Backend for Redb {
    fn name(&self) -> String {
        format!("redb in {}", self.path())
    }

    /// The file is open, so this only finds out whether its thread answers.
    fn prepare(&self) -> Work<'_, ()> {
        Box::pin(self.call(|_| Ok(())))
    }

    fn push(&self, jobs: Vec<NewJob>, now: Millis) -> Work<'_, Vec<Pushed>> {
        Box::pin(self.call(move |session| session.push(&jobs, now)))
    }

    fn claim(&self, claim: Claim, now: Millis) -> Work<'_, Vec<Claimed>> {
        let commands = self.writer().sender();
        Box::pin(async move {
            let handover = self.call(move |session| {
                let claimed = session.claim(&claim, now)?;
                Ok(Handover::new(claimed, commands))
            });
            Ok(handover.await?.take())
        })
    }

    fn renew(&self, worker: String, jobs: Vec<JobId>, lease: Duration) -> Work<'_, Vec<JobId>> {
        Box::pin(self.call(move |session| {
            let ids = jobs.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
            let until = Instant::now() + lease;
            let renewed = session.leases.renew(&worker, &ids, until);
            let renewed = renewed.into_iter().map(|id| JobId::new(id.to_string()));
            Ok(renewed.collect())
        }))
    }

    fn settle(&self, receipt: Receipt, end: End, now: Millis) -> Work<'_, bool> {
        Box::pin(self.call(move |session| session.settle(&receipt, end, now)))
    }

    fn recover(&self, limits: Limits, now: Millis) -> Work<'_, Recovered> {
        Box::pin(self.call(move |session| session.recover(&limits, now)))
    }

    fn step(&self, job: JobId, name: String) -> Work<'_, Option<String>> {
        Box::pin(self.call(move |session| session.step(parse(&job)?, &name)))
    }

    fn keep_step(&self, receipt: Receipt, name: String, result: String) -> Work<'_, bool> {
        Box::pin(self.call(move |session| session.keep_step(&receipt, &name, &result)))
    }

    fn counts(&self) -> Work<'_, Vec<Count>> {
        Box::pin(self.call(|session| session.counts()))
    }

    fn list(&self, name: String, state: State, most: usize) -> Work<'_, Vec<Listed>> {
        Box::pin(self.call(move |session| session.list(&name, state, most)))
    }

    fn requeue(&self, which: Which, now: Millis) -> Work<'_, u64> {
        Box::pin(self.call(move |session| session.requeue(&which, now)))
    }

    fn prune(&self, name: String, before: Millis) -> Work<'_, u64> {
        Box::pin(self.call(move |session| session.prune(&name, before)))
    }

    fn last_tick(&self, schedule: String, now: Millis) -> Work<'_, Millis> {
        Box::pin(self.call(move |session| session.last_tick(&schedule, now)))
    }

    fn tick(
        &self,
        schedule: String,
        last: Millis,
        jobs: Vec<NewJob>,
        now: Millis,
    ) -> Work<'_, bool> {
        Box::pin(self.call(move |session| session.tick(&schedule, last, &jobs, now)))
    }

    /// The thread answers calls of any runtime.
    fn for_renewal(&self) -> Option<Box<dyn Backend>> {
        Some(Box::new(self.clone()))
    }
}
