//! The settings of a pool, and the ways to begin one.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use sqlx::migrate::Migrator;

use crate::{
    database::{ConnectOptions, Connection, Database},
    options::Options,
    pool::Pool,
};

/// The work for each new connection.
pub(crate) type OnConnect<D> = Box<
    dyn for<'c> Fn(
            &'c mut Connection<D>,
        ) -> Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'c>>
        + Send
        + Sync,
>;

/// The settings of a [`Pool`]. [`Pool::builder`] returns it.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use highball_db::{Builder, Pool, Sqlite, database};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let builder: Builder<Shop> = Pool::<Shop>::memory();
/// let pool = builder.wait(Duration::from_secs(3)).build();
/// assert_eq!(pool.status().open, 0);
/// # });
/// ```
#[must_use = "`build` returns the pool"]
pub struct Builder<D: Database> {
    options: Options,
    connect_options: ConnectOptions<D>,
    on_connect: Option<OnConnect<D>>,
}

impl<D: Database> Pool<D> {
    /// Begins a pool with these options of sqlx: an address, a user, a password.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database, sqlx::sqlite::SqliteConnectOptions};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// let options = SqliteConnectOptions::new().filename("shop.db");
    /// let pool = Pool::<Shop>::builder(options).max(4).build();
    /// ```
    pub fn builder(connect_options: ConnectOptions<D>) -> Builder<D> {
        Builder {
            options: Options::default(),
            connect_options,
            on_connect: None,
        }
    }

    /// Begins a pool with the options of a pool of sqlx, which keeps its own connections.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database, sqlx::SqlitePool};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// # highball::block_on(async {
    /// let of_sqlx = SqlitePool::connect_lazy("sqlite:shop.db")?;
    /// let pool = Pool::<Shop>::of_sqlx(&of_sqlx).max(4).build();
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn of_sqlx(pool: &sqlx::Pool<D::Engine>) -> Builder<D> {
        Self::builder(pool.connect_options().as_ref().clone())
    }

    /// Returns a pool of sqlx for the same database, for a library that requires one. It opens up to `max` connections
    /// in addition to those of this pool.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database, sqlx};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// # highball::block_on(async {
    /// let of_sqlx = Pool::<Shop>::memory().build().sqlx(1);
    /// let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&of_sqlx).await?;
    /// assert_eq!(one, 1);
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn sqlx(&self, max: u32) -> sqlx::Pool<D::Engine> {
        let options = sqlx::pool::PoolOptions::new().max_connections(max);
        options.connect_lazy_with(self.0.connect_options.clone())
    }
}

#[cfg(feature = "sqlite")]
impl<D: Database<Engine = sqlx::Sqlite>> Pool<D> {
    /// Begins a pool of a file of SQLite, which is created if it does not exist.
    ///
    /// It has a write-ahead log, so that readers and the writer do not wait for each other, and `synchronous = full`,
    /// so that a committed row survives a power failure. Several processes of one machine can share the file.
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    pub fn file(path: impl AsRef<std::path::Path>) -> Builder<D> {
        use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let mut builder = Self::builder(options);
        // The error then names the lock, which ends after `busy_timeout`.
        builder.options.connect_timeout = Duration::from_secs(6);
        builder
    }

    /// Begins a pool with one connection to a database in memory, for tests. It ends with the pool.
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    pub fn memory() -> Builder<D> {
        let mut builder = Self::builder(sqlx::sqlite::SqliteConnectOptions::new().in_memory(true));
        builder.options.max = 1;
        builder.options.min_idle = 1;
        // A second connection would be another database.
        builder.options.lifetime = Duration::from_secs(u32::MAX.into());
        builder.options.idle_timeout = builder.options.lifetime;
        builder
    }
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $ty:ty,)*) => {
        impl<D: Database> Builder<D> {$(
            $(#[$doc])*
            pub fn $name(mut self, $name: $ty) -> Self {
                self.options.$name = $name;
                self
            }
        )*}
    };
}

settings! {
    /// Sets how many connections are open before the first request, and stay open. The default is 5.
    min_idle: usize,
    /// Sets how long a request waits for a connection. The default is 30 seconds; a route with a timeout waits for at
    /// most half of the time that it has left.
    wait: Duration,
    /// Sets the wait above which the pool sheds load. The default is 100 milliseconds.
    ///
    /// If every request of a priority has waited for longer during two seconds, those that have waited for twice this
    /// time are answered with 503, so that the others are served in time (CoDel, RFC 8289). A burst sheds nothing.
    shed_after: Duration,
    /// Sets how long opening a connection may take. The default is 5 seconds, and 6 for a file of SQLite, which waits
    /// for a lock of another program.
    connect_timeout: Duration,
    /// Sets how long a connection is used. The default is 30 minutes, shortened by up to a tenth for each connection,
    /// so that they do not end at once. It is replaced between requests.
    lifetime: Duration,
    /// Sets how long a connection over `min_idle` stays open without use. The default is 10 minutes.
    idle_timeout: Duration,
    /// Sets how long a connection is used without a check. The default is 5 seconds. A commit is a check, and after a
    /// response of 400 or more the connection is checked in any case, in the background.
    check_after: Duration,
    /// Sets the time after which a connection that is still held is reported, with the route that holds it or the line
    /// of its [`acquire`](Pool::acquire). The default is one minute.
    report_after: Duration,
    /// Sets how long the start of the server waits for the database, with a report of each attempt. The default is
    /// zero: the server does not start without it.
    startup: Duration,
}

impl<D: Database> Builder<D> {
    /// Sets how many connections are open at most. The default is 20.
    ///
    /// # Panics
    /// Panics if it is zero.
    pub fn max(mut self, max: usize) -> Self {
        assert!(
            max > 0,
            "a pool of `{}` needs at least one connection",
            D::NAME
        );
        self.options.max = max;
        self.options.min_idle = self.options.min_idle.min(max);
        self
    }

    /// Sets the migrations, `sqlx::migrate!()`, which run before the first request.
    ///
    /// With PostgreSQL an advisory lock lets one process at a time run them. A database that has a migration which the
    /// program does not have is an error, because it belongs to a newer program.
    pub fn migrations(mut self, migrator: Migrator) -> Self {
        self.options.migrations = Some(migrator);
        self
    }

    /// Makes the app work without the database: the server starts while it cannot be reached, and `/readyz` is then 200
    /// with the status `degraded`.
    ///
    /// Use it for a database that few routes need, such as one for reports. The pool connects and runs the migrations
    /// later, once a second. Until then, requests that need a connection are answered with 503. A migration that fails
    /// is still an error.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database};
    ///
    /// database!(Reports: Sqlite);
    ///
    /// let reports = Pool::<Reports>::file("reports.db").optional().build();
    /// ```
    pub fn optional(mut self) -> Self {
        self.options.is_optional = true;
        self
    }

    /// Sets work for each new connection, before a request gets it: settings of the session, or statements that are
    /// parsed and planned ahead, so that the first requests do not wait for this. Migrations run before it.
    ///
    /// # Errors
    /// If it fails at the start, the server does not start. Later, the request that waits for the connection is
    /// answered with 503, and the log has the error.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database, sqlx::{self, Executor}};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// const SUM: &str = "SELECT $1 + $2";
    ///
    /// # highball::block_on(async {
    /// let shop = Pool::<Shop>::memory().on_connect(|conn| {
    ///     Box::pin(async move {
    ///         // sqlx finds the prepared statement again by its text.
    ///         sqlx::query(SUM).bind(0_i64).bind(0_i64).execute(&mut *conn).await?;
    ///         conn.execute("PRAGMA cache_size = -8000").await?;
    ///         Ok(())
    ///     })
    /// });
    /// shop.build().open().await?;
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn on_connect<F>(mut self, work: F) -> Self
    where
        F: for<'c> Fn(
                &'c mut Connection<D>,
            )
                -> Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'c>>
            + Send
            + Sync
            + 'static,
    {
        self.on_connect = Some(Box::new(work));
        self
    }

    /// Builds the pool. It opens no connection before the server starts, or before [`Pool::open`].
    pub fn build(self) -> Pool<D> {
        Pool::new(self.options, self.connect_options, self.on_connect)
    }
}

impl<D: Database> fmt::Debug for Builder<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The options of a connection contain the password.
        f.debug_struct("Builder")
            .field("database", &D::NAME)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
