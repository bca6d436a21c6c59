//! The state of a pool.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use crate::error::PoolError;

/// The state of a pool. [`Pool::status`](crate::Pool::status) returns it.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, Status, database};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let shop = Pool::<Shop>::memory().build();
/// let conn = shop.acquire().await?;
/// let status: Status = shop.status();
/// assert_eq!((status.open, status.used, status.waiting), (1, 1, 0));
/// # drop(conn);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Status {
    /// The connections that are open.
    pub open: usize,
    /// The connections that wait for a request.
    pub idle: usize,
    /// The connections that requests hold.
    pub used: usize,
    /// The requests that wait for a connection.
    pub waiting: usize,
    /// How often a request has got a connection or has been refused one, since the start.
    pub requests: u64,
    /// How long all of them have waited for this.
    pub waited: Duration,
    /// How many of them were refused: after the wait, because of overload, or without a database.
    pub refused: u64,
}

/// The waits of all requests since the start.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    requests: AtomicU64,
    micros: AtomicU64,
    refused: AtomicU64,
}

impl Waits {
    /// Counts a request that has waited.
    pub(crate) fn count<T>(&self, waited: Duration, outcome: &Result<T, PoolError>) {
        self.requests.fetch_add(1, Relaxed);
        let micros = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Relaxed);
        if outcome.is_err() {
            self.refused.fetch_add(1, Relaxed);
        }
    }

    /// Adds the counts to a status.
    pub(crate) fn add_to(&self, status: Status) -> Status {
        Status {
            requests: self.requests.load(Relaxed),
            waited: Duration::from_micros(self.micros.load(Relaxed)),
            refused: self.refused.load(Relaxed),
            ..status
        }
    }
}
