//! SQLite.

use sqlx::{
    Connection as _, Error, Row, Sqlite, SqliteConnection, TypeInfo, ValueRef,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteRow},
};

use super::{Engine, fetch, read_as};
use crate::battery::Value;

impl Engine for Sqlite {
    // A transaction that only becomes a writer later fails at once if another one has written.
    const BEGIN: &'static str = "BEGIN IMMEDIATE";

    const ONE_WRITER: bool = true;

    // A statement runs in the process, and the driver interrupts it if its future is dropped.
    async fn id(_: &mut SqliteConnection) -> Result<Option<i32>, Error> {
        Ok(None)
    }

    async fn limit(_: &mut SqliteConnection) -> Result<Option<usize>, Error> {
        Ok(None)
    }

    async fn cancel(_: &mut SqliteConnection, _: i32) -> Result<(), Error> {
        Ok(())
    }

    async fn migrate(conn: &mut SqliteConnection, migrator: &Migrator) -> Result<(), MigrateError> {
        // `run` cannot be called in a future that is `Send`.
        migrator.run_direct(None, conn, false).await
    }

    async fn commit(conn: &mut SqliteConnection) -> Result<(), Error> {
        // Its thread may still have a rollback to do, which the depth of the transaction shows only afterwards.
        conn.ping().await?;
        super::commit::<Self>(conn).await
    }

    fetch!(read);

    // The file has no messages.
    type Listener = std::convert::Infallible;

    async fn listen(
        _: &sqlx::Pool<Self>,
        _: &'static str,
    ) -> Result<Option<Self::Listener>, Error> {
        Ok(None)
    }

    async fn receive(listener: &mut Self::Listener) -> Result<Option<String>, Error> {
        match *listener {}
    }

    // `busy_timeout` does not cover the change to a write-ahead log, which the first connection to a new file makes.
    fn is_locked(error: &Error) -> bool {
        matches!(code(error), Some(5 | 6))
    }

    fn describe(options: &SqliteConnectOptions) -> String {
        format!("the file {}", options.get_filename().display())
    }

    fn explain(error: &Error) -> Option<String> {
        let Some(code) = code(error) else {
            return super::explain_io(error);
        };
        let reason = match code {
            14 => "the file cannot be opened: create its directory, or set `create_if_missing`",
            26 => "the file is not a database of SQLite: correct the path",
            8 => "the file is read-only: change its permissions",
            5 | 6 => "another program has locked the file: end it",
            13 => "the disk is full",
            11 => "the file is damaged: restore a backup",
            _ => return None,
        };
        Some(reason.to_owned())
    }
}

/// Returns the code of an error of SQLite, without its extension: <https://sqlite.org/rescode.html>.
fn code(error: &Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?.parse::<u32>().ok()?;
    Some(code & 0xff)
}

/// Returns the value of a column.
fn read(row: &SqliteRow, idx: usize) -> Result<Value, Error> {
    let value = row.try_get_raw(idx)?;
    if value.is_null() {
        return Ok(Value::Null);
    }
    read_as!(row, idx, value.type_info().name())
}
