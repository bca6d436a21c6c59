//! The database: SQLite, behind a pool of connections.

use std::time::Duration;

use highball::ResultExt as _;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

/// Opens the database, and runs the migrations that have not run yet.
pub(crate) async fn open(path: &str) -> highball::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // With a write-ahead log, readers and the writer do not wait for each other.
        .journal_mode(SqliteJournalMode::Wal)
        // SQLite has one writer at a time. The others wait this long for their turn.
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(3))
        .connect_with(options)
        .await
        .context(format!("opening the database {path}"))?;
    sqlx::migrate!().run(&pool).await?;
    Ok(pool)
}

/// Opens an empty database in memory, for one test.
#[cfg(test)]
pub(crate) async fn in_memory() -> SqlitePool {
    let pool = SqlitePoolOptions::new()
        // A second connection would open a second, empty database.
        .max_connections(1)
        // The database ends with its connection.
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(SqliteConnectOptions::new().in_memory(true))
        .await
        .expect("a database in memory");
    sqlx::migrate!().run(&pool).await.expect("the migrations");
    pool
}
