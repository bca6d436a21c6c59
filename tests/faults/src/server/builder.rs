//! The options of a server, and what happens if it is not installed.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::core::Core;
use super::recipe::recipe_of;
use super::{Server, blocking};
use crate::backend::Backend;
use crate::skip;

/// The options of a [`Server`] that is not started yet.
#[derive(Clone, Debug)]
#[must_use = "a server runs after `start` or `start_or_skip`"]
pub struct Builder {
    pub(super) backend: Backend,
    pub(super) settings: Vec<(String, String)>,
    pub(super) password: Option<String>,
}

/// The error of a server whose programs are not installed.
#[derive(Clone, Debug)]
pub struct Missing {
    backend: Backend,
    how: String,
}

impl Builder {
    pub(super) fn new(backend: Backend) -> Self {
        Self {
            backend,
            settings: Vec::new(),
            password: None,
        }
    }

    /// Adds a setting of the server's configuration, by the name that the server uses.
    ///
    /// ```
    /// use highball_faults::Server;
    ///
    /// let _small = Server::postgres().setting("max_connections", "20");
    /// let _small = Server::redis().setting("maxclients", "20");
    /// let _small = Server::rabbitmq().setting("channel_max", "20");
    /// ```
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Sets the password. By default it is `highball` for PostgreSQL and `guest` for RabbitMQ, and Redis has none.
    ///
    /// The password is part of the URL as it is, so it must contain only letters, digits, `-`, `.`, `_` and `~`.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Starts the server and waits until it accepts connections.
    ///
    /// # Errors
    ///
    /// Returns an error if its programs are not installed.
    ///
    /// # Panics
    ///
    /// Panics with the log of the server if it does not start, for example because of a wrong setting.
    pub async fn start(self) -> Result<Server, Missing> {
        self.find_programs()?;
        let core = blocking(move || Core::start(self)).await;
        Ok(Server(Arc::new(core)))
    }

    /// Starts the server, or returns `None` if its programs are not installed. Then the test must return, too.
    ///
    /// The first such test of a test program prints which tests are left out, and how to install the programs.
    ///
    /// # Panics
    ///
    /// Panics if the server does not start. If the environment variable `HIGHBALL_TEST_BACKENDS` is `required`, it also
    /// panics if the programs are not installed.
    pub async fn start_or_skip(self) -> Option<Server> {
        match self.start().await {
            Ok(server) => Some(server),
            Err(missing) => {
                skip::report(missing.backend.package(), missing.backend, &missing.how);
                None
            }
        }
    }

    fn find_programs(&self) -> Result<(), Missing> {
        let backend = self.backend;
        let missing = |how: String| Err(Missing { backend, how });
        // The processes of a server are found there.
        if !Path::new("/proc/self/cwd").exists() {
            return missing("a server of a test needs Linux".to_owned());
        }
        if !recipe_of(backend).is_installed() {
            let package = backend.package();
            return missing(format!(
                "`apt-get install {package}` or `.ci/backends` installs it"
            ));
        }
        Ok(())
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not available: {}", self.backend, self.how)
    }
}

impl std::error::Error for Missing {}

/// Starts PostgreSQL with the default options, or returns `None` if it is not installed.
///
/// See [`Builder::start_or_skip`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let Some(server) = highball_faults::postgres_or_skip().await else {
///     return;
/// };
/// assert!(server.url().starts_with("postgres://highball:highball@127.0.0.1:"));
/// # }
/// ```
pub async fn postgres_or_skip() -> Option<Server> {
    Server::postgres().start_or_skip().await
}

/// Starts Redis with the default options, or returns `None` if it is not installed.
///
/// See [`Builder::start_or_skip`].
pub async fn redis_or_skip() -> Option<Server> {
    Server::redis().start_or_skip().await
}

/// Starts RabbitMQ with the default options, or returns `None` if it is not installed.
///
/// See [`Builder::start_or_skip`].
pub async fn rabbitmq_or_skip() -> Option<Server> {
    Server::rabbitmq().start_or_skip().await
}
