//! PostgreSQL.

use std::time::Duration;

use sqlx::{
    Error, Executor, PgConnection, Postgres, Row, TypeInfo, ValueRef,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgListener, PgRow},
};
use tokio::time::timeout;

use super::{Engine, fetch, read_as};
use crate::battery::Value;

/// After how long without a message the connection of a listener is checked. A network may drop it without a sign.
const QUIET: Duration = Duration::from_secs(30);

/// How long such a check may take.
const CHECK: Duration = Duration::from_secs(5);

impl Engine for Postgres {
    const BEGIN: &'static str = "BEGIN";

    const ONE_WRITER: bool = false;

    async fn id(conn: &mut PgConnection) -> Result<Option<i32>, Error> {
        let id = sqlx::query_scalar("SELECT pg_backend_pid()");
        id.fetch_one(conn).await.map(Some)
    }

    async fn limit(conn: &mut PgConnection) -> Result<Option<usize>, Error> {
        let limit = sqlx::query_scalar(
            "SELECT current_setting('max_connections')::int4
             - current_setting('superuser_reserved_connections')::int4",
        );
        let limit: i32 = limit.fetch_one(conn).await?;
        Ok(usize::try_from(limit).ok())
    }

    async fn cancel(conn: &mut PgConnection, id: i32) -> Result<(), Error> {
        let cancel = sqlx::query("SELECT pg_cancel_backend($1)").bind(id);
        cancel.execute(conn).await.map(drop)
    }

    async fn migrate(conn: &mut PgConnection, migrator: &Migrator) -> Result<(), MigrateError> {
        // `run` cannot be called in a future that is `Send`.
        migrator.run_direct(None, conn, false).await
    }

    async fn commit(conn: &mut PgConnection) -> Result<(), Error> {
        // PostgreSQL answers COMMIT of an aborted transaction with ROLLBACK, which sqlx does not report. This statement
        // fails in an aborted transaction.
        conn.execute("SELECT 1").await?;
        super::commit::<Self>(conn).await
    }

    fetch!(read);

    type Listener = PgListener;

    async fn listen(
        pool: &sqlx::Pool<Self>,
        channel: &'static str,
    ) -> Result<Option<PgListener>, Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(channel).await?;
        Ok(Some(listener))
    }

    async fn receive(listener: &mut PgListener) -> Result<Option<String>, Error> {
        loop {
            if let Ok(received) = timeout(QUIET, listener.try_recv()).await {
                return Ok(received?.map(|message| message.payload().to_owned()));
            }
            let check = timeout(CHECK, listener.execute("SELECT 1")).await;
            check.unwrap_or_else(|_| Err(Error::Io(std::io::ErrorKind::TimedOut.into())))?;
        }
    }

    fn is_locked(_: &Error) -> bool {
        false
    }

    fn describe(options: &PgConnectOptions) -> String {
        let database = options.get_database().unwrap_or(options.get_username());
        let place = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        format!(
            "the database {database} at {place} as {}",
            options.get_username()
        )
    }

    fn explain(error: &Error) -> Option<String> {
        let error = match error {
            Error::Tls(_) => {
                return Some("TLS has failed: check the certificate, or set `sslmode`".to_owned());
            }
            Error::Database(error) => error,
            other => return super::explain_io(other),
        };
        // https://www.postgresql.org/docs/current/errcodes-appendix.html
        let reason = match error.code()?.as_ref() {
            "28P01" | "28000" => "the user or the password is wrong",
            "3D000" => "the database does not exist: create it, or correct its name",
            "53300" => {
                "the server has no free connection: raise `max_connections`, or lower `max` of the pools of all processes"
            }
            "42501" => "the user has no permission: grant it",
            "57P03" => "the server is starting or stopping: try again later",
            _ => return None,
        };
        Some(reason.to_owned())
    }
}

/// Returns the value of a column.
fn read(row: &PgRow, idx: usize) -> Result<Value, Error> {
    let value = row.try_get_raw(idx)?;
    if value.is_null() {
        return Ok(Value::Null);
    }
    read_as!(row, idx, value.type_info().name())
}
