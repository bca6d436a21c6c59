//! The backend.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use highball_jobs::backend::{BackendError, Fault, Limits, Millis};
use lapin::uri::AMQPUri;

use crate::{
    delay, error,
    held::Held,
    link::Link,
    message::Message,
    names::{self, Names},
    wake::Wake,
};

/// How long a failure to connect is returned without another try.
const PAUSE: Duration = Duration::from_millis(500);

/// Jobs in RabbitMQ. [`Amqp::at`] creates it.
///
/// A clone is the same backend. It connects at its first use, and again after a failure.
///
/// # Examples
/// ```no_run
/// use highball_jobs::Jobs;
/// use highball_jobs_amqp::Amqp;
///
/// # fn main() -> highball::Result {
/// let amqp = Amqp::at("amqp://shop:secret@localhost/shop").prefix("shop").build()?;
/// let jobs = Jobs::on(amqp);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Amqp(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) uri: AMQPUri,
    pub(crate) names: Names,
    /// The number of channels that publish.
    pub(crate) channels: usize,
    /// The longest wait for a confirm.
    pub(crate) confirm: Duration,
    /// After this time the broker closes the channel of a message that is not acknowledged.
    pub(crate) deadline: Duration,
    pub(crate) link: tokio::sync::Mutex<Connecting>,
    pub(crate) held: Held,
    pub(crate) limits: Mutex<HashMap<String, Limits>>,
    pub(crate) wake: Wake,
}

/// The connection, or the last failure to connect.
#[derive(Default)]
pub(crate) struct Connecting {
    link: Option<Arc<Link>>,
    failure: Option<(Instant, String)>,
}

impl Shared {
    /// Returns the connection. It is opened if there is none.
    pub(crate) async fn link(&self) -> Result<Arc<Link>, BackendError> {
        let mut connecting = self.link.lock().await;
        if let Some(link) = connecting.link.as_ref().filter(|link| link.is_alive()) {
            return Ok(Arc::clone(link));
        }
        if let Some((at, reason)) = &connecting.failure
            && at.elapsed() < PAUSE
        {
            return Err(error::of(Fault::Disconnected, reason.clone()));
        }
        if let Some(lost) = connecting.link.take() {
            tokio::spawn(async move { lost.close().await });
        }
        match Link::connect(&self.uri, &self.names, self.channels).await {
            Ok(link) => {
                let link = Arc::new(link);
                connecting.failure = None;
                connecting.link = Some(Arc::clone(&link));
                Ok(link)
            }
            Err(error) => {
                connecting.failure = Some((Instant::now(), error.to_string()));
                Err(error)
            }
        }
    }

    /// Returns the connection, after the queues of a job were declared.
    pub(crate) async fn link_of(&self, job: &str) -> Result<Arc<Link>, BackendError> {
        let check = names::check_job(job);
        check.map_err(|sentence| error::of(Fault::Unsupported, sentence))?;
        let link = self.link().await?;
        link.declare(&self.names, job).await?;
        Ok(link)
    }

    /// Puts a job into the queue from which it is taken, or lets it wait first.
    pub(crate) async fn publish(&self, link: &Link, message: &Message) -> Result<(), BackendError> {
        let queue = self.queue_of(message);
        let step = delay::step(message.due, system_millis());
        let exchange = step.map(|step| self.names.delay(step)).unwrap_or_default();
        self.publish_to(link, &exchange, &queue, message).await?;
        if step.is_none() {
            link.wake(&self.names.wake(), &message.name).await;
        }
        Ok(())
    }

    /// Returns the queue from which a job is taken.
    fn queue_of(&self, message: &Message) -> String {
        match message.crashes {
            0 => self.names.main(&message.name),
            _ => self.names.suspect(&message.name),
        }
    }

    /// Puts a job into the queue of those that do not run again by themselves.
    pub(crate) async fn park(&self, link: &Link, message: &Message) -> Result<(), BackendError> {
        let queue = self.names.parked(&message.name);
        self.publish_to(link, "", &queue, message).await
    }

    /// Puts a job into a delay queue, for the shortest time.
    pub(crate) async fn hold_back(
        &self,
        link: &Link,
        message: &Message,
    ) -> Result<(), BackendError> {
        let queue = self.queue_of(message);
        let exchange = self.names.delay(delay::STEPS[0]);
        self.publish_to(link, &exchange, &queue, message).await
    }

    async fn publish_to(
        &self,
        link: &Link,
        exchange: &str,
        queue: &str,
        message: &Message,
    ) -> Result<(), BackendError> {
        link.declare_common(&self.names).await?;
        let properties = message.properties();
        let published = link.publish(exchange, queue, &message.payload, properties, self.confirm);
        let published = published.await;
        if let Err(error) = &published
            && error.fault() == Fault::Unroutable
        {
            // The next job declares the queue again.
            link.forget(&message.name);
        }
        if !exchange.is_empty()
            && let Err(error) = &published
            && matches!(error.fault(), Fault::Unroutable | Fault::Other)
        {
            link.forget_common();
        }
        published
    }

    pub(crate) fn limits(&self, job: &str) -> Option<Limits> {
        let limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        limits.get(job).cloned()
    }

    pub(crate) fn set_limits(&self, new: Limits) {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        limits.insert(new.name.to_owned(), new);
    }
}

/// Returns the time of the system, which the broker follows as well.
pub(crate) fn system_millis() -> Millis {
    clamp(since_1970().as_millis())
}

pub(crate) fn system_micros() -> i64 {
    clamp(since_1970().as_micros())
}

fn since_1970() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default()
}

fn clamp(number: u128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl fmt::Debug for Amqp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL has a password.
        f.debug_struct("Amqp")
            .field("host", &self.0.uri.authority.host)
            .field("names", &self.0.names)
            .field("held", &self.0.held)
            .finish_non_exhaustive()
    }
}
