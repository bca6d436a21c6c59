//! Publishes jobs, and ends attempts.

use std::sync::Arc;

use highball_jobs::backend::{BackendError, End, Fault, Millis, NewJob, Pushed, Receipt};

use crate::{amqp::Shared, error, held::Running, message::Message, names};

impl Shared {
    /// Publishes jobs in their order. If one of them fails, those before it are stored.
    pub(crate) async fn push(
        &self,
        jobs: Vec<NewJob>,
        now: Millis,
    ) -> Result<Vec<Pushed>, BackendError> {
        for job in &jobs {
            check(job)?;
        }
        let mut pushed = Vec::with_capacity(jobs.len());
        for job in jobs {
            // Several channels at once would change the order.
            pushed.push(self.push_one(job, now).await?);
        }
        Ok(pushed)
    }

    async fn push_one(&self, job: NewJob, now: Millis) -> Result<Pushed, BackendError> {
        let link = self.link_of(&job.name).await?;
        let message = Message::new(job, now);
        self.publish(&link, &message).await?;
        Ok(Pushed::Stored(message.id))
    }

    /// Ends an attempt. The message for the next one is confirmed before this one is acknowledged, so a crash in
    /// between repeats the job and does not lose it.
    pub(crate) async fn settle(&self, receipt: Receipt, end: End) -> Result<bool, BackendError> {
        let ending = self.held.begin_end().await;
        let Some(mut running) = self.held.take(&receipt) else {
            // Another call may be about to end it, and the process must not end before.
            drop(ending);
            self.held.wait_for_ends().await;
            return Ok(false);
        };
        let before = running.taken.message.clone();
        if let Err(error) = self.store(&mut running, end).await {
            running.taken.message = before;
            self.held.put_back(receipt.fence, running);
            return Err(error);
        }
        Ok(running.taken.ack().await)
    }

    async fn store(&self, running: &mut Running, end: End) -> Result<(), BackendError> {
        let link = Arc::clone(&running.taken.link);
        let message = &mut running.taken.message;
        match end {
            End::Done => Ok(()),
            End::Retry { due, reason } => {
                message.attempts = message.attempts.saturating_add(1);
                message.due = due;
                message.reason = Some(reason);
                self.publish(&link, message).await
            }
            End::Release { due } => {
                message.due = due;
                self.publish(&link, message).await
            }
            End::Park { reason } => {
                message.attempts = message.attempts.saturating_add(1);
                message.reason = Some(reason);
                self.park(&link, message).await
            }
        }
    }
}

/// Returns an error for a job with a promise that needs a table, or with a name that no queue can have.
pub(crate) fn check(job: &NewJob) -> Result<(), BackendError> {
    names::check_job(&job.name).map_err(|sentence| error::of(Fault::Unsupported, sentence))?;
    let what = match (&job.order_key, &job.limit_key, &job.unique_key) {
        (None, None, None) => return Ok(()),
        (Some(_), _, _) => "has `ordered_by`",
        (None, Some(_), _) => "has `limited_by`",
        (None, None, Some(_)) => "has `unique`",
    };
    Err(error::unsupported(&format!("the job `{}`", job.name), what))
}
