//! Why there is no connection.

use std::{fmt, time::Duration};

use highball::{
    describe::{Answer, Answers},
    extract::Facts,
    prelude::*,
};

use crate::{database::Database, pool::Inner, status::Status, waiting::Refused};

/// Why a pool has no connection for a request.
///
/// A client receives a 503 with `Retry-After`. The log has the cause: the state of the pool, and the routes that hold
/// its connections.
///
/// # Examples
/// ```
/// use highball_db::{Pool, PoolError, Sqlite, database};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let shop = Pool::<Shop>::memory().build();
/// shop.close().await;
/// assert!(matches!(shop.acquire().await, Err(PoolError::Closed { database: "Shop" })));
/// # });
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum PoolError {
    /// Every connection was in use for the whole wait.
    Timeout {
        /// The name of the database.
        database: &'static str,
        /// The time of the wait.
        waited: Duration,
        /// The state of the pool and the longest holders.
        state: String,
    },
    /// Requests have waited for too long for a while, so this one was rejected.
    Overloaded {
        /// The name of the database.
        database: &'static str,
        /// The time of the wait.
        waited: Duration,
        /// The state of the pool and the longest holders.
        state: String,
    },
    /// The database does not accept a connection.
    Connect {
        /// The name of the database.
        database: &'static str,
        /// The error of the driver.
        error: sqlx::Error,
    },
    /// The transaction cannot begin.
    Begin {
        /// The name of the database.
        database: &'static str,
        /// The error of the driver.
        error: sqlx::Error,
    },
    /// The pool is closed, because the server stops.
    Closed {
        /// The name of the database.
        database: &'static str,
    },
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout {
                database,
                waited,
                state,
            } => write!(
                f,
                "no connection of `{database}` was free for {} ms: {state}",
                waited.as_millis()
            ),
            Self::Overloaded {
                database,
                waited,
                state,
            } => write!(
                f,
                "`{database}` is overloaded, rejected after {} ms: {state}",
                waited.as_millis()
            ),
            Self::Connect { database, error } => {
                write!(f, "`{database}` cannot be connected: {error}")
            }
            Self::Begin { database, error } => {
                write!(f, "a transaction of `{database}` cannot begin: {error}")
            }
            Self::Closed { database } => write!(f, "the pool of `{database}` is closed"),
        }
    }
}

impl std::error::Error for PoolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect { error, .. } | Self::Begin { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<PoolError> for Rejection {
    fn from(error: PoolError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the database is busy")
            .with_header(header::RETRY_AFTER, "1")
            .with_source(error)
    }
}

impl IntoResponse for PoolError {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = BUSY;

    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}

/// The response to a request without a connection.
pub(crate) const BUSY: Answers = Answers::one(
    Answer::problem(503)
        .about("the database is busy")
        .headers(&["retry-after"]),
);

/// The errors of requests that get no connection.
impl<D: Database> Inner<D> {
    pub(crate) fn refused(&self, refused: &Refused, waited: Duration) -> PoolError {
        match refused {
            Refused::Closed => self.closed(),
            Refused::Shed => PoolError::Overloaded {
                database: D::NAME,
                waited,
                state: self.state(),
            },
        }
    }

    pub(crate) fn timed_out(&self, waited: Duration) -> PoolError {
        PoolError::Timeout {
            database: D::NAME,
            waited,
            state: self.state(),
        }
    }

    /// Describes the pool and its longest holders.
    fn state(&self) -> String {
        let Status {
            open,
            idle,
            used,
            waiting,
            ..
        } = self.status();
        let longest = self.holders.longest(3);
        format!(
            "{open} open, {idle} idle, {used} in use, {waiting} waiting; held longest: {longest}"
        )
    }

    pub(crate) fn failed(&self, error: sqlx::Error) -> PoolError {
        PoolError::Connect {
            database: D::NAME,
            error,
        }
    }

    pub(crate) fn closed(&self) -> PoolError {
        PoolError::Closed { database: D::NAME }
    }
}
