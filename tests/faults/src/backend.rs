//! The kinds of backends, and those that run on the machine.

use std::env;
use std::fmt;

use crate::skip;

/// A kind of backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Backend {
    /// PostgreSQL, a database.
    Postgres,
    /// Redis, a cache.
    Redis,
    /// RabbitMQ, a broker of messages.
    Amqp,
}

impl Backend {
    /// Returns the environment variable that contains the URL of this backend.
    ///
    /// ```
    /// assert_eq!(highball_faults::Backend::Redis.variable(), "HIGHBALL_TEST_REDIS");
    /// ```
    pub fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "HIGHBALL_TEST_POSTGRES",
            Self::Redis => "HIGHBALL_TEST_REDIS",
            Self::Amqp => "HIGHBALL_TEST_AMQP",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Postgres => "postgres://user:password@localhost/database",
            Self::Redis => "redis://localhost/",
            Self::Amqp => "amqp://user:password@localhost/vhost",
        }
    }

    /// The package of Debian that contains the server.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::Redis => "redis-server",
            Self::Amqp => "rabbitmq-server",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
            Self::Amqp => "RabbitMQ",
        })
    }
}

/// Returns the URL of a backend that runs on this machine, from its environment variable.
///
/// If the variable is not set, the test must return. The first such test of a test program prints which tests are left
/// out, and which variable runs them.
///
/// # Examples
///
/// ```
/// use highball_faults::{Backend, url_of};
///
/// let Some(url) = url_of(Backend::Redis) else {
///     return;
/// };
/// assert!(url.starts_with("redis://"));
/// ```
///
/// # Panics
///
/// Panics if the variable is not set, and `HIGHBALL_TEST_BACKENDS` is `required`.
pub fn url_of(backend: Backend) -> Option<String> {
    let variable = backend.variable();
    let url = env::var(variable).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        let how = format!("{variable}={} runs them", backend.example());
        skip::report(variable, backend, &how);
    }
    url
}
