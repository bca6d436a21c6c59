//! Runs one attempt.

use std::{
    any::Any,
    pin::pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use highball::clock::Clock;
use tokio::task::{AbortHandle, JoinError};

use super::{ConsumerOf, Worker};
use crate::{
    Attempt, Retry,
    backend::{Claimed, End, Millis},
    consumer::Env,
    retry::When,
    time::{duration, random_part},
};

/// How often the end of an attempt is stored again if the backend fails, with a second in between.
const TRIES: u32 = 20;

/// Drops the task of an attempt if nothing waits for it any longer.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<S: Send + Sync + 'static> Worker<S> {
    /// Runs a job, and stores how it has ended.
    pub(super) async fn perform(self: Arc<Self>, idx: usize, claimed: Claimed, clock: Clock) {
        let consumer = &self.consumers[idx];
        let attempt = Arc::new(Attempt::new(self.jobs.clone(), consumer.name(), &claimed));
        let env = Arc::new(Env {
            app: Arc::clone(&self.app),
            attempt: Arc::clone(&attempt),
            consumer: consumer.info.name(),
        });
        let work = (consumer.start)(env, claimed.version, claimed.payload);
        let limit = consumer.options.timeout;
        let beat = self.settings.lease / 6;
        let work = limited(work, limit, clock.clone());
        let task = tokio::spawn(beating(work, Arc::clone(&attempt), beat));
        let abort = AbortOnDrop(task.abort_handle());
        self.running.add(&attempt, task.abort_handle());
        let outcome = task.await.unwrap_or_else(|error| Err(of_panic(error)));
        drop(abort);
        // Otherwise the consumer has marked the job as done, or the stop has given it back.
        if !attempt.is_settled.load(Relaxed) && self.running.has(&attempt.receipt) {
            let end = self.end(consumer, &attempt, outcome);
            self.settle(&attempt, end).await;
        }
        self.running.remove(&attempt.receipt);
    }

    /// Returns how an attempt ends.
    fn end(&self, consumer: &ConsumerOf<S>, attempt: &Attempt, outcome: Result<(), Retry>) -> End {
        let Err(retry) = outcome else {
            return End::Done;
        };
        let reason = retry.reason.into_owned();
        let options = &consumer.options;
        let is_last = attempt.number() >= options.attempts;
        let now = self.jobs.now();
        let pause = match retry.when {
            When::Done => return End::Done,
            When::Never => return End::Park { reason },
            When::Snooze(time) => {
                let due = now + duration(time);
                return End::Release { due };
            }
            _ if is_last => return End::Park { reason },
            When::In(time) => time,
            When::Usual => {
                let pause = options.pause(attempt.number());
                // Too many failures at once: the service behind the consumer is away, and retries would keep it down.
                let is_allowed = self.jobs.line(consumer.name()).take_retry();
                let longest = if is_allowed { pause } else { options.backoff.1 };
                pause / 2 + random_part(longest - pause / 2)
            }
        };
        End::Retry {
            due: now + duration(pause),
            reason,
        }
    }

    /// Stores the end of an attempt. If the backend is away for long, the lease ends, and the job runs again.
    async fn settle(&self, attempt: &Attempt, end: End) {
        let (backend, now): (_, Millis) = (self.jobs.backend(), self.jobs.now());
        for number in 1..=TRIES {
            match backend
                .settle(attempt.receipt.clone(), end.clone(), now)
                .await
            {
                Ok(is_ours) => {
                    if !is_ours {
                        self.running.lost.fetch_add(1, Relaxed);
                    }
                    return self.report(attempt, &end);
                }
                Err(error) if number == 1 => {
                    eprintln!("the end of job {} cannot be stored: {error}", attempt.id());
                }
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    fn report(&self, attempt: &Attempt, end: &End) {
        if let End::Park { reason } = end {
            eprintln!(
                "job {} is parked after {} attempts: {reason}",
                attempt.id(),
                attempt.number()
            );
        }
    }
}

/// Limits the time of an attempt.
async fn limited(
    work: impl Future<Output = Result<(), Retry>>,
    limit: Option<Duration>,
    clock: Clock,
) -> Result<(), Retry> {
    let Some(limit) = limit else {
        return work.await;
    };
    match clock.timeout(limit, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Retry::later(format!("it took longer than {limit:?}"))),
    }
}

/// Notes at each beat that the task is polled. A task that blocks its thread is not, and loses its lease.
async fn beating(
    work: impl Future<Output = Result<(), Retry>>,
    attempt: Arc<Attempt>,
    beat: Duration,
) -> Result<(), Retry> {
    let mut work = pin!(work);
    loop {
        match tokio::time::timeout(beat, &mut work).await {
            Ok(outcome) => return outcome,
            Err(_) => attempt.touch(),
        }
    }
}

/// Returns the failure of a consumer that has panicked, or that was stopped because its lease was lost.
fn of_panic(error: JoinError) -> Retry {
    match error.try_into_panic() {
        Ok(payload) => Retry::later(format!("it panicked: {}", message(&*payload))),
        Err(_) => Retry::later("it was stopped"),
    }
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message")
}
