//! The engines: PostgreSQL and SQLite.

use std::future::Future;

use sqlx::{
    Connection, Error,
    database::HasStatementCache,
    migrate::{MigrateError, Migrator},
};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use sqlx_core::transaction::TransactionManager as _;

use crate::battery::Value;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

/// An engine of databases. `Sqlite` and `Postgres` of sqlx implement it, with the features of their names.
///
/// # Examples
/// ```
/// use highball_db::{Engine, Pool, Sqlite, database};
///
/// database!(Shop: Sqlite);
///
/// /// Works with a database of any engine.
/// fn report<E: Engine, D: highball_db::Database<Engine = E>>(pool: &Pool<D>) -> String {
///     format!("{} connections of {}", pool.status().open, D::NAME)
/// }
///
/// # highball::block_on(async {
/// assert_eq!(report(&Pool::<Shop>::memory().build()), "0 connections of Shop");
/// # });
/// ```
pub trait Engine: sqlx::Database + HasStatementCache + sealed::Sealed {
    /// The statement that begins a transaction which may write.
    #[doc(hidden)]
    const BEGIN: &'static str;

    /// Whether only one transaction can write at a time.
    #[doc(hidden)]
    const ONE_WRITER: bool;

    /// Returns the number by which the server cancels the queries of a connection, if it can.
    #[doc(hidden)]
    fn id(
        conn: &mut Self::Connection,
    ) -> impl Future<Output = Result<Option<i32>, Error>> + Send + '_;

    /// Returns how many connections the server allows for all programs, if it has a limit.
    #[doc(hidden)]
    fn limit(
        conn: &mut Self::Connection,
    ) -> impl Future<Output = Result<Option<usize>, Error>> + Send + '_;

    /// Cancels the query of another connection.
    #[doc(hidden)]
    fn cancel(
        conn: &mut Self::Connection,
        id: i32,
    ) -> impl Future<Output = Result<(), Error>> + Send + '_;

    /// Applies the migrations that the database does not have yet.
    #[doc(hidden)]
    fn migrate<'c>(
        conn: &'c mut Self::Connection,
        migrator: &'c Migrator,
    ) -> impl Future<Output = Result<(), MigrateError>> + Send + 'c;

    /// Commits the transaction of a connection. A transaction that the database has aborted is an error.
    #[doc(hidden)]
    fn commit(conn: &mut Self::Connection) -> impl Future<Output = Result<(), Error>> + Send + '_;

    /// Runs a statement, and returns its rows.
    #[doc(hidden)]
    fn fetch<'c>(
        conn: &'c mut Self::Connection,
        statement: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Vec<Value>>, Error>> + Send + 'c;

    /// A connection that receives messages of other processes.
    #[doc(hidden)]
    type Listener: Send;

    /// Opens a connection that receives the messages of a channel, if the engine has some.
    #[doc(hidden)]
    fn listen(
        pool: &sqlx::Pool<Self>,
        channel: &'static str,
    ) -> impl Future<Output = Result<Option<Self::Listener>, Error>> + Send;

    /// Waits for a message. Returns `None` after the connection was lost and opened again.
    #[doc(hidden)]
    fn receive(
        listener: &mut Self::Listener,
    ) -> impl Future<Output = Result<Option<String>, Error>> + Send;

    /// Returns whether a connection cannot be opened because another program has locked the database.
    #[doc(hidden)]
    fn is_locked(error: &Error) -> bool;

    /// Returns how errors name the database: without its password.
    #[doc(hidden)]
    fn describe(options: &<Self::Connection as Connection>::Options) -> String;

    /// Returns why a connection cannot be opened and what to do, if the class of the error is known.
    #[doc(hidden)]
    fn explain(error: &Error) -> Option<String>;
}

/// Commits the transaction of a connection, with savepoints that were not ended.
///
/// A savepoint that could not begin has rolled the whole transaction back (sqlx 0.9), which its error does not contain.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
async fn commit<E: Engine>(conn: &mut E::Connection) -> Result<(), Error> {
    if !conn.is_in_transaction() {
        return Err(Error::Protocol(
            "the transaction was rolled back in its handler".to_owned(),
        ));
    }
    while conn.is_in_transaction() {
        E::TransactionManager::commit(conn).await?;
    }
    Ok(())
}

mod sealed {
    pub trait Sealed {}

    #[cfg(feature = "postgres")]
    impl Sealed for sqlx::Postgres {}
    #[cfg(feature = "sqlite")]
    impl Sealed for sqlx::Sqlite {}
}

/// Implements [`Engine::fetch`]. The argument reads the value of a column.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
macro_rules! fetch {
    ($read:expr) => {
        async fn fetch(
            conn: &mut Self::Connection,
            statement: &'static str,
            values: Vec<Value>,
        ) -> Result<Vec<Vec<Value>>, Error> {
            let mut query = sqlx::query::<Self>(statement);
            for value in values {
                query = match value {
                    Value::Null => query.bind(None::<String>),
                    Value::Int(number) => query.bind(number),
                    Value::Text(text) => query.bind(text),
                    Value::Bytes(bytes) => query.bind(bytes),
                };
            }
            let rows = query.fetch_all(conn).await?;
            let read = $read;
            rows.iter()
                .map(|row| (0..row.len()).map(|idx| read(row, idx)).collect())
                .collect()
        }
    };
}
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use fetch;

/// Returns the value of a column of a type with this name.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
macro_rules! read_as {
    ($row:ident, $idx:ident, $kind:expr) => {
        match $kind {
            "INT8" | "INTEGER" => $row.try_get($idx).map(Value::Int),
            "INT4" => $row
                .try_get::<i32, _>($idx)
                .map(|number| Value::Int(number.into())),
            "TEXT" => $row.try_get($idx).map(Value::Text),
            "BYTEA" | "BLOB" => $row.try_get($idx).map(Value::Bytes),
            other => Err(Error::Decode(
                format!("a column of the type {other} is not supported").into(),
            )),
        }
    };
}
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use read_as;

/// Returns the reason of an error of the network, for any engine.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
fn explain_io(error: &Error) -> Option<String> {
    use std::io::ErrorKind;

    let Error::Io(error) = error else {
        return None;
    };
    let reason = match error.kind() {
        ErrorKind::ConnectionRefused => {
            "nothing listens there: start the database, or correct the host and the port"
        }
        ErrorKind::NotFound | ErrorKind::AddrNotAvailable => {
            "the host or the socket does not exist: correct its name"
        }
        ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            "the host does not answer: check the network and the firewall"
        }
        ErrorKind::PermissionDenied => "the system forbids it: check the permissions",
        _ if error.to_string().contains("lookup") => {
            "the name of the host is unknown: correct it, or check the DNS"
        }
        _ => return None,
    };
    Some(reason.to_owned())
}
