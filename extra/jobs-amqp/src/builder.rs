//! The settings of the backend.

use std::{fmt, sync::Arc, time::Duration};

use highball::Error;
use lapin::uri::AMQPUri;

use crate::{
    Amqp,
    amqp::Shared,
    names::{self, Names},
};

/// How often the broker and the program check that the connection lives, in seconds, unless the URL has `heartbeat`.
const HEARTBEAT: u16 = 10;

/// The settings of a backend in RabbitMQ. [`Amqp::at`] returns it.
///
/// # Examples
/// ```no_run
/// use std::time::Duration;
///
/// use highball_jobs_amqp::{Amqp, Builder};
///
/// # fn main() -> highball::Result {
/// let settings: Builder = Amqp::at("amqp://localhost").channels(4);
/// let amqp = settings.acknowledge_within(Duration::from_secs(3600)).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Builder {
    url: String,
    prefix: String,
    channels: usize,
    confirm: Duration,
    deadline: Duration,
}

impl Amqp {
    /// Describes a backend at this URL: `amqp://user:password@host:port/vhost`, or `amqps://..` with the feature `tls`.
    ///
    /// The parameter `heartbeat` is 10 seconds by default.
    pub fn at(url: impl Into<String>) -> Builder {
        Builder {
            url: url.into(),
            prefix: "jobs".to_owned(),
            channels: 16,
            confirm: Duration::from_secs(5),
            deadline: Duration::from_secs(30 * 60),
        }
    }
}

impl Builder {
    /// Sets the first part of the names of queues. The default is `jobs`. Apps of one virtual host need different ones.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets the number of channels that publish at once. The default is 16.
    pub fn channels(mut self, channels: usize) -> Self {
        self.channels = channels.clamp(1, 1000);
        self
    }

    /// Sets the longest wait for the confirm of a message. The default is 5 seconds. A `Queue` waits for two seconds at
    /// most.
    pub fn confirm_within(mut self, time: Duration) -> Self {
        self.confirm = time;
        self
    }

    /// Sets the time that the broker allows for the acknowledgement of a message: its setting `consumer_timeout`, which
    /// is 30 minutes by default. The start fails if the timeout of a consumer is longer.
    pub fn acknowledge_within(mut self, time: Duration) -> Self {
        self.deadline = time;
        self
    }

    /// Creates the backend. It connects later.
    ///
    /// # Errors
    /// Returns an error if the URL or the prefix is invalid.
    pub fn build(self) -> highball::Result<Amqp> {
        names::check("the prefix", &self.prefix).map_err(Error::new)?;
        // The URL is not part of the error, because it has a password.
        let uri = self.url.parse::<AMQPUri>();
        let mut uri =
            uri.map_err(|error| Error::new(format!("the URL of RabbitMQ is invalid: {error}")))?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT);
        Ok(Amqp(Arc::new(Shared {
            uri,
            names: Names::new(self.prefix),
            channels: self.channels,
            confirm: self.confirm,
            deadline: self.deadline,
            link: tokio::sync::Mutex::default(),
            held: crate::held::Held::default(),
            limits: std::sync::Mutex::default(),
            wake: crate::wake::Wake::default(),
        })))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL has a password.
        f.debug_struct("Builder")
            .field("prefix", &self.prefix)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::Amqp;

    #[test]
    fn mistakes_are_found_before_a_connection() {
        let build = |url: &str, prefix: &str| Amqp::at(url).prefix(prefix).build();
        assert!(build("amqp://localhost", "shop").is_ok());
        let error = build("amqp://localhost", "a.b").unwrap_err();
        assert!(
            format!("{error:#}").contains("the prefix `a.b`"),
            "{error:#}"
        );
        let error = build("http://u:secret@localhost", "shop").unwrap_err();
        assert!(!format!("{error:#}").contains("secret"), "{error:#}");
    }

    #[test]
    fn the_password_is_not_shown() {
        let builder = Amqp::at("amqp://shop:secret@localhost");
        let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(!shown.contains("secret"), "{shown}");
    }
}
