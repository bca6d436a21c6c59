//! Faults for the tests of packages that use a backend.
//!
//! - [`Server`] starts PostgreSQL, Redis or RabbitMQ for one test, and stops, kills, pauses and restarts it.
//! - [`Proxy`] forwards connections to any address, and delays, stalls, limits and cuts them.
//! - [`Clients`] sends HTTP requests and closes the connections before the response.
//! - [`Folder`] is a temporary directory, and `Schema`, by the feature `postgres`, a schema of PostgreSQL.
//! - [`Random`] has pseudo-random numbers of a seed that it prints.
//! - [`url_of`] returns the URL of a backend that runs on the developer's machine.
//!
//! Each of them works without the others. A test of a pool starts a server, connects through a proxy, and cuts:
//!
//! ```
//! # async fn connect(_url: &str) {}
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let Some(server) = highball_faults::redis_or_skip().await else {
//!     return;
//! };
//! let proxy = highball_faults::Proxy::start(server.addr());
//! let connection = connect(&server.url_at(proxy.addr())).await;
//! proxy.cut();
//! server.restart(highball_faults::Mode::Immediate).await;
//! # }
//! ```
//!
//! A machine without a backend runs the other tests: those that need it return early, and the first of them prints how
//! to get it. With `HIGHBALL_TEST_BACKENDS=required` they fail.

mod backend;
mod clients;
mod folder;
mod proxy;
mod random;
#[cfg(feature = "postgres")]
mod schema;
mod server;
mod skip;

pub use backend::{Backend, url_of};
pub use clients::{Clients, Leave, Outcome, Part, Waiting};
pub use folder::Folder;
pub use proxy::{Connect, Counts, Direction, Proxy};
pub use random::Random;
#[cfg(feature = "postgres")]
pub use schema::Schema;
pub use server::{
    Builder, Missing, Mode, Server, postgres_or_skip, rabbitmq_or_skip, redis_or_skip,
};

/// Returns a name that no other test has, of this run or of another.
pub fn unique_name() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Relaxed);
    format!("highball_{}_{count}", std::process::id())
}
