//! Backends that a test owns.

mod builder;
mod core;
mod keeper;
mod port;
mod postgres;
mod program;
mod rabbitmq;
mod recipe;
mod redis;
mod site;
mod user;

use std::net::SocketAddr;
use std::panic;
use std::path::Path;
use std::sync::Arc;

use tokio::task;

pub use self::builder::{Builder, Missing, postgres_or_skip, rabbitmq_or_skip, redis_or_skip};
use self::core::Core;
use crate::backend::Backend;

/// A backend that a test has started, in a temporary directory and on a free port.
///
/// It runs as a user without privileges: if the test runs as root, as `nobody`. When the `Server` is dropped, all its
/// processes are killed and the directory is removed. This also happens after a panic, and when the test program is
/// killed.
///
/// Each method returns when its effect is complete: [`kill`](Self::kill), for example, when no process is left, and
/// [`start_again`](Self::start_again) when the server accepts connections. They run on other threads than the test, so
/// that the tasks of the test continue.
///
/// # Examples
///
/// ```no_run
/// use highball_faults::Server;
///
/// # async fn test() {
/// let Some(server) = Server::postgres().setting("max_connections", "20").start_or_skip().await else {
///     return;
/// };
/// println!("psql {}", server.url());
/// server.kill().await;
/// server.start_again().await;
/// # }
/// ```
#[derive(Debug)]
pub struct Server(Arc<Core>);

/// How [`Server::restart`] stops a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The server disconnects its clients and ends in order: `pg_ctl restart -m fast`.
    Fast,
    /// The server ends at once, and recovers at its next start: `pg_ctl restart -m immediate` of PostgreSQL. The others
    /// are killed.
    Immediate,
}

impl Server {
    /// Describes a PostgreSQL server with the user `highball` and passwords by `scram-sha-256`, without TLS.
    ///
    /// It does not flush its files to the disk. So a kill loses nothing, and a crash of the machine would.
    pub fn postgres() -> Builder {
        Builder::new(Backend::Postgres)
    }

    /// Describes a Redis server that writes each change to its append-only file.
    pub fn redis() -> Builder {
        Builder::new(Backend::Redis)
    }

    /// Describes a RabbitMQ server with the user `guest`, and no plugins. It takes several seconds to start.
    pub fn rabbitmq() -> Builder {
        Builder::new(Backend::Amqp)
    }

    /// Returns the URL, with the user and the password.
    pub fn url(&self) -> String {
        self.url_at(self.addr())
    }

    /// Returns the URL with another address, such as that of a [`Proxy`](crate::Proxy).
    pub fn url_at(&self, addr: SocketAddr) -> String {
        self.0.url_at(addr)
    }

    /// Returns the address on which the server listens.
    pub fn addr(&self) -> SocketAddr {
        self.0.addr()
    }

    /// Returns the port, which stays the same when the server is started again.
    pub fn port(&self) -> u16 {
        self.addr().port()
    }

    /// Returns what the server has logged since its first start.
    pub fn log(&self) -> String {
        self.0.log()
    }

    /// Returns the temporary directory, which contains the data.
    pub fn directory(&self) -> &Path {
        self.0.directory()
    }

    /// Returns the ids of all processes of the server.
    pub async fn processes(&self) -> Vec<u32> {
        self.run(Core::processes).await
    }

    /// Returns whether the process of the server exists. A paused server runs.
    pub fn is_running(&self) -> bool {
        self.0.is_running()
    }

    /// Stops the server in order: PostgreSQL and Redis write their data and disconnect their clients.
    ///
    /// # Panics
    ///
    /// Panics if the server does not end within 30 seconds.
    pub async fn stop(&self) {
        self.run(Core::stop).await;
    }

    /// Kills all processes of the server with SIGKILL.
    pub async fn kill(&self) {
        self.run(Core::kill).await;
    }

    /// Pauses all processes of the server with SIGSTOP. The kernel still accepts connections, and nothing answers.
    pub async fn pause(&self) {
        self.run(Core::pause).await;
    }

    /// Continues after [`pause`](Self::pause).
    pub async fn resume(&self) {
        self.run(Core::resume).await;
    }

    /// Starts the server after [`stop`](Self::stop) or [`kill`](Self::kill), on the same port and with the same data.
    ///
    /// # Panics
    ///
    /// Panics if the server runs, or does not start.
    pub async fn start_again(&self) {
        self.run(Core::start_again).await;
    }

    /// Stops the server and starts it again.
    ///
    /// # Panics
    ///
    /// Panics if the server does not stop or does not start.
    pub async fn restart(&self, mode: Mode) {
        self.run(move |core| core.restart(mode)).await;
    }

    async fn run<T: Send + 'static>(&self, method: impl FnOnce(&Core) -> T + Send + 'static) -> T {
        let core = Arc::clone(&self.0);
        blocking(move || method(&core)).await
    }
}

/// Runs code on another thread, because it waits for processes.
async fn blocking<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    match task::spawn_blocking(run).await {
        Ok(value) => value,
        Err(error) => panic::resume_unwind(error.into_panic()),
    }
}
