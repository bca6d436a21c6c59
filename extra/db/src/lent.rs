//! Connections outside of handlers.

use std::{
    fmt,
    future::Future,
    ops::{Deref, DerefMut},
    panic::Location,
};

use highball::{Context, Priority, clock::Clock};

use crate::{
    PoolError,
    conn::{lend, wait},
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

    /// Lends a connection to a guard or a middleware, with the priority of its route.
    ///
    /// It waits as a [`Conn`](crate::Conn) does: no longer than half of the time that the route has left. Drop it
    /// before the rest of the chain runs, because a handler that needs a second connection could wait for it forever.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use highball_db::{Pool, PoolError, Sqlite, database};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// #[derive(State)]
    /// struct AppState {
    ///     shop: Pool<Shop>,
    /// }
    ///
    /// #[guard]
    /// async fn has_database(shop: State<Pool<Shop>>, cx: &Context<'_>) -> Result<(), PoolError> {
    ///     shop.acquire_for(cx).await?;
    ///     Ok(())
    /// }
    ///
    /// #[get("/", priority = critical, with(has_database))]
    /// async fn home() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # highball::block_on(async {
    /// let shop = Pool::<Shop>::memory().build();
    /// let response = Api.test().state(AppState { shop }).get("/").send().await;
    /// assert_eq!(response.status(), 200);
    /// # });
    /// ```
    ///
    /// # Errors
    /// Returns an error if no connection is free in time, if the database does not accept one, or if the pool is
    /// closed. As a response, it is a 503.
    ///
    /// # Cancel safety
    /// If the future is dropped, its place in the queue is given up. A connection that is being opened is kept for the
    /// next one.
    pub async fn acquire_for(&self, cx: &Context<'_>) -> Result<Lent<D>, PoolError> {
        let wait = wait(cx, &self.0);
        lend(cx, &self.0, wait).await.map(Lent)
    }
}

/// A connection that is lent outside of handlers. Dropping it returns it. [`Pool::acquire`] and [`Pool::acquire_for`]
/// return it.
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
