//! Connections outside of requests.

use std::{
    fmt,
    future::Future,
    ops::{Deref, DerefMut},
    panic::Location,
};

use highball::{Priority, clock::Clock};

use crate::{
    PoolError,
    database::{Connection, Database},
    holders::By,
    live::Lease,
    pool::Pool,
};

impl<D: Database> Pool<D> {
    /// Lends a connection outside of requests, such as to a job. A handler takes a [`Conn`](crate::Conn).
    ///
    /// A connection that is held for longer than [`report_after`](crate::Builder::report_after) is reported with the line
    /// of this call.
    ///
    /// # Errors
    /// Returns an error if no connection is free within the time of [`wait`](crate::Builder::wait), if the database
    /// does not accept one, or if the pool is closed.
    ///
    /// # Cancel safety
    /// If the future is dropped, its place in the queue is given up. A connection that is being opened is kept for the
    /// next one.
    // An `async fn` cannot see its caller.
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Result<Lent<D>, PoolError>> + Send + '_ {
        let by = By::Call(Location::caller());
        async move {
            let (wait, clock) = (self.0.options.wait, Clock::default());
            let lease = self.0.lend(Priority::Normal, wait, &clock, by);
            lease.await.map(Lent)
        }
    }
}

/// A connection that is lent outside of requests. Dropping it returns it. [`Pool::acquire`] returns it.
///
/// # Examples
/// ```
/// use highball_db::{Lent, Pool, Sqlite, database, sqlx};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let shop = Pool::<Shop>::memory().build();
/// let mut conn: Lent<Shop> = shop.acquire().await?;
/// let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&mut *conn).await?;
/// assert_eq!(one, 1);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct Lent<D: Database>(Lease<D>);

impl<D: Database> Deref for Lent<D> {
    type Target = Connection<D>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<D: Database> DerefMut for Lent<D> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<D: Database> fmt::Debug for Lent<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent")
            .field("database", &D::NAME)
            .finish_non_exhaustive()
    }
}
