//! Messages of other processes.

use std::fmt;

use crate::{Database, Engine, Pool};

/// Receives the messages that other processes send with `NOTIFY`, on a separate connection.
///
/// Messages are lost while the connection is, and some proxies between the app and PostgreSQL never deliver any. So
/// they may save the wait for the next look at a table, and nothing may depend on them.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, battery::Listener, database};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// // SQLite has no messages.
/// assert!(Listener::open(&Pool::<Shop>::memory().build(), "orders").await?.is_none());
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct Listener<D: Database>(<D::Engine as Engine>::Listener);

impl<D: Database> Listener<D> {
    /// Opens a connection that receives the messages of a channel. Returns `None` if the engine has none.
    ///
    /// # Errors
    /// Returns an error if the connection cannot be opened, or if the server refuses `LISTEN`.
    ///
    /// # Cancel safety
    /// If the future is dropped, the connection is closed.
    pub async fn open(pool: &Pool<D>, channel: &'static str) -> Result<Option<Self>, sqlx::Error> {
        let listener = D::Engine::listen(&pool.sqlx(1), channel).await?;
        Ok(listener.map(Self))
    }

    /// Waits for the next message. Returns `None` if messages may have been lost, because the connection was opened
    /// again.
    ///
    /// # Errors
    /// Returns an error if the connection is lost and cannot be opened again. Drop the listener and open another one.
    ///
    /// # Cancel safety
    /// If the future is dropped, no message is lost.
    pub async fn next(&mut self) -> Result<Option<String>, sqlx::Error> {
        D::Engine::receive(&mut self.0).await
    }
}

impl<D: Database> fmt::Debug for Listener<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("database", &D::NAME)
            .finish_non_exhaustive()
    }
}
