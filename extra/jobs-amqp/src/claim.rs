//! Takes jobs from queues.

use std::{sync::Arc, time::Instant};

use futures_util::future::join_all;
use highball_jobs::backend::{BackendError, Claim, Claimed, Limits, Millis, Recovered};
use lapin::{Channel, message::BasicGetMessage, options::BasicGetOptions};

use crate::{
    amqp::{Shared, system_micros, system_millis},
    error,
    held::{Running, Taken},
    link::Link,
    message::Message,
};

/// Why an attempt has ended without its worker.
const CRASHED: &str = "its process or its connection to RabbitMQ ended, or it blocked its thread for the time of its lease";

/// How often a claim takes messages again that are not for this worker.
const ROUNDS: usize = 4;

/// The most messages that wait to be moved. Beyond it, no others are taken.
const MOST_UNMOVED: usize = 1000;

/// The messages that a claim has taken at once.
#[derive(Default)]
struct Round {
    /// The number of messages.
    count: usize,
    /// Those that run.
    begun: Vec<Claimed>,
    failure: Option<BackendError>,
}

/// How a message that was taken is treated.
enum Verdict {
    Run,
    /// It has crashed since it was published.
    Crashed,
    /// Its time has not come.
    Early,
    /// This worker cannot read its version.
    Newer,
}

impl Shared {
    /// Takes jobs that are due.
    ///
    /// A consumer with a prefetch was rejected: RabbitMQ counts each message of a buffer as delivered when a process
    /// ends, so jobs that had not begun would have crashed.
    pub(crate) async fn claim(&self, claim: Claim) -> Result<Vec<Claimed>, BackendError> {
        let link = self.link_of(claim.name).await?;
        let queue = match claim.suspect {
            true => self.names.suspect(claim.name),
            false => self.names.main(claim.name),
        };
        let taker = link.taker(&queue);
        // Claims of a queue do not run at once, so that one job that has crashed is taken.
        let mut channel = taker.lock().await;
        let most = match claim.suspect {
            true => usize::from(!self.held.has_suspect(claim.name)),
            false => claim.most,
        };
        let mut claimed = Vec::new();
        for _ in 0..ROUNDS {
            if claimed.len() >= most {
                break;
            }
            let left = most - claimed.len();
            let round = self.claim_round(&link, &mut channel, &queue, &claim, left);
            match round.await {
                Ok((0, _)) => break,
                Ok((_, new)) => claimed.extend(new),
                // Those of earlier rounds have begun.
                Err(_) if !claimed.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(claimed)
    }

    /// Takes messages once, and returns how many, with those that can run.
    async fn claim_round(
        &self,
        link: &Arc<Link>,
        channel: &mut Option<Channel>,
        queue: &str,
        claim: &Claim,
        most: usize,
    ) -> Result<(usize, Vec<Claimed>), BackendError> {
        let channel = open(link, channel).await?;
        let old = self.held.take_unmoved(queue);
        let (unmoved, mut round) = (old.len(), Round::default());
        self.sort_all(old, claim, queue, most, &mut round).await;
        let left = most.saturating_sub(round.begun.len());
        if left > 0 && unmoved < MOST_UNMOVED {
            match self.take(link, &channel, queue, claim, left).await {
                Ok(new) => self.sort_all(new, claim, queue, left, &mut round).await,
                // If there are jobs, the next claim returns the error.
                Err(error) => round.failure = Some(error),
            }
        }
        match round.failure {
            Some(error) if round.begun.is_empty() => Err(error),
            _ => Ok((round.count, round.begun)),
        }
    }

    /// Begins up to `most` of these jobs, and moves those that cannot run.
    async fn sort_all(
        &self,
        taken: Vec<(Taken, u32)>,
        claim: &Claim,
        queue: &str,
        most: usize,
        round: &mut Round,
    ) {
        round.count += taken.len();
        let end = round.begun.len() + most;
        for (taken, crashes) in taken {
            if round.begun.len() >= end {
                self.held.keep_unmoved(queue, taken, crashes);
                continue;
            }
            match self.sort(&taken, crashes, claim).await {
                Ok(Some(message)) => {
                    let begun = self.begin(Taken { message, ..taken }, claim);
                    round.begun.push(begun);
                }
                Ok(None) => {}
                Err(error) => {
                    // If it were returned to its queue, that would count as a crash. The next claim moves it.
                    self.held.keep_unmoved(queue, taken, crashes);
                    round.failure = Some(error);
                }
            }
        }
    }

    /// Takes up to `most` messages from a queue. The first one is taken alone, since most queues are empty.
    async fn take(
        &self,
        link: &Arc<Link>,
        channel: &Channel,
        queue: &str,
        claim: &Claim,
        most: usize,
    ) -> Result<Vec<(Taken, u32)>, BackendError> {
        let get = || channel.basic_get(queue.into(), BasicGetOptions::default());
        let first = get()
            .await
            .map_err(|error| self.lost(link, claim.name, error))?;
        let Some(first) = first else {
            return Ok(Vec::new());
        };
        let others = join_all((1..most).map(|_| get())).await;
        // Those that were taken before an error return to the queue with the channel.
        let others = others.into_iter().filter_map(|got| got.ok().flatten());
        let all = std::iter::once(first).chain(others);
        let all = all.map(|got| read(got, link, channel, claim.name));
        Ok(all.collect())
    }

    fn lost(&self, link: &Link, job: &str, error: lapin::Error) -> BackendError {
        if error::is_not_found(&error) {
            // The next claim declares the queue again.
            link.forget(job);
        }
        error::lapin(error)
    }

    /// Returns a message that can run. Others are moved to the queue in which they belong.
    async fn sort(
        &self,
        taken: &Taken,
        crashes: u32,
        claim: &Claim,
    ) -> Result<Option<Message>, BackendError> {
        let mut message = taken.message.clone();
        message.crashes = message.crashes.saturating_add(crashes);
        message.attempts = message.attempts.saturating_add(crashes);
        match self.verdict(&message, crashes, claim) {
            Verdict::Run => return Ok(Some(message)),
            Verdict::Crashed if is_over(&message, self.limits(claim.name).as_ref()) => {
                eprintln!("job {} is parked: {CRASHED}", message.id);
                message.reason = Some(CRASHED.to_owned());
                self.park(&taken.link, &message).await?;
            }
            Verdict::Newer => self.hold_back(&taken.link, &message).await?,
            Verdict::Crashed | Verdict::Early => self.publish(&taken.link, &message).await?,
        }
        taken.ack().await;
        Ok(None)
    }

    fn verdict(&self, message: &Message, crashes: u32, claim: &Claim) -> Verdict {
        let is_over = is_over(message, self.limits(claim.name).as_ref());
        if crashes > 0 && (!claim.suspect || is_over) {
            return Verdict::Crashed;
        }
        if message.due > system_millis() {
            return Verdict::Early;
        }
        match message.version > claim.version {
            true => Verdict::Newer,
            false => Verdict::Run,
        }
    }

    fn begin(&self, taken: Taken, claim: &Claim) -> Claimed {
        let message = &taken.message;
        let mut claimed = Claimed {
            receipt: highball_jobs::backend::Receipt {
                job: message.id.clone(),
                fence: 0,
            },
            version: message.version,
            payload: String::from_utf8_lossy(&message.payload).into_owned(),
            attempt: message.attempts.saturating_add(1),
            crashes: message.crashes,
            created: message.created,
            due: message.due,
            producer: message.producer.clone(),
            trace: message.trace.clone(),
        };
        let running = Running {
            taken,
            worker: claim.worker.clone(),
            lease: Instant::now() + claim.lease,
        };
        claimed.receipt = self.held.add(running, system_micros());
        claimed
    }

    /// Ends attempts of this process whose lease has ended. RabbitMQ ends those of others with their connection.
    pub(crate) async fn recover(&self, limits: Limits) -> Result<Recovered, BackendError> {
        self.set_limits(limits.clone());
        let mut recovered = Recovered::default();
        let _ending = self.held.begin_end().await;
        let now = Instant::now();
        while let Some((fence, mut running)) = self.held.take_late(limits.name, now) {
            let before = running.taken.message.clone();
            let message = &mut running.taken.message;
            message.crashes = message.crashes.saturating_add(1);
            message.attempts = message.attempts.saturating_add(1);
            message.reason = Some(CRASHED.to_owned());
            message.due = system_millis() + millis(limits.pause * message.crashes);
            let is_over = is_over(message, Some(&limits));
            let link = Arc::clone(&running.taken.link);
            let moved = match is_over {
                true => self.park(&link, &running.taken.message).await,
                false => self.publish(&link, &running.taken.message).await,
            };
            if let Err(error) = moved {
                running.taken.message = before;
                self.held.put_back(fence, running);
                return Err(error);
            }
            running.taken.ack().await;
            match is_over {
                true => recovered.parked += 1,
                false => recovered.available += 1,
            }
        }
        Ok(recovered)
    }
}

/// Returns whether a job has crashed too often. Without limits the worker has just started, and decides later.
fn is_over(message: &Message, limits: Option<&Limits>) -> bool {
    limits.is_some_and(|limits| {
        message.crashes >= limits.crashes || message.attempts >= limits.attempts
    })
}

async fn open(link: &Link, channel: &mut Option<Channel>) -> Result<Channel, BackendError> {
    if let Some(channel) = channel
        .as_ref()
        .filter(|channel| channel.status().connected())
    {
        return Ok(channel.clone());
    }
    let new = link.conn.create_channel().await.map_err(error::lapin)?;
    *channel = Some(new.clone());
    Ok(new)
}

fn read(got: BasicGetMessage, link: &Arc<Link>, channel: &Channel, job: &str) -> (Taken, u32) {
    let delivery = got.delivery;
    let now = system_millis();
    let (message, crashes) = Message::read(job, &delivery.properties, delivery.data, now);
    let taken = Taken {
        message,
        link: Arc::clone(link),
        _channel: channel.clone(),
        acker: delivery.acker,
    };
    (taken, crashes)
}

pub(crate) fn millis(time: std::time::Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX / 4)
}
