//! The methods of the backend.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use highball_jobs::backend::{
    Backend, BackendError, Claim, Claimed, Count, End, Fault, JobId, Limits, Listed, Millis,
    NewJob, Pushed, Receipt, Recovered, Requirements, State, Which, Work,
};

use crate::{Amqp, error, settle};

impl Backend for Amqp {
    fn name(&self) -> String {
        let authority = &self.0.uri.authority;
        format!("RabbitMQ at {}:{}", authority.host, authority.port)
    }

    fn prepare(&self) -> Work<'_, ()> {
        Box::pin(async move { self.0.link().await.map(drop) })
    }

    fn declare(&self, name: &'static str) -> Work<'_, ()> {
        Box::pin(async move { self.0.link_of(name).await.map(drop) })
    }

    fn check_job(&self, job: &NewJob) -> Result<(), BackendError> {
        settle::check(job)
    }

    fn check_consumer(&self, consumer: &Requirements) -> Result<(), BackendError> {
        check(consumer, self.0.deadline)
    }

    /// The identity of a message is a random UUID.
    fn has_unique_ids(&self) -> bool {
        true
    }

    fn push(&self, jobs: Vec<NewJob>, now: Millis) -> Work<'_, Vec<Pushed>> {
        Box::pin(self.0.push(jobs, now))
    }

    fn claim(&self, claim: Claim, _: Millis) -> Work<'_, Vec<Claimed>> {
        Box::pin(self.0.claim(claim))
    }

    fn renew(&self, worker: String, jobs: Vec<JobId>, lease: Duration) -> Work<'_, Vec<JobId>> {
        let until = Instant::now() + lease;
        let renewed = self.0.held.renew(&worker, &jobs, until);
        Box::pin(std::future::ready(Ok(renewed)))
    }

    fn settle(&self, receipt: Receipt, end: End, _: Millis) -> Work<'_, bool> {
        let shared = Arc::clone(&self.0);
        Box::pin(unstoppable(
            async move { shared.settle(receipt, end).await },
        ))
    }

    fn recover(&self, limits: Limits, _: Millis) -> Work<'_, Recovered> {
        let shared = Arc::clone(&self.0);
        Box::pin(unstoppable(async move { shared.recover(limits).await }))
    }

    fn step(&self, job: JobId, _: String) -> Work<'_, Option<String>> {
        Box::pin(std::future::ready(Err(steps(&job))))
    }

    fn keep_step(&self, receipt: Receipt, _: String, _: String) -> Work<'_, bool> {
        Box::pin(std::future::ready(Err(steps(&receipt.job))))
    }

    fn counts(&self) -> Work<'_, Vec<Count>> {
        Box::pin(self.0.counts())
    }

    fn list(&self, name: String, state: State, most: usize) -> Work<'_, Vec<Listed>> {
        Box::pin(async move {
            match state {
                State::Parked => self.0.parked(&name, most).await,
                State::Running => Ok(self.0.running(&name, most)),
                State::Done => Ok(Vec::new()),
                State::Waiting => Err(error::of(
                    Fault::Unsupported,
                    format!(
                        "the jobs `{name}` that wait cannot be listed in RabbitMQ, which would count each look as an \
                         attempt: `Jobs::waiting` works with jobs in a database, and `Jobs::idle` with both"
                    ),
                )),
            }
        })
    }

    fn requeue(&self, which: Which, now: Millis) -> Work<'_, u64> {
        Box::pin(self.0.requeue(which, now))
    }

    /// RabbitMQ keeps no finished jobs.
    fn prune(&self, _: String, _: Millis) -> Work<'_, u64> {
        Box::pin(std::future::ready(Ok(0)))
    }

    fn last_tick(&self, schedule: String, _: Millis) -> Work<'_, Millis> {
        Box::pin(std::future::ready(Err(scheduled(&schedule))))
    }

    fn tick(&self, schedule: String, _: Millis, _: Vec<NewJob>, _: Millis) -> Work<'_, bool> {
        Box::pin(std::future::ready(Err(scheduled(&schedule))))
    }

    fn changed(&self) -> Work<'_, Vec<String>> {
        Box::pin(self.0.wait())
    }

    /// Leases are in the memory of this process.
    fn for_renewal(&self) -> Option<Box<dyn Backend>> {
        Some(Box::new(self.clone()))
    }
}

fn check(consumer: &Requirements, deadline: Duration) -> Result<(), BackendError> {
    let name = consumer.name;
    if consumer.is_scheduled {
        return Err(scheduled(name));
    }
    if consumer.rate.is_some() {
        let subject = format!("the consumer of `{name}`");
        return Err(error::unsupported(
            &subject,
            "has a `rate` for all processes",
        ));
    }
    let sentence = match consumer.timeout {
        None => format!(
            "the consumer of `{name}` has no `timeout`, and RabbitMQ returns a job that is not acknowledged within \
             {deadline:?}: add one"
        ),
        Some(timeout) if timeout >= deadline => format!(
            "the `timeout` of the consumer of `{name}` is {timeout:?}, and RabbitMQ returns a job that is not \
             acknowledged within {deadline:?}: shorten it, or raise `consumer_timeout` of RabbitMQ and set \
             `acknowledge_within`"
        ),
        Some(_) => return Ok(()),
    };
    Err(error::of(Fault::Unsupported, sentence))
}

fn scheduled(name: &str) -> BackendError {
    error::unsupported(&format!("the job `{name}`"), "has a schedule")
}

fn steps(job: &JobId) -> BackendError {
    error::unsupported(&format!("the job {job}"), "has steps")
}

/// Runs work to its end, also if its future is dropped: an attempt that was taken must not be lost.
async fn unstoppable<T: Send + 'static>(
    work: impl Future<Output = Result<T, BackendError>> + Send + 'static,
) -> Result<T, BackendError> {
    tokio::spawn(work).await.map_err(BackendError::new)?
}
