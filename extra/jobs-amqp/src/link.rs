//! One connection, with its channels.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::{Either, select};
use highball_jobs::backend::{BackendError, Fault};
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties,
    options::{BasicPublishOptions, ConfirmSelectOptions},
    uri::AMQPUri,
};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep_until, timeout},
};

use crate::{error, names::Names, topology};

/// How long a connection may take, with the declaration of what all jobs have in common.
const CONNECT: Duration = Duration::from_secs(10);

/// The pause between two looks whether the broker has blocked a message.
const LOOK: Duration = Duration::from_millis(50);

/// How long a deletion may take. If RabbitMQ 3.10 gets a declaration of a queue of the same name before the end, it may
/// refuse all later ones until its restart (`cluster_not_formed`).
const DELETION: Duration = Duration::from_millis(500);

/// How long a message that wakes workers may take. It may be lost, since workers look for jobs as well.
const WAKE: Duration = Duration::from_secs(1);

/// Two connections, one of which only publishes. Both are replaced when one is lost, so that everything here belongs to
/// the same ones.
///
/// A broker that is blocked by an alarm reads nothing from a connection that has published. With one connection, no job
/// could be taken or acknowledged until the end of the alarm, which may be due to the jobs that wait.
///
/// lapin's recovery was rejected: a delivery tag of the old connection would be one of the new connection.
pub(crate) struct Link {
    /// The connection that takes messages, acknowledges them, and declares queues.
    pub(crate) conn: Connection,
    publishing: Connection,
    /// The channels on which no confirm is awaited.
    idle: Mutex<Vec<Channel>>,
    /// The number of channels that may publish at once.
    permits: Semaphore,
    /// The channels that take jobs from queues. A worker takes jobs of a queue from one task.
    takers: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Option<Channel>>>>>,
    declared: Mutex<HashSet<String>>,
    /// The jobs whose queues were missing, since when.
    missing: Mutex<HashMap<String, Instant>>,
    /// Since when a delay queue or an exchange is missing.
    common_missing: Mutex<Option<Instant>>,
    /// The channel that wakes workers, without confirms.
    waker: tokio::sync::Mutex<Option<Channel>>,
}

impl Link {
    pub(crate) async fn connect(
        uri: &AMQPUri,
        names: &Names,
        channels: usize,
    ) -> Result<Self, BackendError> {
        let connecting = async {
            let conn = open(uri, "highball jobs").await?;
            let publishing = open(uri, "highball jobs, publisher").await?;
            topology::declare_common(&conn, names).await?;
            Ok((conn, publishing))
        };
        let (conn, publishing) = match timeout(CONNECT, connecting).await {
            Ok(opened) => opened?,
            Err(_) => {
                let sentence = format!("RabbitMQ did not answer within {CONNECT:?}");
                return Err(error::of(Fault::Disconnected, sentence));
            }
        };
        Ok(Self {
            conn,
            publishing,
            idle: Mutex::default(),
            permits: Semaphore::new(channels),
            takers: Mutex::default(),
            declared: Mutex::default(),
            missing: Mutex::default(),
            common_missing: Mutex::default(),
            waker: tokio::sync::Mutex::default(),
        })
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.conn.status().connected() && self.publishing.status().connected()
    }

    /// Closes what is left of it. The broker gives its messages to others.
    pub(crate) async fn close(&self) {
        for conn in [&self.conn, &self.publishing] {
            // One of them is lost.
            drop(conn.close(200, "".into()).await);
        }
    }

    /// Declares the queues of a job, if this connection has not done so.
    pub(crate) async fn declare(&self, names: &Names, job: &str) -> Result<(), BackendError> {
        if lock(&self.declared).contains(job) {
            return Ok(());
        }
        let since = lock(&self.missing).get(job).copied();
        if let Some(since) = since {
            sleep_until(since + DELETION).await;
        }
        topology::declare_job(&self.conn, names, job).await?;
        lock(&self.missing).remove(job);
        lock(&self.declared).insert(job.to_owned());
        Ok(())
    }

    /// Declares what all jobs have in common again, if a part of it was missing.
    pub(crate) async fn declare_common(&self, names: &Names) -> Result<(), BackendError> {
        let since = *lock(&self.common_missing);
        let Some(since) = since else { return Ok(()) };
        sleep_until(since + DELETION).await;
        topology::declare_common(&self.conn, names).await?;
        *lock(&self.common_missing) = None;
        Ok(())
    }

    /// Notes that a delay queue or an exchange is missing.
    pub(crate) fn forget_common(&self) {
        lock(&self.common_missing).get_or_insert_with(Instant::now);
    }

    /// Notes that a queue of the job is missing.
    pub(crate) fn forget(&self, job: &str) {
        lock(&self.declared).remove(job);
        let mut missing = lock(&self.missing);
        missing.entry(job.to_owned()).or_insert_with(Instant::now);
    }

    /// Returns the jobs whose queues this connection has declared.
    pub(crate) fn jobs(&self) -> Vec<String> {
        let mut jobs = lock(&self.declared).iter().cloned().collect::<Vec<_>>();
        jobs.sort();
        jobs
    }

    /// Publishes a message, and returns when a queue has it on the disk.
    ///
    /// One confirm is awaited on a channel, because lapin gives a message that is returned to whichever publisher of
    /// the channel is confirmed next.
    pub(crate) async fn publish(
        &self,
        exchange: &str,
        key: &str,
        payload: &[u8],
        properties: BasicProperties,
        limit: Duration,
    ) -> Result<(), BackendError> {
        self.check_open()?;
        let publishing = async {
            let _permit = self.permits.acquire().await.map_err(BackendError::new)?;
            // It may have been blocked during the wait.
            self.check_open()?;
            let channel = self.publisher().await.map_err(error::lapin)?;
            let options = BasicPublishOptions {
                mandatory: true,
                ..BasicPublishOptions::default()
            };
            let sent = channel
                .basic_publish(exchange.into(), key.into(), options, payload, properties)
                .await;
            let confirmed = sent.map_err(error::lapin)?;
            // RabbitMQ reports the block in response to the first message after it.
            let confirmed = match first(confirmed, self.block()).await {
                Some(confirmed) => confirmed.map_err(error::lapin)?,
                None => return Err(blocked()),
            };
            // A channel whose confirm did not come is not used again: it closes when it is dropped.
            lock(&self.idle).push(channel);
            check_confirmation(key, confirmed)
        };
        match timeout(limit, publishing).await {
            Ok(published) => published,
            Err(_) => Err(error::of(
                Fault::Unconfirmed,
                format!("RabbitMQ did not confirm a message for `{key}` within {limit:?}"),
            )),
        }
    }

    /// Sends a message that may be lost.
    pub(crate) async fn wake(&self, exchange: &str, job: &str) {
        // A blocked connection would send it at the end of the alarm only.
        if !self.is_blocked() {
            drop(timeout(WAKE, self.send_wake(exchange, job)).await);
        }
    }

    async fn send_wake(&self, exchange: &str, job: &str) {
        let mut waker = self.waker.lock().await;
        if waker
            .as_ref()
            .is_none_or(|channel| !channel.status().connected())
        {
            // The broker closes the channel if there is no such exchange.
            if waker.is_some() {
                self.forget_common();
            }
            *waker = self.publishing.create_channel().await.ok();
        }
        let Some(channel) = &*waker else { return };
        let options = BasicPublishOptions::default();
        let properties = BasicProperties::default();
        let sent = channel.basic_publish(
            exchange.into(),
            "".into(),
            options,
            job.as_bytes(),
            properties,
        );
        drop(sent.await);
    }

    /// Returns the channel that takes messages of a queue. It is opened again if the broker has closed it.
    pub(crate) fn taker(&self, queue: &str) -> Arc<tokio::sync::Mutex<Option<Channel>>> {
        let mut takers = lock(&self.takers);
        if let Some(taker) = takers.get(queue) {
            return Arc::clone(taker);
        }
        Arc::clone(takers.entry(queue.to_owned()).or_default())
    }

    async fn publisher(&self) -> Result<Channel, lapin::Error> {
        while let Some(channel) = lock(&self.idle).pop() {
            if channel.status().connected() {
                return Ok(channel);
            }
        }
        let channel = self.publishing.create_channel().await?;
        let options = ConfirmSelectOptions::default();
        channel.confirm_select(options).await?;
        Ok(channel)
    }

    fn is_blocked(&self) -> bool {
        self.publishing.status().blocked()
    }

    /// Waits until the broker accepts no messages.
    async fn block(&self) {
        while !self.is_blocked() {
            tokio::time::sleep(LOOK).await;
        }
    }

    fn check_open(&self) -> Result<(), BackendError> {
        match self.is_blocked() {
            true => Err(blocked()),
            false => Ok(()),
        }
    }
}

async fn open(uri: &AMQPUri, name: &str) -> Result<Connection, BackendError> {
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let conn = Connection::connect_uri(uri.clone(), properties).await;
    conn.map_err(error::lapin)
}

/// Returns the output of a future, unless the other one ends first.
async fn first<T>(work: impl Future<Output = T>, end: impl Future<Output = ()>) -> Option<T> {
    let (work, end) = (pin!(work), pin!(end));
    match select(work, end).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

fn blocked() -> BackendError {
    error::of(
        Fault::Blocked,
        "RabbitMQ accepts no messages for now: it is low on memory or on disk space (connection.blocked)",
    )
}

/// Returns an error for a message that no queue has. RabbitMQ confirms it all the same, after it has returned it.
fn check_confirmation(key: &str, confirmed: Confirmation) -> Result<(), BackendError> {
    match confirmed {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(returned)) | Confirmation::Nack(Some(returned)) => Err(error::of(
            Fault::Unroutable,
            format!(
                "RabbitMQ has returned the message for `{key}`: {} {}",
                returned.reply_code, returned.reply_text
            ),
        )),
        Confirmation::Nack(None) => Err(error::of(
            Fault::Unroutable,
            format!(
                "RabbitMQ has rejected a message for `{key}`: its queue was deleted, or has failed"
            ),
        )),
        Confirmation::NotRequested => Err(error::of(
            Fault::Other,
            "the channel does not confirm messages",
        )),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}
