//! Jobs that do not run again by themselves, and counts.

use highball_jobs::backend::{BackendError, Count, JobId, Listed, Millis, State, Which};
use lapin::{
    Channel,
    message::BasicGetMessage,
    options::{BasicAckOptions, BasicGetOptions, QueueDeclareOptions},
    types::FieldTable,
};

use crate::{
    amqp::{Shared, system_millis},
    error,
    link::Link,
    message::Message,
};

/// The most parked jobs among which one is searched by its id.
const MOST: usize = 100_000;

impl Shared {
    /// Returns parked jobs. The channel that has taken them is closed, which returns them to their queue.
    pub(crate) async fn parked(&self, job: &str, most: usize) -> Result<Vec<Listed>, BackendError> {
        let link = self.link_of(job).await?;
        let channel = link.conn.create_channel().await.map_err(error::lapin)?;
        let mut parked = Vec::new();
        while parked.len() < most {
            let Some(got) = self.get(&channel, job).await? else {
                break;
            };
            parked.push(listed(read(job, got).0));
        }
        channel.close(200, "".into()).await.map_err(error::lapin)?;
        Ok(parked)
    }

    /// Makes parked jobs available again.
    pub(crate) async fn requeue(&self, which: Which, now: Millis) -> Result<u64, BackendError> {
        match which {
            Which::Some(job, most) => self.requeue_some(&job, most, None, now).await,
            Which::One(id) => {
                for job in self.link().await?.jobs() {
                    if self.requeue_some(&job, MOST, Some(&id), now).await? > 0 {
                        return Ok(1);
                    }
                }
                Ok(0)
            }
        }
    }

    async fn requeue_some(
        &self,
        job: &str,
        most: usize,
        id: Option<&JobId>,
        now: Millis,
    ) -> Result<u64, BackendError> {
        let link = self.link_of(job).await?;
        let channel = link.conn.create_channel().await.map_err(error::lapin)?;
        let mut requeued = 0;
        for _ in 0..most {
            let Some(got) = self.get(&channel, job).await? else {
                break;
            };
            let (message, acker) = read(job, got);
            if id.is_some_and(|id| *id != message.id) {
                continue;
            }
            self.publish_again(&link, message, now).await?;
            acker
                .ack(BasicAckOptions::default())
                .await
                .map_err(error::lapin)?;
            requeued += 1;
            if id.is_some() {
                break;
            }
        }
        // It returns the others to the queue.
        channel.close(200, "".into()).await.map_err(error::lapin)?;
        Ok(requeued)
    }

    async fn publish_again(
        &self,
        link: &Link,
        mut message: Message,
        now: Millis,
    ) -> Result<(), BackendError> {
        (message.attempts, message.crashes, message.due) = (0, 0, now);
        self.publish(link, &message).await
    }

    async fn get(
        &self,
        channel: &Channel,
        job: &str,
    ) -> Result<Option<BasicGetMessage>, BackendError> {
        let queue = self.names.parked(job);
        let got = channel.basic_get(queue.as_str().into(), BasicGetOptions::default());
        got.await.map_err(error::lapin)
    }

    /// Returns how many jobs there are of those names that this process uses.
    pub(crate) async fn counts(&self) -> Result<Vec<Count>, BackendError> {
        let link = self.link().await?;
        let mut counts = Vec::new();
        for job in link.jobs() {
            let channel = link.conn.create_channel().await.map_err(error::lapin)?;
            let names = &self.names;
            let main = ready(&channel, &names.main(&job)).await;
            let suspect = ready(&channel, &names.suspect(&job)).await;
            let parked = ready(&channel, &names.parked(&job)).await;
            let (Ok(main), Ok(suspect), Ok(parked)) = (main, suspect, parked) else {
                // One was deleted. The next job declares it again.
                link.forget(&job);
                continue;
            };
            channel.close(200, "".into()).await.map_err(error::lapin)?;
            let running = self.held.messages(&job).len();
            let of_states = [
                (State::Waiting, u64::from(main) + u64::from(suspect)),
                (State::Running, u64::try_from(running).unwrap_or(u64::MAX)),
                (State::Parked, u64::from(parked)),
            ];
            let of_states = of_states.into_iter().filter(|(_, jobs)| *jobs > 0);
            counts.extend(of_states.map(|(state, jobs)| Count {
                name: job.clone(),
                state,
                jobs,
                // A queue does not have the time of its first message.
                oldest: system_millis(),
            }));
        }
        Ok(counts)
    }

    /// Returns the jobs that run in this process.
    pub(crate) fn running(&self, job: &str, most: usize) -> Vec<Listed> {
        let running = self.held.messages(job).into_iter().take(most);
        let running = running.map(|mut message| {
            message.attempts = message.attempts.saturating_add(1);
            listed(message)
        });
        running.collect()
    }
}

/// Returns how many messages of a queue no consumer has.
async fn ready(channel: &Channel, queue: &str) -> Result<u32, lapin::Error> {
    let options = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::durable()
    };
    let none = FieldTable::default();
    let queue = channel.queue_declare(queue.into(), options, none).await?;
    Ok(queue.message_count())
}

fn read(job: &str, got: BasicGetMessage) -> (Message, lapin::Acker) {
    let delivery = got.delivery;
    let now = system_millis();
    // The deliveries are those of lists.
    let (message, _) = Message::read(job, &delivery.properties, delivery.data, now);
    (message, delivery.acker)
}

fn listed(message: Message) -> Listed {
    Listed {
        id: message.id,
        version: message.version,
        payload: String::from_utf8_lossy(&message.payload).into_owned(),
        attempts: message.attempts,
        crashes: message.crashes,
        created: message.created,
        due: message.due,
        reason: message.reason,
        producer: message.producer,
    }
}
