//! Connections outside of handlers.

use std::{
    fmt,
    future::Future,
    ops::{Deref, DerefMut},
    panic::Location,
};

use highball::{Context, Priority, clock::Clock, http::StatusCode};

use crate::{
    PoolError,
    conn::{lend, wait},
    database::{Connection, Database},
    engine::Engine,
    holders::By,
    live::Lease,
    on_commit::{InTransaction, OnCommit},
    pool::Pool,
    tx,
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

    /// Lends a connection for statements that write, outside of requests.
    ///
    /// SQLite has one writer at a time. This waits for the turn and keeps it until the connection is returned, so that
    /// no statement fails because the database is locked by this pool. With PostgreSQL it is [`acquire`](Self::acquire).
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    ///
    /// # Cancel safety
    /// As [`acquire`](Self::acquire).
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database, sqlx};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// # highball::block_on(async {
    /// let shop = Pool::<Shop>::memory().build();
    /// let mut conn = shop.acquire_writer().await?;
    /// sqlx::query("CREATE TABLE names (name TEXT)").execute(&mut *conn).await?;
    /// conn.release();
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn acquire_writer(&self) -> impl Future<Output = Result<Lent<D>, PoolError>> + Send + '_ {
        self.writer_for(By::Call(Location::caller()))
    }

    async fn writer_for(&self, by: By) -> Result<Lent<D>, PoolError> {
        let (wait, clock) = (self.0.options.wait, Clock::default());
        let begun = clock.now();
        let writer = self.0.writer(Priority::Normal, wait, &clock).await?;
        let left = wait.saturating_sub(clock.now() - begun);
        let mut lease = self.0.lend(Priority::Normal, left, &clock, by).await?;
        lease.hold(writer);
        Ok(Lent(lease))
    }

    /// Begins a transaction outside of requests, such as in a job. A handler takes a [`Tx`](crate::Tx).
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire), and if the transaction cannot begin.
    ///
    /// # Cancel safety
    /// As [`acquire`](Self::acquire). A transaction that has begun is rolled back.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, Transaction, database, sqlx};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// # highball::block_on(async {
    /// let shop = Pool::<Shop>::memory().build();
    /// let mut transaction: Transaction<Shop> = shop.begin().await?;
    /// sqlx::query("CREATE TABLE names (name TEXT)").execute(&mut *transaction).await?;
    /// transaction.commit().await?;
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction<D>, PoolError>> + Send + '_ {
        let by = By::Call(Location::caller());
        async move {
            let Lent(mut lease) = self.writer_for(by).await?;
            let begun = tx::begin::<D>(&mut lease).await;
            begun.map_err(|error| PoolError::Begin {
                database: D::NAME,
                error,
            })?;
            Ok(Transaction {
                lease,
                on_commit: OnCommit::default(),
            })
        }
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

impl<D: Database> Lent<D> {
    /// Returns the connection at once, after statements that have succeeded.
    ///
    /// A connection that is dropped is checked first, with a query in the background.
    pub fn release(self) {
        self.0.end(StatusCode::OK);
    }
}

/// A transaction outside of requests. Dropping it rolls it back. [`Pool::begin`] returns it.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, Transaction, database, sqlx};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let shop = Pool::<Shop>::memory().build();
/// let mut transaction: Transaction<Shop> = shop.begin().await?;
/// sqlx::query("CREATE TABLE names (name TEXT)").execute(&mut *transaction).await?;
/// drop(transaction);
/// let mut conn = shop.acquire().await?;
/// let found = sqlx::query("SELECT name FROM names").fetch_all(&mut *conn).await;
/// assert!(found.is_err());
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct Transaction<D: Database> {
    lease: Lease<D>,
    on_commit: OnCommit,
}

impl<D: Database> Transaction<D> {
    /// Commits the transaction, and returns the connection.
    ///
    /// # Errors
    /// Returns an error if the commit fails. With PostgreSQL, a failed statement whose error was ignored is such a
    /// failure.
    ///
    /// # Cancel safety
    /// If the future is dropped, the commit may have happened or not.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        D::Engine::commit(&mut self.lease).await?;
        self.on_commit.run();
        self.lease.end_committed();
        Ok(())
    }
}

impl<D: Database> InTransaction for Transaction<D> {
    type Database = D;

    fn on_commit(&mut self, work: impl FnOnce() + Send + 'static) {
        self.on_commit.push(work);
    }
}

impl<D: Database> Deref for Transaction<D> {
    type Target = Connection<D>;

    fn deref(&self) -> &Self::Target {
        &self.lease
    }
}

impl<D: Database> DerefMut for Transaction<D> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.lease
    }
}

impl<D: Database> fmt::Debug for Transaction<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("database", &D::NAME)
            .finish_non_exhaustive()
    }
}

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
