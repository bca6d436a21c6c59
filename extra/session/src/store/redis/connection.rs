//! The connection, which all calls share.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use redis::{
    Client, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

/// How long an answer may take. It is less than [`Sessions::patience`](crate::Sessions::patience), so that the connection
/// sees the failure and not only the request.
const RESPONSE: Duration = Duration::from_secs(1);

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(1);

/// After how many answers in a row that did not come the connection is replaced. The client itself replaces only those
/// that are closed, and a host that has vanished closes none.
const MOST_TIMEOUTS: u32 = 8;

/// A connection that is opened by the first call, and again after a failure.
pub(super) struct Connection {
    client: Client,
    manager: Mutex<Option<ConnectionManager>>,
    timeouts: AtomicU32,
}

impl Connection {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            manager: Mutex::default(),
            timeouts: AtomicU32::new(0),
        }
    }

    /// Returns the connection. Its clones send their commands over one socket, in any order.
    pub(super) fn get(&self) -> Result<ConnectionManager, RedisError> {
        let mut manager = self.manager.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(manager) = &*manager {
            return Ok(manager.clone());
        }
        // A call that fails opens the next connection, so that there is no pause after Redis is back.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_response_timeout(Some(RESPONSE))
            .set_connection_timeout(Some(CONNECT));
        let opened = ConnectionManager::new_lazy_with_config(self.client.clone(), config)?;
        Ok(manager.insert(opened).clone())
    }

    /// Counts a call as one without an answer until its outcome is known. A caller may give it up before that.
    pub(super) fn expect(&self) -> Pending<'_> {
        Pending(Some(self))
    }

    fn missed(&self) {
        if self.timeouts.fetch_add(1, Relaxed) + 1 == MOST_TIMEOUTS {
            let mut manager = self.manager.lock().unwrap_or_else(PoisonError::into_inner);
            *manager = None;
            self.timeouts.store(0, Relaxed);
        }
    }

    /// Keeps account of an outcome, and gives up a connection that does not answer.
    pub(super) fn observe<T>(&self, outcome: &Result<T, RedisError>) {
        if !outcome.as_ref().is_err_and(RedisError::is_timeout) {
            self.timeouts.store(0, Relaxed);
        } else {
            self.missed();
        }
    }
}

/// A call without an outcome. Dropping it counts it as one that was not answered.
pub(super) struct Pending<'a>(Option<&'a Connection>);

impl Pending<'_> {
    /// The outcome is known.
    pub(super) fn done(mut self) {
        self.0 = None;
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.0 {
            connection.missed();
        }
    }
}
